import type { AnyEvent } from '../events/events';
import type { SubgraphName } from '../subgraph/subgraph-port';

/** What a carrier tells the bus of its process. */
export interface CarrierListener {
  /**
   * Events of these aggregates, in the outbox of `source`, wait for `group`. Resolves when they are done or wait to be
   * tried again; `allowed` turns false when another process has taken over.
   */
  due(
    source: SubgraphName,
    group: SubgraphName,
    aggregateIds: readonly string[],
    allowed: () => boolean,
  ): Promise<void>;
  live(event: AnyEvent): void;
  /** It has become reachable; whatever was said meanwhile is lost. */
  up(): void;
  /** It has become unreachable. */
  down(): void;
}

/**
 * Carries word of events to other processes sooner than they would look. The outbox stays the only truth: a carrier may
 * lose, repeat and reorder whatever it likes, and nothing waits for it.
 */
export interface Carrier {
  readonly isUp: boolean;
  /** Begins to listen for these groups. Does not wait until the carrier can be reached. */
  start(groups: readonly SubgraphName[], listener: CarrierListener): void;
  /** Says that these events are in the outbox of `source`. Never rejects. */
  announce(source: SubgraphName, events: readonly AnyEvent[]): Promise<void>;
  /** Asks for the events of an aggregate (`listener.live`). */
  follow(aggregateId: string): () => void;
  stop(): Promise<void>;
}
