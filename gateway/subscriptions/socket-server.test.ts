import { WebSocket } from 'ws';
import { ApiError } from '../../platform/user-errors/api-error';
import { type ShopGraph, shopGraph } from '../testing/shop-graph';
import { SocketClient, until } from '../testing/socket-client';
import {
  FOREIGN_ORIGIN,
  LISTED_ORIGIN,
  OTHER_KEYS_ORIGIN,
  startTestGateway,
  type TestGateway,
  testAuthenticator,
} from '../testing/test-gateway';

const WATCH = 'subscription { progress { version } }';

describe('the socket', () => {
  let shop: ShopGraph;
  let server: TestGateway;
  beforeAll(async () => {
    shop = shopGraph();
    server = await startTestGateway({ endpoints: shop.endpoints });
  });
  afterAll(() => server.gateway.stop());

  const connect = (parameters?: Record<string, unknown>, headers?: Record<string, string>): Promise<SocketClient> =>
    SocketClient.connect(server.gateway.url, parameters, headers);

  it.each([
    ['a syntax error', 'subscription { progress(', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', 'subscription { progress { nothing } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an inaccessible field', 'subscription { progress { group { product { cost } } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a query', '{ echo }', 'BAD_USER_INPUT'],
    ['a mutation', 'mutation { touch }', 'BAD_USER_INPUT'],
    ['introspection', '{ __schema { types { name } } }', 'BAD_USER_INPUT'],
    [
      'two root fields',
      'subscription { a: progress { version } b: progress { version } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a missing variable', 'subscription ($t: String!) { progress(tag: $t) { version } }', 'BAD_USER_INPUT'],
    [
      'a root field under a condition',
      'subscription ($c: Boolean!) { progress @skip(if: $c) { version } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a root field with a directive', 'subscription { progress @include(if: true) { version } }', 'BAD_USER_INPUT'],
    ['no operation', 'fragment F on Progress { version }', 'BAD_USER_INPUT'],
    ['two operations and no name', `${WATCH} subscription B { progress { joined } }`, 'BAD_USER_INPUT'],
  ])('should answer %s with an error of its own and keep the other subscriptions', async (_what, query, code) => {
    const client = await connect();
    client.subscribe('good', WATCH);
    await client.data();
    client.subscribe('bad', query);
    expect(await client.next()).toMatchObject({ id: 'bad', type: 'error', payload: [{ extensions: { code } }] });
    client.subscribe('bad', WATCH);
    expect(await client.data()).toEqual({ progress: { version: 1 } });
    await client.close();
  });

  it.each([
    ['a token that is not valid', { authorization: 'Bearer nonsense' }],
    ['a key that is not valid', { storefrontKey: 'nonsense' }],
    ['credentials that are not text', { authorization: { $ne: null } }],
  ])('should close on %s', async (_what, parameters) => {
    const client = await SocketClient.open(server.gateway.url);
    client.init(parameters);
    expect(await client.closed).toEqual({ code: 4403, reason: 'Forbidden' });
  });

  it('should take a key or nobody, and carry the identity of a token', async () => {
    await (await connect({ storefrontKey: 'key-1' })).close();
    await (await connect()).close();
    const client = await connect({ Authorization: 'Bearer account:a1' });
    client.subscribe('m', 'subscription { mine { viewer } }');
    expect(await client.data()).toEqual({ mine: { viewer: 'a1' } });
    await client.close();
  });

  it('should close when the token expires, and give the upstream back', async () => {
    const { subscribers } = server.gateway.stats();
    const client = await connect({ authorization: 'Bearer expires:200' });
    client.subscribe('m', 'subscription { mine { version } }');
    await client.data();
    expect(await client.closed).toEqual({ code: 4403, reason: 'The token has expired' });
    await until(() => server.gateway.stats().subscribers === subscribers);
  });

  it('should close within seconds when the session of a token is closed elsewhere', async () => {
    const gone = new Set<string>();
    const authenticate = {
      ...testAuthenticator,
      endedSessions: async (ids: readonly string[]) => ids.filter((id) => gone.has(id)),
    };
    const watched = await startTestGateway({ endpoints: shop.endpoints, authenticate });
    const client = await SocketClient.connect(watched.gateway.url, { authorization: 'Bearer account:a1' });
    const guest = await SocketClient.connect(watched.gateway.url);
    client.subscribe('m', 'subscription { mine { version } }');
    await client.data();
    gone.add('session');
    expect(await client.closed).toEqual({ code: 4403, reason: 'The session has ended' });
    await until(() => watched.gateway.stats().subscribers === 0);
    expect(await guest.settled()).toEqual([]);
    expect(watched.gateway.stats()).toMatchObject({ sockets: 1, expired: 1 });
    await watched.gateway.stop();
  });

  it('should ask to come back, and not call credentials invalid, while nobody can say who they are of', async () => {
    const away = () => Promise.reject(new ApiError('SUBGRAPH_TIMEOUT', 'accounts is away'));
    const authenticate = { ...testAuthenticator, identify: away, isOriginListed: away };
    const blind = await startTestGateway({ endpoints: shop.endpoints, authenticate });
    const client = await SocketClient.open(blind.gateway.url);
    client.init({ authorization: 'Bearer account:a1' });
    expect(await client.closed).toEqual({ code: 1013, reason: 'Try again later' });
    await expect(SocketClient.open(blind.gateway.url, { origin: LISTED_ORIGIN })).rejects.toThrow('refused with 503');
    expect(blind.lines.filter(({ level }) => level === 'error')).toEqual([]);
    await blind.gateway.stop();
  });

  it('should open no socket that asked before a stop and is answered after it', async () => {
    let answer: (listed: boolean) => void = () => undefined;
    let asked: () => void = () => undefined;
    const question = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const isOriginListed = () => {
      asked();
      return new Promise<boolean>((resolve) => {
        answer = resolve;
      });
    };
    const authenticate = { ...testAuthenticator, isOriginListed };
    const stopping = await startTestGateway({ endpoints: shop.endpoints, authenticate });
    // Somebody to say goodbye to, so that the stop takes a moment.
    await SocketClient.connect(stopping.gateway.url);
    const opening = SocketClient.open(stopping.gateway.url, { origin: LISTED_ORIGIN });
    const refusal = expect(opening).rejects.toThrow('refused with 503');
    await question;
    const stopped = stopping.gateway.stop();
    answer(true);
    await refusal;
    await stopped;
  });

  it('should tell its time when it takes a client in', async () => {
    const clock = { now: () => new Date('2026-03-01T10:00:00Z') };
    const timed = await startTestGateway({ endpoints: shop.endpoints, clock });
    const client = await SocketClient.open(timed.gateway.url);
    client.init();
    expect(await client.next()).toEqual({
      type: 'connection_ack',
      payload: { serverTime: '2026-03-01T10:00:00.000Z' },
    });
    await timed.gateway.stop();
  });

  it('should go on from the version a client has seen, whether or not it asks for versions', async () => {
    const own = shopGraph();
    const fresh = await startTestGateway({ endpoints: own.endpoints });
    const client = await SocketClient.connect(fresh.gateway.url);
    const subscribe = (id: string, resume: unknown): void =>
      client.send({
        id,
        type: 'subscribe',
        payload: { query: 'subscription { progress { version: joined } }', extensions: { resume } },
      });
    own.feed.change({ version: 7, joined: 70 });
    subscribe('seen', { version: 7 });
    subscribe('behind', { version: 6 });
    expect(await client.next()).toMatchObject({ id: 'behind', payload: { data: { progress: { version: 70 } } } });
    expect(await client.settled()).toEqual([]);
    own.feed.change({ version: 8, joined: 80 });
    expect((await client.next()).id).toBe('seen');
    expect((await client.next()).id).toBe('behind');
    for (const resume of [{ version: '7' }, { version: 1.5 }, 7, { version: 7, id: 1 }]) {
      subscribe('bad', resume);
      expect(await client.next()).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'BAD_USER_INPUT' } }],
      });
    }
    await fresh.gateway.stop();
  });

  it('should close when a client subscribes before it says who it is, or says nothing for 3 s', async () => {
    const hasty = await SocketClient.open(server.gateway.url);
    hasty.subscribe('s', WATCH);
    expect(await hasty.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
    const silent = await SocketClient.open(server.gateway.url);
    expect((await silent.closed).code).toBe(4408);
  });

  it('should speak only graphql-transport-ws', async () => {
    const socket = new WebSocket(`${server.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-ws');
    const code = await new Promise((resolve) => {
      socket.on('close', resolve);
      socket.on('error', () => resolve('refused'));
    });
    expect([4406, 'refused']).toContain(code);
  });

  it.each([
    ['text that is not JSON', 'nonsense'],
    ['a message of the server', '{"id":"s","type":"next","payload":{}}'],
    ['an unknown message', '{"type":"start"}'],
  ])('should close on %s as a bad request', async (_what, text) => {
    const client = await connect();
    client.socket.send(text);
    expect((await client.closed).code).toBe(4400);
  });

  describe('origins', () => {
    it.each([
      ['a listed origin', { origin: LISTED_ORIGIN }],
      ['no origin', {}],
    ])('should let %s in', async (_what, headers) => {
      const client = await connect(undefined, headers);
      await client.close();
    });

    it('should let its own origin in', async () => {
      const client = await connect(undefined, { origin: server.gateway.url });
      await client.close();
    });

    it.each([FOREIGN_ORIGIN, 'null', 'not an origin'])('should refuse %s at the upgrade', async (origin) => {
      await expect(SocketClient.open(server.gateway.url, { origin })).rejects.toThrow('refused with 403');
    });

    it('should refuse a key from an origin that only another key lists', async () => {
      const listed = await connect({ storefrontKey: 'key-1' }, { origin: LISTED_ORIGIN });
      await listed.close();
      const client = await SocketClient.open(server.gateway.url, { origin: OTHER_KEYS_ORIGIN });
      client.init({ storefrontKey: 'key-1' });
      expect((await client.closed).code).toBe(4403);
    });

    it('should know no other path', async () => {
      const socket = new WebSocket(`${server.gateway.url.replace('http', 'ws')}/other`, 'graphql-transport-ws');
      const status = await new Promise((resolve) => {
        socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
        socket.on('error', () => undefined);
      });
      socket.terminate();
      expect(status).toBe(404);
    });
  });

  describe('limits', () => {
    const messageOf = (bytes: number): string => {
      const message = (padding: string): string =>
        JSON.stringify({ id: 's', type: 'subscribe', payload: { query: WATCH, extensions: { padding } } });
      return message('x'.repeat(bytes - message('').length));
    };

    it('should take a message of 16 kB and no byte more', async () => {
      const client = await connect();
      client.socket.send(messageOf(16 * 1024));
      expect(await client.data()).toEqual({ progress: { version: 1 } });
      client.complete('s');
      client.socket.send(messageOf(16 * 1024 + 1));
      expect((await client.closed).code).toBe(1009);
    });

    it('should carry 10 subscriptions and no more', async () => {
      const client = await connect();
      for (let id = 1; id <= 10; id++) {
        client.subscribe(`s${id}`, WATCH);
        await client.data();
      }
      client.subscribe('s11', WATCH);
      expect(await client.next()).toMatchObject({
        id: 's11',
        type: 'error',
        payload: [{ extensions: { code: 'THROTTLED' } }],
      });
      client.complete('s1');
      client.subscribe('s11', WATCH);
      expect(await client.data()).toEqual({ progress: { version: 1 } });
      await client.close();
    });

    it('should take an id of 128 characters and none longer', async () => {
      const client = await connect();
      client.subscribe('x'.repeat(128), WATCH);
      expect(await client.data()).toEqual({ progress: { version: 1 } });
      client.subscribe('x'.repeat(129), WATCH);
      expect(await client.next()).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'BAD_USER_INPUT', limit: 'subscriptionIdCharacters', maximum: 128 } }],
      });
      await client.close();
    });

    it('should bound the sockets of an address, of the process and of a key, and give places back', async () => {
      const live = { connections: 3, connectionsPerAddress: 2, connectionsPerKey: 1 };
      const limited = await startTestGateway({ endpoints: shop.endpoints, live, proxies: 1 });
      const open = (address: string, parameters?: Record<string, unknown>): Promise<SocketClient> =>
        SocketClient.connect(limited.gateway.url, parameters, { 'x-forwarded-for': address });
      const keyed = await open('192.0.2.1', { storefrontKey: 'key-1' });
      const second = await open('192.0.2.1');
      await expect(open('192.0.2.1')).rejects.toThrow('refused with 429');
      // A refusal at connection_init, after which clients try again later.
      const crowded = await SocketClient.open(limited.gateway.url, { 'x-forwarded-for': '192.0.2.2' });
      crowded.init({ storefrontKey: 'key-1' });
      expect((await crowded.closed).code).toBe(1013);
      await until(() => limited.gateway.stats().sockets === 2);
      await open('192.0.2.2');
      await expect(open('192.0.2.3')).rejects.toThrow('refused with 503');
      await keyed.close();
      await second.close();
      await until(() => limited.gateway.stats().sockets === 1);
      await open('192.0.2.1', { storefrontKey: 'key-1' });
      expect(limited.gateway.stats()).toMatchObject({ sockets: 2, refused: 3 });
      await limited.gateway.stop();
    });

    it('should hold subscriptions to the limits of HTTP', async () => {
      const client = await connect();
      const nested = (levels: number): string =>
        `subscription { progress { group { product { ${'parent { '.repeat(levels - 4)} id ${'} '.repeat(levels - 4)} } } } }`;
      client.subscribe('s', nested(10));
      await client.data();
      client.subscribe('t', nested(11));
      expect(await client.next()).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED', limit: 'depth', maximum: 10 } }],
      });
      client.subscribe('t', `subscription { progress { ${'joined '.repeat(1_000)} } }`);
      expect(await client.next()).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }],
      });
      await client.close();
    });

    it('should count socket operations of an address when rates are limited', async () => {
      const limited = await startTestGateway({ endpoints: shop.endpoints, rateLimit: true });
      const client = await SocketClient.connect(limited.gateway.url);
      for (let count = 2; count <= 250; count++) {
        // Refused before its document is looked at, which has a limit of its own.
        client.subscribe('x'.repeat(129), WATCH);
        expect(await client.next()).toMatchObject({ payload: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
      }
      client.subscribe('s', WATCH);
      expect(await client.next()).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'THROTTLED', retryAfter: expect.any(Number) } }],
      });
      await expect(SocketClient.open(limited.gateway.url)).rejects.toThrow('refused with 429');
      await limited.gateway.stop();
    });
  });

  it('should not repeat the schema when introspection is off', async () => {
    const closed = await startTestGateway({ endpoints: shop.endpoints, introspection: false });
    const client = await SocketClient.connect(closed.gateway.url);
    client.subscribe('s', 'subscription { progres { version } }');
    expect(await client.next()).toMatchObject({
      payload: [{ message: 'Cannot query field "progres" on type "Subscription".' }],
    });
    await closed.gateway.stop();
  });
});
