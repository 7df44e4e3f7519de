import { ByteSink } from './byte-sink';

/**
 * Everything lives in one ordered key space, so one write batch, one snapshot and one lock table cover it all:
 *
 *   01 name                                    facts about the store: format version, clock
 *   02 "db.collection"                         catalogue entry (BSON)
 *   03 session id                              what retryable writes of that session answered (BSON)
 *   10 collection(4) 0000 record(6)            a document (BSON)
 *   10 collection(4) index(2) key record(6)    entry of an index; value: 00
 *   10 collection(4) index(2) key              entry of a unique index; value: record(6)
 */
export const KIND = { fact: 0x01, catalog: 0x02, session: 0x03, data: 0x10 } as const;

export const RECORD_BYTES = 6;
const PREFIX_BYTES = 7;

/** lmdb refuses keys above 1,978 bytes; what is cut off an index key is replaced by a digest of the whole. */
export const MAX_INDEX_KEY = 1900;

export type RecordId = number;

const sink = new ByteSink();

export function namedKey(kind: number, name: string): Buffer {
  const text = Buffer.from(name, 'utf8');
  const key = Buffer.allocUnsafe(text.length + 1);
  key[0] = kind;
  text.copy(key, 1);
  return key;
}

export function kindRange(kind: number): KeyRange {
  return { start: Buffer.from([kind]), end: Buffer.from([kind + 1]) };
}

/** Keys k with start <= k < end. */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
}

export function indexPrefix(collection: number, index: number): Buffer {
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
  prefix[0] = KIND.data;
  prefix.writeUInt32BE(collection, 1);
  prefix.writeUInt16BE(index, 5);
  return prefix;
}

export function recordKey(collection: number, record: RecordId): Buffer {
  const key = Buffer.allocUnsafe(PREFIX_BYTES + RECORD_BYTES);
  key[0] = KIND.data;
  key.writeUInt32BE(collection, 1);
  key.writeUInt16BE(0, 5);
  key.writeUIntBE(record, PREFIX_BYTES, RECORD_BYTES);
  return key;
}

export function recordOfKey(key: Buffer): RecordId {
  return key.readUIntBE(key.length - RECORD_BYTES, RECORD_BYTES);
}

export function recordBytes(record: RecordId): Buffer {
  const bytes = Buffer.allocUnsafe(RECORD_BYTES);
  bytes.writeUIntBE(record, 0, RECORD_BYTES);
  return bytes;
}

export function recordOfBytes(bytes: Buffer): RecordId {
  return bytes.readUIntBE(0, RECORD_BYTES);
}

/** The key of an index entry: prefix, encoded fields and, when the index is not unique, the record. */
export function entryKey(prefix: Buffer, fields: Buffer, record: RecordId | undefined): Buffer {
  sink.reset();
  sink.append(prefix);
  sink.append(fields);
  if (record !== undefined) sink.append(recordBytes(record));
  return sink.take();
}

export function concat(a: Buffer, b: Buffer): Buffer {
  return Buffer.concat([a, b]);
}

/** The least key above every key that begins with `prefix`. */
export function afterPrefix(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  for (let i = end.length - 1; i >= 0; i--) {
    if (end[i] !== 0xff) {
      end[i] = (end[i] as number) + 1;
      return end.subarray(0, i + 1);
    }
  }
  return Buffer.alloc(prefix.length + 1, 0xff);
}

export function collectionRange(collection: number): KeyRange {
  const start = indexPrefix(collection, 0).subarray(0, 5);
  return { start, end: afterPrefix(start) };
}

export function indexRange(collection: number, index: number): KeyRange {
  const start = indexPrefix(collection, index);
  return { start, end: afterPrefix(start) };
}
