import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import type { Clock } from '../clock/clock';
import type { AnyEvent, EventType, EventTypes } from '../events/events';
import { consumersOf } from '../events/routes';
import { newId } from '../ids/id';
import { modelOf } from '../mongo/model';

/** Stands in `pending` until the live views of an event's own subgraph have been told; not a subgraph. */
export const LIVE = 'live';

/** How often a group has tried an event in vain, for whoever looks for what is stuck. */
export interface Failure {
  readonly attempts: number;
  readonly at: Date;
  readonly error: string;
}

export interface OutboxRecord {
  _id: string;
  type: EventType;
  version: 1;
  aggregateId: string;
  sequence: number;
  time: Date;
  data: unknown;
  /** Consuming subgraphs that have not done their work yet, and LIVE. Each takes itself out. */
  pending: string[];
  /** Null until nobody is pending; then kept a week for replay and audit. */
  publishedAt: Date | null;
  failures?: Record<string, Failure>;
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
    pending: { type: [String], required: true },
    publishedAt: { type: Date, default: null },
    failures: { type: Schema.Types.Mixed },
  },
  { collection: 'outbox', minimize: false, versionKey: false },
);
schema.index({ aggregateId: 1, sequence: 1, type: 1 });
// What one group has to do, each aggregate in its order: no cursor to remember, so nothing that commits late is missed.
schema.index(
  { pending: 1, aggregateId: 1, sequence: 1 },
  { name: 'pending', partialFilterExpression: { publishedAt: null } },
);
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

/** Where a state change leaves its event: in the same transaction, for the relays of the consumers to find. */
export class Outbox {
  private readonly model: Model<OutboxRecord>;
  private wake: () => void = () => undefined;

  constructor(
    connection: Connection,
    private readonly clock: Clock,
    private readonly groupsOf: (type: EventType) => readonly string[] = consumersOf,
  ) {
    this.model = outboxModel(connection);
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
        pending: [LIVE, ...this.groupsOf(event.type)],
        publishedAt: null,
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
