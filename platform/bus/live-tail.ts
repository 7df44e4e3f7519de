import type { AnyEvent } from '../events/events';
import { errorFields, type Log } from '../logging/log';
import { toEnvelope } from '../outbox/outbox';
import type { OutboxStore } from '../outbox/outbox-store';

/** Aggregates asked for in one query. */
const CHUNK = 100;

interface Followed {
  count: number;
  /** Sequence of the newest event that was told; null until the outbox was asked. */
  seen: number | null;
}

export interface LiveTailOptions {
  readonly store: OutboxStore;
  tell(event: AnyEvent): void;
  /** Pause between two looks; longer while somebody pushes. */
  intervalMs(): number;
  readonly log: Log;
}

/**
 * Finds the events of followed aggregates in the outbox, whichever process wrote them; asks only while something is
 * followed. Told its newest event first, whoever begins to follow has missed nothing, and so has whoever could not be
 * reached for a while.
 */
export class LiveTail {
  private readonly followed = new Map<string, Followed>();
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(private readonly options: LiveTailOptions) {}

  follow(aggregateId: string): () => void {
    const followed = this.followed.get(aggregateId);
    if (followed) followed.count += 1;
    else {
      this.followed.set(aggregateId, { count: 1, seen: null });
      this.look();
    }
    let ended = false;
    return () => {
      const entry = this.followed.get(aggregateId);
      if (ended || !entry) return;
      ended = true;
      entry.count -= 1;
      if (entry.count === 0) this.followed.delete(aggregateId);
    };
  }

  /** An event that came by itself. One that does not follow on what was told waits for what lies between. */
  offer(event: AnyEvent): void {
    const entry = this.followed.get(event.aggregateId);
    if (!entry) return;
    if (entry.seen === null || event.sequence > entry.seen + 1) this.look();
    else this.tell(event);
  }

  /** Looks now. */
  look(): void {
    if (this.stopped) return;
    if (this.looking) {
      this.again = true;
      return;
    }
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.followed.size === 0) return;
    const began = Date.now();
    // A turn later, so that many that begin together are asked for together.
    this.looking = new Promise((resolve) => setImmediate(resolve))
      .then(() => this.find())
      .catch((error: unknown) => this.options.log.warn(errorFields(error), 'Live views could not look for events.'))
      .finally(() => {
        this.looking = null;
        if (this.stopped || this.followed.size === 0) return;
        if (this.again) {
          this.again = false;
          this.look();
          return;
        }
        // However much is followed, at least four fifths of the time the database is left alone.
        const wait = Math.max(this.options.intervalMs(), 4 * (Date.now() - began));
        this.timer = setTimeout(() => this.look(), wait);
        this.timer.unref();
      });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.looking;
  }

  private async find(): Promise<void> {
    const fresh: string[] = [];
    const known: [string, number][] = [];
    for (const [id, { seen }] of this.followed) {
      if (seen === null) fresh.push(id);
      else known.push([id, seen]);
    }
    for (let from = 0; from < known.length; from += CHUNK) {
      const records = await this.options.store.findAfter(known.slice(from, from + CHUNK));
      for (const record of records) this.tell(toEnvelope(record));
    }
    for (let from = 0; from < fresh.length; from += CHUNK) {
      await Promise.all(fresh.slice(from, from + CHUNK).map((id) => this.begin(id)));
    }
  }

  private async begin(aggregateId: string): Promise<void> {
    const newest = await this.options.store.findNewest(aggregateId);
    const entry = this.followed.get(aggregateId);
    if (!entry || entry.seen !== null) return;
    entry.seen = newest ? newest.sequence - 1 : Number.MIN_SAFE_INTEGER;
    if (newest) this.tell(toEnvelope(newest));
  }

  private tell(event: AnyEvent): void {
    const entry = this.followed.get(event.aggregateId);
    if (!entry || entry.seen === null || event.sequence <= entry.seen) return;
    entry.seen = event.sequence;
    this.options.tell(event);
  }
}
