import { join } from 'node:path';
import { open, type RootDatabase, type Transaction } from 'lmdb';
import { QueryError } from '../query/errors';
import { LogicalClock } from './clock';
import { type KeyRange, KIND, namedKey } from './keyspace';
import { type Chunk, type KeyValue, type Kv, scanChunks, type Write } from './kv';
import { keyText, LockedError, LockTable, WriteConflictError } from './locks';

export type Durability = 'fsync' | 'relaxed';

/** lmdb-js: commit before transactionSync returns; with the flush to disk that `noSync` decides about. */
const COMMIT_NOW = 2 as unknown as never;

const FORMAT = 1;
const FORMAT_KEY = namedKey(KIND.fact, 'format');

export class StoreFormatError extends Error {}

/** Thrown by a step to have everything it wrote undone; its caller gets the cause. */
export class UndoStepError extends Error {
  constructor(override readonly cause: unknown) {
    super('the step is undone');
  }
}

interface Step {
  readonly run: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** A consistent view of one moment, kept until `release`. */
export interface Snapshot {
  readonly get: (key: Buffer) => Buffer | undefined;
  readonly chunk: (range: KeyRange, reverse: boolean, limit: number) => Chunk;
  readonly release: () => void;
  /** How many batches had been committed. */
  readonly sequence: number;
}

/**
 * The LMDB file and the one writer on it. Writes are steps, plain synchronous functions. While one batch is committed
 * and flushed on a thread of lmdb's, the steps of the next gather, so many writers share one flush. A write resolves
 * when it is on disk and everybody can see it.
 */
export class Store implements Kv {
  readonly locks = new LockTable();
  readonly clock = new LogicalClock();
  /** Rises by one with every committed batch. */
  sequence = 0;
  private readonly db: RootDatabase<Buffer, Buffer>;
  private queue: Step[] = [];
  /** Guarded keys of the batch that is being committed: written, but not to be seen yet. */
  private readonly uncommitted = new Set<string>();
  private isBusy = false;
  private closing = false;
  private inBatch = false;
  private stepWrote = false;
  private failure: Error | undefined;
  private readonly rollbackListeners: (() => void)[] = [];
  private readonly commitListeners: (() => void)[] = [];

  constructor(
    readonly dataDir: string,
    durability: Durability,
  ) {
    this.db = open<Buffer, Buffer>({
      path: join(dataDir, 'data.mdb'),
      noSubdir: true,
      encoding: 'binary',
      keyEncoding: 'binary',
      maxReaders: 2000,
      // The plain LMDB commit: data, flush, then the page that makes it valid. It needs no repair after a power cut.
      overlappingSync: false,
      noSync: durability === 'relaxed',
    } as Parameters<typeof open>[0]) as RootDatabase<Buffer, Buffer>;
    this.checkFormat();
    this.clock.restore(this.get(LogicalClock.key));
    if (this.clock.now().increment === 0) void this.write(() => undefined);
  }

  private checkFormat(): void {
    const stored = this.db.getBinary(FORMAT_KEY);
    if (stored === undefined)
      this.db.transactionSync(() => void this.db.put(FORMAT_KEY, Buffer.from([FORMAT])), COMMIT_NOW);
    else if (stored[0] !== FORMAT)
      throw new StoreFormatError(`on-disk format ${stored[0]}, this version reads ${FORMAT}`);
  }

  /** Called inside each batch before it is committed, to add what belongs to it. */
  onCommit(listener: () => void): void {
    this.commitListeners.push(listener);
  }

  /** Called when a batch was rolled back, so that what was derived from it in memory is read again. */
  onRollback(listener: () => void): void {
    this.rollbackListeners.push(listener);
  }

  get(key: Buffer): Buffer | undefined {
    return asBuffer(this.db.getBinary(key));
  }

  scan(range: KeyRange, reverse = false): Generator<KeyValue, void, undefined> {
    return scanChunks((part, backwards, limit) => this.chunk(part, backwards, limit), range, reverse);
  }

  apply(writes: readonly Write[]): void {
    if (!this.locks.isEmpty) {
      for (const { key, guarded } of writes) {
        const owner = guarded ? this.locks.ownerOf(keyText(key)) : undefined;
        if (owner !== undefined) throw new LockedError(owner);
      }
    }
    for (const { key, guarded } of writes) if (guarded) this.uncommitted.add(keyText(key));
    this.applyUnchecked(writes);
  }

  /** Whether a batch that is not to be seen yet has written this key. */
  isUncommitted(key: string): boolean {
    return this.uncommitted.has(key);
  }

  /** For a committing transaction, which holds the locks itself. */
  applyUnchecked(writes: Iterable<Pick<Write, 'key' | 'value'>>): void {
    if (!this.inBatch) throw new Error('a write outside of a batch');
    this.stepWrote = true;
    for (const { key, value } of writes) {
      if (value === null) void this.db.remove(key);
      else void this.db.put(key, value);
    }
  }

  removeRange(range: KeyRange): void {
    for (const [key] of this.scan(range)) this.applyUnchecked([{ key, value: null }]);
  }

  /**
   * Runs a step inside the next batch and resolves with what it returned once the batch is on disk.
   * A step must be repeatable: when another step breaks the batch, it runs again.
   */
  write<T>(run: () => T): Promise<T> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ run, resolve, reject });
      if (this.queue.length === 1 && !this.isBusy) setImmediate(() => void this.pump());
    });
  }

  private async pump(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    while (this.queue.length > 0) {
      const steps = this.queue;
      this.queue = [];
      if (this.failure !== undefined) for (const { reject } of steps) reject(this.failure);
      else if (!(await this.commit(steps)) && steps.length > 1) for (const step of steps) await this.commit([step]);
    }
    this.isBusy = false;
  }

  /** False when the batch was rolled back and its steps should be tried one by one. */
  private async commit(steps: readonly Step[]): Promise<boolean> {
    const settled: (() => void)[] = [];
    try {
      // lmdb-js runs this on our thread inside its transaction, then commits and flushes on a thread of its own.
      await this.db.childTransaction(() => {
        this.inBatch = true;
        try {
          for (const step of steps) settled.push(this.run(step));
          for (const listener of this.commitListeners) listener();
          this.applyUnchecked([this.clock.tick(Math.floor(Date.now() / 1000))]);
        } finally {
          this.inBatch = false;
        }
      });
    } catch (error) {
      this.uncommitted.clear();
      for (const listener of this.rollbackListeners) listener();
      const [only] = steps;
      if (steps.length === 1) only?.reject(error instanceof UndoStepError ? error.cause : await reasonOf(error));
      return false;
    }
    this.uncommitted.clear();
    this.sequence++;
    for (const settle of settled) settle();
    return true;
  }

  /** Runs one step and gives what is to be done when its batch is committed. */
  private run(step: Step): () => void {
    this.stepWrote = false;
    try {
      const value = step.run() as never;
      return () => step.resolve(value);
    } catch (error) {
      // Half a step's work must not be committed; an error before its first write harms nobody else.
      if (this.stepWrote && !isExpected(error)) throw error;
      return () => step.reject(error);
    }
  }

  snapshot(): Snapshot {
    const transaction = this.db.useReadTransaction() as Transaction & { done(): void };
    const options = { transaction } as never;
    let isOpen = true;
    const checkOpen = () => {
      if (!isOpen) throw new QueryError(239, 'SnapshotTooOld', 'the snapshot that is read is gone');
    };
    return {
      sequence: this.sequence,
      get: (key) => {
        checkOpen();
        return asBuffer(
          (this.db.getBinary as (key: Buffer, options: never) => Buffer | undefined).call(this.db, key, options),
        );
      },
      chunk: (range, reverse, limit) => {
        checkOpen();
        return this.chunk(range, reverse, limit, transaction);
      },
      release: () => {
        if (isOpen) transaction.done();
        isOpen = false;
      },
    };
  }

  chunk(range: KeyRange, reverse: boolean, limit: number, transaction?: Transaction): Chunk {
    const options = reverse
      ? // The upper end is exclusive for us; lmdb begins a reverse range at its start, inclusive, unless told otherwise.
        {
          start: range.end,
          end: range.start,
          reverse: true,
          limit,
          exclusiveStart: true,
          inclusiveEnd: true,
          transaction,
        }
      : { start: range.start, end: range.end, limit, transaction };
    const entries: KeyValue[] = [];
    for (const { key, value } of this.db.getRange(options as never))
      entries.push([asBuffer(key) as Buffer, asBuffer(value) as Buffer]);
    return { entries, reached: entries.length < limit ? undefined : entries.at(-1)?.[0] };
  }

  /** Background work stops; what clients have asked for is still done. */
  get isClosing(): boolean {
    return this.closing;
  }

  /** Entries of a range, counting no further than `enough`. */
  count(range: KeyRange, enough?: number): number {
    const limit = enough === undefined ? {} : { limit: enough };
    return this.db.getKeysCount({ start: range.start, end: range.end, ...limit });
  }

  /** Waits for what is queued, then closes the file. */
  async close(): Promise<void> {
    this.closing = true;
    while (this.isBusy || this.queue.length > 0) await this.write(() => undefined).catch(() => undefined);
    this.failure = new Error('the store is closed');
    await this.db.close();
  }
}

/** Errors that a statement throws on purpose: what it has written before is meant to stay. */
function isExpected(error: unknown): boolean {
  return (
    error instanceof LockedError ||
    error instanceof WriteConflictError ||
    (error instanceof Error && 'codeName' in error)
  );
}

/** lmdb-js keeps the reason of a failed commit aside. */
async function reasonOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  return Promise.resolve(error.commitError).then(
    () => error,
    (reason: unknown) => reason,
  );
}

function asBuffer(bytes: Uint8Array | undefined): Buffer | undefined {
  if (bytes === undefined) return undefined;
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
