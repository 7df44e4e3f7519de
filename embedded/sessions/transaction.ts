import type { Doc } from '../document/decode';
import type { Catalog } from '../storage/catalog';
import type { Collection } from '../storage/collection';
import type { KeyRange } from '../storage/keyspace';
import { type KeyValue, type Kv, scanChunks, type Write } from '../storage/kv';
import { keyText, type LockOwner, WriteConflictError } from '../storage/locks';
import type { Snapshot, Store } from '../storage/store';
import { Overlay } from './overlay';

/**
 * Snapshot isolation. Reads see the moment the transaction began, with its own writes over it; writes stay in memory,
 * hold their keys against everyone else, and reach the store in one commit.
 *
 * A key conflicts when another transaction holds it, when a batch that is just being committed has written it (what it
 * wrote cannot be seen yet), or when the store's newest bytes differ from what the snapshot
 * has: someone committed in between. Comparing bytes needs no version numbers; a key that was changed and changed back
 * looks untouched, which is harmless because what was read from it is still true.
 */
export class Transaction implements Kv, LockOwner {
  readonly ended: Promise<void>;
  private readonly snapshot: Snapshot;
  private readonly overlay = new Overlay();
  private readonly held = new Set<string>();
  private readonly touched = new Map<Collection, number>();
  private readonly prepared = new Map<string, Collection>();
  isOpen = true;
  private markEnded: () => void = () => undefined;

  constructor(
    private readonly store: Store,
    private readonly catalog: Catalog,
  ) {
    this.snapshot = store.snapshot();
    this.ended = new Promise((resolve) => {
      this.markEnded = resolve;
    });
  }

  /** Batches that had been committed when the snapshot was taken. */
  get sequence(): number {
    return this.snapshot.sequence;
  }

  get hasWrites(): boolean {
    return this.overlay.size > 0 || this.prepared.size > 0;
  }

  collection(ns: string): Collection | undefined {
    const collection = this.prepared.get(ns) ?? this.catalog.get(ns);
    if (collection !== undefined && !this.touched.has(collection)) this.touched.set(collection, collection.version);
    return collection;
  }

  /** A collection that exists for this transaction only, until it commits. */
  createCollection(ns: string, options: Doc): Collection {
    const collection = this.catalog.prepare(ns, options);
    this.prepared.set(ns, collection);
    return collection;
  }

  get(key: Buffer): Buffer | undefined {
    const own = this.overlay.get(keyText(key));
    return own === undefined ? this.snapshot.get(key) : (own ?? undefined);
  }

  scan(range: KeyRange, reverse = false): Generator<KeyValue, void, undefined> {
    return scanChunks(
      (part, backwards, limit) => this.overlay.chunk(this.snapshot.chunk, part, backwards, limit),
      range,
      reverse,
    );
  }

  apply(writes: readonly Write[]): void {
    const taken: string[] = [];
    for (const { key, guarded } of writes) {
      const text = keyText(key);
      if (!guarded || this.held.has(text)) continue;
      if (this.store.locks.ownerOf(text) !== undefined) throw new WriteConflictError('held by another transaction');
      if (this.store.isUncommitted(text)) throw new WriteConflictError('being changed just now');
      if (!sameBytes(this.store.get(key), this.snapshot.get(key)))
        throw new WriteConflictError('changed since the snapshot');
      taken.push(text);
    }
    for (const text of taken) {
      this.held.add(text);
      this.store.locks.take(text, this);
    }
    for (const { key, value } of writes) this.overlay.set(keyText(key), value);
  }

  /** Puts everything into the store. To be called inside a batch; `end` follows when the batch is committed. */
  applyToStore(): void {
    for (const [collection, version] of this.touched) {
      if (collection.version !== version)
        throw new WriteConflictError('a collection was changed during the transaction');
    }
    for (const ns of this.prepared.keys()) {
      if (this.catalog.get(ns) !== undefined)
        throw new WriteConflictError('a collection was created during the transaction');
    }
    for (const collection of this.prepared.values()) this.catalog.add(collection);
    this.store.applyUnchecked(this.overlay.entries());
  }

  /** Lets go of the locks and the snapshot, after a commit as well as to abort. */
  end(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.store.locks.release(this.held);
    this.snapshot.release();
    this.markEnded();
  }
}

function sameBytes(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}
