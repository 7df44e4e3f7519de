import type { Binary } from 'bson';
import type { Doc } from '../document/decode';
import { decodeDocument } from '../document/decode';
import { DuplicateKeyError, ParallelArraysCommandError } from './collection-errors';
import type { IndexDefinition } from './index-definition';
import { encodeKey, type IndexKey, type IndexKeys, indexKeys, ParallelArraysError } from './index-keys';
import {
  collectionRange,
  entryKey,
  indexRange,
  type RecordId,
  recordBytes,
  recordKey,
  recordOfBytes,
  recordOfKey,
} from './keyspace';
import type { Kv, Write } from './kv';
import { StoredRecord } from './stored-record';

export type Stored = Pick<StoredRecord, 'record' | 'raw' | 'doc'>;

const PRESENT = Buffer.from([0]);

/**
 * One collection: its records and its indexes. Every change is worked out in full, uniqueness included, before the
 * first byte is written, so a refused write leaves nothing behind.
 */
export class Collection {
  readonly db: string;
  readonly name: string;
  private nextRecord: number | undefined;
  /** Changes when an index is made or dropped, or the collection itself: open transactions then cannot commit. */
  version = 0;
  dropped = false;

  constructor(
    readonly ns: string,
    readonly id: number,
    readonly uuid: Binary,
    public options: Doc,
    public indexes: IndexDefinition[],
    public nextIndexId: number,
    private readonly newest: Kv,
    /** Called when something that the catalogue stores has changed. */
    private readonly changed: (collection: Collection) => void,
  ) {
    const dot = ns.indexOf('.');
    this.db = ns.slice(0, dot);
    this.name = ns.slice(dot + 1);
  }

  get range() {
    return collectionRange(this.id);
  }

  get recordRange() {
    return indexRange(this.id, 0);
  }

  get idIndex(): IndexDefinition {
    return this.indexes[0] as IndexDefinition;
  }

  /** Record numbers rise with each insert, so that reading without a sort gives insertion order. */
  private newRecord(): RecordId {
    if (this.nextRecord === undefined) {
      // From the newest state: a snapshot may be behind it.
      const [last] = this.newest.scan(this.recordRange, true).next().value ?? [];
      this.nextRecord = last === undefined ? 1 : recordOfKey(last) + 1;
    }
    return this.nextRecord++;
  }

  read(kv: Kv, record: RecordId): Stored | undefined {
    const raw = kv.get(recordKey(this.id, record));
    return raw === undefined ? undefined : new StoredRecord(record, raw);
  }

  /** The record with this _id. */
  find(kv: Kv, id: unknown): RecordId | undefined {
    const entry = kv.get(entryKey(this.idIndex.prefix, encodeKey(this.idIndex.fields, [id]).bytes, undefined));
    return entry === undefined ? undefined : recordOfBytes(entry);
  }

  insert(kv: Kv, doc: Doc, raw: Buffer): RecordId {
    const record = this.newRecord();
    const writes: Write[] = [{ key: recordKey(this.id, record), value: raw, guarded: true }];
    for (const index of this.indexes) {
      for (const key of this.keysOf(index, doc).keys) writes.push(this.entry(kv, index, key, record));
    }
    kv.apply(writes);
    return record;
  }

  replace(kv: Kv, old: Stored, doc: Doc, raw: Buffer): void {
    const writes: Write[] = [{ key: recordKey(this.id, old.record), value: raw, guarded: true }];
    for (const index of this.indexes) {
      const before = this.keysOf(index, old.doc).keys;
      const after = this.keysOf(index, doc).keys;
      for (const key of before) if (!holds(after, key)) writes.push(this.removal(index, key, old.record));
      for (const key of after) if (!holds(before, key)) writes.push(this.entry(kv, index, key, old.record));
    }
    kv.apply(writes);
  }

  remove(kv: Kv, old: Stored): void {
    const writes: Write[] = [{ key: recordKey(this.id, old.record), value: null, guarded: true }];
    for (const index of this.indexes) {
      for (const key of this.keysOf(index, old.doc).keys) writes.push(this.removal(index, key, old.record));
    }
    kv.apply(writes);
  }

  /** Writes the entries of a new index for every record there is. */
  build(kv: Kv, index: IndexDefinition): void {
    for (const [key, raw] of kv.scan(this.recordRange)) {
      const record = recordOfKey(key);
      kv.apply(this.keysOf(index, decodeDocument(raw)).keys.map((entry) => this.entry(kv, index, entry, record)));
    }
  }

  private keysOf(index: IndexDefinition, doc: Doc): IndexKeys {
    try {
      const found = indexKeys(index, doc);
      if ((found.multikey && !index.multikey) || (found.truncated && !index.truncated)) {
        index.multikey ||= found.multikey;
        index.truncated ||= found.truncated;
        this.changed(this);
      }
      return found;
    } catch (error) {
      if (error instanceof ParallelArraysError)
        throw new ParallelArraysCommandError(index.fields.map(({ path }) => path));
      throw error;
    }
  }

  private entry(kv: Kv, index: IndexDefinition, { bytes, values }: IndexKey, record: RecordId): Write {
    if (!index.unique) return { key: entryKey(index.prefix, bytes, record), value: PRESENT, guarded: false };
    const key = entryKey(index.prefix, bytes, undefined);
    const holder = kv.get(key);
    if (holder !== undefined && recordOfBytes(holder) !== record) throw new DuplicateKeyError(this.ns, index, values);
    return { key, value: recordBytes(record), guarded: true };
  }

  private removal(index: IndexDefinition, { bytes }: IndexKey, record: RecordId): Write {
    return {
      key: entryKey(index.prefix, bytes, index.unique ? undefined : record),
      value: null,
      guarded: index.unique,
    };
  }
}

function holds(keys: readonly IndexKey[], key: IndexKey): boolean {
  return keys.some(({ bytes }) => bytes.equals(key.bytes));
}
