import { connect as connectTcp, type Socket } from 'node:net';
import { LIMITS } from '../limits/limits';
import { type ShopGraph, shopGraph } from '../testing/shop-graph';
import { SocketClient, until } from '../testing/socket-client';
import { startTestGateway, type TestGateway } from '../testing/test-gateway';

describe('the bounds of sockets', () => {
  let shop: ShopGraph;
  let server: TestGateway;
  beforeAll(async () => {
    shop = shopGraph();
    server = await startTestGateway({ endpoints: shop.endpoints });
  });
  afterAll(() => server.gateway.stop());

  /** A client without a library: it reads only when it is told to, and ends nothing by itself. */
  const raw = async (path: string): Promise<Socket> => {
    const { hostname, port } = new URL(server.gateway.url);
    const socket = connectTcp({ host: hostname, port: Number(port), allowHalfOpen: true });
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    return socket;
  };
  const masked = (text: string): Buffer => {
    const head = Buffer.from([0x81, 0xfe, text.length >> 8, text.length & 0xff, 0, 0, 0, 0]);
    return Buffer.concat([head, Buffer.from(text)]);
  };

  it('should not hold what it has refused, whether or not the client ends its side', async () => {
    const refused = await Promise.all(Array.from({ length: 20 }, () => raw('/other')));
    const answers = await Promise.all(
      refused.map((socket) => new Promise((resolve) => socket.once('data', (data) => resolve(String(data))))),
    );
    expect(new Set(answers)).toEqual(
      new Set(['HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n']),
    );
    // What is written to a connection nobody holds any more is answered with a reset.
    while (refused.some(({ destroyed }) => !destroyed)) {
      for (const socket of refused) if (!socket.destroyed) socket.write('x');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  it('should close on a flood of pings before anybody has said who they are, and answer none with much', async () => {
    const { refused } = server.gateway.stats();
    const socket = await raw('/graphql');
    const bytes = new Promise<number>((resolve) => {
      let count = 0;
      socket.on('data', (data) => {
        count += data.length;
      });
      socket.once('close', () => resolve(count));
    });
    socket.once('end', () => socket.destroy());
    const ping = masked(JSON.stringify({ type: 'ping', payload: { padding: 'x'.repeat(15_000) } }));
    for (let count = 0; count < 1_000; count++) socket.write(ping);
    // Each of the first 300 gets a pong of 17 bytes.
    expect(await bytes).toBeLessThan(LIMITS.messageBurst * 40);
    expect(server.gateway.stats().refused).toBe(refused + 1);
  });

  it('should answer a ping with its short payload', async () => {
    const client = await SocketClient.connect(server.gateway.url);
    client.send({ type: 'ping', payload: { at: 7 } });
    expect(await client.next()).toEqual({ type: 'pong', payload: { at: 7 } });
    client.send({ type: 'ping', payload: { padding: 'x'.repeat(200) } });
    expect(await client.next()).toEqual({ type: 'pong' });
    client.socket.ping('a frame of the layer below');
    const payload = await new Promise((resolve) => client.socket.once('pong', (data) => resolve(String(data))));
    expect(payload).toBe('a frame of the layer below');
    await client.close();
  });

  it('should take everybody of one address back at once after a restart', async () => {
    const cost = { enforce: true, callerBucket: { maximumAvailable: 50, restoreRate: 0.001 } };
    const restarted = await startTestGateway({ endpoints: shop.endpoints, rateLimit: true, cost });
    const query = 'subscription { progress { version group { product { id } members { profile { id } } } } }';
    const clients = await Promise.all(
      Array.from({ length: 200 }, () => SocketClient.connect(restarted.gateway.url, { storefrontKey: 'key-1' })),
    );
    for (const client of clients) client.subscribe('s', query);
    const messages = await Promise.all(clients.map((client) => client.next()));
    expect(new Set(messages.map(({ type }) => type))).toEqual(new Set(['next']));
    expect(restarted.gateway.stats()).toMatchObject({ subscribers: 200, topics: 1, refused: 0 });
    await restarted.gateway.stop();
  });

  it('should begin so many topics for an address, and let it join those that run', async () => {
    const watching = await startTestGateway({ endpoints: shop.endpoints, proxies: 1 });
    const open = (address: string): Promise<SocketClient> =>
      SocketClient.connect(watching.gateway.url, undefined, { 'x-forwarded-for': address });
    const tagged = 'subscription ($tag: String) { progress(tag: $tag) { version } }';
    const clients = await Promise.all(Array.from({ length: LIMITS.topicsPerAddress / 10 }, () => open('192.0.2.1')));
    for (const [at, client] of clients.entries()) {
      for (let id = 0; id < 10; id++) {
        client.subscribe(String(id), tagged, { variables: { tag: `${at} ${id}` } });
        await client.data();
      }
    }
    expect(watching.gateway.stats().topics).toBe(LIMITS.topicsPerAddress);
    const [one, other] = [await open('192.0.2.1'), await open('192.0.2.2')];
    one.subscribe('new', tagged, { variables: { tag: 'new' } });
    expect(await one.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'THROTTLED', limit: 'topicsPerAddress', maximum: LIMITS.topicsPerAddress } }],
    });
    other.subscribe('new', tagged, { variables: { tag: 'new' } });
    expect(await other.data()).toEqual({ progress: { version: 1 } });
    one.subscribe('new', tagged, { variables: { tag: 'new' } });
    expect(await one.data()).toEqual({ progress: { version: 1 } });
    await clients[0]?.close();
    await until(() => watching.gateway.stats().topics === LIMITS.topicsPerAddress - 9);
    one.subscribe('next', tagged, { variables: { tag: 'next' } });
    expect(await one.data()).toEqual({ progress: { version: 1 } });
    await watching.gateway.stop();
  });
});
