import { GraphQLError, parse } from 'graphql';
import { ANONYMOUS } from '../../platform/context/identity';
import { composeSupergraph } from '../federation/compose';
import { FederatedGraph } from '../federation/federated-graph';
import { coded, type TestEndpoint, testEndpoint } from '../testing/endpoint';
import { type LoggedLine, recordingLog } from '../testing/test-gateway';

/** A shop whose graph has every shape the executor treats in a way of its own. */
function subgraphs(): Readonly<Record<'catalog' | 'social' | 'content', TestEndpoint>> {
  const rows: Readonly<Record<string, object>> = {
    p1: {
      __typename: 'Book',
      id: 'p1',
      rid: 'r1',
      title: 'Tea "Longjing"\n龙井',
      price: 10,
      tags: ['a', null],
      shelf: { id: 's1' },
    },
    p2: { __typename: 'Game', id: 'p2', rid: 'r2', title: 'Go', price: 0, tags: [], shelf: { id: 's1' } },
    gone: { __typename: 'Book', id: 'gone', title: 'Lost', price: 1, shelf: { id: 's2' } },
  };
  const catalog = testEndpoint(
    'catalog',
    `type Query { items: [Item]! item(id: ID!): Item shelf: Shelf hidden: Item }
    interface Item { id: ID! title: String! shelf: Shelf constructor: String }
    type Book implements Item @key(fields: "id") { id: ID! rid: ID title: String! price: Int tags: [String] shelf: Shelf constructor: String kind: Kind }
    type Game implements Item @key(fields: "id") { id: ID! rid: ID title: String! price: Int tags: [String] shelf: Shelf constructor: String }
    type Secret implements Item @inaccessible { id: ID! title: String! shelf: Shelf constructor: String }
    type Shelf @key(fields: "id") { id: ID! }
    enum Kind { PAPER INTERNAL @inaccessible }
    scalar Json`,
    {
      Query: {
        items: () => [rows['p1'], null, rows['p2'], rows['p1'], rows['gone']],
        item: (_: unknown, { id }: { id: string }) => rows[id] ?? null,
        shelf: () => ({ id: 's1' }),
        hidden: () => ({ __typename: 'Secret', id: 'x', title: 'x' }),
      },
      Item: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      Book: {
        __resolveReference: ({ id }: { id: string }) => rows[id] ?? null,
        constructor: () => 'maker',
        kind: ({ id }: { id: string }) => (id === 'p1' ? 'PAPER' : 'INTERNAL'),
      },
      Game: { __resolveReference: ({ id }: { id: string }) => rows[id] ?? null, constructor: () => null },
    },
  );
  const social = testEndpoint(
    'social',
    `type Query { me: String }
    type Book @key(fields: "id") { id: ID! price: Int @external stars: Int! note: String free: Boolean @requires(fields: "price") }
    type Game @key(fields: "id") { id: ID! price: Int @external stars: Int! free: Boolean @requires(fields: "price") }`,
    {
      Query: { me: () => 'me' },
      Book: {
        __resolveReference: (book: { id: string }) => (book.id === 'gone' ? null : book),
        stars: ({ id }: { id: string }) => (id === 'p1' ? 5 : 3),
        note: () => {
          throw coded('CONFLICT', 'Being written.');
        },
        free: ({ price }: { price: number }) => price === 0,
      },
      Game: {
        __resolveReference: (game: object) => game,
        stars: () => 4,
        free: ({ price }: { price: number }) => price === 0,
      },
    },
  );
  const content = testEndpoint(
    'content',
    `type Query { pages: Int }
    type Shelf @key(fields: "id") { id: ID! label: String! }`,
    {
      Query: { pages: () => 3 },
      Shelf: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        label: ({ id }: { id: string }) => `Shelf ${id}`,
      },
    },
  );
  return { catalog, social, content };
}

describe('the executor', () => {
  const lines: LoggedLine[] = [];
  const { catalog, social, content } = subgraphs();
  const sdl = composeSupergraph([catalog, social, content]);
  const graphOf = (...replaced: readonly TestEndpoint[]) =>
    new FederatedGraph(
      sdl,
      new Map<string, TestEndpoint>(
        [catalog, social, content, ...replaced].map((endpoint) => [endpoint.name, endpoint]),
      ),
      recordingLog(lines),
    );
  const graph = graphOf();
  const request = (query: string, variables: Record<string, unknown> = {}, deadlineMs = 10_000) => ({
    document: parse(query),
    documentKey: query,
    variables,
    caller: { identity: ANONYMOUS, requestId: 'req_1', languages: [] },
    deadlineMs,
  });
  const representationsSent = (endpoint: TestEndpoint) => endpoint.requests.at(-1)?.variables?.['representations'];

  const SAME_AS_APOLLO: (readonly [string, Record<string, unknown>?])[] = [
    ['{ items { __typename id title ... on Book { price tags stars } ... on Game { stars } } }'],
    ['{ items { id shelf { label } } shelf { id label } me pages }'],
    ['{ item(id: "p1") { t: title ... on Book { note free } } }'],
    ['query ($id: ID!) { item(id: $id) { id ... on Book { kind } } }', { id: 'p1' }],
    ['query ($id: ID!) { item(id: $id) { id ... on Book { kind } } }', { id: 'gone' }],
    ['{ hidden { id } pages }'],
    ['{ item(id: "gone") { ... on Book { stars } } pages }'],
    ['{ items { ... on Book { free stars } } }'],
    ['query ($yes: Boolean!) { me @skip(if: $yes) item(id: "p1") { id title @include(if: $yes) } }', { yes: true }],
    ['query ($yes: Boolean = false) { me @skip(if: $yes) item(id: "p1") { id title @include(if: $yes) } }'],
    ['{ item(id: "nobody") { id } __typename }'],
    ['{ __typename }'],
    ['{ __schema { queryType { name } } me __type(name: "Shelf") { fields { name } } }'],
    ['{ item(id: "p1") { constructor ... on Game { constructor } } }'],
    ['query ($id: ID!) { item(id: $id) { id } }', {}],
    ['query ($id: ID!) { item(id: $id) { id } }', { id: null }],
  ];
  it.each(SAME_AS_APOLLO.map(([query, variables = {}]) => ({ query, variables })))(
    "should answer as Apollo's executor does: $query $variables",
    async ({ query, variables }) => {
      const before = graph.stats();
      const ours = await graph.answer(request(query, variables));
      const reference = await graph.stockAnswer(request(query, variables));
      expect(JSON.parse(JSON.stringify(ours))).toEqual(JSON.parse(JSON.stringify(reference)));
      expect(graph.stats().fallbacks).toBe(before.fallbacks);
    },
  );

  it('should plan and compile an operation once for each decision of its @skip and @include', async () => {
    const own = graphOf();
    const query = 'query ($a: Boolean!) { me @include(if: $a) pages }';
    for (const a of [true, false, true, false]) await own.answer(request(query, { a }));
    const { cachedBytes, ...counts } = own.stats();
    expect(counts).toEqual({ compiled: 4, fallbacks: 0, compiles: 2, cachedPlans: 2 });
    expect(cachedBytes).toBeGreaterThan(2 * 10_000);
  });

  it('should send each different entity once and spread the answer, and its errors, to every place', async () => {
    const answer = await graph.answer(request('{ items { ... on Book { note stars } } }'));
    expect(representationsSent(social)).toEqual([
      { __typename: 'Book', id: 'p1' },
      { __typename: 'Book', id: 'gone' },
    ]);
    expect(JSON.parse(answer.data ?? '')).toEqual({
      items: [{ note: null, stars: 5 }, null, {}, { note: null, stars: 5 }, null],
    });
    expect(answer.errors.map(({ message, path }) => [message, path])).toEqual([
      ['Being written.', ['items', 0, 'note']],
      ['Being written.', ['items', 3, 'note']],
    ]);
  });

  it('should keep the keys in the order in which they are first selected', async () => {
    const answer = await graph.answer(
      request('{ shelf { ...F __typename } pages shelf { id } } fragment F on Shelf { label }'),
    );
    expect(answer.data).toBe('{"shelf":{"label":"Shelf s1","__typename":"Shelf","id":"s1"},"pages":3}');
  });

  it('should not take an alias for the field of that name', async () => {
    const query = '{ item(id: "p1") { ... on Book { id: rid title: id stars price: title } } }';
    const answer = await graph.answer(request(query));
    expect(JSON.parse(answer.data ?? '')).toEqual({
      item: { id: 'r1', title: 'p1', stars: 5, price: 'Tea "Longjing"\n龙井' },
    });
  });

  it("should name the client's own key in the path of an error", async () => {
    const answer = await graph.answer(request('{ pages: item(id: "p1") { ... on Book { id: note } } }'));
    expect(answer.errors.map(({ path, extensions }) => [path, extensions])).toEqual([
      [['pages', 'id'], { code: 'CONFLICT' }],
    ]);
  });

  it('should never let a key pass for what every object inherits', async () => {
    const answer = await graph.answer(request('{ item(id: "p2") { constructor toString: title } }'));
    expect(answer.errors).toEqual([]);
    expect(answer.data).toBe('{"item":{"constructor":null,"toString":"Go"}}');
  });

  it.each([
    ['SUBGRAPH_TIMEOUT', 'SUBGRAPH_TIMEOUT'],
    ['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_UNAVAILABLE'],
    ['ANYTHING', 'INTERNAL'],
  ])('should pass the code %s of a subgraph that could not be asked as %s', async (code, shown) => {
    const down = graphOf({ ...social, execute: () => Promise.reject(coded(code, 'social did not answer')) });
    const answer = await down.answer(request('{ pages item(id: "p1") { title ... on Book { stars } } }'));
    expect(answer.data).toBe('{"pages":3,"item":null}');
    expect(answer.errors.map(({ extensions }) => extensions['code'])).toEqual([shown]);
  });

  it.each([
    ['no entities', { data: {} }],
    ['too few entities', { data: { _entities: [] } }],
    ['an entity that is no object', { data: { _entities: ['p1'] } }],
    ['nothing', { data: null }],
  ])('should go on when a subgraph answers with %s', async (_what, result) => {
    const odd = graphOf({ ...social, execute: () => Promise.resolve(result) });
    const answer = await odd.answer(request('{ pages item(id: "p1") { title ... on Book { stars } } }'));
    expect(answer.data).toBe('{"pages":3,"item":null}');
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0]?.extensions['code']).toBe('INTERNAL');
  });

  it('should show the errors of subgraphs that are trusted as they are', async () => {
    const trusting = new FederatedGraph(
      sdl,
      new Map<string, TestEndpoint>([
        ['catalog', catalog],
        ['content', content],
        ['social', { ...social, execute: () => Promise.resolve({ errors: [new GraphQLError('plain')] }) }],
      ]),
      recordingLog(lines),
      { trustSubgraphErrors: true },
    );
    const expected = [{ message: 'plain', extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', serviceName: 'social' } }];
    for (const answer of [await trusting.answer(request('{ me }')), await trusting.stockAnswer(request('{ me }'))]) {
      expect(answer.errors.map((error) => error.toJSON())).toEqual(expected);
    }
  });

  it('should ask nobody after the deadline and tell those who work to stop', async () => {
    let asked: AbortSignal | undefined;
    const slow = graphOf({
      ...catalog,
      execute: ({ signal }) => {
        asked = signal;
        return new Promise(() => undefined);
      },
    });
    const before = social.requests.length;
    const answer = await slow.answer(request('{ pages items { ... on Book { stars } } }', {}, 30));
    expect(answer.data).toBe('null');
    expect(answer.errors.map(({ message }) => message)).toEqual([
      'The request took longer than 0.03 s and was stopped.',
    ]);
    expect(asked?.aborted).toBe(true);
    expect(social.requests).toHaveLength(before);
  });
});
