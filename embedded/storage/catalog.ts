import { randomUUID } from 'node:crypto';
import { type Binary, Int32, UUID } from 'bson';
import { type Doc, decodeDocument } from '../document/decode';
import { encodeDocument } from '../document/encode';
import { Collection } from './collection';
import { defineIndex, idIndexOptions } from './define-index';
import type { IndexDefinition } from './index-definition';
import { indexRange, KIND, kindRange, namedKey } from './keyspace';
import type { Kv } from './kv';
import { Purge } from './purge';
import type { Store } from './store';

/** Index number 0 is the records themselves. */
const ID_INDEX = 1;

interface CatalogEntry extends Doc {
  ns: string;
  id: Int32;
  uuid: Binary;
  options: Doc;
  nextIndexId: Int32;
  indexes: { id: Int32; options: Doc; multikey: boolean; truncated: boolean }[];
}

/** All collections by namespace, kept in memory and written through with the batch that changes them. */
export class Catalog {
  private readonly collections = new Map<string, Collection>();
  private readonly changed = new Set<Collection>();
  private readonly purge: Purge;
  private lastId = 0;

  constructor(private readonly store: Store) {
    this.purge = new Purge(store);
    this.load();
    this.purge.start();
    store.onCommit(() => this.writeChanged());
    store.onRollback(() => this.load());
  }

  get(ns: string): Collection | undefined {
    return this.collections.get(ns);
  }

  all(): Iterable<Collection> {
    return this.collections.values();
  }

  inDatabase(db: string): Collection[] {
    return [...this.collections.values()].filter((collection) => collection.db === db);
  }

  /** A collection that is not in the catalogue yet: a transaction keeps it to itself until it commits. */
  prepare(ns: string, options: Doc): Collection {
    const id = ++this.lastId;
    const uuid = new UUID(randomUUID()).toBinary();
    const idIndex = defineIndex(ID_INDEX, id, idIndexOptions(), {
      multikey: false,
      truncated: false,
      builtAt: this.store.sequence,
    });
    return new Collection(ns, id, uuid, options, [idIndex], ID_INDEX + 1, this.store, this.note);
  }

  /** The rest of this class runs inside a batch of the store. */
  add(collection: Collection): void {
    this.collections.set(collection.ns, collection);
    this.note(collection);
  }

  create(ns: string, options: Doc): Collection {
    const collection = this.prepare(ns, options);
    this.add(collection);
    return collection;
  }

  drop(collection: Collection): void {
    this.forget(collection);
    this.purge.remove(collection.range);
  }

  rename(collection: Collection, ns: string): Collection {
    this.forget(collection);
    const { id, uuid, options, indexes, nextIndexId } = collection;
    const renamed = new Collection(ns, id, uuid, options, indexes, nextIndexId, this.store, this.note);
    this.add(renamed);
    return renamed;
  }

  addIndex(collection: Collection, options: Doc): IndexDefinition {
    const id = collection.nextIndexId;
    try {
      return this.addIndexTo(collection, options, this.store);
    } catch (error) {
      // A duplicate key: the batch goes on without what was written up to here.
      this.store.removeRange(indexRange(collection.id, id));
      throw error;
    }
  }

  /** As addIndex, with the entries going where the caller writes. */
  addIndexTo(collection: Collection, options: Doc, kv: Kv): IndexDefinition {
    const facts = { multikey: false, truncated: false, builtAt: kv === this.store ? this.store.sequence + 1 : 0 };
    const index = defineIndex(collection.nextIndexId++, collection.id, options, facts);
    collection.build(kv, index);
    collection.indexes = [...collection.indexes, index];
    if (kv === this.store) collection.version++;
    this.note(collection);
    return index;
  }

  dropIndex(collection: Collection, index: IndexDefinition): void {
    collection.indexes = collection.indexes.filter((other) => other !== index);
    collection.version++;
    this.purge.remove(indexRange(collection.id, index.id));
    this.note(collection);
  }

  /** Puts changed options of an index in place; its entries stay. */
  changeIndex(collection: Collection, index: IndexDefinition, options: Doc): void {
    const changed = defineIndex(index.id, collection.id, options, index);
    collection.indexes = collection.indexes.map((other) => (other === index ? changed : other));
    this.note(collection);
  }

  changeOptions(collection: Collection, options: Doc): void {
    collection.options = options;
    this.note(collection);
  }

  private forget(collection: Collection): void {
    collection.dropped = true;
    collection.version++;
    this.collections.delete(collection.ns);
    this.changed.delete(collection);
    this.store.applyUnchecked([{ key: namedKey(KIND.catalog, collection.ns), value: null }]);
  }

  private readonly note = (collection: Collection): void => {
    this.changed.add(collection);
  };

  private writeChanged(): void {
    for (const collection of this.changed) {
      // One that a transaction has prepared is written when the transaction adds it.
      if (this.collections.get(collection.ns) !== collection) continue;
      this.store.applyUnchecked([
        { key: namedKey(KIND.catalog, collection.ns), value: encodeDocument(entryOf(collection)) },
      ]);
      this.changed.delete(collection);
    }
  }

  private load(): void {
    for (const collection of this.collections.values()) collection.version++;
    this.collections.clear();
    this.changed.clear();
    for (const [, value] of this.store.scan(kindRange(KIND.catalog))) {
      const entry = decodeDocument(value) as CatalogEntry;
      const id = entry.id.value;
      const indexes = entry.indexes.map(({ id: index, options, multikey, truncated }) =>
        defineIndex(index.value, id, options, { multikey, truncated, builtAt: this.store.sequence }),
      );
      this.collections.set(
        entry.ns,
        new Collection(
          entry.ns,
          id,
          entry.uuid,
          entry.options,
          indexes,
          entry.nextIndexId.value,
          this.store,
          this.note,
        ),
      );
      this.lastId = Math.max(this.lastId, id);
    }
    this.lastId = Math.max(this.lastId, ...this.purge.pending());
  }
}

function entryOf(collection: Collection): CatalogEntry {
  return {
    ns: collection.ns,
    id: new Int32(collection.id),
    uuid: collection.uuid,
    options: collection.options,
    nextIndexId: new Int32(collection.nextIndexId),
    indexes: collection.indexes.map(({ id, options, multikey, truncated }) => ({
      id: new Int32(id),
      options,
      multikey,
      truncated,
    })),
  };
}
