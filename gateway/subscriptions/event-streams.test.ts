import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createClient } from 'graphql-sse';
import { Agent, fetch as fetchBy } from 'undici';
import { ApiError } from '../../platform/user-errors/api-error';
import { type ShopGraph, shopGraph } from '../testing/shop-graph';
import { until } from '../testing/socket-client';
import {
  FOREIGN_ORIGIN,
  LISTED_ORIGIN,
  startTestGateway,
  type TestGateway,
  testAuthenticator,
} from '../testing/test-gateway';
import { EventStream } from './event-stream';
import { newLiveCounters } from './live-stats';
import { LiveUpdate } from './live-update';

const WATCH = 'subscription { progress { version } }';

/** One stream read by hand, event by event. */
class StreamReader {
  private text = '';
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly decoder = new TextDecoder();

  constructor(body: ReadableStream<Uint8Array>) {
    this.reader = body.getReader();
  }

  /** The next block that is an event or sets the time to come back; null at the end. */
  async next(): Promise<string | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        if (block !== ':') return block;
        continue;
      }
      const { done, value } = await this.reader.read();
      if (done) return null;
      this.text += this.decoder.decode(value, { stream: true });
    }
  }

  cancel(): Promise<void> {
    return this.reader.cancel();
  }
}

describe('the event stream', () => {
  let shop: ShopGraph;
  let server: TestGateway;
  let agent: Agent;
  // With connections of its own: the shared ones open another as soon as one is lost, and a stop would wait for it.
  const fetch = ((url: string, init: object) =>
    fetchBy(url, { ...init, dispatcher: agent })) as unknown as typeof globalThis.fetch;
  beforeEach(async () => {
    agent = new Agent();
    shop = shopGraph();
    server = await startTestGateway({
      endpoints: shop.endpoints,
      live: { connectionsPerAddress: 3, connectionsPerKey: 1 },
    });
  });
  afterEach(async () => {
    await agent.destroy();
    await server.gateway.stop();
  });

  const change = (version: number): void => shop.feed.change({ version, joined: version });
  const open = (parameters: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.gateway.url}/graphql/stream?${new URLSearchParams(parameters)}`, {
      headers: { accept: 'text/event-stream', ...headers },
    });
  const read = async (response: Response): Promise<StreamReader> => {
    if (!response.body) throw new Error(`no body with ${response.status}`);
    const reader = new StreamReader(response.body);
    expect(await reader.next()).toBe('retry: 1000\n:');
    return reader;
  };
  const codeOf = async (response: Response): Promise<unknown> => {
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    return [response.status, errors[0]?.extensions.code];
  };

  it('should give the present state, then each change, with its version as the id of the event', async () => {
    const response = await open({ query: WATCH });
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store, no-transform',
    ]);
    const reader = await read(response);
    expect(await reader.next()).toBe('id: 1\nevent: next\ndata: {"data":{"progress":{"version":1}}}');
    change(2);
    expect(await reader.next()).toBe('id: 2\nevent: next\ndata: {"data":{"progress":{"version":2}}}');
    expect(server.gateway.stats()).toMatchObject({ streams: 1, subscribers: 1, topics: 1 });
    await reader.cancel();
    await until(() => server.gateway.stats().streams === 0);
    expect(server.gateway.stats()).toMatchObject({ subscribers: 0, topics: 0 });
    await until(() => shop.feed.openCount === 0);
  });

  it('should speak to the graphql-sse client, with one topic for streams and sockets', async () => {
    const client = createClient({
      url: `${server.gateway.url}/graphql/stream`,
      singleConnection: false,
      retryAttempts: 0,
      fetchFn: fetch,
    });
    const results = client.iterate<{ progress: { version: number } }>({
      query: 'subscription W($t: String) { progress(tag: $t) { version } }',
      variables: { t: null },
      operationName: 'W',
    });
    expect((await results.next()).value).toEqual({ data: { progress: { version: 1 } } });
    change(2);
    expect((await results.next()).value).toEqual({ data: { progress: { version: 2 } } });
    await results.return?.();
    await until(() => server.gateway.stats().streams === 0);
    client.dispose();
  });

  it('should ask to come back, and not call credentials invalid, while nobody can say who they are of', async () => {
    const away = () => Promise.reject(new ApiError('SUBGRAPH_UNAVAILABLE', 'mongodb://10.0.0.1 is away'));
    const authenticate = { ...testAuthenticator, identify: away, isOriginListed: away };
    const blind = await startTestGateway({ endpoints: shop.endpoints, authenticate });
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${blind.gateway.url}/graphql/stream?${new URLSearchParams({ query: WATCH })}`, { headers });
    for (const headers of [{ authorization: 'Bearer account:a1' }, { origin: LISTED_ORIGIN }]) {
      const response = await ask(headers);
      expect(response.headers.get('retry-after')).toBe('5');
      const text = await response.text();
      expect([response.status, text.includes('"SUBGRAPH_UNAVAILABLE"'), text.includes('mongodb')]).toEqual([
        503,
        true,
        false,
      ]);
    }
    await blind.gateway.stop();
  });

  it('should go on after the last event that was seen', async () => {
    shop.feed.change({ version: 5, joined: 5 });
    const again = await read(await open({ query: WATCH }, { 'last-event-id': '5' }));
    const behind = await read(await open({ query: WATCH, extensions: '{"resume":{"version":4}}' }));
    expect(await behind.next()).toContain('id: 5\n');
    change(6);
    expect(await again.next()).toContain('id: 6\n');
    expect(server.gateway.stats()).toMatchObject({ resumed: 2 });
  });

  it.each([
    ['a query', { query: '{ echo }' }, 'BAD_USER_INPUT'],
    ['a mutation', { query: 'mutation { touch }' }, 'BAD_USER_INPUT'],
    ['a syntax error', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: 'subscription { nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['no document', {}, 'PERSISTED_QUERY_NOT_FOUND'],
    ['a position that is none', { query: WATCH, extensions: '{"resume":{"version":"x"}}' }, 'BAD_USER_INPUT'],
    ['what the subgraph refuses', { query: 'subscription { mine { version } }' }, 'UNAUTHENTICATED'],
  ])('should answer %s by an event with the error, then the end', async (_what, parameters, code) => {
    const reader = await read(await open(parameters as Record<string, string>));
    const event = (await reader.next()) ?? '';
    expect(event).toMatch(/^event: next\ndata: \{"errors":/);
    expect(event).toContain(`"code":"${code}"`);
    expect(await reader.next()).toBe('event: complete\ndata:');
    expect(await reader.next()).toBeNull();
    expect(server.gateway.stats()).toMatchObject({ streams: 0, subscribers: 0 });
  });

  it('should carry a person by header and a key by header or URL, but never a token in the URL', async () => {
    const mine = await read(
      await open({ query: 'subscription { mine { viewer } }' }, { authorization: 'Bearer account:a1' }),
    );
    expect(await mine.next()).toContain('"viewer":"a1"');
    await mine.cancel();
    const keyed = await read(await open({ query: WATCH, key: 'key-1' }));
    expect(await keyed.next()).toContain('id: 1\n');
    expect(await codeOf(await open({ query: WATCH, key: 'nonsense' }))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await codeOf(await open({ query: WATCH }, { authorization: 'Bearer x' }))).toEqual([401, 'UNAUTHENTICATED']);
    for (const name of ['authorization', 'token', 'access_token']) {
      expect(await codeOf(await open({ query: WATCH, [name]: 'Bearer account:a1' }))).toEqual([400, 'BAD_USER_INPUT']);
    }
    // A second stream with this key is one too many here.
    const crowded = await open({ query: WATCH, key: 'key-1' });
    expect([crowded.status, crowded.headers.get('retry-after')]).toEqual([429, '5']);
  });

  it('should hold pages to the origin list', async () => {
    expect(await codeOf(await open({ query: WATCH }, { origin: FOREIGN_ORIGIN }))).toEqual([403, 'FORBIDDEN']);
    const listed = await open({ query: WATCH, key: 'key-1' }, { origin: LISTED_ORIGIN });
    expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([200, LISTED_ORIGIN]);
    const preflight = await fetch(`${server.gateway.url}/graphql/stream`, {
      method: 'OPTIONS',
      headers: { origin: LISTED_ORIGIN, 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toContain('last-event-id');
  });

  it('should want event streams, JSON and small bodies', async () => {
    expect(await codeOf(await open({ query: WATCH }, { accept: 'application/json' }))).toEqual([406, 'BAD_USER_INPUT']);
    expect(await codeOf(await open({ query: WATCH, variables: 'x' }))).toEqual([400, 'BAD_USER_INPUT']);
    const post = (body: string): Promise<Response> =>
      fetch(`${server.gateway.url}/graphql/stream`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body,
      });
    expect((await post('[]')).status).toBe(400);
    expect((await post(JSON.stringify({ query: WATCH, x: 'x'.repeat(16 * 1024) }))).status).toBe(413);
  });

  it('should count among the connections of an address, and give the place back', async () => {
    const streams = await Promise.all([1, 2, 3].map(async () => read(await open({ query: WATCH }))));
    const refused = await open({ query: WATCH });
    expect(await codeOf(refused)).toEqual([429, 'THROTTLED']);
    expect(server.gateway.stats()).toMatchObject({ refused: 1, streams: 3 });
    await streams[0]?.cancel();
    await until(() => server.gateway.stats().streams === 2);
    await read(await open({ query: WATCH }));
  });

  it('should end when the token expires and when the server stops, so that clients come back', async () => {
    const brief = await read(
      await open({ query: 'subscription { mine { version } }' }, { authorization: 'Bearer expires:200' }),
    );
    expect(await brief.next()).toContain('id: 1\n');
    expect(await brief.next()).toBeNull();
    const reader = await read(await open({ query: WATCH }));
    await reader.next();
    const stopped = server.gateway.stop();
    expect(await reader.next()).toBeNull();
    await stopped;
    server = await startTestGateway({ endpoints: shop.endpoints });
  });

  it('should keep only the newest state for a reader that is slow, and cut off one that has stopped', async () => {
    const counters = newLiveCounters();
    let stream: EventStream | null = null;
    const plain = createServer((_request, response) => {
      stream = new EventStream(response, counters);
      stream.begin();
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const socket = connect((plain.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    let got = '';
    await until(() => stream !== null);
    const slow = stream as unknown as EventStream;
    socket.pause();
    const payload = 'x'.repeat(100_000);
    for (let version = 1; version <= 500; version++) {
      slow.deliver(new LiveUpdate(`{"v":${version},"x":"${payload}"}`, { id: null, version }, version));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(counters.coalesced).toBeGreaterThan(300);
    socket.on('data', (data) => {
      got += String(data);
    });
    socket.resume();
    await until(() => got.includes('"v":500'));
    const versions = [...got.matchAll(/^id: (\d+)$/gm)].map(([, version]) => Number(version));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(versions.length).toBeLessThan(200);

    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.pause();
    for (let version = 501; version <= 900; version++) {
      slow.deliver(new LiveUpdate(`{"v":${version},"x":"${payload}"}`, { id: null, version }, version));
      await new Promise((resolve) => setImmediate(resolve));
    }
    slow.beat();
    slow.beat();
    socket.resume();
    await closed;
    plain.close();
  });
});
