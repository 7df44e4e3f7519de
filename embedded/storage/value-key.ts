import type { Binary, BSONRegExp, BSONSymbol, Code, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import type { Doc } from '../document/decode';
import type { ByteSink } from './byte-sink';
import { writeNumber } from './number-key';

/** One byte before each value puts the types in MongoDB's comparison order. The gaps leave room for types to come. */
export const TAG = {
  minKey: 0x04,
  /** The key of an empty array, and of the deprecated undefined. */
  undefined: 0x08,
  null: 0x0c,
  number: 0x10,
  string: 0x14,
  object: 0x18,
  array: 0x1c,
  binary: 0x20,
  objectId: 0x24,
  boolean: 0x28,
  date: 0x2c,
  timestamp: 0x30,
  regex: 0x34,
  code: 0x38,
  codeWithScope: 0x3c,
  maxKey: 0xf0,
} as const;

type BsonValue =
  | Int32
  | Double
  | Long
  | Decimal128
  | ObjectId
  | Binary
  | Timestamp
  | BSONRegExp
  | BSONSymbol
  | Code
  | { _bsontype: 'MinKey' | 'MaxKey' };

/** Appends bytes whose order is the order of the values. No value's bytes are a prefix of another's. */
export function writeValue(sink: ByteSink, value: unknown): void {
  switch (typeof value) {
    case 'string':
      sink.byte(TAG.string);
      writeText(sink, value);
      return;
    case 'number':
      sink.byte(TAG.number);
      writeNumber(sink, value);
      return;
    case 'boolean':
      sink.byte(TAG.boolean);
      sink.byte(value ? 1 : 0);
      return;
    case 'undefined':
      sink.byte(TAG.undefined);
      return;
    default:
      writeObject(sink, value as object | null);
  }
}

function writeObject(sink: ByteSink, value: object | null): void {
  if (value === null) sink.byte(TAG.null);
  else if (Array.isArray(value)) {
    sink.byte(TAG.array);
    for (const item of value) writeValue(sink, item);
    sink.byte(0);
  } else if (value instanceof Date) {
    sink.byte(TAG.date);
    writeDate(sink, value.getTime());
  } else if ('_bsontype' in value && typeof value._bsontype === 'string') writeBsonValue(sink, value as BsonValue);
  else {
    sink.byte(TAG.object);
    writeFields(sink, value as Doc);
  }
}

function writeBsonValue(sink: ByteSink, value: BsonValue): void {
  switch (value._bsontype) {
    case 'Int32':
    case 'Double':
    case 'Long':
    case 'Decimal128':
      sink.byte(TAG.number);
      writeNumber(sink, value);
      return;
    case 'ObjectId':
      sink.byte(TAG.objectId);
      sink.append(value.id);
      return;
    case 'Binary':
      sink.byte(TAG.binary);
      sink.uint32(value.length());
      sink.byte(value.sub_type);
      sink.append(value.buffer.subarray(0, value.length()));
      return;
    case 'Timestamp':
      sink.byte(TAG.timestamp);
      sink.uint32(value.t);
      sink.uint32(value.i);
      return;
    case 'BSONRegExp':
      sink.byte(TAG.regex);
      writeText(sink, value.pattern);
      writeText(sink, value.options);
      return;
    case 'BSONSymbol':
      sink.byte(TAG.string);
      writeText(sink, value.value);
      return;
    case 'Code':
      sink.byte(value.scope ? TAG.codeWithScope : TAG.code);
      writeText(sink, value.code);
      if (value.scope) writeFields(sink, value.scope as Doc);
      return;
    case 'MinKey':
      sink.byte(TAG.minKey);
      return;
    case 'MaxKey':
      sink.byte(TAG.maxKey);
  }
}

/** Objects compare field by field: type first, then name, then value; the shorter comes first. */
function writeFields(sink: ByteSink, doc: Doc): void {
  for (const name of Object.keys(doc)) {
    const at = sink.length;
    writeValue(sink, doc[name]);
    // The name belongs between the tag and the body of the value.
    const body = sink.take(at + 1);
    sink.length = at + 1;
    writeText(sink, name);
    sink.append(body);
  }
  sink.byte(0);
}

/** UTF-8 with an end mark; a zero byte inside is escaped so that it still sorts above the end. */
function writeText(sink: ByteSink, text: string): void {
  if (text.includes('\0')) {
    for (const part of text.split('\0')) {
      sink.utf8(part);
      sink.byte(0);
      sink.byte(0xff);
    }
    sink.length -= 2;
  } else sink.utf8(text);
  sink.byte(0);
  sink.byte(0);
}

function writeDate(sink: ByteSink, millis: number): void {
  if (Number.isNaN(millis)) {
    sink.uint32(0);
    sink.uint32(0);
    return;
  }
  const high = Math.floor(millis / 0x1_0000_0000);
  sink.uint32((high ^ 0x80000000) >>> 0);
  sink.uint32(millis - high * 0x1_0000_0000);
}
