import fc from 'fast-check';
import { type ExecutionResult, GraphQLError, parse } from 'graphql';
import { ANONYMOUS, type Identity, visibleIdentity } from '../../platform/context/identity';
import { remoteFaults } from '../../platform/remote/remote-fault';
import type { SubgraphEndpoint, SubgraphRequest } from '../../platform/subgraph/subgraph-port';
import { composeSupergraph } from '../federation/compose';
import { FederatedGraph } from '../federation/federated-graph';
import { heldEndpoint, nextTurn } from '../testing/held-endpoint';
import { shopGraph } from '../testing/shop-graph';
import { type LoggedLine, recordingLog } from '../testing/test-gateway';
import { shared } from './shared';

const DOCUMENTS = [
  'query Q($ids: [ID!], $n: Int) { products(ids: $ids, n: $n) { name } }',
  'query Q($ids: [ID!], $n: Int) { names: products(ids: $ids, n: $n) { name } }',
  'query($representations: [_Any!]!, $n: Int) { _entities(representations: $representations) { ... on P { stock(n: $n) } } }',
  'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on P { price } } }',
  'mutation($ids: [ID!]) { buy(ids: $ids) { id } }',
].map((text) => ({ text, document: parse(text), isEntities: text.includes('_entities') }));

const IDENTITIES: readonly Identity[] = [
  ANONYMOUS,
  { kind: 'account', accountId: 'a', sessionId: 's1', roles: ['CUSTOMER'] },
  { kind: 'account', accountId: 'a', sessionId: 's2', roles: ['CUSTOMER'] },
  { kind: 'app', keyId: 'k', scopes: ['x'], resource: 'g1' },
  { kind: 'app', keyId: 'k', scopes: ['x'], resource: 'g2' },
];

const requests = fc.record({
  which: fc.nat(DOCUMENTS.length - 1),
  ids: fc.array(fc.constantFrom('1', '2', '3', '4', 'none', 'bad', 'poison'), { maxLength: 5 }),
  n: fc.constantFrom(undefined, 1),
  identity: fc.constantFrom(...IDENTITIES),
  languages: fc.constantFrom(undefined, ['de'], ['en']),
  /** In which turn of the event loop it is made. */
  turn: fc.nat(3),
});

/** Answers by what is asked and by whom, after some turns; fails in places by the ids, and as a whole by who asks. */
function world(): SubgraphEndpoint & { readonly calls: string[] } {
  const calls: string[] = [];
  const entity = (id: string, seen: string) => (id === 'none' ? null : { stock: `${id} for ${seen}`, in: [{ id }] });
  return {
    ...heldEndpoint(),
    calls,
    async execute(request) {
      const { text = '', isEntities } = DOCUMENTS.find(({ document }) => document === request.document) ?? {};
      const { representations, ids: plain, ...others } = request.variables as Record<string, { id: string }[]>;
      const ids = isEntities ? (representations ?? []).map(({ id }) => id) : (plain as unknown as string[]);
      const { identity, languages } = request;
      const resource = identity.kind === 'app' ? identity.resource : '';
      const seen = JSON.stringify([text, others, visibleIdentity(identity), resource, languages]);
      calls.push(seen);
      for (let turns = (ids.length * 7 + seen.length) % 4; turns > 0; turns -= 1) await nextTurn();
      if (resource === 'g2' && languages?.[0] === 'en') throw new Error('lost');
      if (resource === 'g2' && languages?.[0] === 'de') return { errors: [new GraphQLError('away')] };
      if (identity.kind === 'account' && languages?.[0] === 'en')
        return { errors: remoteFaults('SUBGRAPH_UNAVAILABLE', request) };
      const key = isEntities ? '_entities' : 'products';
      if (ids.includes('poison')) return { data: null, errors: [new GraphQLError('poison', { path: [key] })] };
      const errors = ids.flatMap((id, at) =>
        id === 'bad' ? [new GraphQLError('bad', { path: [key, at, 'stock'], extensions: { code: 'X', seen } })] : [],
      );
      return { data: { [key]: ids.map((id) => entity(id, seen)) }, ...(errors.length > 0 ? { errors } : {}) };
    },
  };
}

/** The answer as text; then everything in it is changed, as an executor may. */
async function consumed(answer: Promise<ExecutionResult>): Promise<string> {
  try {
    const result = await answer;
    const text = JSON.stringify(result);
    spoil(result);
    return text;
  } catch (error) {
    return String(error);
  }
}

function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Error) return;
  for (const inner of Object.values(value)) spoil(inner);
  if (Array.isArray(value)) value.push('spoilt');
  else Object.assign(value, { spoilt: true });
}

describe('shared', () => {
  it('should give each of many concurrent requests exactly what it would get alone', async () => {
    let [sent, asked] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: 1, maxLength: 24 }), async (drawn) => {
        const [plain, behind] = [world(), world()];
        const [endpoint] = shared([behind]);
        if (!endpoint) throw new Error('There is none.');
        const texts = drawn.map(async ({ which, ids, n, identity, languages, turn }, at) => {
          const { document, isEntities } = DOCUMENTS[which] ?? DOCUMENTS[0] ?? { document: parse('{ a }') };
          const things = isEntities ? { representations: ids.map((id) => ({ __typename: 'P', id })) } : { ids };
          const request: SubgraphRequest = {
            document,
            variables: { ...things, ...(n === undefined ? {} : { n }) },
            identity,
            languages,
            requestId: `r${at}`,
            signal: new AbortController().signal,
          };
          for (let turns = turn; turns > 0; turns -= 1) await nextTurn();
          return Promise.all([consumed(endpoint.execute(request)), consumed(plain.execute(request))]);
        });
        for (const [got, expected] of await Promise.all(texts)) expect(got).toBe(expected);
        sent += behind.calls.length;
        asked += plain.calls.length;
      }),
      { numRuns: 200 },
    );
    expect(sent).toBeLessThan(asked);
  });

  describe('behind the graph', () => {
    const shop = shopGraph();
    const supergraph = composeSupergraph(shop.endpoints);
    const query = '{ group { members { profile { name } } } }';
    const document = parse(query);
    const ask = (graph: FederatedGraph, requestId: string) =>
      graph.execute({
        document,
        documentKey: query,
        variables: {},
        caller: { identity: ANONYMOUS, requestId, languages: [] },
        deadlineMs: 10_000,
      });
    const graphOver = (endpoints: readonly SubgraphEndpoint[], lines: LoggedLine[]) =>
      new FederatedGraph(supergraph, new Map(endpoints.map((one) => [one.name, one])), recordingLog(lines));

    it('should ask every subgraph once for many who ask the same at once', async () => {
      const graph = graphOver(shared(shop.endpoints), []);
      const asked = () => shop.endpoints.map(({ requests: { length } }) => length);
      const before = asked();
      const expected = await ask(graph, 'r0');
      const once = asked().map((count, at) => count - (before[at] ?? 0));
      const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => ask(graph, `r${at}`)));
      for (const answer of answers) expect(answer).toEqual(expected);
      expect(asked().map((count, at) => count - (before[at] ?? 0) - (once[at] ?? 0))).toEqual(once);
    });

    it('should show each participant the id of their own request, and log whose it was answered with', async () => {
      const masking = (endpoint: SubgraphEndpoint): SubgraphEndpoint => ({
        ...endpoint,
        async execute({ requestId }) {
          const extensions = { code: 'INTERNAL', requestId };
          return { data: null, errors: [new GraphQLError(`Quote request ${requestId}.`, { extensions })] };
        },
      });
      const lines: LoggedLine[] = [];
      const graph = graphOver(shared(shop.endpoints.map(masking)), lines);
      const answers = await Promise.all([ask(graph, 'r1'), ask(graph, 'r2')]);
      expect(answers.map(({ errors }) => errors?.map((error) => error.extensions))).toEqual([
        [{ code: 'INTERNAL', requestId: 'r1' }],
        [{ code: 'INTERNAL', requestId: 'r2' }],
      ]);
      expect(answers[1]?.errors?.[0]?.message).toContain('r2');
      expect(lines.map(({ fields }) => [fields['requestId'], (fields['error'] as Error).message])).toEqual([
        ['r2', 'Quote request r1.'],
      ]);
    });
  });
});
