import http from 'node:http';
import net from 'node:net';
import { buildSchema, type ExecutionResult, execute, GraphQLError, parse, subscribe, validate } from 'graphql';
import { LiveIterator } from '../bus/live-iterator';
import { systemClock } from '../clock/clock';
import { ANONYMOUS, type Identity, serviceIdentity } from '../context/identity';
import { type Log, silentLog } from '../logging/log';
import type { SubgraphEndpoint, SubgraphRequest } from '../subgraph/subgraph-port';
import { createRemoteEndpoint, type RemoteEndpoint, type RemoteEndpointOptions } from './remote-endpoint';
import { KeyRing } from './signature';
import { type SubgraphServer, startSubgraphServer } from './subgraph-server';

const SECRET = 'the-secret-of-this-test-installation';
const SDL = `
  type Query { whoami: String! languages: [String!]! echo(text: String!): String! fail: String wait: String }
  type Mutation { bump: Int! }
  type Subscription { count(from: Int!): Int! refused: Int }
`;
const schema = buildSchema(SDL);

/** A subgraph that answers who asked, and counts. */
class CountingSubgraph implements SubgraphEndpoint {
  readonly name = 'catalog';
  readonly sdl = SDL;
  readonly topics = {};
  readonly requests: SubgraphRequest[] = [];
  readonly iterators: LiveIterator<{ count: number }>[] = [];
  bumps = 0;
  ended = 0;

  async execute(request: SubgraphRequest): Promise<ExecutionResult> {
    this.requests.push(request);
    return execute({
      schema,
      document: request.document,
      variableValues: request.variables ?? {},
      rootValue: {
        whoami: () => JSON.stringify(request.identity),
        languages: () => request.languages,
        echo: ({ text }: { text: string }) => text,
        fail: () => {
          throw new GraphQLError('Not yours.', { extensions: { code: 'FORBIDDEN' } });
        },
        wait: () => new Promise((resolve) => request.signal?.addEventListener('abort', () => resolve('gone'))),
        bump: () => {
          this.bumps += 1;
          return this.bumps;
        },
      },
    });
  }

  async subscribe(request: SubgraphRequest) {
    this.requests.push(request);
    const faults = validate(schema, request.document);
    if (faults.length > 0) return { errors: faults };
    return subscribe({
      schema,
      document: request.document,
      variableValues: request.variables ?? {},
      rootValue: {
        count: ({ from }: { from: number }) => {
          const iterator = new LiveIterator<{ count: number }>(() => {
            this.ended += 1;
          });
          this.iterators.push(iterator);
          iterator.push({ count: from + this.bumps });
          return iterator;
        },
        refused: () => {
          throw new GraphQLError('Not for you.', { extensions: { code: 'FORBIDDEN' } });
        },
      },
    }) as Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult>;
  }
}

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serve(subgraph: SubgraphEndpoint, port = 0): Promise<SubgraphServer> {
  const server = await startSubgraphServer({
    endpoint: subgraph,
    keys: new KeyRing([SECRET]),
    host: '127.0.0.1',
    port,
    clock: systemClock,
    log: silentLog,
    ready: () => Promise.resolve(true),
  });
  open.push({ close: () => server.stop(0) });
  return server;
}

function remote(url: string, more: Partial<RemoteEndpointOptions> = {}): RemoteEndpoint {
  const endpoint = createRemoteEndpoint({
    name: 'catalog',
    sdl: SDL,
    topics: {},
    url,
    keys: new KeyRing([SECRET]),
    clock: systemClock,
    log: silentLog,
    queryTimeoutMs: 2000,
    ...more,
  });
  open.unshift(endpoint);
  return endpoint;
}

function ask(text: string, more: Partial<SubgraphRequest> = {}): SubgraphRequest {
  return { document: parse(text), identity: ANONYMOUS, requestId: 'req_1', ...more };
}

const codes = (result: ExecutionResult) => result.errors?.map(({ extensions }) => extensions['code']);

/** A server that does to every connection or request what a test wants. */
async function rogue(listener: http.RequestListener): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  const server = http.createServer((request, response) => {
    requests += 1;
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return { url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`, requests: () => requests };
}

describe('a subgraph in another process', () => {
  it('should get who asks, in which request and in which languages, and answer as if it were here', async () => {
    const subgraph = new CountingSubgraph();
    const endpoint = remote((await serve(subgraph)).url);
    const identity: Identity = { kind: 'account', accountId: 'acct_1', sessionId: 'sess_1', roles: ['CUSTOMER'] };
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const result = await endpoint.execute(
      ask('query Q($text: String!) { whoami languages echo(text: $text) }', {
        identity,
        languages: ['zh-HK', 'en'],
        variables: { text: '開團 "\n' },
        operationName: 'Q',
        traceparent,
      }),
    );
    expect(result).toEqual({
      data: { whoami: JSON.stringify(identity), languages: ['zh-HK', 'en'], echo: '開團 "\n' },
    });
    expect(subgraph.requests[0]).toMatchObject({ requestId: 'req_1', traceparent, operationName: 'Q' });
  });

  it('should hand on errors with message, path and extensions', async () => {
    const endpoint = remote((await serve(new CountingSubgraph())).url);
    const result = await endpoint.execute(ask('{ fail whoami }', { identity: serviceIdentity('orders') }));
    expect(result.data).toEqual({ fail: null, whoami: '{"kind":"service","service":"orders"}' });
    expect(result.errors?.[0]).toBeInstanceOf(GraphQLError);
    expect(result.errors?.map((error) => error.toJSON())).toEqual([
      { message: 'Not yours.', path: ['fail'], extensions: { code: 'FORBIDDEN' } },
    ]);
  });

  it('should see equal texts as one document', async () => {
    const subgraph = new CountingSubgraph();
    const endpoint = remote((await serve(subgraph)).url);
    await endpoint.execute(ask('{ whoami }'));
    await endpoint.execute(ask('{ whoami }'));
    expect(subgraph.requests[0]?.document).toBe(subgraph.requests[1]?.document);
  });

  it('should take over a megabyte of references, and no more', async () => {
    const endpoint = remote((await serve(new CountingSubgraph())).url);
    const long = ask('query Q($text: String!) { echo(text: $text) }', { variables: { text: 'x'.repeat(900_000) } });
    expect((await endpoint.execute(long)).data?.['echo']).toHaveLength(900_000);
    const longer = ask('query Q($text: String!) { echo(text: $text) }', { variables: { text: 'x'.repeat(1_100_000) } });
    expect(codes(await endpoint.execute(longer))).toEqual(['SUBGRAPH_UNAVAILABLE']);
  });

  it('should be told when the caller went away', async () => {
    const subgraph = new CountingSubgraph();
    const endpoint = remote((await serve(subgraph)).url);
    const leaving = new AbortController();
    const reason = new GraphQLError('The deadline has passed.');
    const answer = endpoint.execute(ask('{ wait }', { signal: leaving.signal }));
    await until(() => subgraph.requests.length === 1);
    leaving.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await until(() => subgraph.requests[0]?.signal?.aborted === true);
  });

  it.each<[string, http.RequestListener, string]>([
    ['says nothing', () => undefined, 'SUBGRAPH_TIMEOUT'],
    ['stops in the middle', (_request, response) => void response.write('{"data":{'), 'SUBGRAPH_TIMEOUT'],
    [
      'fails',
      (_request, response) => void response.writeHead(500).end('at Socket.connect (node:net:1:1)'),
      'SUBGRAPH_UNAVAILABLE',
    ],
    [
      'refuses',
      (_request, response) => void response.writeHead(401).end('{"errors":[{"message":"no"}]}'),
      'SUBGRAPH_UNAVAILABLE',
    ],
    [
      'talks rubbish',
      (_request, response) => void response.end('<html>mongodb://10.0.0.1</html>'),
      'SUBGRAPH_UNAVAILABLE',
    ],
    ['answers a list', (_request, response) => void response.end('[]'), 'SUBGRAPH_UNAVAILABLE'],
    ['answers no result', (_request, response) => void response.end('{"hello":1}'), 'SUBGRAPH_UNAVAILABLE'],
    ['sends errors that are none', (_request, response) => void response.end('{"errors":[7]}'), 'SUBGRAPH_UNAVAILABLE'],
    [
      'is cut',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"data":{', () => response.destroy());
      },
      'SUBGRAPH_UNAVAILABLE',
    ],
    [
      'never ends',
      (_request, response) => {
        response.write('{"data":{"whoami":"');
        const more = setInterval(() => response.write('x'.repeat(10_000)), 1);
        response.once('close', () => clearInterval(more));
      },
      'SUBGRAPH_UNAVAILABLE',
    ],
  ])('that %s should be one error with a code and nothing of its inside', async (_what, listener, code) => {
    const { url } = await rogue(listener);
    const endpoint = remote(url, { queryTimeoutMs: 300, maxReplyBytes: 100_000 });
    const result = await endpoint.execute(ask('{ whoami }'));
    expect(codes(result)).toEqual([code]);
    expect(result.data).toBeUndefined();
    expect(JSON.stringify(result)).not.toMatch(/127\.0\.0\.1|mongodb|node:|ECONN|\d{4}/);
  });

  it('should read again what it could not read, and change nothing twice', async () => {
    const cut = await rogue((_request, response) => response.destroy());
    const endpoint = remote(cut.url);
    expect(codes(await endpoint.execute(ask('{ whoami }')))).toEqual(['SUBGRAPH_UNAVAILABLE']);
    expect(cut.requests()).toBe(3);
    expect(codes(await endpoint.execute(ask('mutation { bump }')))).toEqual(['SUBGRAPH_UNAVAILABLE']);
    expect(cut.requests()).toBe(4);
    const busy = await rogue((_request, response) => void response.writeHead(503).end());
    const other = remote(busy.url);
    expect(codes(await other.execute(ask('{ whoami }')))).toEqual(['SUBGRAPH_UNAVAILABLE']);
    expect(codes(await other.execute(ask('mutation { bump }')))).toEqual(['SUBGRAPH_UNAVAILABLE']);
    expect(busy.requests()).toBe(4);
  });

  it('should be tried again for a change too while nobody listens', async () => {
    const subgraph = new CountingSubgraph();
    const first = await serve(subgraph);
    const port = Number(new URL(first.url).port);
    await first.stop(0);
    const lines: string[] = [];
    const log: Log = { ...silentLog, warn: (_fields, message) => void lines.push(message) };
    const endpoint = remote(first.url, { log });
    expect(codes(await endpoint.execute(ask('mutation { bump }')))).toEqual(['SUBGRAPH_UNAVAILABLE']);
    expect(lines).toEqual(['A subgraph gave no answer.']);
    await serve(subgraph, port);
    expect((await endpoint.execute(ask('mutation { bump }'))).data).toEqual({ bump: 1 });
  });

  it('should let running calls finish when it stops, and take no new ones', async () => {
    const subgraph = new CountingSubgraph();
    let answer: (value: ExecutionResult) => void = () => undefined;
    const server = await serve({
      ...subgraph,
      name: 'catalog',
      execute: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      subscribe: () => Promise.resolve({}),
    });
    let asked = false;
    const endpoint = remote(server.url);
    const running = endpoint.execute(ask('{ whoami }'));
    await until(() => {
      asked ||= answer.length === 1;
      return asked;
    });
    const stopped = server.stop();
    await until(async () => (await fetch(`${server.url}/livez`).catch(() => null)) === null);
    answer({ data: { whoami: 'the last one' } });
    expect(await running).toEqual({ data: { whoami: 'the last one' } });
    await stopped;
  });
});

describe('a subscription at a subgraph in another process', () => {
  const count = (from: number, more: Partial<SubgraphRequest> = {}) =>
    ask('subscription S($from: Int!) { count(from: $from) }', { variables: { from }, operationName: 'S', ...more });
  const follow = async (endpoint: RemoteEndpoint, request: SubgraphRequest) => {
    const events = await endpoint.subscribe(request);
    if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
    return events;
  };

  it('should carry each viewer of many over one socket, and end where its reader ends', async () => {
    const subgraph = new CountingSubgraph();
    const server = await serve(subgraph);
    const endpoint = remote(server.url);
    const people = ['acct_1', 'acct_2', 'acct_3'].map(
      (accountId): Identity => ({ kind: 'account', accountId, sessionId: 's', roles: [] }),
    );
    const all = await Promise.all(people.map((identity, at) => follow(endpoint, count(at * 10, { identity }))));
    expect(await Promise.all(all.map(async (events) => (await events.next()).value))).toEqual([
      { data: { count: 0 } },
      { data: { count: 10 } },
      { data: { count: 20 } },
    ]);
    expect(subgraph.requests.map(({ identity }) => identity)).toEqual(people);
    subgraph.iterators[1]?.push({ count: 11 });
    expect((await all[1]?.next())?.value).toEqual({ data: { count: 11 } });
    const waiting = all[0]?.next();
    await all[0]?.return?.();
    expect(await waiting).toEqual({ value: undefined, done: true });
    await until(() => subgraph.ended === 1);
    await expect(all[1]?.throw?.(new Error('enough'))).rejects.toThrow('enough');
    await until(() => subgraph.ended === 2);
    expect(await all[1]?.next()).toEqual({ value: undefined, done: true });
  });

  it('should end when its signal is aborted', async () => {
    const subgraph = new CountingSubgraph();
    const endpoint = remote((await serve(subgraph)).url);
    const leaving = new AbortController();
    const events = await follow(endpoint, count(1, { signal: leaving.signal }));
    leaving.abort();
    expect(await events.next()).toEqual({ value: undefined, done: true });
    await until(() => subgraph.ended === 1);
  });

  it('should answer what the subgraph refuses', async () => {
    const endpoint = remote((await serve(new CountingSubgraph())).url);
    expect(codes((await endpoint.subscribe(ask('subscription { refused }'))) as ExecutionResult)).toEqual([
      'FORBIDDEN',
    ]);
    const invalid = (await endpoint.subscribe(ask('subscription { nothing }'))) as ExecutionResult;
    expect(invalid.errors?.[0]?.message).toContain('Cannot query field "nothing"');
  });

  it('should say that it is late or away', async () => {
    const nobody = await serve(new CountingSubgraph());
    await nobody.stop(0);
    const away = remote(nobody.url, { queryTimeoutMs: 300 });
    expect(codes((await away.subscribe(count(1))) as ExecutionResult)).toEqual(['SUBGRAPH_UNAVAILABLE']);
    const silent = net.createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const sockets = new Set<net.Socket>();
    silent.on('connection', (socket) => sockets.add(socket));
    const late = remote(`http://127.0.0.1:${(silent.address() as net.AddressInfo).port}`, { queryTimeoutMs: 300 });
    expect(codes((await late.subscribe(count(1))) as ExecutionResult)).toEqual(['SUBGRAPH_TIMEOUT']);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('should say that it is lost when the subgraph restarts, and give the present state first when asked again', async () => {
    const subgraph = new CountingSubgraph();
    const first = await serve(subgraph);
    const endpoint = remote(first.url);
    const events = await follow(endpoint, count(100));
    expect((await events.next()).value).toEqual({ data: { count: 100 } });
    const waiting = events.next();
    await first.stop(0);
    await expect(waiting).rejects.toMatchObject({ extensions: { code: 'SUBGRAPH_UNAVAILABLE' }, path: ['count'] });
    expect(await events.next()).toEqual({ value: undefined, done: true });
    expect(codes((await endpoint.subscribe(count(100))) as ExecutionResult)).toEqual(['SUBGRAPH_UNAVAILABLE']);
    subgraph.bumps = 7;
    await serve(subgraph, Number(new URL(first.url).port));
    const again = await follow(endpoint, count(100));
    expect((await again.next()).value).toEqual({ data: { count: 107 } });
    subgraph.iterators.at(-1)?.push({ count: 108 });
    expect((await again.next()).value).toEqual({ data: { count: 108 } });
    await subgraph.iterators.at(-1)?.return();
    expect(await again.next()).toEqual({ value: undefined, done: true });
  });
});

/** Polls a condition of another process's side; the test's own time-out is the limit. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
