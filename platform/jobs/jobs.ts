import { randomUUID } from 'node:crypto';
import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import type { Clock } from '../clock/clock';
import { errorFields, type Log } from '../logging/log';
import { modelOf } from '../mongo/model';

interface JobRecord {
  /** The natural key: scheduling the same key twice keeps the first. */
  _id: string;
  kind: string;
  data: Record<string, unknown>;
  dueAt: Date;
  /** Claimed until then; a crashed worker's claim lapses. */
  leaseUntil: Date;
  owner: string | null;
  attempts: number;
  lastError: string | null;
}

const schema = new Schema<JobRecord>(
  {
    _id: { type: String, required: true },
    kind: { type: String, required: true },
    data: { type: Schema.Types.Mixed, required: true },
    dueAt: { type: Date, required: true },
    leaseUntil: { type: Date, required: true },
    owner: { type: String, default: null },
    attempts: { type: Number, default: 0 },
    lastError: { type: String, default: null },
  },
  { collection: 'jobs', minimize: false, versionKey: false },
);
schema.index({ dueAt: 1, leaseUntil: 1 });

/** Short, so that a crashed worker's job is soon another's; renewed while the handler runs. */
const LEASE_MS = 6000;
const POLL_MS = 500;
const CONCURRENCY = 8;
const MAX_BACKOFF_MS = 5 * 60_000;

/** Work that falls due. The handler is idempotent: after a crash it runs again. */
export interface JobHandler {
  readonly kind: string;
  /** Resolves when done; a date asks to be run again then. What it throws is tried again with growing pauses. */
  run(data: Record<string, unknown>): Promise<Date | undefined>;
}

export interface NewJob {
  readonly kind: string;
  /** Unique among waiting jobs, for example `order.expire:ord_…`. */
  readonly key: string;
  readonly dueAt: Date;
  readonly data: Record<string, unknown>;
}

/** Due-time jobs of one subgraph, kept in its database and taken by any process with a lease. */
export class Jobs {
  private readonly model: Model<JobRecord>;
  private readonly handlers = new Map<string, JobHandler>();
  private readonly owner = randomUUID();
  private readonly active = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | null = null;
  private polling: Promise<void> | null = null;
  private stopped = false;

  constructor(
    connection: Connection,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.model = modelOf(connection, 'Job', schema);
  }

  handle(handler: JobHandler): void {
    this.handlers.set(handler.kind, handler);
  }

  /** Schedules in the caller's transaction (or by itself with null). A key that is already waiting stays as it is. */
  async schedule(session: ClientSession | null, job: NewJob): Promise<void> {
    await this.model.updateOne(
      { _id: job.key },
      {
        $setOnInsert: {
          kind: job.kind,
          data: job.data,
          dueAt: job.dueAt,
          leaseUntil: new Date(0),
          owner: null,
          attempts: 0,
          lastError: null,
        },
      },
      { upsert: true, ...(session ? { session } : {}) },
    );
  }

  /** Forgets waiting jobs; one already running finishes. */
  async cancel(session: ClientSession | null, ...keys: readonly string[]): Promise<void> {
    const [first, ...others] = keys;
    if (first === undefined) return;
    const options = session ? { session } : {};
    if (others.length === 0) await this.model.deleteOne({ _id: first }, options);
    else await this.model.deleteMany({ _id: { $in: keys } }, options);
  }

  /** Starts taking due jobs; without it only `runDue` does. */
  start(): void {
    this.timer = setInterval(() => this.poll(), POLL_MS);
    this.timer.unref();
    this.poll();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearInterval(this.timer);
    await this.polling;
    await Promise.allSettled(this.active);
  }

  /** Runs everything due now, and what that makes due, then returns. For tests and tools. */
  async runDue(): Promise<number> {
    let count = 0;
    for (;;) {
      const job = await this.claim();
      if (!job) return count;
      await this.perform(job);
      count += 1;
    }
  }

  private poll(): void {
    if (this.polling || this.stopped) return;
    this.polling = this.takeDue()
      .catch((error: unknown) => this.log.error(errorFields(error), 'Due jobs could not be read.'))
      .finally(() => {
        this.polling = null;
      });
  }

  private async takeDue(): Promise<void> {
    while (!this.stopped) {
      if (this.active.size >= CONCURRENCY) await Promise.race(this.active);
      const job = await this.claim();
      if (!job) return;
      const work = this.perform(job).finally(() => this.active.delete(work));
      this.active.add(work);
    }
  }

  private claim(): Promise<JobRecord | null> {
    const now = this.clock.now();
    return this.model
      .findOneAndUpdate(
        { kind: { $in: [...this.handlers.keys()] }, dueAt: { $lte: now }, leaseUntil: { $lte: now } },
        { $set: { owner: this.owner, leaseUntil: new Date(now.getTime() + LEASE_MS) } },
        { sort: { dueAt: 1 }, returnDocument: 'after' },
      )
      .lean<JobRecord>()
      .exec();
  }

  private async perform(job: JobRecord): Promise<void> {
    const mine = { _id: job._id, owner: this.owner };
    const renewal = setInterval(() => {
      const leaseUntil = new Date(this.clock.now().getTime() + LEASE_MS);
      // A renewal that fails lets the lease lapse: the job may then run twice, which handlers allow.
      this.model.updateOne(mine, { $set: { leaseUntil } }).catch(() => undefined);
    }, LEASE_MS / 3).unref();
    try {
      const again = await this.handlers.get(job.kind)?.run(job.data);
      if (again)
        await this.model.updateOne(mine, { $set: { dueAt: again, leaseUntil: new Date(0), owner: null, attempts: 0 } });
      else await this.model.deleteOne(mine);
    } catch (error) {
      const wait = Math.min(MAX_BACKOFF_MS, 500 * 2 ** job.attempts);
      this.log.warn(
        { ...errorFields(error), job: job.kind, attempt: job.attempts + 1 },
        'A job failed; it will be tried again.',
      );
      await this.model
        .updateOne(mine, {
          $inc: { attempts: 1 },
          $set: {
            dueAt: new Date(this.clock.now().getTime() + wait),
            leaseUntil: new Date(0),
            owner: null,
            lastError: String(error).slice(0, 500),
          },
        })
        // The database is gone too: the lease lapses and the job is taken again.
        .catch(() => undefined);
    } finally {
      clearInterval(renewal);
    }
  }
}
