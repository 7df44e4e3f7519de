import type {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  ObjectId,
  Timestamp,
} from 'bson';
import type { Doc } from './decode';

/** A document that is already BSON, placed into another one as it is. */
export class RawDocument {
  constructor(readonly bytes: Buffer) {}
}

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
  | DBRef
  | { readonly _bsontype: 'MinKey' | 'MaxKey' };

const MAX_INT32 = 0x7fffffff;
const MIN_INT32 = -0x80000000;

let bytes = Buffer.allocUnsafeSlow(64 * 1024);
let at = 0;

/** The BSON bytes of a document of the value model; plain JavaScript numbers are taken as well. */
export function encodeDocument(doc: Doc): Buffer {
  at = 0;
  writeDocument(doc);
  return Buffer.from(bytes.subarray(0, at));
}

function reserve(size: number): void {
  if (at + size <= bytes.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, at + size));
  bytes.copy(larger, 0, 0, at);
  bytes = larger;
}

function writeDocument(doc: Doc): void {
  const start = at;
  reserve(5);
  at += 4;
  for (const name in doc) writeElement(name, doc[name]);
  reserve(1);
  bytes[at++] = 0;
  bytes.writeInt32LE(at - start, start);
}

function writeArray(list: readonly unknown[]): void {
  const start = at;
  reserve(5);
  at += 4;
  for (let i = 0; i < list.length; i++) writeElement(String(i), list[i]);
  reserve(1);
  bytes[at++] = 0;
  bytes.writeInt32LE(at - start, start);
}

function writeElement(name: string, value: unknown): void {
  reserve(name.length * 3 + 32);
  const type = at++;
  at += shortText(name);
  bytes[at++] = 0;
  // In two steps: writing the value may move `bytes`, and an assignment takes its target first.
  const code = writeValue(value);
  bytes[type] = code;
}

/** Writes text at the present place without moving it; most names are short and plain, where a loop beats a call. */
function shortText(text: string): number {
  const { length } = text;
  if (length > 24) return bytes.utf8Write(text, at);
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return bytes.utf8Write(text, at);
    bytes[at + i] = unit;
  }
  return length;
}

function writeString(text: string): void {
  reserve(text.length * 3 + 5);
  const start = at;
  at += 4;
  at += shortText(text);
  bytes[at++] = 0;
  bytes.writeInt32LE(at - start - 4, start);
}

function writeCstring(text: string): void {
  reserve(text.length * 3 + 1);
  at += shortText(text);
  bytes[at++] = 0;
}

function writeDouble(value: number): number {
  reserve(8);
  at = bytes.writeDoubleLE(value, at);
  return 0x01;
}

function writeInt32(value: number): number {
  reserve(4);
  at = bytes.writeInt32LE(value, at);
  return 0x10;
}

function writeWords(low: number, high: number): void {
  reserve(8);
  at = bytes.writeInt32LE(low | 0, at);
  at = bytes.writeInt32LE(high | 0, at);
}

function append(source: Uint8Array): void {
  reserve(source.length);
  bytes.set(source, at);
  at += source.length;
}

/** Writes the body of a value and returns its element type. */
function writeValue(value: unknown): number {
  switch (typeof value) {
    case 'string':
      writeString(value);
      return 0x02;
    case 'number':
      if (Number.isInteger(value) && value <= MAX_INT32 && value >= MIN_INT32 && !Object.is(value, -0))
        return writeInt32(value);
      return writeDouble(value);
    case 'boolean':
      reserve(1);
      bytes[at++] = value ? 1 : 0;
      return 0x08;
    case 'object':
      return value === null ? 0x0a : writeObject(value);
    case 'undefined':
      return 0x0a;
    case 'bigint':
      reserve(8);
      at = bytes.writeBigInt64LE(value, at);
      return 0x12;
    default:
      throw new TypeError(`a ${typeof value} has no BSON form`);
  }
}

function writeObject(value: object): number {
  if (Array.isArray(value)) {
    writeArray(value);
    return 0x04;
  }
  if (value instanceof Date) {
    const millis = value.getTime();
    const high = Math.floor(millis / 0x1_0000_0000);
    writeWords(millis - high * 0x1_0000_0000, high);
    return 0x09;
  }
  if (value instanceof RawDocument) {
    append(value.bytes);
    return 0x03;
  }
  if ('_bsontype' in value && typeof value._bsontype === 'string') return writeBsonValue(value as BsonValue);
  writeDocument(value as Doc);
  return 0x03;
}

function writeBsonValue(value: BsonValue): number {
  switch (value._bsontype) {
    case 'Int32':
      return writeInt32(value.value);
    case 'Double':
      return writeDouble(value.value);
    case 'Long':
      writeWords(value.low, value.high);
      return 0x12;
    case 'Decimal128':
      append(value.bytes);
      return 0x13;
    case 'ObjectId':
      append(value.id);
      return 0x07;
    case 'Binary':
      return writeBinary(value);
    case 'Timestamp':
      writeWords(value.i, value.t);
      return 0x11;
    case 'BSONRegExp':
      writeCstring(value.pattern);
      writeCstring(value.options);
      return 0x0b;
    case 'BSONSymbol':
      writeString(value.value);
      return 0x0e;
    case 'Code':
      return writeCode(value);
    case 'DBRef':
      writeDocument(value.toJSON() as unknown as Doc);
      return 0x03;
    case 'MinKey':
      return 0xff;
    case 'MaxKey':
      return 0x7f;
  }
}

function writeBinary(value: Binary): number {
  const content = value.buffer.subarray(0, value.length());
  const old = value.sub_type === 2;
  reserve(9);
  at = bytes.writeInt32LE(content.length + (old ? 4 : 0), at);
  bytes[at++] = value.sub_type;
  if (old) at = bytes.writeInt32LE(content.length, at);
  append(content);
  return 0x05;
}

function writeCode(value: Code): number {
  if (!value.scope) {
    writeString(value.code);
    return 0x0d;
  }
  const start = at;
  reserve(4);
  at += 4;
  writeString(value.code);
  writeDocument(value.scope as Doc);
  bytes.writeInt32LE(at - start, start);
  return 0x0f;
}
