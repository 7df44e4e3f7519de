/**
 * What the live side is doing. `sockets`, `streams`, `topics`, `upstreams` and `subscribers` are present counts, the
 * rest totals.
 */
export interface LiveStats {
  readonly sockets: number;
  /** Open server-sent event streams. */
  readonly streams: number;
  readonly topics: number;
  readonly upstreams: number;
  readonly subscribers: number;
  readonly upstreamsOpened: number;
  /** Times an upstream was asked for again because its owner could not be reached. */
  readonly upstreamsReopened: number;
  readonly executions: number;
  readonly deliveries: number;
  /** Bytes of results handed to connections. */
  readonly bytes: number;
  /** States nobody got because a newer one came within the topic's rate, or before a late one could be told. */
  readonly thinned: number;
  /** States a slow reader never got because a newer one took their place. */
  readonly coalesced: number;
  /** Connections and subscriptions turned away by a limit. */
  readonly refused: number;
  /** Connections closed because their credentials expired or were revoked. */
  readonly expired: number;
  /** Subscriptions that continued from a version. */
  readonly resumed: number;
}

export type LiveCounters = { -readonly [Name in keyof LiveStats]: LiveStats[Name] };

export function newLiveCounters(): LiveCounters {
  return {
    sockets: 0,
    streams: 0,
    topics: 0,
    upstreams: 0,
    subscribers: 0,
    upstreamsOpened: 0,
    upstreamsReopened: 0,
    executions: 0,
    deliveries: 0,
    bytes: 0,
    thinned: 0,
    coalesced: 0,
    refused: 0,
    expired: 0,
    resumed: 0,
  };
}
