import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { coded, type TestContext, type TestEndpoint, testEndpoint } from '../testing/endpoint';
import { startTestGateway, type TestGateway } from '../testing/test-gateway';
import { nodeEndpoint } from './node-endpoint';
import type { NodeType } from './node-types';

const id = (prefix: string, last: number): string =>
  `${prefix}_01k9zq3v5ee2q9y8m6w0h2n4${String(last).padStart(2, '0')}`;
const [TEA, GONE, CUP, MINE, BROKEN] = [id('prod', 1), id('prod', 9), id('prod', 2), id('ord', 1), id('ord', 5)];

const TYPES: readonly NodeType[] = [
  { type: 'Product', prefix: 'prod', owner: 'catalog' },
  { type: 'Order', prefix: 'ord', owner: 'orders' },
];

function shop(): { catalog: TestEndpoint; orders: TestEndpoint; social: TestEndpoint } {
  const titles: Record<string, string> = { [TEA]: 'Tea', [CUP]: 'Cup' };
  return {
    catalog: testEndpoint(
      'catalog',
      `type Query { hello: String } type Product @key(fields: "id") { id: ID! title: String! subtitle: String }`,
      {
        Product: {
          __resolveReference: (product: { id: string }) => (titles[product.id] ? { id: product.id } : null),
          title: (product: { id: string }) => titles[product.id],
          subtitle: () => null,
        },
      },
    ),
    orders: testEndpoint(
      'orders',
      `type Query { ping: String } type Order @key(fields: "id") { id: ID! number: String }`,
      {
        Order: {
          __resolveReference: (order: { id: string }, { identity }: TestContext) => {
            if (order.id === BROKEN) throw new Error('connect ECONNREFUSED 10.0.0.3:27017');
            return identity.kind === 'account' && identity.accountId === 'a1' && order.id === MINE
              ? { id: order.id }
              : null;
          },
          number: () => 'N-1',
        },
      },
    ),
    // Knows of any product without asking, as subgraphs do that add fields to it.
    social: testEndpoint(
      'social',
      `type Query { pong: String } type Product @key(fields: "id") { id: ID! groups: Int }`,
      {
        Product: { __resolveReference: (product: { id: string }) => ({ id: product.id }), groups: () => 3 },
      },
    ),
  };
}

describe('node and nodes', () => {
  const parts = shop();
  const endpoints: readonly SubgraphEndpoint[] = Object.values(parts);
  let server: TestGateway;
  beforeAll(async () => {
    server = await startTestGateway({ endpoints: [...endpoints, nodeEndpoint(endpoints, TYPES)] });
  });
  afterAll(() => server.gateway.stop());
  const ask = async (query: string, variables: Record<string, unknown> = {}, headers = {}) =>
    (await server.post({ query, variables }, headers)).body;
  const NODE = `query ($id: ID!) { node(id: $id) { __typename id ... on Product { title groups } ... on Order { number } } }`;

  it('should find an object of any type, with the fields of every subgraph', async () => {
    expect(await ask(NODE, { id: TEA })).toEqual({
      data: { node: { __typename: 'Product', id: TEA, title: 'Tea', groups: 3 } },
    });
    expect(await ask(NODE, { id: MINE }, { authorization: 'Bearer account:a1' })).toEqual({
      data: { node: { __typename: 'Order', id: MINE, number: 'N-1' } },
    });
  });

  it.each([
    ['an object that is not there', GONE],
    ['an object of somebody else', MINE],
    ['an unknown prefix', id('gift', 1)],
    ['a malformed id', 'prod_nonsense'],
    ['an id with another kind of text', `${TEA}; drop`],
    ['nothing', ''],
    ['the name of a prototype', '__proto__'],
  ])('should answer null for %s, whichever fields are asked for', async (_what, of) => {
    for (const selection of [
      'id',
      '__typename',
      '... on Product { subtitle groups }',
      '... on Order { number }',
      'id ... on Product { id title }',
    ]) {
      expect(await ask(`query ($id: ID!) { node(id: $id) { ${selection} } }`, { id: of })).toEqual({
        data: { node: null },
      });
    }
  });

  it('should keep order, repeats and gaps of a list, and ask each owner once', async () => {
    parts.catalog.requests.length = 0;
    parts.orders.requests.length = 0;
    expect(
      await ask(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
        { ids: [CUP, 'x', TEA, GONE, CUP, MINE] },
        {
          authorization: 'Bearer account:a1',
        },
      ),
    ).toEqual({ data: { nodes: [{ id: CUP }, null, { id: TEA }, null, { id: CUP }, { id: MINE }] } });
    expect([parts.catalog.requests.length, parts.orders.requests.length]).toEqual([1, 1]);
    expect(parts.orders.requests[0]?.identity).toMatchObject({ kind: 'account', accountId: 'a1' });
  });

  it('should take 100 ids and refuse 101 before asking anybody', async () => {
    const ids = (count: number) => Array.from({ length: count }, () => TEA);
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    expect((await ask(query, { ids: ids(100) })).data?.['nodes']).toHaveLength(100);
    parts.catalog.requests.length = 0;
    const refused = await server.post({ query, variables: { ids: ids(101) } });
    expect([refused.status, refused.body.errors?.[0]?.extensions]).toEqual([
      400,
      { code: 'BAD_USER_INPUT', limit: 'listItems', maximum: 100 },
    ]);
    expect(parts.catalog.requests).toEqual([]);
  });

  it('should mask what an owner says when it fails', async () => {
    const body = await ask('query ($id: ID!) { node(id: $id) { id } }', { id: BROKEN });
    expect(body.data).toEqual({ node: null });
    expect(body.errors?.map(({ path, extensions }) => [path, extensions['code']])).toEqual([[['node'], 'INTERNAL']]);
    expect(JSON.stringify(body)).not.toContain('ECONNREFUSED');
  });

  it('should pass on what an owner refuses', async () => {
    const shy = { ...parts.catalog, execute: () => Promise.resolve({ errors: [coded('THROTTLED', 'Slowly.')] }) };
    const around = [shy, parts.orders, parts.social];
    const other = await startTestGateway({ endpoints: [...around, nodeEndpoint(around, TYPES)] });
    const { body } = await other.post({ query: `{ node(id: "${TEA}") { id } }` });
    expect(body).toEqual({
      data: { node: null },
      errors: [{ message: 'Slowly.', path: ['node'], extensions: { code: 'THROTTLED' } }],
    });
    await other.gateway.stop();
  });
});
