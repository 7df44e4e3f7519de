import { connect as connectTcp } from 'node:net';
import { getIntrospectionQuery } from 'graphql';
import { composeSupergraph } from '../federation/compose';
import { type ShopGraph, shopGraph } from '../testing/shop-graph';
import { SocketClient, until } from '../testing/socket-client';
import {
  FOREIGN_ORIGIN,
  LISTED_ORIGIN,
  OTHER_KEYS_ORIGIN,
  startTestGateway,
  type TestGateway,
} from '../testing/test-gateway';

const ECHO = { query: '{ echo }' };

describe('the door', () => {
  let server: TestGateway;
  const dependencies: Record<string, 'up' | 'down'> = { database: 'up' };
  const received: unknown[] = [];
  beforeAll(async () => {
    server = await startTestGateway({
      readiness: () => Promise.resolve(dependencies),
      webhooks: (provider, headers, rawBody, requestId) => {
        received.push({ provider, signature: headers['webhook-signature'], body: rawBody.toString(), requestId });
        return Promise.resolve({ status: 202, body: { received: true } });
      },
    });
  });
  afterAll(() => server.gateway.stop());

  describe('origins', () => {
    it('should answer without CORS headers when there is no origin', async () => {
      const { status, headers } = await server.post(ECHO);
      expect(status).toBe(200);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    });

    it.each([
      ['a listed origin', LISTED_ORIGIN, {}],
      ['a listed origin with the key that lists it', LISTED_ORIGIN, { 'x-storefront-key': 'key-1' }],
      ['an origin of another key with a token', OTHER_KEYS_ORIGIN, { authorization: 'Bearer account:a1' }],
    ])('should let %s in', async (_what, origin, headers) => {
      const answer = await server.post(ECHO, { origin, ...headers });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('vary')).toContain('Origin');
    });

    it('should let its own origin in', async () => {
      expect((await server.post(ECHO, { origin: server.gateway.url })).status).toBe(200);
    });

    it.each([
      ['an unlisted origin', FOREIGN_ORIGIN, {}],
      ['an unlisted origin with a key', FOREIGN_ORIGIN, { 'x-storefront-key': 'key-1' }],
      ['a key from an origin only another key lists', OTHER_KEYS_ORIGIN, { 'x-storefront-key': 'key-1' }],
      ['an opaque origin', 'null', {}],
    ])('should refuse %s', async (_what, origin, headers) => {
      const answer = await server.post(ECHO, { origin, ...headers });
      expect(answer.status).toBe(403);
      expect(answer.body.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN' });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    });

    const preflight = (origin: string): Promise<Response> =>
      fetch(`${server.gateway.url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });

    it('should answer a preflight of a listed origin with what it may send', async () => {
      const { status, headers } = await preflight(LISTED_ORIGIN);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(LISTED_ORIGIN);
      expect(headers.get('access-control-allow-methods')).toBe('GET, POST');
      expect(headers.get('access-control-allow-headers')).toBe(
        'content-type, authorization, x-storefront-key, apollo-require-preflight, accept-language, x-neighborhood-id, x-channel',
      );
    });

    it('should answer a preflight of any other origin without allowing anything', async () => {
      const { status, headers } = await preflight(FOREIGN_ORIGIN);
      expect(status).toBe(204);
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    });
  });

  describe('limits', () => {
    const bodyOf = (bytes: number): string => {
      const body = (padding: string): string => JSON.stringify({ ...ECHO, extensions: { padding } });
      return body('x'.repeat(bytes - body('').length));
    };
    const nested = (levels: number): string =>
      `{ product(id: "p1") { ${'parent { '.repeat(levels - 2)}id${' }'.repeat(levels - 2)} } }`;
    const aliases = (count: number): string =>
      `{ ${Array.from({ length: count }, (_, index) => `a${index}: echo`).join(' ')} }`;
    const spread = (count: number): string =>
      `{ ${'...F '.repeat(count)} } fragment F on Query { ${Array.from({ length: 5 }, (_, index) => `f${index}: echo`).join(' ')} }`;
    const directives = (count: number): string => `{ ${'echo @include(if: true) '.repeat(count)} }`;
    // Every token counts: braces, names, punctuation (510 of them beside the ids).
    const tokens = (count: number): string =>
      `{ ${'echo '.repeat(500)} product(id: "p1") { ${'id '.repeat(count - 510)} } }`;
    // Four levels of fragments, each spreading the one below: few tokens, many selections.
    const selections = (last: number): string =>
      `{ ${'...A '.repeat(9)} ${'echo '.repeat(last)} }
      fragment A on Query { ${'...B '.repeat(14)} }
      fragment B on Query { ${'echo '.repeat(14)} }`;

    it.each([
      ['depth', nested(10), nested(11)],
      ['aliases', aliases(15), aliases(16)],
      ['aliases', spread(3), spread(4)],
      ['directives', directives(10), directives(11)],
      ['selections', selections(2_000 - 9 * (1 + 14 * 15)), selections(2_001 - 9 * (1 + 14 * 15))],
      ['mutationFields', 'mutation { touch }', 'mutation { touch again: touch }'],
    ])('should take %s at its limit and refuse one more', async (limit, within, beyond) => {
      expect((await server.post({ query: within })).status).toBe(200);
      const refused = await server.post({ query: beyond });
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toEqual([
        expect.objectContaining({ extensions: expect.objectContaining({ code: 'GRAPHQL_VALIDATION_FAILED', limit }) }),
      ]);
    });

    it('should take 1,000 tokens and refuse one more', async () => {
      expect((await server.post({ query: tokens(1_000) })).body).toEqual({ data: { echo: 7, product: { id: 'p1' } } });
      const refused = await server.post({ query: tokens(1_001) });
      expect(refused.status).toBe(400);
      expect(refused.body.errors?.[0]?.extensions['code']).toBe('GRAPHQL_PARSE_FAILED');
    });

    it('should take a body of 100 kB and refuse a byte more', async () => {
      expect((await server.post(bodyOf(102_400))).status).toBe(200);
      const refused = await server.post(bodyOf(102_401));
      expect(refused.status).toBe(413);
      expect(refused.body.errors?.[0]).toMatchObject({
        message: 'A request body may have at most 102400 bytes.',
        extensions: { code: 'BAD_USER_INPUT' },
      });
    });

    it('should measure fragments that spread themselves without running forever', async () => {
      const { status, body } = await server.post({ query: '{ ...F } fragment F on Query { echo ...F }' });
      expect(status).toBe(400);
      expect(body.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    });

    it('should answer the introspection query of common tools', async () => {
      const { status, body } = await server.post({ query: getIntrospectionQuery() });
      expect(status).toBe(200);
      expect(body.data).toHaveProperty('__schema.types');
    });

    it('should throttle an address past 250 requests in 10 s and say when to come back', async () => {
      const limited = await startTestGateway({ rateLimit: true });
      const statuses: number[] = [];
      for (let count = 1; count <= 250; count++) statuses.push((await limited.post(ECHO)).status);
      expect(new Set(statuses)).toEqual(new Set([200]));
      const refused = await limited.post(ECHO);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.body.errors?.[0]?.extensions['code']).toBe('THROTTLED');
      expect((await fetch(`${limited.gateway.url}/readyz`)).status).toBe(200);
      await limited.gateway.stop();
    });
  });

  describe('health', () => {
    it('should be live, and ready as long as every dependency is up', async () => {
      expect((await fetch(`${server.gateway.url}/livez`)).status).toBe(200);
      const ready = await fetch(`${server.gateway.url}/readyz`);
      expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', dependencies: { database: 'up' } }]);
      dependencies['database'] = 'down';
      const down = await fetch(`${server.gateway.url}/readyz`);
      expect([down.status, await down.json()]).toEqual([
        503,
        { status: 'not ready', dependencies: { database: 'down' } },
      ]);
      dependencies['database'] = 'up';
    });

    it('should not be ready when the check itself fails', async () => {
      const broken = await startTestGateway({ readiness: () => Promise.reject(new Error('inner wording')) });
      const answer = await fetch(`${broken.gateway.url}/readyz`);
      expect([answer.status, await answer.json()]).toEqual([503, { status: 'not ready', dependencies: {} }]);
      await broken.gateway.stop();
    });
  });

  describe('webhooks', () => {
    const call = (body: string): Promise<Response> =>
      fetch(`${server.gateway.url}/webhooks/payments/sandbox`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'webhook-signature': 'v1,abc' },
        body,
      });

    it('should hand over the exact bytes and answer what the receiver says', async () => {
      const answer = await call('{ "spaces":  "kept", not json');
      expect([answer.status, await answer.json()]).toEqual([202, { received: true }]);
      expect(received).toEqual([
        {
          provider: 'sandbox',
          signature: 'v1,abc',
          body: '{ "spaces":  "kept", not json',
          requestId: answer.headers.get('x-request-id'),
        },
      ]);
    });

    it('should take 100 kB and refuse a byte more', async () => {
      expect((await call('x'.repeat(102_400))).status).toBe(202);
      expect((await call('x'.repeat(102_401))).status).toBe(413);
    });
  });

  describe('pages', () => {
    it.each(['/', '/graphql'])(
      'should show the explorer at %s, which reaches nothing but this server',
      async (path) => {
        const page = await fetch(`${server.gateway.url}${path}`, { headers: { accept: 'text/html,*/*' } });
        expect(page.status).toBe(200);
        expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
        const policy = page.headers.get('content-security-policy') ?? '';
        expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+' blob:; /);
        expect(policy).toContain("connect-src 'self'");
        expect(policy).not.toMatch(/https?:\/\/|unsafe-eval|script-src[^;]*unsafe-inline/);
        const html = await page.text();
        expect(html).toContain('"subscriptionsProtocol":"WS"');
        expect(html).not.toMatch(/<(script|iframe)[^>]*\ssrc=|<link[^>]*\shref="(?!data:)/);
      },
    );

    it('should send security headers with every answer', async () => {
      for (const path of ['/', '/graphql', '/livez', '/nothing']) {
        const { headers } = await fetch(`${server.gateway.url}${path}`);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('referrer-policy')).toBe('no-referrer');
        expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      }
    });

    it('should answer an unknown path in the shape of GraphQL', async () => {
      const answer = await fetch(`${server.gateway.url}/nothing`);
      expect([answer.status, await answer.json()]).toEqual([
        404,
        { errors: [{ message: 'There is nothing here; the API is at /graphql.', extensions: { code: 'NOT_FOUND' } }] },
      ]);
    });
  });
});

describe('starting and stopping', () => {
  it('should say what to do when the port is taken', async () => {
    const first = await startTestGateway();
    const port = Number(new URL(first.gateway.url).port);
    await expect(startTestGateway({ port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken. Stop the program that uses it, or start with another port: PORT=${port + 1}.`,
    );
    await first.gateway.stop();
  });

  it('should name every composition error', async () => {
    const { catalog, accounts } = shopGraph();
    const broken = { ...accounts, sdl: `${accounts.sdl}\ntype Product @key(fields: "id") { id: ID! price: String }` };
    const other = { ...broken, sdl: `${broken.sdl}\ntype Mutation { touch: Int }` };
    await expect(startTestGateway({ endpoints: [catalog, other] })).rejects.toMatchObject({
      name: 'CompositionError',
      faults: expect.arrayContaining([
        expect.stringContaining('Product.price'),
        expect.stringContaining('Mutation.touch'),
      ]),
    });
  });

  it('should refuse a supergraph that names a subgraph without an endpoint', async () => {
    const shop = shopGraph();
    await expect(
      startTestGateway({ endpoints: [shop.catalog], supergraphSdl: composeSupergraph(shop.endpoints) }),
    ).rejects.toThrow('The supergraph names subgraphs without an endpoint: accounts, social.');
  });

  it('should finish running requests, tell sockets to come back and take nothing new when it stops', async () => {
    const shop: ShopGraph = shopGraph();
    const server = await startTestGateway({ endpoints: shop.endpoints });
    const client = await SocketClient.connect(server.gateway.url);
    client.subscribe('s', 'subscription { progress { version } }');
    await client.data();
    const running = server.post({ query: '{ gate }' });
    await until(() => shop.waiting() === 1);

    const stopped = server.gateway.stop();
    expect(await client.closed).toEqual({ code: 1001, reason: 'The server is restarting, connect again' });
    await until(() => shop.feed.openCount === 0);
    await expect(server.post(ECHO)).rejects.toThrow();
    shop.openGate();
    expect((await running).body).toEqual({ data: { gate: true } });
    await stopped;
    expect(server.gateway.stats()).toMatchObject({ sockets: 0, upstreams: 0, subscribers: 0 });
  });

  it('should say on an open connection that it is stopping', async () => {
    const shop: ShopGraph = shopGraph();
    const server = await startTestGateway({ endpoints: shop.endpoints });
    const { hostname, port } = new URL(server.gateway.url);
    const connection = connectTcp(Number(port), hostname);
    let heard = '';
    connection.on('data', (data) => {
      heard += String(data);
    });
    const body = '{"query":"{ gate }"}';
    connection.write(
      `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await until(() => shop.waiting() === 1);
    const stopped = server.gateway.stop();
    connection.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
    shop.openGate();
    await stopped;
    await until(() => connection.closed || heard.includes('gate'));
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\{"data":\{"gate":true\}\}/);
  });
});
