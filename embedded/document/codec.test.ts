import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  deserialize,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from 'bson';
import { decodeDocument, MalformedBsonError } from './decode';
import { encodeDocument, RawDocument } from './encode';

const everything = {
  double: new Double(1),
  negativeZero: new Double(-0),
  string: 'héllo – 团购',
  long: Long.fromBigInt(-9007199254740993n),
  decimal: Decimal128.fromString('1.50'),
  int: new Int32(-7),
  nested: { array: [new Int32(1), 'two', { three: null }, []], empty: {} },
  binary: new Binary(Buffer.from([1, 2, 3]), 0),
  oldBinary: new Binary(Buffer.from([1, 2, 3]), 2),
  uuid: new Binary(Buffer.alloc(16, 7), 4),
  id: new ObjectId('0123456789abcdef01234567'),
  yes: true,
  date: new Date('1969-12-31T23:59:59.999Z'),
  far: new Date(8.64e15),
  nothing: null,
  regex: new BSONRegExp('^a', 'im'),
  code: new Code('f()'),
  scoped: new Code('f()', { x: new Int32(1) }),
  symbol: new BSONSymbol('s'),
  time: new Timestamp({ t: 4294967295, i: 7 }),
  min: new MinKey(),
  max: new MaxKey(),
  ['__proto__']: 'a field like any other',
};

describe('the BSON codec', () => {
  it('should write what the bson package writes', () => {
    expect(encodeDocument(everything).equals(serialize(everything))).toBe(true);
  });

  it('should bring every type back byte for byte', () => {
    const bytes = Buffer.from(serialize(everything));
    expect(encodeDocument(decodeDocument(bytes)).equals(bytes)).toBe(true);
  });

  it('should read a reference as a plain object', () => {
    const bytes = Buffer.from(serialize({ ref: { $ref: 'users', $id: new Int32(1) } }));
    expect(decodeDocument(bytes)).toEqual({ ref: { $ref: 'users', $id: new Int32(1) } });
  });

  it('should place documents that are BSON already', () => {
    const raw = new RawDocument(encodeDocument({ a: 1 }));
    expect(deserialize(encodeDocument({ list: [raw, raw] }))).toEqual({ list: [{ a: 1 }, { a: 1 }] });
  });

  it('should leave the items of a named array as they are', () => {
    const bytes = encodeDocument({ insert: 'c', documents: [{ a: 1 }, { b: { c: 2 } }] });
    const { documents } = decodeDocument(bytes, 0, 'documents');
    expect((documents as Buffer[]).map((item) => deserialize(item))).toEqual([{ a: 1 }, { b: { c: 2 } }]);
  });

  it.each([
    ['a size beyond the end', (bytes: Buffer) => bytes.writeInt32LE(bytes.length + 1, 0)],
    ['a size too small', (bytes: Buffer) => bytes.writeInt32LE(bytes.length - 1, 0)],
    ['an unknown type', (bytes: Buffer) => bytes.writeUInt8(0x55, 4)],
    ['a string without its end', (bytes: Buffer) => bytes.writeInt32LE(100, 7)],
  ])('should refuse %s', (_, damage) => {
    const bytes = encodeDocument({ a: 'text' });
    damage(bytes);
    expect(() => decodeDocument(bytes)).toThrow(MalformedBsonError);
  });

  it('should refuse nesting without end', () => {
    let doc: Record<string, unknown> = {};
    for (let i = 0; i < 300; i++) doc = { a: doc };
    const bytes = encodeDocument(doc);
    expect(() => decodeDocument(bytes)).toThrow('nesting limit');
  });
});
