import { Timestamp } from 'bson';
import { errors } from '../commands/command-error';
import { type Kv, scanChunks } from '../storage/kv';
import type { Snapshot, Store } from '../storage/store';

/** How long a moment stays readable after it was last asked for. */
const KEPT_MS = 60_000;
const MOST_KEPT = 100;

interface Held {
  readonly snapshot: Snapshot;
  readonly timer: NodeJS.Timeout;
}

/** A past moment of the whole store, to read from. */
export interface SnapshotRead {
  readonly kv: Kv;
  readonly sequence: number;
  readonly time: Timestamp;
}

/** Reads with the read concern "snapshot" outside of transactions: a session's later reads go back to its first one's moment. */
export class SnapshotReads {
  private readonly held = new Map<string, Held>();

  constructor(private readonly store: Store) {}

  /** The present moment, or the one that was read before under this time. */
  open(at: Timestamp | undefined): SnapshotRead {
    const { seconds, increment } = this.store.clock.now();
    const time = at ?? new Timestamp({ t: seconds, i: increment });
    const key = `${time.t}.${time.i}`;
    const isNow = time.t === seconds && time.i === increment;
    const snapshot = this.held.get(key)?.snapshot ?? (isNow ? this.store.snapshot() : undefined);
    if (snapshot === undefined)
      throw errors.snapshotTooOld(`Read timestamp ${time.toString()} is older than the oldest available timestamp.`);
    this.keep(key, snapshot);
    return { kv: kvOf(snapshot), sequence: snapshot.sequence, time };
  }

  releaseAll(): void {
    for (const key of [...this.held.keys()]) this.release(key);
  }

  private keep(key: string, snapshot: Snapshot): void {
    clearTimeout(this.held.get(key)?.timer);
    // Put at the end: the one that was not asked for the longest stands first.
    this.held.delete(key);
    const timer = setTimeout(() => this.release(key), KEPT_MS);
    timer.unref();
    this.held.set(key, { snapshot, timer });
    const [oldest] = this.held.keys();
    if (this.held.size > MOST_KEPT && oldest !== undefined) this.release(oldest);
  }

  private release(key: string): void {
    const held = this.held.get(key);
    this.held.delete(key);
    clearTimeout(held?.timer);
    held?.snapshot.release();
  }
}

function kvOf(snapshot: Snapshot): Kv {
  return {
    get: snapshot.get,
    scan: (range, reverse = false) => scanChunks(snapshot.chunk, range, reverse),
    apply: () => {
      throw errors.invalidOptions('a snapshot cannot be written to');
    },
  };
}
