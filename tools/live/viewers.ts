import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { OpenViewers, ViewersReply, ViewersRequest } from './messages';

/**
 * Many viewers in a process of their own. They look for the version and the time of the event in the bytes of a
 * message instead of parsing it, so that the machine's other core measures the server and not JSON.
 */
const AT_ONCE = 100;
const SLOWEST_MS = 60_000;
/** Written by `live-server.ts`, and by the shop as `asOf`. */
const SENT_AT = /(?:Person |")at (\d+)|"asOf":"([^"]+)"/;
const VERSION = /"version":(\d+)/;

const latencies = new Uint32Array(SLOWEST_MS + 1);
const versions: number[] = [];
/** How many viewers have a version; entries go once everybody has. */
const reached = new Map<number, number>();
let readers = 0;
let wentBack = 0;
let lost = 0;

const reply = (message: ViewersReply): void => void process.send?.(message);

function received(viewer: number, data: Buffer): void {
  const text = data.latin1Slice(0, data.length);
  const version = Number(VERSION.exec(text)?.[1]);
  const [, millis, date] = SENT_AT.exec(text) ?? [];
  const sentAt = millis === undefined ? Date.parse(date ?? '') : Number(millis);
  const latency = Math.min(SLOWEST_MS, Math.max(0, Date.now() - sentAt));
  if (Number.isFinite(latency)) latencies[latency] = (latencies[latency] ?? 0) + 1;
  if (!Number.isInteger(version)) return;
  const before = versions[viewer] ?? 0;
  if (version <= before) wentBack += 1;
  versions[viewer] = version;
  const count = (reached.get(version) ?? 0) + 1;
  if (count < readers) {
    reached.set(version, count);
    return;
  }
  for (const known of reached.keys()) if (known <= version) reached.delete(known);
  reply({ kind: 'everyone', version });
}

/** Resolves with the first state. */
function open(request: OpenViewers, viewer: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(request.url, 'graphql-transport-ws', { perMessageDeflate: false });
    let first = true;
    socket.on('open', () => {
      if (request.subscription) socket.send('{"type":"connection_init"}');
    });
    socket.on('message', (data: Buffer) => {
      if (first && request.subscription && data.includes('"connection_ack"')) {
        const id = request.ids === 'own' ? randomUUID() : '1';
        socket.send(JSON.stringify({ id, type: 'subscribe', payload: request.subscription }));
        return;
      }
      if (first && !data.includes('"type":"next"')) reject(new Error(`A viewer was told: ${String(data)}`));
      if (request.stuck) socket.pause();
      else if (!first) received(viewer, data);
      first = false;
      resolve();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      if (first) return reject(new Error('A viewer was turned away.'));
      if (!request.stuck) lost += 1;
      // A stuck program does not give up: it comes back and gets stuck again.
      else setTimeout(() => open(request, viewer).catch(() => undefined), 500);
    });
  });
}

async function openAll(request: OpenViewers): Promise<void> {
  if (!request.stuck) readers += request.count;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < request.count) {
      const viewer = request.stuck ? -1 : versions.push(0) - 1;
      next += 1;
      await open(request, viewer);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  reply({ kind: 'opened' });
}

function report(): void {
  let total = 0;
  for (const count of latencies) total += count;
  const quantile = (share: number): number => {
    let seen = 0;
    for (let ms = 0; ms <= SLOWEST_MS; ms++) {
      seen += latencies[ms] ?? 0;
      if (seen >= total * share && seen > 0) return ms;
    }
    return 0;
  };
  reply({
    kind: 'report',
    received: total,
    p50: quantile(0.5),
    p99: quantile(0.99),
    worst: quantile(1),
    slowestVersion: versions.reduce((least, version) => Math.min(least, version), Number.MAX_SAFE_INTEGER),
    wentBack,
    lost,
  });
  latencies.fill(0);
}

process.on('message', (request: ViewersRequest) => {
  if (request.kind === 'stop') process.exit(0);
  if (request.kind === 'report') return report();
  openAll(request).catch((error: unknown) => reply({ kind: 'failed', message: String(error) }));
});
process.on('disconnect', () => process.exit(0));
