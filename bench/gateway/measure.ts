import autocannon from 'autocannon';
import type { Peer } from './peers';
import type { Workload } from './shop';

const CONNECTIONS = 16;

export interface Measured {
  /** CPU of the server's own process for one request, in milliseconds. */
  readonly cpuMs: number;
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
}

/** Sends the workload's queries for `seconds` and answers what one of them cost. Throws when an answer was not 200. */
export async function measure(peer: Peer, workload: Workload, seconds: number): Promise<Measured> {
  const before = await peer.cpu();
  const requests = workload.variables.map((variables) => ({
    method: 'POST' as const,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: workload.query, variables }),
  }));
  let connection = 0;
  const result = await autocannon({
    url: peer.url,
    connections: CONNECTIONS,
    duration: seconds,
    // Each begins elsewhere in the list: connections that ask the same at the same time flatter whoever shares answers.
    setupClient(client) {
      const from = Math.floor((connection * requests.length) / CONNECTIONS);
      connection += 1;
      client.setRequests([...requests.slice(from), ...requests.slice(0, from)]);
    },
  });
  const after = await peer.cpu();
  if (result.errors > 0 || result.non2xx > 0) {
    throw new Error(`${peer.name}: ${result.errors} connection errors, ${result.non2xx} answers other than 2xx.`);
  }
  const answered = result['2xx'];
  return {
    cpuMs: (after.micros - before.micros) / 1000 / answered,
    requestsPerSecond: answered / result.duration,
    p99Ms: result.latency.p99,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
