import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  buildSchema,
  type DocumentNode,
  type FieldNode,
  getNamedType,
  getOperationAST,
  isCompositeType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity';
import { amountFor, type Variables } from './amount';
import { LIMITS } from './limits';
import { type CompiledCost, compileCost } from './operation-cost';

const schema = buildSchema(readFileSync(path.join(__dirname, '..', '..', 'schema', 'public.graphql'), 'utf8'));

function read(text: string): { document: DocumentNode; operation: OperationDefinitionNode; compiled: CompiledCost } {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('The text holds several operations.');
  return { document, operation, compiled: compileCost(schema, document, operation) };
}

const costOf = (text: string, variables: Variables = {}): number => amountFor(read(text).compiled.cost, variables);

/** The same price list told to another library, which walks the document for every request. */
function referenceCost(document: DocumentNode, variables: Record<string, unknown>): number {
  const pages = new WeakMap<FieldNode, number>();
  const types = new TypeInfo(schema);
  const numberOf = (field: FieldNode, name: string): number | null => {
    const value = field.arguments?.find((argument) => argument.name.value === name)?.value;
    if (!value) return null;
    if (value.kind === 'IntValue') return Number(value.value);
    if (value.kind === 'ListValue') return value.values.length;
    const sent = value.kind === 'Variable' ? variables[value.name.value] : null;
    return Array.isArray(sent) ? sent.length : Number(sent);
  };
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(field) {
        const first = numberOf(field, 'first');
        if (first === null) return;
        for (const inner of field.selectionSet?.selections ?? []) {
          if (inner.kind === 'Field' && ['edges', 'nodes'].includes(inner.name.value)) pages.set(inner, first);
        }
      },
    }),
  );
  const estimator: ComplexityEstimator = ({ field, type, node, childComplexity }) => {
    if (!isCompositeType(getNamedType(field.type))) return 0;
    const list = isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
    if (!list) return (type.name === 'Mutation' ? 10 : 1) + childComplexity;
    const size = numberOf(node, 'first') ?? numberOf(node, 'ids') ?? pages.get(node) ?? LIMITS.assumedListItems;
    return size * (1 + childComplexity);
  };
  return getComplexity({ schema, query: document, variables, estimators: [estimator] });
}

describe('the cost of an operation', () => {
  it.each([
    ['{ viewer { id displayName } }', {}, 1],
    ['{ product(handle: "a") { title priceRange { min { amount } max { amount } } } }', {}, 4],
    ['{ products(first: 20) { nodes { id title } } }', {}, 21],
    [
      '{ products(first: 20) { totalCount pageInfo { hasNextPage } edges { cursor node { id category { name } } } } }',
      {},
      62,
    ],
    ['query ($n: Int!) { products(first: $n) { nodes { id } } }', { n: 7 }, 8],
    ['query ($n: Int! = 30) { products(first: $n) { nodes { id } } }', {}, 31],
    ['query ($n: Int! = 30) { products(first: $n) { nodes { id } } }', { n: 2 }, 3],
    [
      '{ products(first: 10) { nodes { variants(first: 5) { nodes { price { amount } } } } } }',
      {},
      1 + 10 * (1 + 1 + 5 * 2),
    ],
    ['{ groupBuy(id: "x") { members(first: 3) { role profile { id } } } }', {}, 1 + 3 * 2],
    ['{ groupBuy(id: "x") { members { role } } }', {}, 1 + 100],
    ['{ product(id: "x") { options { name } } }', {}, 1 + 5],
    ['{ nodes(ids: ["a", "b", "c"]) { id } }', {}, 3],
    ['query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ['a', 'b'] }, 2],
    [
      'mutation ($id: ID!) { cartLinesRemove(input: { cartId: $id, lineIds: [] }) { cart { id } userErrors { code } } }',
      {},
      10 + 1 + 5,
    ],
    ['subscription { groupBuyProgress(groupBuyId: "x") { version groupBuy { id } } }', {}, 2],
    ['{ __schema { types { name } } }', {}, 100],
    ['{ __typename }', {}, 0],
  ])('should count %s with %j as %d', (text, variables, cost) => {
    expect(costOf(text, variables)).toBe(cost);
  });

  it('should count a fragment wherever it is spread, however deep it hides', () => {
    const text = `{ a: product(id: "a") { ...A } b: product(id: "b") { ...A } }
      fragment A on Product { ...B }
      fragment B on Product { variants(first: 10) { nodes { id } } }`;
    expect(costOf(text)).toBe(2 * (1 + 1 + 10));
  });

  it('should count the dearest type where an object may be of several', () => {
    const text = `{ node(id: "x") { id
      ... on Product { category { id } priceRange { min { amount } } }
      ... on Order { total { amount } }
    } }`;
    expect(costOf(text)).toBe(1 + 3);
    expect(costOf(text.replace('total', 'payment { amount { amount } } total'))).toBe(1 + 3);
    expect(costOf(text.replace('total', 'payment { amount { amount } } refunds { id } total'))).toBe(1 + 8);
  });

  it('should count what runs: not what a literal or a variable leaves out, but what a missing variable may let in', () => {
    const page = 'products(first: 50) { nodes { id } }';
    expect(costOf(`{ viewer { id } ... @include(if: false) { ${page} } }`)).toBe(1);
    expect(costOf(`{ viewer { id } ... @skip(if: true) { ${page} } }`)).toBe(1);
    const text = `query ($no: Boolean! = false) { viewer { id } ... @include(if: $no) { ${page} } }`;
    expect(costOf(text)).toBe(1);
    expect(costOf(text, { no: true })).toBe(52);
    const skip = `query ($no: Boolean!) { viewer { id } ... @skip(if: $no) { ${page} } }`;
    expect([costOf(skip), costOf(skip, { no: true }), costOf(skip, { no: false })]).toEqual([52, 1, 52]);
  });

  it('should be a plain number where no variable matters', () => {
    const { compiled } = read('query ($id: ID) { product(id: $id) { variants(first: 100) { nodes { id } } } }');
    expect(compiled.cost).toBe(102);
  });

  it('should find page sizes past the limit in the document, in defaults and in the variables', () => {
    const faultsOf = (text: string) => read(text).compiled.faults.map(({ extensions }) => extensions);
    const fault = { code: 'BAD_USER_INPUT', limit: 'page', maximum: 100 };
    expect(faultsOf('{ products(first: 100) { totalCount } }')).toEqual([]);
    expect(faultsOf('{ products(first: 101) { totalCount } }')).toEqual([fault]);
    expect(faultsOf('query ($n: Int! = 101) { products(first: $n) { totalCount } }')).toEqual([fault]);
    expect(faultsOf('{ ...F @skip(if: true) } fragment F on Query { products(first: 999) { totalCount } }')).toEqual([
      fault,
    ]);
    expect(read('query ($n: Int!) { products(first: $n) { totalCount } }').compiled.pages).toEqual([
      { variable: 'n', argument: 'first', field: 'products' },
    ]);
  });

  it('should find a list past the limit in the document and in defaults', () => {
    const ids = (count: number): string => JSON.stringify(Array.from({ length: count }, (_, index) => `prod_${index}`));
    const limitsOf = (text: string) => read(text).compiled.faults.map(({ extensions }) => extensions['limit']);
    expect(limitsOf(`{ nodes(ids: ${ids(100)}) { id } }`)).toEqual([]);
    expect(limitsOf(`{ nodes(ids: ${ids(101)}) { id } }`)).toEqual(['listItems']);
    expect(limitsOf(`query ($ids: [ID!]! = ${ids(101)}) { nodes(ids: $ids) { id } }`)).toEqual(['listItems']);
  });

  it.each([
    ['{ products(first: 20) { nodes { id title priceRange { min { amount } max { amount } } } } }', {}],
    [
      `query ($n: Int!, $m: Int!) { products(first: $n) { pageInfo { hasNextPage } totalCount edges { cursor node { id
        variants(first: $m) { nodes { price { amount } availability { state } } edges { node { sku } } }
        options { name values } } } } }`,
      { n: 13, m: 4 },
    ],
    [
      `query ($ids: [ID!]!, $deep: Boolean!) { nodes(ids: $ids) { id
        ... on Product { category { name } variants(first: 3) { nodes { id } } }
        ... on GroupBuy @include(if: $deep) { members(first: 40) { profile { displayName } } campaign { groupPrice { amount } } }
        ... on Order { total { amount } } } }`,
      { ids: ['a', 'b', 'c'], deep: true },
    ],
    [
      `query ($ids: [ID!]!, $deep: Boolean!) { nodes(ids: $ids) { ... on GroupBuy @include(if: $deep) { members(first: 40) { role } } } }`,
      { ids: ['a'], deep: false },
    ],
    [
      `mutation ($key: String!) { orderPlace(input: { lines: [], payment: { provider: SANDBOX }, idempotencyKey: $key }) { order { id lines { id variant { id } } }
        userErrors { code ... on GroupFullError { alternatives { id leader { id } } } ... on SoldOutError { available } } } }`,
      { key: 'k' },
    ],
    [
      `subscription { groupBuyCampaignProgress(campaignId: "x") { version campaign { tiers { people price { amount } }
        groupBuys(first: 10) { nodes { leader { displayName } members(first: 5) { role } } } } } }`,
      {},
    ],
  ])('should agree with graphql-query-complexity on %s', (text, variables) => {
    const { document, compiled } = read(text);
    expect(amountFor(compiled.cost, variables)).toBe(referenceCost(document, variables));
  });
});
