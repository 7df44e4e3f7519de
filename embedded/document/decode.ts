import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';

/** A document in the value model of this server: numbers stay Int32, Double, Long or Decimal128, so types round-trip. */
export type Doc = { [key: string]: unknown };

/** MongoDB's own limit on nesting; beyond it a document is refused, which also bounds this recursion. */
const MAX_DEPTH = 200;

export class MalformedBsonError extends Error {}

/**
 * Reads one BSON document that begins at `at`.
 * The bson package is not used for this because it turns `{ $ref, $id }` into a DBRef object, which the query
 * functions would have to know about, and because reading is the hottest path of the server.
 *
 * The items of the top-level array named `rawArray` are left as they are: each is a Buffer with its BSON.
 */
export function decodeDocument(buffer: Buffer, at = 0, rawArray?: string): Doc {
  return new Reader(buffer, at, rawArray).document(0);
}

class Reader {
  constructor(
    private readonly buffer: Buffer,
    private at: number,
    private readonly rawArray: string | undefined,
  ) {}

  document(depth: number): Doc {
    const end = this.enter(depth);
    const doc: Doc = {};
    for (;;) {
      const type = this.buffer[this.at++] as number;
      if (type === 0) break;
      const name = this.cstring();
      const value =
        depth === 0 && type === 0x04 && name === this.rawArray ? this.rawDocuments() : this.value(type, depth);
      // A plain assignment would set the prototype instead of a field.
      if (name === '__proto__')
        Object.defineProperty(doc, name, { value, writable: true, enumerable: true, configurable: true });
      else doc[name] = value;
    }
    this.leave(end);
    return doc;
  }

  private array(depth: number): unknown[] {
    const end = this.enter(depth);
    const list: unknown[] = [];
    for (;;) {
      const type = this.buffer[this.at++] as number;
      if (type === 0) break;
      while (this.buffer[this.at++] !== 0)
        if (this.at >= end) throw new MalformedBsonError('array element without a name');
      list.push(this.value(type, depth));
    }
    this.leave(end);
    return list;
  }

  private rawDocuments(): Buffer[] {
    const end = this.enter(1);
    const list: Buffer[] = [];
    while (this.buffer[this.at++] === 0x03) {
      while (this.buffer[this.at++] !== 0)
        if (this.at >= end) throw new MalformedBsonError('array element without a name');
      const start = this.at;
      this.at = this.enter(1);
      list.push(this.buffer.subarray(start, this.at));
    }
    this.leave(end);
    return list;
  }

  private enter(depth: number): number {
    if (depth > MAX_DEPTH) throw new MalformedBsonError(`document exceeds the nesting limit of ${MAX_DEPTH}`);
    if (this.at + 5 > this.buffer.length) throw new MalformedBsonError('document is cut short');
    const size = this.buffer.readInt32LE(this.at);
    const end = this.at + size;
    if (size < 5 || end > this.buffer.length || this.buffer[end - 1] !== 0)
      throw new MalformedBsonError('invalid document size');
    this.at += 4;
    return end;
  }

  private leave(end: number): void {
    if (this.at !== end) throw new MalformedBsonError('document size does not match its content');
  }

  private cstring(): string {
    const { buffer } = this;
    const start = this.at;
    let at = start;
    let ascii = true;
    let byte = buffer[at];
    while (byte !== 0) {
      if (byte === undefined) throw new MalformedBsonError('string without an end');
      if (byte > 0x7f) ascii = false;
      byte = buffer[++at];
    }
    this.at = at + 1;
    return ascii ? buffer.latin1Slice(start, at) : buffer.utf8Slice(start, at);
  }

  private string(): string {
    const { buffer } = this;
    const size = this.int32();
    const start = this.at;
    const end = start + size - 1;
    if (size < 1 || end >= buffer.length || buffer[end] !== 0) throw new MalformedBsonError('invalid string size');
    this.at = end + 1;
    return buffer.utf8Slice(start, end);
  }

  private int32(): number {
    const value = this.buffer.readInt32LE(this.at);
    this.at += 4;
    return value;
  }

  private bytes(size: number): Uint8Array {
    if (size < 0 || this.at + size > this.buffer.length) throw new MalformedBsonError('invalid byte length');
    const copy = Uint8Array.prototype.slice.call(this.buffer, this.at, this.at + size);
    this.at += size;
    return copy;
  }

  private binary(): Binary {
    let size = this.int32();
    const subtype = this.buffer[this.at++] as number;
    // The old subtype repeats the length inside.
    if (subtype === Binary.SUBTYPE_BYTE_ARRAY) size = this.int32();
    return new Binary(this.bytes(size), subtype);
  }

  private value(type: number, depth: number): unknown {
    switch (type) {
      case 0x01: {
        const value = this.buffer.readDoubleLE(this.at);
        this.at += 8;
        return new Double(value);
      }
      case 0x02:
        return this.string();
      case 0x03:
        return this.document(depth + 1);
      case 0x04:
        return this.array(depth + 1);
      case 0x05:
        return this.binary();
      case 0x06:
        return undefined;
      case 0x07:
        return new ObjectId(this.bytes(12));
      case 0x08: {
        const byte = this.buffer[this.at++];
        if (byte !== 0 && byte !== 1) throw new MalformedBsonError('invalid boolean');
        return byte === 1;
      }
      case 0x09: {
        const low = this.buffer.readUInt32LE(this.at);
        const high = this.buffer.readInt32LE(this.at + 4);
        this.at += 8;
        return new Date(high * 0x1_0000_0000 + low);
      }
      case 0x0a:
        return null;
      case 0x0b:
        return new BSONRegExp(this.cstring(), this.cstring());
      case 0x0c: {
        // The deprecated DBPointer reads as the reference it stands for.
        const collection = this.string();
        return { $ref: collection, $id: new ObjectId(this.bytes(12)) };
      }
      case 0x0d:
        return new Code(this.string());
      case 0x0e:
        return new BSONSymbol(this.string());
      case 0x0f: {
        this.at += 4;
        const code = this.string();
        return new Code(code, this.document(depth + 1));
      }
      case 0x10:
        return new Int32(this.int32());
      case 0x11: {
        const low = this.int32();
        const high = this.int32();
        return new Timestamp({ t: high >>> 0, i: low >>> 0 });
      }
      case 0x12: {
        const low = this.int32();
        const high = this.int32();
        return new Long(low, high);
      }
      case 0x13:
        return new Decimal128(this.bytes(16));
      case 0x7f:
        return new MaxKey();
      case 0xff:
        return new MinKey();
      default:
        throw new MalformedBsonError(`unknown element type 0x${type.toString(16)}`);
    }
  }
}
