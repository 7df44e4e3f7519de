import type { AnyEvent, EventEnvelope, EventType } from '../events/events';

/** Reacts to events of certain types. Delivered at least once and in order per aggregate: must be idempotent. */
export interface Consumer<T extends EventType = EventType> {
  /** Stable name; with the event id it identifies one piece of work. */
  readonly name: string;
  readonly types: readonly T[];
  handle(event: { [K in T]: EventEnvelope<K> }[T]): Promise<void>;
}

export function consumer<T extends EventType>(definition: Consumer<T>): Consumer {
  return definition as unknown as Consumer;
}

/**
 * Carries published events. `publish` resolves when every consumer has done its work and rejects when one failed
 * (the relay then tries the event again). `follow` is for live views of an aggregate of the subgraph's own: events may
 * be missed, repeated or come late, but the newest always comes.
 */
export interface Bus {
  publish(event: AnyEvent): Promise<void>;
  consume(consumer: Consumer): void;
  follow(aggregateId: string, listener: (event: AnyEvent) => void): () => void;
}

/** The consumers and live views of one subgraph in this process. */
export class InProcessBus implements Bus {
  private readonly consumers = new Map<string, Consumer[]>();
  private readonly listeners = new Map<string, Set<(event: AnyEvent) => void>>();

  consume(consumer: Consumer): void {
    for (const type of consumer.types) {
      this.consumers.set(type, [...(this.consumers.get(type) ?? []), consumer]);
    }
  }

  follow(aggregateId: string, listener: (event: AnyEvent) => void): () => void {
    const listeners = this.listeners.get(aggregateId) ?? new Set();
    listeners.add(listener);
    this.listeners.set(aggregateId, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(aggregateId) === listeners) this.listeners.delete(aggregateId);
    };
  }

  /** Types that have a consumer here. */
  consumes(type: EventType): boolean {
    return this.consumers.has(type);
  }

  publish(event: AnyEvent): Promise<void> {
    // Live views first: they must not wait for, nor fail with, anyone's work.
    this.tell(event);
    return this.deliver(event);
  }

  /** Live views only. */
  tell(event: AnyEvent): void {
    for (const listener of this.listeners.get(event.aggregateId) ?? []) listener(event);
  }

  /** Consumers only; rejects when one failed. */
  async deliver(event: AnyEvent): Promise<void> {
    const outcomes = await Promise.allSettled(
      (this.consumers.get(event.type) ?? []).map(async (consumer) => consumer.handle(event)),
    );
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} consumer(s) of ${event.type} failed.`);
  }
}
