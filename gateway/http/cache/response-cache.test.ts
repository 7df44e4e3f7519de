import { ManualClock } from '../../../platform/clock/clock';
import { ANONYMOUS, type Identity } from '../../../platform/context/identity';
import type { Authenticator } from '../../authenticator';
import { type CachedGraph, cachedGraph } from '../../testing/cached-graph';
import { until } from '../../testing/socket-client';
import { startTestGateway, type TestGateway } from '../../testing/test-gateway';
import { ResponseCache } from './response-cache';

/** "Bearer <account>" is a customer, "Bearer <account> <role>" is more. */
const authenticate: Authenticator = {
  identify({ authorization = '' }) {
    const [, accountId = '', role] = authorization.split(' ');
    const roles = role === 'STAFF' || role === 'LEADER' ? (['CUSTOMER', role] as const) : (['CUSTOMER'] as const);
    const identity: Identity = { kind: 'account', accountId, sessionId: 's', roles };
    return Promise.resolve({ identity, originAllowed: true });
  },
  isOriginListed: () => Promise.resolve(true),
};

describe.each(['hot', 'apollo'] as const)('the response cache behind the %s lane', (lane) => {
  let graph: CachedGraph;
  let clock: ManualClock;
  let server: TestGateway;
  beforeEach(async () => {
    graph = cachedGraph();
    clock = new ManualClock();
    server = await startTestGateway({
      lane,
      clock,
      authenticate,
      endpoints: graph.endpoints,
      responseCache: { maxBytes: 100_000 },
    });
  });
  afterEach(() => server.gateway.stop());

  const ask = async (query: string, headers: Record<string, string> = {}, variables?: Record<string, unknown>) => {
    const answer = await server.post({ query, ...(variables ? { variables } : {}) }, headers);
    return { ...answer.body, cacheControl: answer.headers.get('cache-control'), age: answer.headers.get('age') };
  };
  const MOTTO = '{ motto }';
  const first = { data: { motto: 'en 1' }, cacheControl: 'max-age=60, public', age: null };

  it('should answer from memory as long as the policy says, and say how old the answer is', async () => {
    expect(await ask(MOTTO)).toEqual(first);
    graph.restock();
    clock.advance(59_000);
    expect(await ask(MOTTO)).toEqual({ ...first, age: '59' });
    expect(graph.catalog.requests).toHaveLength(1);
    clock.advance(1_000);
    expect(await ask(MOTTO)).toEqual({ ...first, data: { motto: 'en 2' } });
    expect(graph.catalog.requests).toHaveLength(2);
  });

  it('should make anew what is not cacheable', async () => {
    expect(await ask('{ clock }')).toEqual({ data: { clock: 1 }, cacheControl: 'no-store', age: null });
    graph.restock();
    expect((await ask('{ clock }')).data).toEqual({ clock: 2 });
  });

  it('should not keep answers with errors', async () => {
    for (const _ of [1, 2]) {
      const { errors, cacheControl } = await ask('{ broken motto }');
      expect([errors?.length, cacheControl]).toEqual([1, 'no-store']);
    }
    expect(graph.catalog.requests).toHaveLength(2);
  });

  it('should keep apart documents, operations, variables, languages and surroundings', async () => {
    const TITLE = 'query ($id: ID!) { book(id: $id) { title } }';
    const TWO = 'query A { motto } query B { again: motto }';
    expect((await ask(TITLE, {}, { id: 'b1' })).data).toEqual({ book: { title: 'Title b1' } });
    expect((await ask(TITLE, {}, { id: 'b2' })).data).toEqual({ book: { title: 'Title b2' } });
    expect((await ask(MOTTO)).data).toEqual({ motto: 'en 1' });
    expect((await ask('{ motto: motto }')).age).toBeNull();
    expect((await ask(MOTTO, { 'accept-language': 'zh-HK' })).data).toEqual({ motto: 'zh-HK 1' });
    expect((await ask(MOTTO, { 'x-channel': 'LIVE' })).age).toBeNull();
    expect((await ask(MOTTO, { 'x-neighborhood-id': 'LIVE' })).age).toBeNull();
    expect((await server.post({ query: TWO, operationName: 'A' })).body.data).toEqual({ motto: 'en 1' });
    expect((await server.post({ query: TWO, operationName: 'B' })).body.data).toEqual({ again: 'en 1' });
    expect((await ask(MOTTO)).age).toBe('0');
  });

  it('should share public answers between callers and keep private ones apart', async () => {
    const as = (account: string) => ({ authorization: `Bearer ${account}` });
    await ask(MOTTO, as('a1'));
    expect((await ask(MOTTO, as('a2'))).age).toBe('0');
    expect((await ask(MOTTO)).age).toBe('0');
    const GREETING = '{ motto greeting }';
    const greeted = await ask(GREETING, as('a1'));
    expect(greeted).toEqual({
      data: { motto: 'en 1', greeting: 'a1 1' },
      cacheControl: 'max-age=60, private',
      age: null,
    });
    expect((await ask(GREETING, as('a2'))).data).toEqual({ motto: 'en 1', greeting: 'a2 1' });
    expect((await ask(GREETING)).data).toEqual({ motto: 'en 1', greeting: 'anonymous 1' });
    expect(await ask(GREETING, as('a1'))).toEqual({ ...greeted, age: '0' });
  });

  it('should keep nothing for callers with a role beyond customer, and give them nothing kept', async () => {
    await ask(MOTTO);
    graph.restock();
    for (const role of ['STAFF', 'LEADER']) {
      expect((await ask(MOTTO, { authorization: `Bearer a1 ${role}` })).data).toEqual({ motto: 'en 2' });
    }
    expect((await ask(MOTTO)).data).toEqual({ motto: 'en 1' });
  });

  it.each(['no-cache', 'max-age=0, no-cache', 'no-store'])('should make anew for Cache-Control: %s', async (wish) => {
    await ask(MOTTO);
    graph.restock();
    expect((await ask(MOTTO, { 'cache-control': wish })).data).toEqual({ motto: 'en 2' });
  });

  const BOOK = '{ book(id: "b1") { price } }';
  const LOANS = '{ book(id: "b1") { loans } }';
  const writer = { authorization: 'Bearer a1' };

  it('should forget for everybody what was read of a subgraph that was written to', async () => {
    for (const query of [BOOK, LOANS, '{ motto }']) await ask(query);
    await ask('mutation { restock }', writer);
    expect(await ask(BOOK)).toMatchObject({ data: { book: { price: 2 } }, age: null });
    expect(await ask(LOANS)).toMatchObject({ data: { book: { loans: 2 } }, age: null });
  });

  it('should leave to others what was read of other subgraphs, and give the writer nothing from before', async () => {
    await ask(BOOK);
    // The write to social reaches the catalog behind the door.
    await ask('mutation { rate }', writer);
    graph.restock();
    expect(await ask(BOOK)).toMatchObject({ data: { book: { price: 1 } }, age: '0' });
    expect(await ask(BOOK, writer)).toMatchObject({ data: { book: { price: 2 } }, age: null });
    expect(await ask(BOOK, writer)).toMatchObject({ data: { book: { price: 2 } }, age: '0' });
  });

  it('should not keep what was read while somebody wrote', async () => {
    const reading = ask('{ slow }');
    await until(() => graph.waiting() === 1);
    await ask('mutation { restock }');
    graph.release();
    expect((await reading).data).toEqual({ slow: 1 });
    expect(await ask('{ slow }')).toMatchObject({ data: { slow: 2 }, age: null });
  });

  it('should say the policy without keeping anything where it is off', async () => {
    const off = await startTestGateway({ lane, endpoints: graph.endpoints });
    for (const _ of [1, 2]) {
      const { headers } = await off.post({ query: MOTTO });
      expect([headers.get('cache-control'), headers.get('age')]).toEqual(['max-age=60, public', null]);
    }
    await off.gateway.stop();
  });
});

describe('answers to GET', () => {
  it('should be validated by their ETag instead of sent again', async () => {
    const graph = cachedGraph();
    const server = await startTestGateway({ endpoints: graph.endpoints });
    const get = (query: string, headers: Record<string, string> = {}) =>
      fetch(`${server.gateway.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: { 'apollo-require-preflight': 'yes', ...headers },
      });
    const first = await get('{ motto }');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]+"$/);
    const again = await get('{ motto }', { 'if-none-match': etag });
    expect([again.status, await again.text(), again.headers.get('cache-control')]).toEqual([
      304,
      '',
      'max-age=60, public',
    ]);
    graph.restock();
    const changed = await get('{ motto }', { 'if-none-match': etag });
    expect([changed.status, await changed.json()]).toEqual([200, { data: { motto: 'en 2' } }]);
    expect((await get('{ clock }')).headers.get('etag')).toBeNull();
    await server.gateway.stop();
  });
});

describe('the memory of the response cache', () => {
  it('should stay within its bytes by forgetting what was used least recently', () => {
    const cache = new ResponseCache(2_000, new ManualClock());
    const policy = { maxAge: 60, scope: 'PUBLIC' } as const;
    const question = (documentHash: string) => ({
      documentHash,
      operationName: undefined,
      variables: {},
      languages: [],
      identity: ANONYMOUS,
      surroundings: '',
    });
    const keys = ['a', 'b', 'c'].map((hash) => cache.keyOf(question(hash), policy) ?? '');
    const keep = (key = '') => cache.keep(key, 'x'.repeat(300), policy, ['catalog'], cache.now());
    const kept = () => keys.map((key) => cache.find(key, 'nobody') !== null);
    keep(keys[0]);
    keep(keys[1]);
    expect(kept()).toEqual([true, true, false]);
    cache.find(keys[0] ?? '', 'nobody');
    keep(keys[2]);
    expect(kept()).toEqual([true, false, true]);
    cache.keep('huge', 'x'.repeat(3_000), policy, ['catalog'], cache.now());
    expect([cache.find('huge', 'nobody'), ...kept()]).toEqual([null, true, false, true]);
  });
});
