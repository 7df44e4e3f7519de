import { parse } from 'graphql';
import { ANONYMOUS } from '../../platform/context/identity';
import { shopGraph } from '../testing/shop-graph';
import { type LoggedLine, recordingLog } from '../testing/test-gateway';
import { composeSupergraph } from './compose';
import { FederatedGraph } from './federated-graph';

describe('the federated graph', () => {
  const shop = shopGraph();
  const lines: LoggedLine[] = [];
  const endpoints = new Map(shop.endpoints.map((endpoint) => [endpoint.name, endpoint]));
  const graph = new FederatedGraph(composeSupergraph(shop.endpoints), endpoints, recordingLog(lines));
  const request = (query: string, deadlineMs = 10_000) => ({
    document: parse(query),
    documentKey: query,
    variables: {},
    caller: { identity: ANONYMOUS, requestId: 'req_1', languages: [] },
    deadlineMs,
  });
  afterAll(() => shop.openGate());

  it('should give what came in time when a subgraph exceeds the deadline', async () => {
    const result = await graph.execute(request('{ gate whoAmI }', 50));
    expect(JSON.parse(JSON.stringify(result))).toEqual({
      data: { gate: null, whoAmI: 'anonymous' },
      errors: [
        {
          message: 'The request took longer than 0.05 s and was stopped.',
          extensions: { code: 'INTERNAL', requestId: 'req_1' },
        },
      ],
    });
    expect(shop.catalog.requests.at(-1)?.signal?.aborted).toBe(true);
  });

  it('should keep no more of documents than so many bytes, and what is asked all the time the longest', async () => {
    const mostBytes = { prepared: 300_000, compiled: 500_000, derived: 50_000 };
    const bounded = new FederatedGraph(graph.supergraphSdl, endpoints, recordingLog(lines), { mostBytes });
    const aliases = Array.from({ length: 15 }, (_, index) => `a${index}: product(id: "p1") { id title }`).join(' ');
    const usual = request('query Usual { product(id: "p1") { title } }');
    for (let count = 0; count < 40; count++) {
      const { data } = await bounded.answer(request(`query Q${count} { ${aliases} }`));
      expect(Object.keys(JSON.parse(data ?? '{}') as object)).toHaveLength(15);
      await bounded.answer(usual);
    }
    const { compiles, cachedPlans, cachedBytes } = bounded.stats();
    expect(compiles).toBe(41);
    expect(cachedPlans).toBeLessThan(20);
    expect(cachedBytes).toBeLessThanOrEqual(800_000);
    expect(cachedBytes).toBeGreaterThan(400_000);
  });

  it('should plan equal documents once', () => {
    const operation = request('query Named { product(id: "p1") { title } }');
    expect(graph.plan(operation)).toBe(graph.plan({ ...operation, document: parse('{ echo }') }));
  });

  it('should not let a null entity pass for an answer where the field may not be null', async () => {
    const lost = { ...shop.accounts, execute: () => Promise.resolve({ data: { _entities: [null] } }) };
    const broken = new FederatedGraph(
      graph.supergraphSdl,
      new Map<string, typeof shop.accounts>([...endpoints, ['accounts', lost]]),
      recordingLog(lines),
    );
    const result = await broken.execute(request('{ group { members { profile { name } } } echo }'));
    expect(JSON.parse(JSON.stringify(result))).toEqual({
      data: { group: null, echo: 7 },
      errors: [
        {
          message: expect.stringContaining('Cannot return null for non-nullable field Profile.name'),
          path: ['group', 'members', 0, 'profile', 'name'],
          extensions: { code: 'INTERNAL', requestId: 'req_1' },
        },
      ],
    });
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.9:4101'))],
    [
      'answers plain errors of another process',
      () => Promise.resolve(JSON.parse('{"errors":[{"message":"10.0.0.9 down"}]}')),
    ],
    [
      'answers with an INTERNAL of its own wording',
      () =>
        Promise.resolve(
          JSON.parse(
            '{"data":null,"errors":[{"message":"10.0.0.9","extensions":{"code":"INTERNAL","requestId":"other"}}]}',
          ),
        ),
    ],
  ])('should mask what a subgraph says when it %s', async (_what, execute) => {
    const broken = new FederatedGraph(
      graph.supergraphSdl,
      new Map<string, typeof shop.accounts>([...endpoints, ['accounts', { ...shop.accounts, execute }]]),
      recordingLog(lines),
    );
    const result = await broken.execute(request('{ whoAmI echo }'));
    expect(JSON.parse(JSON.stringify(result))).toEqual({
      data: { whoAmI: null, echo: 7 },
      errors: [
        {
          message: 'Something went wrong on our side. Quote request req_1 when you report it.',
          extensions: { code: 'INTERNAL', requestId: 'req_1' },
        },
      ],
    });
    expect(JSON.stringify(lines.at(-1)?.fields)).toContain('10.0.0.9');
  });
});
