import type { Clock } from '../../platform/clock/clock';
import type { Config } from '../../platform/config/config';
import type { Log } from '../../platform/logging/log';
import { createRemoteEndpoint, type RemoteEndpoint } from '../../platform/remote/remote-endpoint';
import type { KeyRing } from '../../platform/remote/signature';
import type { SubgraphDataSource, SubgraphName } from '../../platform/subgraph/subgraph-port';

/**
 * What one part asks another on behalf of a mutation or of a person at the door waits longer than what only fills a part
 * of an answer: there is nothing to give without it, and under a rush of orders it is late, not lost.
 */
const INTERNAL_TIMEOUT_MS = 10_000;

export interface ElsewhereOptions {
  readonly config: Config;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly log: Log;
  /** Where a subgraph is; asked when it is first needed. */
  readonly urlOf: (name: SubgraphName) => string;
}

/** Subgraphs in other processes, asked by their internal operations. Connections are made when they are needed. */
export class Elsewhere {
  private readonly endpoints = new Map<SubgraphName, RemoteEndpoint>();

  constructor(private readonly options: ElsewhereOptions) {}

  readonly find = (name: SubgraphName): SubgraphDataSource => {
    const known = this.endpoints.get(name);
    if (known) return known;
    // Internal operations are written by us against the other's schema: nobody asks the endpoint for it.
    const { config } = this.options;
    const subgraphTimeoutMs = Math.max(config.subgraphTimeoutMs, INTERNAL_TIMEOUT_MS);
    const endpoint = openRemote(name, '', {}, { ...this.options, config: { ...config, subgraphTimeoutMs } });
    this.endpoints.set(name, endpoint);
    return endpoint;
  };

  async close(): Promise<void> {
    await Promise.all([...this.endpoints.values()].map((endpoint) => endpoint.close()));
  }
}

export function openRemote(
  name: SubgraphName,
  sdl: string,
  topics: RemoteEndpoint['topics'],
  { config, keys, clock, log, urlOf }: ElsewhereOptions,
): RemoteEndpoint {
  return createRemoteEndpoint({
    name,
    sdl,
    topics,
    url: urlOf(name),
    keys,
    clock,
    log,
    queryTimeoutMs: config.subgraphTimeoutMs,
  });
}
