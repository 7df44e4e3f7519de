import type { Log } from '../../platform/logging/log';
import { addressName } from '../limits/address';
import { Broadcast } from './broadcast';
import type { LiveOperation } from './live-operation';
import type { Position } from './live-position';
import type { LiveCounters } from './live-stats';
import { type LiveSubscriber, LiveTopic } from './live-topic';
import type { Rate } from './pace';

/** Brings together everyone who follows the same: by document, variables, languages and what they may see. */
export class LiveHub {
  private readonly topics = new Map<string, LiveTopic>();
  /** How many of them an address began. */
  private readonly begun = new Map<string, number>();
  private readonly broadcast = new Broadcast();

  constructor(
    private readonly counters: LiveCounters,
    private readonly log: Log,
    /** How often a subscription field tells its news. */
    private readonly rateOf: (topic: string) => Rate,
  ) {}

  /** How many running topics an address began. */
  begunBy(address: string): number {
    return this.begun.get(addressName(address)) ?? 0;
  }

  /** Whether anybody follows an operation of this key. */
  isRunning(key: string): boolean {
    return this.topics.has(key);
  }

  /**
   * Starts following; the returned function stops. The subscriber may be called before this returns. With `resume`,
   * states the subscriber has seen already are left out.
   */
  follow(operation: LiveOperation, subscriber: LiveSubscriber, resume?: Position): () => void {
    const known = this.topics.get(operation.key);
    const topic = known ?? this.newTopic(operation);
    topic.add(subscriber, resume);
    // Only now, so that whatever happens at the start has somebody to be told to.
    if (!known) void topic.run();
    return () => topic.remove(subscriber);
  }

  private newTopic(operation: LiveOperation): LiveTopic {
    const { begun, broadcast, counters, log } = this;
    const address = addressName(operation.address);
    begun.set(address, (begun.get(address) ?? 0) + 1);
    const topic = new LiveTopic(
      operation,
      { broadcast, counters, log, rate: this.rateOf(operation.topic) },
      (ended) => {
        if (this.topics.get(operation.key) === ended) this.topics.delete(operation.key);
        const left = (begun.get(address) ?? 0) - 1;
        if (left > 0) begun.set(address, left);
        else begun.delete(address);
      },
    );
    this.topics.set(operation.key, topic);
    return topic;
  }
}
