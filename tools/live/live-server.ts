import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { WebSocketServer } from 'ws';
import { type GatewayOptions, startGateway } from '../../gateway/gateway';
import type { LiveStats } from '../../gateway/subscriptions/live-stats';
import { shopGraph } from '../../gateway/testing/shop-graph';
import { ANONYMOUS } from '../../platform/context/identity';
import { silentLog } from '../../platform/logging/log';
import type { ServerReply, ServerRequest } from './messages';

/**
 * A live server in a process of its own whose events come exactly when its parent says: `gateway` is ours over a small
 * three-subgraph graph, at any rate of events; `ws` is a plain broadcast of the same bytes, to compare with.
 */
interface LiveServer {
  readonly url: string;
  emit(version: number): void;
  stats(): LiveStats | null;
}

/** Members fill the answer to about the size of a real group of twelve; longer names make it larger. */
const NAME_CHARACTERS = Number(process.argv[3] ?? 10);
const MEMBERS = Array.from({ length: 12 }, (_, index) => `member ${index + 1}`.padEnd(NAME_CHARACTERS, '.'));
const EVERY_EVENT = { perSecond: 100_000, burst: 100_000 };

async function gatewayServer(): Promise<LiveServer> {
  const shop = shopGraph();
  const options: GatewayOptions = {
    endpoints: shop.endpoints,
    host: '127.0.0.1',
    port: 0,
    authenticate: {
      identify: () => Promise.resolve({ identity: ANONYMOUS, originAllowed: false }),
      isOriginListed: () => Promise.resolve(false),
    },
    log: silentLog,
    introspection: false,
    explorer: false,
    rateLimit: false,
    production: true,
    // One machine plays all viewers here, and every event is wanted: a slow reader is slower than any topic's rate.
    live: { connections: 100_000, connectionsPerAddress: 100_000, topicRate: EVERY_EVENT },
    webhooks: () => Promise.resolve({ status: 404, body: {} }),
    readiness: () => Promise.resolve({}),
  };
  const gateway = await startGateway(options);
  return {
    url: `${gateway.url.replace('http', 'ws')}/graphql`,
    emit: (version) =>
      shop.feed.change({ version, joined: version, productId: 'p1', memberIds: [`at ${Date.now()}`, ...MEMBERS] }),
    stats: () => gateway.stats(),
  };
}

/** The strongest simple form: the message is made once, and the library is given its bytes. */
async function plainServer(): Promise<LiveServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  await new Promise<void>((resolve) => http.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }, resolve));
  const profile = (name: string) => ({ profile: { name: `Person ${name}` } });
  const messageOf = (version: number): Buffer => {
    const members = [`at ${Date.now()}`, ...MEMBERS].map(profile);
    const product = { id: 'p1', title: 'Oat milk', groups: 3, price: 1250 };
    const data = { progress: { version, joined: version, group: { product, members } } };
    return Buffer.from(JSON.stringify({ id: '1', type: 'next', payload: { data } }));
  };
  sockets.on('connection', (socket) => socket.send(messageOf(1), { binary: false }));
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    emit: (version) => {
      const message = messageOf(version);
      for (const socket of sockets.clients) socket.send(message, { binary: false });
    },
    stats: () => null,
  };
}

async function main(): Promise<void> {
  const server = await (process.argv[2] === 'ws' ? plainServer() : gatewayServer());
  const reply = (message: ServerReply): void => void process.send?.(message);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let version = 1;
  let cpu = process.cpuUsage();
  const emit = (): void => server.emit(++version);

  process.on('message', (request: ServerRequest) => {
    switch (request.kind) {
      case 'emit':
        return emit();
      case 'pace': {
        const began = performance.now();
        let emitted = 0;
        const timer = setInterval(
          () => {
            // By the clock, not by the timer: a timer that comes late makes up for it.
            const due = Math.min(request.count, Math.floor((performance.now() - began) / request.everyMs));
            for (; emitted < due; emitted++) emit();
            if (emitted < request.count) return;
            clearInterval(timer);
            reply({ kind: 'paced' });
          },
          Math.max(1, request.everyMs / 4),
        );
        return;
      }
      case 'measure': {
        const used = process.cpuUsage(cpu);
        const blockedMs = delay.max / 1e6;
        globalThis.gc?.();
        const { external, heapUsed, rss } = process.memoryUsage();
        reply({
          kind: 'measured',
          rss,
          held: heapUsed + external,
          cpuMicros: used.user + used.system,
          blockedMs,
          version,
          stats: server.stats(),
        });
        cpu = process.cpuUsage();
        delay.reset();
        return;
      }
      case 'stop':
        process.exit(0);
    }
  });
  process.on('disconnect', () => process.exit(0));
  reply({ kind: 'ready', url: server.url });
}

main().catch((error: unknown) => {
  process.send?.({ kind: 'failed', message: String(error) } satisfies ServerReply);
  process.exit(1);
});
