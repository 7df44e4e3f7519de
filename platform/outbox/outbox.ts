import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import type { Clock } from '../clock/clock';
import type { AnyEvent, EventType, EventTypes } from '../events/events';
import { newId } from '../ids/id';
import { modelOf } from '../mongo/model';

export interface OutboxRecord {
  _id: string;
  type: EventType;
  version: 1;
  aggregateId: string;
  sequence: number;
  time: Date;
  data: unknown;
  /** Null until every consumer has done its work; then kept a week for replay and audit. */
  publishedAt: Date | null;
  attempts: number;
  nextAttemptAt: Date;
  lastError: string | null;
}

const KEPT_SECONDS = 7 * 24 * 3600;

const schema = new Schema<OutboxRecord>(
  {
    _id: { type: String, required: true },
    type: { type: String, required: true },
    version: { type: Number, required: true },
    aggregateId: { type: String, required: true },
    sequence: { type: Number, required: true },
    time: { type: Date, required: true },
    data: { type: Schema.Types.Mixed, required: true },
    publishedAt: { type: Date, default: null },
    attempts: { type: Number, default: 0 },
    nextAttemptAt: { type: Date, required: true },
    lastError: { type: String, default: null },
  },
  { collection: 'outbox', minimize: false, versionKey: false },
);
schema.index({ aggregateId: 1, sequence: 1, type: 1 });
schema.index({ publishedAt: 1, nextAttemptAt: 1 }, { partialFilterExpression: { publishedAt: null } });
schema.index({ publishedAt: 1 }, { name: 'kept', expireAfterSeconds: KEPT_SECONDS });

export function outboxModel(connection: Connection): Model<OutboxRecord> {
  return modelOf(connection, 'Outbox', schema);
}

export interface NewEvent<T extends EventType> {
  readonly type: T;
  readonly aggregateId: string;
  /** The aggregate's own version after the change; rises with every event of the aggregate. */
  readonly sequence: number;
  readonly data: EventTypes[T];
}

/** Where a state change leaves its event: in the same transaction, for the relay to publish. */
export class Outbox {
  private readonly model: Model<OutboxRecord>;
  private readonly clock: Clock;
  private wake: () => void = () => undefined;

  constructor(connection: Connection, clock: Clock) {
    this.model = outboxModel(connection);
    this.clock = clock;
  }

  /** Writes events in the caller's transaction. Call `notify` after it has committed. */
  async write(session: ClientSession, events: readonly NewEvent<EventType>[]): Promise<void> {
    if (events.length === 0) return;
    const now = this.clock.now();
    await this.model.insertMany(
      events.map((event) => ({
        _id: newId('evt'),
        type: event.type,
        version: 1 as const,
        aggregateId: event.aggregateId,
        sequence: event.sequence,
        time: now,
        data: event.data,
        publishedAt: null,
        attempts: 0,
        nextAttemptAt: now,
        lastError: null,
      })),
      { session },
    );
  }

  /** Tells the relay of this process that something may have been committed. Losing the call only costs a poll. */
  notify(): void {
    this.wake();
  }

  onNotify(wake: () => void): void {
    this.wake = wake;
  }
}

export function event<T extends EventType>(
  type: T,
  aggregateId: string,
  sequence: number,
  data: EventTypes[T],
): NewEvent<EventType> {
  return { type, aggregateId, sequence, data };
}

export function toEnvelope(record: OutboxRecord): AnyEvent {
  return {
    id: record._id,
    type: record.type,
    version: 1,
    aggregateId: record.aggregateId,
    sequence: record.sequence,
    time: record.time.toISOString(),
    data: record.data,
  } as AnyEvent;
}
