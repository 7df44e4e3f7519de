/** What the live side is doing. `upstreams`, `subscribers` and `sockets` are present counts, the rest totals. */
export interface LiveStats {
  readonly sockets: number;
  readonly upstreams: number;
  readonly subscribers: number;
  readonly upstreamsOpened: number;
  readonly executions: number;
  readonly deliveries: number;
  /** States a slow reader never got because a newer one took their place. */
  readonly coalesced: number;
}

export type LiveCounters = { -readonly [Name in keyof LiveStats]: LiveStats[Name] };

export function newLiveCounters(): LiveCounters {
  return { sockets: 0, upstreams: 0, subscribers: 0, upstreamsOpened: 0, executions: 0, deliveries: 0, coalesced: 0 };
}
