import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { ANONYMOUS, type Identity } from '../../platform/context/identity';
import type { PresentedKey } from '../authenticator';
import { SCOPE_TABLE } from '../scopes/scope-table';
import { LIMITS } from './limits';
import { type GateOptions, type Granted, OperationGate, type Refused } from './operation-gate';

const schema = buildSchema(readFileSync(path.join(__dirname, '..', '..', 'schema', 'public.graphql'), 'utf8'));
const PERSON: Identity = { kind: 'account', accountId: 'acct_1', sessionId: 'sess_1', roles: ['CUSTOMER'] };
const keyOf = (kind: PresentedKey['kind'], ...scopes: string[]): PresentedKey => ({ keyId: 'key_1', kind, scopes });
const appOf = ({ keyId, scopes }: PresentedKey): Identity => ({ kind: 'app', keyId, scopes });

interface Asked {
  readonly variables?: Record<string, unknown>;
  readonly identity?: Identity;
  readonly key?: PresentedKey;
  readonly address?: string;
}

function gateOf(options: Partial<GateOptions> = {}): (text: string, asked?: Asked) => Granted | Refused {
  const gate = new OperationGate({ schema, scopes: SCOPE_TABLE, cost: { enforce: true }, now: () => 0, ...options });
  return (text, { variables = {}, identity = ANONYMOUS, key, address = '203.0.113.7' } = {}) => {
    const document = parse(text);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('The text holds several operations.');
    const caller = { identity, requestId: 'req_1', languages: [] };
    return gate.admit({ document, operation, documentKey: text, variables, caller, key, address });
  };
}

const refusedWith = (status: number, extensions: object, path?: readonly string[]) =>
  expect.objectContaining({
    granted: false,
    status,
    errors: [expect.objectContaining({ extensions, ...(path ? { path } : {}) })],
  });
const granted = expect.objectContaining({ granted: true });
const costOf = (json: string) => (JSON.parse(json) as { cost: unknown }).cost;
const page = 'query ($n: Int!) { products(first: $n) { nodes { id } } }';

describe('sizes at the door', () => {
  const admit = gateOf();
  const past = (limit: keyof typeof LIMITS) =>
    refusedWith(400, { code: 'BAD_USER_INPUT', limit, maximum: LIMITS[limit] });

  it('should take a page of 100 and refuse 101, wherever the number stands', () => {
    expect(admit(page, { variables: { n: 100 } })).toEqual(granted);
    expect(admit(page, { variables: { n: 101 } })).toEqual(past('page'));
    expect(admit(page, { variables: { n: 2 ** 31 - 1 } })).toEqual(past('page'));
    expect(admit(page, { variables: { n: 1e308 } })).toEqual(past('page'));
    expect(admit('{ products(first: 101) { nodes { id } } }')).toEqual(past('page'));
  });

  it.each(['toString', 'constructor', 'hasOwnProperty'])(
    'should count a variable called %s by its default, not by what every object inherits',
    (name) => {
      const text = `query ($${name}: Int = 100) { products(first: $${name}) { nodes { variants(first: $${name}) { nodes { id } } } } }`;
      expect(admit(text)).toEqual(past('cost'));
      expect(admit(text, { variables: { [name]: 2 } })).toEqual(granted);
    },
  );

  it('should take a cost of 2,000 and refuse 2,001, with the variables counted', () => {
    // 1 + 37 × (1 + 1 + 52) = 1,999, and one object or two beside it.
    const text = (beside: string) =>
      `query ($n: Int!, $m: Int!) { products(first: $n) { nodes { variants(first: $m) { nodes { id } } } } ${beside} }`;
    const one = 'a: groupBuy(id: "x") { id }';
    expect(admit(text(one), { variables: { n: 37, m: 52 } })).toMatchObject({ granted: true, requestedCost: 2_000 });
    expect(admit(text(`${one} b: groupBuy(id: "x") { id }`), { variables: { n: 37, m: 52 } })).toEqual(past('cost'));
    expect(admit(text(one), { variables: { n: 100, m: 100 } })).toEqual(past('cost'));
    expect(admit(text(one), { variables: { n: 1, m: 1 } })).toMatchObject({ requestedCost: 1 + 1 + 1 + 1 + 1 });
  });

  const list = (count: number) => Array.from({ length: count }, () => 'prod_1');
  const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';

  it('should take lists of 100 and refuse 101, however deep they stand', () => {
    expect(admit(nodes, { variables: { ids: list(100) } })).toMatchObject({ granted: true, requestedCost: 100 });
    expect(admit(nodes, { variables: { ids: list(101) } })).toEqual(past('listItems'));
    expect(admit(page, { variables: { n: 1, unused: { deep: [list(101)] } } })).toEqual(past('listItems'));
  });

  it('should take 2,000 values and refuse one more', () => {
    // 1 number, 1 object, 19 lists of 100 with their lists, and the rest.
    const values = (rest: number) => ({
      n: 1,
      unused: Object.fromEntries([
        ...Array.from({ length: 19 }, (_, index) => [`l${index}`, list(100)]),
        ...Array.from({ length: rest }, (_, index) => [`v${index}`, null]),
      ]),
    });
    expect(admit(page, { variables: values(2_000 - 2 - 19 * 101) })).toEqual(granted);
    expect(admit(page, { variables: values(2_001 - 2 - 19 * 101) })).toEqual(past('variableValues'));
  });

  it('should take 10 levels and refuse the eleventh, and a million levels without running out of stack', () => {
    const nested = (levels: number): unknown => {
      let value: unknown = 'x';
      for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
      return value;
    };
    expect(admit(page, { variables: { n: 1, unused: nested(10) } })).toEqual(granted);
    expect(admit(page, { variables: { n: 1, unused: nested(11) } })).toEqual(past('variableDepth'));
    expect(admit(page, { variables: { n: 1, unused: nested(1_000_000) } })).toEqual(past('variableDepth'));
  });

  it('should read nothing but own values from variables that name prototypes', () => {
    const variables = JSON.parse('{"n":1,"__proto__":{"n":5000},"constructor":{"prototype":{}}}') as Record<
      string,
      unknown
    >;
    expect(admit(page, { variables })).toMatchObject({ granted: true, requestedCost: 2 });
  });
});

describe('cost', () => {
  const two = '{ product(id: "x") { priceRange { min { amount } } } }';

  it('should report what was asked, what was used and what is left', () => {
    const admit = gateOf();
    const grant = admit('{ products(first: 50) { nodes { id } } }') as Granted;
    expect(costOf(grant.settle('{"products":{"nodes":[{"id":"a"},{"id":"b"}]}}'))).toEqual({
      requestedQueryCost: 51,
      actualQueryCost: 3,
      throttleStatus: { maximumAvailable: 10_000, currentlyAvailable: 9_997, restoreRate: 500 },
    });
  });

  it.each([
    ['nothing at all', two, undefined, 1],
    ['null', two, 'null', 1],
    ['an answer with braces in its texts: never more than was asked for', two, '{"product":{"t":"{{{{{{"}}', 3],
    [
      'a mutation',
      'mutation { cartCreate(input: {}) { cart { id } userErrors { code } } }',
      '{"cartCreate":{"cart":{"id":"c"},"userErrors":[]}}',
      11,
    ],
    ['a mutation that failed', 'mutation { cartCreate(input: {}) { cart { id } } }', 'null', 10],
  ])('should settle %s', (_what, text, data, actual) => {
    const grant = gateOf()(text) as Granted;
    expect(costOf(grant.settle(data))).toMatchObject({ actualQueryCost: actual });
  });

  it('should refuse before anything runs once the points are spent, and say when they are back', () => {
    let now = 0;
    const admit = gateOf({ now: () => now });
    const dear = 'query ($n: Int!) { products(first: $n) { nodes { variants(first: 19) { nodes { id } } } } }';
    for (let time = 0; time < 5; time++)
      expect(admit(dear, { variables: { n: 95 } })).toMatchObject({ requestedCost: 1_996 });
    // 10,000 - 5 × 1,996 = 20 are left; 22 take 1 s.
    expect(admit(dear, { variables: { n: 1 } })).toMatchObject({
      granted: false,
      status: 429,
      retryAfter: 1,
      errors: [expect.objectContaining({ extensions: { code: 'THROTTLED', retryAfter: 1 } })],
    });
    const refusal = admit(dear, { variables: { n: 95 } }) as Refused;
    expect(refusal.retryAfter).toBe(Math.ceil((1_996 - 20) / 500));
    expect(costOf(refusal.extensions)).toEqual({
      requestedQueryCost: 1_996,
      actualQueryCost: null,
      throttleStatus: { maximumAvailable: 10_000, currentlyAvailable: 20, restoreRate: 500 },
    });
    expect(admit(dear, { variables: { n: 1 }, address: '203.0.113.8' })).toEqual(granted);
    expect(admit(dear, { variables: { n: 1 }, identity: PERSON })).toEqual(granted);
    now = 1_000;
    expect(admit(dear, { variables: { n: 1 } })).toEqual(granted);
  });

  it('should count a person wherever they are, an address without one, and a key beside either', () => {
    const admit = gateOf();
    const left = (asked: Asked) => {
      const { throttleStatus } = costOf((admit(two, asked) as Granted).settle(undefined)) as {
        throttleStatus: { maximumAvailable: number; currentlyAvailable: number };
      };
      return [throttleStatus.maximumAvailable, throttleStatus.currentlyAvailable];
    };
    const publishable = keyOf('PUBLISHABLE', 'catalog:read');
    const secret = keyOf('SECRET', 'catalog:read');
    expect(left({ identity: PERSON })).toEqual([10_000, 9_999]);
    expect(left({ identity: PERSON, address: '203.0.113.9' })).toEqual([10_000, 9_998]);
    expect(left({ identity: appOf(publishable), key: publishable })).toEqual([10_000, 9_999]);
    expect(left({ identity: appOf(secret), key: { ...secret, keyId: 'key_2' } })).toEqual([20_000, 19_999]);
    expect(left({ identity: appOf(secret), key: { ...secret, keyId: 'key_2' }, address: '203.0.113.7' })).toEqual([
      20_000, 19_998,
    ]);
  });

  it('should hold all visitors of a site to what its key has', () => {
    const admit = gateOf();
    const key = keyOf('PUBLISHABLE', 'catalog:read');
    const dear = '{ products(first: 100) { nodes { variants(first: 17) { nodes { id } } } } }';
    const asked = Array.from({ length: 120 }, (_, index) =>
      admit(dear, { identity: appOf(key), key, address: `198.51.100.${index}` }),
    );
    // Each asks for 1,901 of the site's 200,000 points, from an address of its own.
    expect(asked.map((answer) => answer.granted)).toEqual(asked.map((_, index) => index < 105));
  });

  it('should report but refuse nobody where it is not enforced, and be silent where there is none', () => {
    const admit = gateOf({ cost: { enforce: false } });
    const dear = '{ products(first: 100) { nodes { variants(first: 17) { nodes { id } } } } }';
    for (let time = 0; time < 50; time++) expect(admit(dear)).toEqual(granted);
    expect(costOf((admit(dear) as Granted).settle('{}'))).toEqual({
      requestedQueryCost: 1_901,
      actualQueryCost: 1,
      throttleStatus: { maximumAvailable: 10_000, currentlyAvailable: 10_000, restoreRate: 500 },
    });
    expect((gateOf({ cost: undefined })(dear) as Granted).settle('{}')).toBe('');
  });
});

describe('who may ask for what', () => {
  it('should refuse what a key does not open, with the path, and charge nothing', () => {
    const admit = gateOf();
    const key = keyOf('PUBLISHABLE', 'live:overlay');
    expect(admit('{ list: products(first: 1) { nodes { id } } }', { identity: appOf(key), key })).toEqual(
      refusedWith(403, { code: 'FORBIDDEN' }, ['list']),
    );
    expect(admit('{ groupBuy(id: "x") { joined } }', { identity: appOf(key), key })).toEqual(granted);
    expect(admit('{ products(first: 1) { nodes { id } } }')).toEqual(granted);
  });

  it('should hold a caller bound to one thing to that thing', () => {
    const admit = gateOf();
    const key = keyOf('PUBLISHABLE', 'live:overlay');
    const identity: Identity = { kind: 'app', keyId: 'ovt_1', scopes: key.scopes, resource: 'gbuy_1' };
    const text = 'subscription ($id: ID!) { groupBuyProgress(groupBuyId: $id) { groupBuy { joined } } }';
    expect(admit(text, { identity, key, variables: { id: 'gbuy_1' } })).toEqual(granted);
    expect(admit(text, { identity, key, variables: { id: 'gbuy_2' } })).toEqual(
      refusedWith(403, { code: 'FORBIDDEN' }),
    );
    expect(admit('{ groupBuy(id: "gbuy_1") { joined } }', { identity, key })).toEqual(
      refusedWith(403, { code: 'FORBIDDEN' }),
    );
  });
});
