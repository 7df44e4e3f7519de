import type { Log } from '../../platform/logging/log';
import type { LiveOperation } from './live-operation';
import type { LiveCounters } from './live-stats';
import { type LiveSubscriber, LiveTopic } from './live-topic';

/** Brings together everyone who follows the same: by document, variables, languages and what they may see. */
export class LiveHub {
  private readonly topics = new Map<string, LiveTopic>();

  constructor(
    private readonly counters: LiveCounters,
    private readonly log: Log,
  ) {}

  /** Starts following; the returned function stops. The subscriber may be called before this returns. */
  follow(operation: LiveOperation, subscriber: LiveSubscriber): () => void {
    const known = this.topics.get(operation.key);
    const topic = known ?? this.newTopic(operation);
    topic.add(subscriber);
    // Only now, so that whatever happens at the start has somebody to be told to.
    if (!known) void topic.run();
    return () => topic.remove(subscriber);
  }

  private newTopic(operation: LiveOperation): LiveTopic {
    const topic = new LiveTopic(operation, this.counters, this.log, (ended) => {
      if (this.topics.get(operation.key) === ended) this.topics.delete(operation.key);
    });
    this.topics.set(operation.key, topic);
    return topic;
  }
}
