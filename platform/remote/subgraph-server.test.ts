import http from 'node:http';
import { type ExecutionResult, parse } from 'graphql';
import { WebSocket } from 'ws';
import { ManualClock } from '../clock/clock';
import { ANONYMOUS, serviceIdentity } from '../context/identity';
import { type Log, silentLog } from '../logging/log';
import type { SubgraphRequest } from '../subgraph/subgraph-port';
import { createRemoteEndpoint } from './remote-endpoint';
import { KeyRing } from './signature';
import { CallSigner, headersOf } from './signed-call';
import { type SubgraphServer, startSubgraphServer } from './subgraph-server';
import { signedText } from './subscribe-message';

const SECRET = 'the-secret-of-this-test-installation';
const clock = new ManualClock();
const asked: SubgraphRequest[] = [];
const reasons: unknown[] = [];
const log: Log = { ...silentLog, warn: ({ reason }) => void reasons.push(reason) };
let server: SubgraphServer;
let ready = true;

beforeAll(async () => {
  server = await startSubgraphServer({
    endpoint: {
      name: 'catalog',
      sdl: '',
      topics: {},
      execute: (request) => {
        asked.push(request);
        return Promise.resolve({ data: { ok: true } });
      },
      subscribe: (request) => {
        asked.push(request);
        return Promise.resolve({ errors: [] } as ExecutionResult);
      },
    },
    keys: new KeyRing([SECRET, 'the-secret-of-this-test-last-month']),
    host: '127.0.0.1',
    port: 0,
    clock,
    log,
    ready: () => (ready ? Promise.resolve(true) : Promise.reject(new Error('mongodb://10.0.0.1 is away'))),
  });
});
afterAll(() => server.stop(0));
beforeEach(() => {
  asked.length = 0;
  reasons.length = 0;
  ready = true;
  clock.advance(1000);
});

const context = { identity: ANONYMOUS, requestId: 'req_1' };
const signer = (secret = SECRET, at = clock) => new CallSigner(new KeyRing([secret]), at);
const sealed = (query: string, by = signer(), audience = 'catalog') => {
  const body = JSON.stringify({ query });
  return { body, headers: headersOf(by.seal({ audience, method: 'POST', path: '/graphql', body }, context)) };
};

/** fetch reuses connections by itself; a refused call closes its own. */
async function post(headers: Record<string, string>, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${server.url}/graphql`, { method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const REFUSED =
  '{"errors":[{"message":"This call is not signed by a part of this installation.","extensions":{"code":"CALL_REFUSED"}}]}';

describe('a call to a subgraph', () => {
  const queries = [
    '{ products { id } }',
    '{ _service { sdl } }',
    '{ _entities(representations: []) { __typename } }',
    '{ __schema { types { name } } }',
  ];

  it.each(queries)('should be answered once when it is signed: %s', async (query) => {
    const { headers, body } = sealed(query);
    expect(await post(headers, body)).toEqual({ status: 200, text: '{"data":{"ok":true}}' });
    expect(await post(headers, body)).toEqual({ status: 401, text: REFUSED });
    expect(asked.map(({ requestId }) => requestId)).toEqual(['req_1']);
    expect(reasons).toEqual(['replayed']);
  });

  it.each(queries)('should be refused otherwise, whatever it asks: %s', async (query) => {
    const { headers, body } = sealed(query);
    const refused = async (change: Record<string, string>, text = body) => {
      expect(await post({ ...headers, ...change }, text)).toEqual({ status: 401, text: REFUSED });
    };
    expect(await post({}, body)).toEqual({ status: 401, text: REFUSED });
    const { 'x-kaituan-signature': _unsent, ...unsigned } = headers;
    expect(await post(unsigned, body)).toEqual({ status: 401, text: REFUSED });
    await refused({}, body.replace('"query"', '"Query"'));
    await refused({ 'x-kaituan-nonce': 'another-nonce' });
    await refused({
      'x-kaituan-context': Buffer.from(JSON.stringify({ ...context, identity: serviceIdentity('orders') })).toString(
        'base64url',
      ),
    });
    await refused(sealed(query, signer('a-secret-of-somebody-else')).headers);
    await refused(sealed(query, signer(), 'orders').headers);
    const late = new ManualClock(new Date(clock.now().getTime() - 30_001));
    await refused(sealed(query, signer(SECRET, late)).headers);
    const early = new ManualClock(new Date(clock.now().getTime() + 30_001));
    await refused(sealed(query, signer(SECRET, early)).headers);
    expect(asked).toEqual([]);
    expect(reasons).toEqual([
      'unsigned',
      'unsigned',
      'wrong signature',
      'wrong signature',
      'wrong signature',
      'wrong signature',
      'wrong signature',
      'wrong time',
      'wrong time',
    ]);
  });

  it('should be accepted with the previous secret while secrets change', async () => {
    const { headers, body } = sealed('{ a }', signer('the-secret-of-this-test-last-month'));
    expect((await post(headers, body)).status).toBe(200);
  });

  it('should be a POST to the one path', async () => {
    const { headers } = sealed('{ a }');
    const got = await fetch(`${server.url}/graphql?query={a}`, { headers });
    expect(got.status).toBe(404);
    expect((await fetch(`${server.url}/graphql`, { headers })).status).toBe(401);
    expect((await fetch(`${server.url}/`)).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it('should be refused before a large body is read', async () => {
    const { headers } = sealed('{ a }');
    const large = 'x'.repeat(2 * 1024 * 1024);
    await expect(post({ ...headers, 'content-length': String(large.length) }, large)).resolves.toMatchObject({
      status: 413,
    });
    expect(asked).toEqual([]);
  });
});

describe('the health of a subgraph', () => {
  it('should be told to anybody in one word', async () => {
    const answer = async (path: string) => {
      const response = await fetch(`${server.url}${path}`);
      return [response.status, await response.text()];
    };
    expect(await answer('/livez')).toEqual([200, 'ok']);
    expect(await answer('/readyz')).toEqual([200, 'ready']);
    ready = false;
    expect(await answer('/readyz')).toEqual([503, 'not ready']);
  });
});

describe('a socket to a subgraph', () => {
  const connect = async (): Promise<{
    socket: WebSocket;
    messages: Record<string, unknown>[];
    closed: Promise<number>;
  }> => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const messages: Record<string, unknown>[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('open', resolve));
    return { socket, messages, closed };
  };
  const seal = (by = signer()) =>
    by.seal({ audience: 'catalog', method: 'CONNECT', path: '/graphql', body: '' }, context);
  const refusedInit = async (payload: unknown): Promise<number> => {
    const { socket, closed } = await connect();
    socket.send(JSON.stringify({ type: 'connection_init', payload }));
    return closed;
  };

  it('should be closed when its first message is unsigned, wrong, old or replayed', async () => {
    expect(await refusedInit(undefined)).toBe(4403);
    expect(await refusedInit({ ...seal(), nonce: 'another-nonce' })).toBe(4403);
    expect(await refusedInit(seal(signer('a-secret-of-somebody-else')))).toBe(4403);
    expect(await refusedInit(seal(signer(SECRET, new ManualClock(new Date(clock.now().getTime() - 60_000)))))).toBe(
      4403,
    );
    const used = seal();
    const { socket, messages } = await connect();
    socket.send(JSON.stringify({ type: 'connection_init', payload: used }));
    await new Promise((resolve) => socket.once('message', resolve));
    expect(messages).toEqual([{ type: 'connection_ack' }]);
    expect(await refusedInit(used)).toBe(4403);
    socket.close();
  });

  it('should run only what is signed for its viewer, each once', async () => {
    const { socket, messages } = await connect();
    const say = async (message: { id?: string; type: string; payload: unknown }): Promise<unknown> => {
      const before = messages.length;
      socket.send(JSON.stringify(message));
      const answer = () => messages.slice(before).find(({ id, type }) => id === message.id && type !== 'complete');
      while (!answer()) await new Promise((resolve) => socket.once('message', resolve));
      return answer();
    };
    await say({ type: 'connection_init', payload: seal() });
    const query = 'subscription { changed { id } }';
    const call = { audience: 'catalog', method: 'SUBSCRIBE', path: '/graphql', body: signedText({ query }) };
    const good = signer().seal(call, context);
    const error = { type: 'error', payload: JSON.parse(REFUSED).errors };
    const subscribe = (id: string, text: string, kaituanSeal?: unknown) =>
      say({ id, type: 'subscribe', payload: { query: text, ...(kaituanSeal ? { extensions: { kaituanSeal } } : {}) } });
    expect(await subscribe('1', query)).toEqual({ ...error, id: '1' });
    expect(await subscribe('2', '{ _service { sdl } }', good)).toEqual({ ...error, id: '2' });
    expect(asked).toEqual([]);
    expect(await subscribe('3', query, good)).toMatchObject({ id: '3', type: 'next' });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.document).toEqual(parse(query, { noLocation: true }));
    expect(await subscribe('4', query, good)).toEqual({ ...error, id: '4' });
    const read = '{ _service { sdl } }';
    const signed = signer().seal({ ...call, body: signedText({ query: read }) }, context);
    expect(await subscribe('5', read, signed)).toMatchObject({ id: '5', type: 'error' });
    expect(asked).toHaveLength(1);
    socket.close();
  });
});

it('a secret is replaced without a gap: first known to all, then used, then forgotten', async () => {
  const endpoint = createRemoteEndpoint({
    name: 'catalog',
    sdl: '',
    topics: {},
    url: server.url,
    keys: new KeyRing(['the-secret-of-this-test-last-month', SECRET]),
    clock,
    log,
    queryTimeoutMs: 2000,
  });
  expect(await endpoint.execute({ ...context, document: parse('{ a }') })).toEqual({ data: { ok: true } });
  await endpoint.close();
});
