import type { KeyRange } from './keyspace';

export type KeyValue = readonly [key: Buffer, value: Buffer];

/** One change of a record or index entry. `guarded` keys are those that two writers may not both touch. */
export interface Write {
  readonly key: Buffer;
  readonly value: Buffer | null;
  readonly guarded: boolean;
}

/** What the engine reads and writes: the newest state, or a transaction's snapshot with its own writes over it. */
export interface Kv {
  get(key: Buffer): Buffer | undefined;
  /** Reads in chunks and keeps nothing open in between, so the caller may pause for as long as it likes. */
  scan(range: KeyRange, reverse?: boolean): Generator<KeyValue, void, undefined>;
  /** All or none of the writes; throws LockedError or WriteConflictError before the first. */
  apply(writes: readonly Write[]): void;
}

/** Part of a range. `reached` is the last key that was looked at, when there may be more behind it. */
export interface Chunk {
  readonly entries: readonly KeyValue[];
  readonly reached: Buffer | undefined;
}

/** Looks at about `limit` entries of the range, from its end when `reverse`. */
export type ReadChunk = (range: KeyRange, reverse: boolean, limit: number) => Chunk;

const FIRST_CHUNK = 8;
const LARGEST_CHUNK = 512;

/** Turns chunk reads into one sequence; chunks grow, so a scan that stops early has read little. */
export function* scanChunks(read: ReadChunk, range: KeyRange, reverse: boolean): Generator<KeyValue, void, undefined> {
  let { start, end } = range;
  let limit = FIRST_CHUNK;
  for (;;) {
    const { entries, reached } = read({ start, end }, reverse, limit);
    yield* entries;
    if (reached === undefined) return;
    if (reverse) end = reached;
    else start = successor(reached);
    limit = Math.min(limit * 4, LARGEST_CHUNK);
  }
}

/** The least key above `key`. */
export function successor(key: Buffer): Buffer {
  const next = Buffer.allocUnsafe(key.length + 1);
  key.copy(next);
  next[key.length] = 0;
  return next;
}
