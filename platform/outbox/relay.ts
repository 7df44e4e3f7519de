import type { Connection, Model } from 'mongoose';
import type { Bus } from '../bus/bus';
import type { Clock } from '../clock/clock';
import { errorFields, type Log } from '../logging/log';
import { Lease } from '../mongo/lease';
import { type Outbox, type OutboxRecord, outboxModel, toEnvelope } from './outbox';

const BATCH = 200;
const POLL_MS = 1000;
const MAX_BACKOFF_MS = 60_000;

/**
 * Publishes what the outbox holds: at least once, in sequence per aggregate, aggregates side by side. An event that
 * fails holds back only its own aggregate. One relay per database works at a time (a lease decides which).
 */
export class Relay {
  private readonly model: Model<OutboxRecord>;
  private readonly lease: Lease;
  private running: Promise<void> | null = null;
  private again = false;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    connection: Connection,
    outbox: Outbox,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.model = outboxModel(connection);
    this.lease = new Lease(connection, 'outbox-relay', clock);
    outbox.onNotify(() => this.wake());
  }

  /** Starts polling; without it only `drain` publishes. */
  start(): void {
    this.timer = setInterval(() => this.wake(), POLL_MS);
    this.timer.unref();
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearInterval(this.timer);
    await this.running;
    await this.lease.release();
  }

  /** Publishes until nothing is due and answers how many events that was. For tests and for tools that leave. */
  async drain(): Promise<number> {
    for (let total = 0; ; ) {
      await this.running;
      const { published } = await this.pass();
      if (published === 0) return total;
      total += published;
    }
  }

  private wake(): void {
    if (this.timer === null || this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.passes()
      .catch((error: unknown) => this.log.error(errorFields(error), 'The outbox relay could not reach its database.'))
      .finally(() => {
        this.running = null;
        if (this.again) {
          this.again = false;
          this.wake();
        }
      });
  }

  private async passes(): Promise<void> {
    while (!this.stopped) {
      if (!(await this.lease.hold())) return;
      const { published, more } = await this.pass();
      // What is written after a pass has read comes with a call of its own, or with the next poll.
      if (!more || published === 0) return;
    }
  }

  /** One batch; answers how many events were published, and whether the batch may have left some unread. */
  private async pass(): Promise<{ published: number; more: boolean }> {
    const { pending, more } = await this.read();
    const byAggregate = new Map<string, OutboxRecord[]>();
    for (const record of pending) {
      const records = byAggregate.get(record.aggregateId);
      if (records) records.push(record);
      else byAggregate.set(record.aggregateId, [record]);
    }
    const published: string[] = [];
    await Promise.all([...byAggregate.values()].map((records) => this.publishInOrder(records, published)));
    if (published.length > 0) {
      await this.model.updateMany({ _id: { $in: published } }, { $set: { publishedAt: this.clock.now() } });
    }
    return { published: published.length, more };
  }

  /** Unpublished events, each aggregate whole and in its own order. */
  private async read(): Promise<{ pending: OutboxRecord[]; more: boolean }> {
    // Nearly always this is all there is, and one query is enough.
    const all = await this.model.find({ publishedAt: null }).limit(BATCH).lean<OutboxRecord[]>();
    if (all.length < BATCH) return { pending: all.sort(bySequence), more: false };
    const due = await this.model
      .find({ publishedAt: null, nextAttemptAt: { $lte: this.clock.now() } }, { aggregateId: 1 })
      .sort({ _id: 1 })
      .limit(BATCH)
      .lean();
    // A batch may cut an aggregate in two or meet a later event first.
    const pending = await this.model
      .find({ publishedAt: null, aggregateId: { $in: [...new Set(due.map((record) => record.aggregateId))] } })
      .sort({ aggregateId: 1, sequence: 1, _id: 1 })
      .lean<OutboxRecord[]>();
    return { pending, more: due.length === BATCH };
  }

  private async publishInOrder(records: readonly OutboxRecord[], published: string[]): Promise<void> {
    for (const record of records) {
      if (record.nextAttemptAt > this.clock.now()) return;
      try {
        await this.bus.publish(toEnvelope(record));
        published.push(record._id);
      } catch (error) {
        await this.postpone(record, error);
        return;
      }
    }
  }

  private async postpone(record: OutboxRecord, error: unknown): Promise<void> {
    const wait = Math.min(MAX_BACKOFF_MS, 250 * 2 ** record.attempts);
    const cause = error instanceof AggregateError ? error.errors[0] : error;
    this.log.warn(
      { ...errorFields(cause), event: record.type, attempt: record.attempts + 1 },
      'An event was not consumed; it will be tried again.',
    );
    await this.model.updateOne(
      { _id: record._id },
      {
        $inc: { attempts: 1 },
        $set: { nextAttemptAt: new Date(this.clock.now().getTime() + wait), lastError: String(cause).slice(0, 500) },
      },
    );
    if (this.timer) setTimeout(() => this.wake(), wait).unref();
  }
}

function bySequence(a: OutboxRecord, b: OutboxRecord): number {
  return a.sequence - b.sequence || (a._id < b._id ? -1 : 1);
}
