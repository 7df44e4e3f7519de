import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, getNamedType, getOperationAST, isCompositeType, isObjectType, parse } from 'graphql';
import { NODE_TYPES } from '../node/node-types';
import { SCOPE_TABLE } from './scope-table';
import { compileScopes } from './scopes';

const schema = buildSchema(readFileSync(path.join(__dirname, '..', '..', 'schema', 'public.graphql'), 'utf8'));
const BROWSER = ['catalog:read', 'cart:write', 'group:join', 'live:overlay'];

/** Paths that are refused. */
function refused(text: string, scopes: readonly string[], person = false, variables = {}): string[] {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('The text holds several operations.');
  return compileScopes(schema, SCOPE_TABLE, document, operation)
    .faults(scopes, person, variables)
    .map(({ path: at }) => (at ?? []).join('.'));
}

const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((root) =>
  root ? Object.values(root.getFields()).map((field) => ({ name: `${root.name}.${field.name}`, field, root })) : [],
);

/** Types that say who somebody is, where they live, what they own, bought or paid. */
const PERSONAL = [
  'Account',
  'AccountIdentifier',
  'Wallet',
  'WalletEntry',
  'Session',
  'Order',
  'OrderLine',
  'Payment',
  'Refund',
  'DeliveryAddress',
];

describe('the table of scopes', () => {
  it('should have a row for every public root field, and no row for any other', () => {
    expect(Object.keys(SCOPE_TABLE.roots).sort()).toEqual(roots.map(({ name }) => name).sort());
  });

  it('should name only types that exist, and every type that `node` finds', () => {
    expect(Object.keys(SCOPE_TABLE.types).filter((name) => !isObjectType(schema.getType(name)))).toEqual([]);
    const node = schema.getType('Node');
    const found = schema.getPossibleTypes(node as never).map(({ name }) => name);
    expect(Object.keys(SCOPE_TABLE.nodes).sort()).toEqual([...found].sort());
    expect(NODE_TYPES.map(({ type }) => type).sort()).toEqual([...found].sort());
  });

  it('should never let a publishable key alone reach personal data', () => {
    const open: string[] = [];
    for (const name of PERSONAL) {
      const rule = SCOPE_TABLE.types[name];
      const ways = rule?.anyOf.filter(({ scope, person }) => !person && (scope === null || BROWSER.includes(scope)));
      if (!rule || ways?.length !== 0) open.push(name);
    }
    expect(open).toEqual([]);
    // Whatever leads from a root field straight to such a type is closed by its own row too, but for signing in.
    for (const { name, field, root } of roots) {
      const type = getNamedType(field.type);
      if (root.name === 'Mutation' || !isCompositeType(type) || !PERSONAL.includes(type.name)) continue;
      const args = field.args.length > 0 ? '(id: "x")' : '';
      expect({ name, refused: refused(`{ ${field.name}${args} { __typename } }`, BROWSER).length > 0 }).toEqual({
        name,
        refused: true,
      });
    }
  });

  it('should leave what changes the shop, its money and its keys to servers or to people without a key', () => {
    const closed = Object.entries(SCOPE_TABLE.roots)
      .filter(([, { anyOf }]) => !anyOf.some(({ scope }) => scope === null || BROWSER.includes(scope)))
      .map(([name]) => name)
      .sort();
    expect(closed).toEqual([
      'Mutation.accountRolesSet',
      'Mutation.apiKeyCreate',
      'Mutation.apiKeyRevoke',
      'Mutation.groupBuyCampaignCancel',
      'Mutation.groupBuyCampaignCreate',
      'Mutation.groupBuyCancel',
      'Mutation.neighborhoodCreate',
      'Mutation.neighborhoodUpdate',
      'Mutation.orderRefund',
      'Mutation.overlayTokenCreate',
      'Mutation.overlayTokenRevoke',
      'Mutation.overlayTokenRotate',
      'Mutation.productCreate',
      'Mutation.productDelete',
      'Mutation.productUpdate',
      'Mutation.productVariantUpdate',
      'Mutation.stockAdjust',
      'Query.apiKeys',
      'Query.overlayTokens',
    ]);
  });
});

describe('scopes of a key', () => {
  it.each([
    ['{ products(first: 1) { nodes { id } } }', ['catalog:read'], []],
    ['{ products(first: 1) { nodes { id } } }', ['cart:write', 'live:overlay'], ['products']],
    ['{ a: product(id: "x") { id } groupBuy(id: "x") { id } }', ['live:overlay'], ['a']],
    ['{ cart(id: "x") { id } }', ['catalog:read'], ['cart']],
    ['{ apiKeys(first: 1) { nodes { id } } }', [...BROWSER, 'catalog:write', 'orders:read'], ['apiKeys']],
    ['{ order(id: "x") { id } }', BROWSER, ['order']],
    ['{ order(id: "x") { id } }', ['orders:read'], []],
    [
      '{ product(id: "x") { variants(first: 1) { nodes { stockLevels(first: 1) { nodes { onHand } } } } } }',
      BROWSER,
      ['product.variants.nodes.stockLevels.nodes'],
    ],
    [
      '{ product(id: "x") { variants(first: 1) { nodes { stockLevels(first: 1) { nodes { onHand } } } } } }',
      ['catalog:read', 'stock:read'],
      [],
    ],
    ['subscription { groupBuyProgress(groupBuyId: "x") { version } }', ['live:overlay'], []],
    ['subscription { groupBuyProgress(groupBuyId: "x") { version } }', ['cart:write'], ['groupBuyProgress']],
    ['{ __typename }', [], []],
  ])('should decide about %s with %j: refused %j', (text, scopes, paths) => {
    expect(refused(text, scopes)).toEqual(paths);
  });

  it('should look into fragments', () => {
    const text = '{ ...A } fragment A on Query { ... { ...B } } fragment B on Query { mine: viewer { id } }';
    expect(refused(text, BROWSER)).toEqual(['mine']);
  });

  it('should hold a person to the scopes of the key beside them', () => {
    const orders = '{ viewer { orders(first: 1) { nodes { id } } } }';
    expect(refused(orders, ['cart:write'], true)).toEqual([]);
    expect(refused(orders, ['catalog:read'], true)).toEqual(['viewer', 'viewer.orders.nodes']);
    expect(refused(orders, BROWSER, false)).toEqual(['viewer', 'viewer.orders.nodes']);
    expect(refused('mutation { sessionRevoke { revokedCount } }', ['live:overlay'], true)).toEqual([]);
    expect(refused('mutation { sessionRevoke { revokedCount } }', BROWSER, false)).toEqual(['sessionRevoke']);
  });

  it('should let a sign-in show whose it is, since it carries the proof', () => {
    const text = `mutation { sessionCreate(input: { identifier: "a", password: "b" }) {
      session { accessToken account { id identifiers { value } } } } }`;
    expect(refused(text, ['cart:write'])).toEqual([]);
    expect(refused(text, ['catalog:read'])).toEqual([
      'sessionCreate.session.account',
      'sessionCreate.session.account.identifiers',
    ]);
  });

  it('should ask for group:join exactly where an order is a seat in a group', () => {
    const inline = (groupBuy: string) =>
      `mutation ($g: OrderGroupBuyInput) { orderPlace(input: { lines: [], payment: { provider: SANDBOX }, idempotencyKey: "k" ${groupBuy} }) { userErrors { code } } }`;
    const whole = 'mutation ($input: OrderPlaceInput!) { orderPlace(input: $input) { userErrors { code } } }';
    const hidden = `mutation ($input: OrderPlaceInput! = { lines: [], payment: { provider: SANDBOX }, idempotencyKey: "k", groupBuy: { groupBuyId: "x" } }) { orderPlace(input: $input) { userErrors { code } } }`;
    const groupBuy = { groupBuyId: 'x' };
    const cases: [string, object, boolean][] = [
      [inline(''), {}, false],
      [inline('groupBuy: null'), {}, false],
      [inline('groupBuy: { groupBuyId: "x" }'), {}, true],
      [inline('groupBuy: $g'), { g: groupBuy }, true],
      [inline('groupBuy: $g'), { g: null }, false],
      [whole, { input: { lines: [] } }, false],
      [whole, { input: { groupBuy } }, true],
      [hidden, {}, true],
      // A name that every object inherits hides no default.
      [hidden.replaceAll('$input', '$toString'), {}, true],
    ];
    for (const [text, variables, seat] of cases) {
      expect([text, refused(text, ['cart:write'], true, variables)]).toEqual([text, seat ? ['orderPlace'] : []]);
      expect([text, refused(text, ['group:join'], true, variables)]).toEqual([text, seat ? [] : ['orderPlace']]);
      expect(refused(text, BROWSER, false, variables)).toEqual(['orderPlace']);
    }
  });

  it('should hold `node` to the types it narrows to', () => {
    expect(refused('{ node(id: "x") { id } }', ['live:overlay'])).toEqual([]);
    expect(refused('{ node(id: "x") { ... on Product { title } } }', ['live:overlay'])).toEqual(['node']);
    expect(refused('{ node(id: "x") { ... on Product { title } } }', ['catalog:read'])).toEqual([]);
    expect(refused('{ nodes(ids: []) { ...F } } fragment F on Order { number }', BROWSER)).toEqual(['nodes']);
    expect(
      refused('{ nodes(ids: []) { ...F } } fragment F on Node { ... on Node { ... on Order { number } } }', BROWSER),
    ).toEqual(['nodes']);
  });

  it('should close a root field that has no row', () => {
    const document = parse('{ products(first: 1) { nodes { id } } }');
    const operation = getOperationAST(document);
    if (!operation) throw new Error('The text holds an operation.');
    const empty = { roots: {}, types: {}, nodes: {} };
    const [fault, ...others] = compileScopes(schema, empty, document, operation).faults(BROWSER, true, {});
    expect([fault?.path, fault?.extensions, others]).toEqual([['products'], { code: 'FORBIDDEN' }, []]);
  });
});
