import { type KeyRange, KIND, namedKey } from './keyspace';
import type { Store } from './store';

/** Entries removed in one batch: other clients wait no longer than that takes. */
const PER_BATCH = 2_000;
const PREFIX = 'purge ';
const PURGES: KeyRange = { start: namedKey(KIND.fact, PREFIX), end: namedKey(KIND.fact, 'purge!') };

/** Removes what belongs to dropped collections and indexes: a little at once, much in the background. */
export class Purge {
  private running = false;

  constructor(private readonly store: Store) {}

  /** To be called inside a batch. The range must never be written to again. */
  remove(range: KeyRange): void {
    if (this.store.count(range, PER_BATCH) < PER_BATCH) {
      this.store.removeRange(range);
      return;
    }
    // Noted in the store, so that a restart goes on with it.
    this.store.applyUnchecked([{ key: noteKey(range), value: range.end }]);
    // The note can be read once this batch is committed, which the next one waits for.
    this.store
      .write(() => undefined)
      .then(
        () => this.start(),
        () => undefined,
      );
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.work()
      .catch((error) => {
        if (!this.store.isClosing) console.error('[embedded] removing dropped data failed', error);
      })
      .finally(() => {
        this.running = false;
      });
  }

  /** Numbers of collections of which something is still to be removed; they must not be given to new ones. */
  pending(): number[] {
    return [...this.store.scan(PURGES)].map(([key]) => startOf(key).readUInt32BE(1));
  }

  private async work(): Promise<void> {
    for (;;) {
      const [note] = this.store.chunk(PURGES, false, 1).entries;
      if (note === undefined || this.store.isClosing) return;
      const [key, end] = note;
      const range = { start: startOf(key), end };
      await this.store.write(() => {
        const { entries, reached } = this.store.chunk(range, false, PER_BATCH);
        for (const [entry] of entries) this.store.applyUnchecked([{ key: entry, value: null }]);
        if (reached === undefined) this.store.applyUnchecked([{ key, value: null }]);
      });
    }
  }
}

function noteKey(range: KeyRange): Buffer {
  return namedKey(KIND.fact, `${PREFIX}${range.start.toString('hex')}`);
}

function startOf(note: Buffer): Buffer {
  return Buffer.from(note.toString('latin1', namedKey(KIND.fact, PREFIX).length), 'hex');
}
