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
      const count = await this.pass();
      if (count === 0) return total;
      total += count;
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
      if ((await this.pass()) === 0) return;
    }
  }

  /** One batch; answers how many events were published. */
  private async pass(): Promise<number> {
    const now = this.clock.now();
    const due = await this.model
      .find({ publishedAt: null, nextAttemptAt: { $lte: now } }, { aggregateId: 1 })
      .sort({ _id: 1 })
      .limit(BATCH)
      .lean();
    if (due.length === 0) return 0;
    // A batch may cut an aggregate in two or meet a later event first: whole aggregates, in their own order.
    const pending = await this.model
      .find({ publishedAt: null, aggregateId: { $in: [...new Set(due.map((record) => record.aggregateId))] } })
      .sort({ aggregateId: 1, sequence: 1, _id: 1 })
      .lean<OutboxRecord[]>();
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
    return published.length;
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
