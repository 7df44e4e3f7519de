import { Timestamp } from 'bson';
import { decimal, double, int, long } from '../testing/values';
import type { Doc } from '../types';
import { applyUpdate } from './update';

const now = new Date('2024-05-06T07:08:09.123Z');
const apply = (doc: Doc, update: Doc): Doc => applyUpdate(doc, update, { now });

describe('$inc and $mul', () => {
  it.each([
    [int(1), int(2), int(3), int(2)],
    [int(2147483647), int(1), long(2147483648), int(2147483647)],
    [int(-2147483648), int(-1), long(-2147483649), long(2147483648)],
    [int(1), long(2), long(3), long(2)],
    [int(1), double(0.5), double(1.5), double(0.5)],
    [long(2n ** 53n), int(1), long(2n ** 53n + 1n), long(2n ** 53n)],
    [long(2n ** 53n + 1n), double(1), double(2 ** 53), double(2 ** 53)],
    [double(0.1), double(0.2), double(0.1 + 0.2), double(0.1 * 0.2)],
    [decimal('1.50'), decimal('0.1'), decimal('1.60'), decimal('0.150')],
    [decimal('1.5'), int(2), decimal('3.5'), decimal('3.0')],
    [int(3), decimal('0.1'), decimal('3.1'), decimal('0.3')],
    [decimal('1'), double(0.1), decimal('1.100000000000000'), decimal('0.100000000000000')],
    [decimal('1'), long(2n ** 60n), decimal('1152921504606846977'), decimal('1152921504606846976')],
    [1, 2, int(3), int(2)],
  ])('should take %p by %p', (current, operand, sum, product) => {
    expect(apply({ a: current }, { $inc: { a: operand } })).toStrictEqual({ a: sum });
    expect(apply({ a: current }, { $mul: { a: operand } })).toStrictEqual({ a: product });
  });

  it('should multiply ints beyond int range exactly', () => {
    expect(apply({ a: int(2147483647) }, { $mul: { a: int(2147483647) } })).toStrictEqual({
      a: long(4611686014132420609n),
    });
  });

  it('should start from the operand, or from its zero', () => {
    for (const operand of [int(4), long(4), double(4), decimal('4')]) {
      expect(apply({}, { $inc: { 'a.b': operand } })).toStrictEqual({ a: { b: operand } });
    }
    expect(apply({}, { $mul: { a: int(4) } })).toStrictEqual({ a: int(0) });
    expect(apply({}, { $mul: { a: long(4) } })).toStrictEqual({ a: long(0) });
    expect(apply({}, { $mul: { a: double(4) } })).toStrictEqual({ a: double(0) });
    expect(apply({}, { $mul: { a: decimal('4') } })).toStrictEqual({ a: decimal('0') });
  });

  it.each<[Doc, Doc, number, string]>([
    [
      { _id: int(1), a: 'x' },
      { $inc: { a: int(1) } },
      14,
      "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type string",
    ],
    [
      { _id: int(1), a: null },
      { $mul: { a: int(1) } },
      14,
      "Cannot apply $mul to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type null",
    ],
    [{}, { $inc: { a: 'x' } }, 14, 'Cannot increment with non-numeric argument: {a: "x"}'],
    [{}, { $mul: { a: null } }, 14, 'Cannot multiply with non-numeric argument: {a: null}'],
    [
      { _id: int(1), a: long(2n ** 63n - 1n) },
      { $inc: { a: int(1) } },
      2,
      'Failed to apply $inc operations to current value ((NumberLong)9223372036854775807) for document {_id: 1}',
    ],
    [
      { _id: int(1), a: long(2n ** 62n) },
      { $mul: { a: long(4) } },
      2,
      'Failed to apply $mul operations to current value ((NumberLong)4611686018427387904) for document {_id: 1}',
    ],
  ])('should refuse %p with %p', (doc, update, code, message) => {
    expect(() => apply(doc, update)).toThrow(expect.objectContaining({ code, message }));
  });
});

describe('$set and $unset', () => {
  it('should set in place, create on the way and append in the order of the paths', () => {
    const doc = { _id: int(1), b: int(2), a: { x: int(1) } };
    expect(JSON.stringify(Object.keys(apply(doc, { $set: { z: int(1), b: int(3), c: int(4) } })))).toBe(
      '["_id","b","a","c","z"]',
    );
    expect(apply(doc, { $set: { 'a.y.z': int(2) } })).toStrictEqual({
      _id: int(1),
      b: int(2),
      a: { x: int(1), y: { z: int(2) } },
    });
  });

  it('should keep the reference where nothing changes', () => {
    const doc = { a: int(1), b: 'x', c: double(1) };
    expect(apply(doc, { $set: { a: int(1), b: 'x' } })).toBe(doc);
    expect(apply(doc, { $unset: { q: '' } })).toBe(doc);
    expect(apply(doc, { $set: { a: double(1) } })).toStrictEqual({ a: double(1), b: 'x', c: double(1) });
  });

  it('should fill arrays up with null', () => {
    expect(apply({ a: [int(1)] }, { $set: { 'a.3': 'x' } })).toStrictEqual({ a: [int(1), null, null, 'x'] });
    expect(apply({ a: [{ n: int(1) }] }, { $set: { 'a.0.n': int(2) } })).toStrictEqual({ a: [{ n: int(2) }] });
    expect(apply({}, { $set: { 'a.0': 'x' } })).toStrictEqual({ a: { '0': 'x' } });
  });

  it('should leave null in arrays where an element is unset', () => {
    expect(apply({ a: [int(1), int(2)] }, { $unset: { 'a.0': '' } })).toStrictEqual({ a: [null, int(2)] });
    expect(apply({ a: { b: 1, c: 2 } }, { $unset: { 'a.b': '' } })).toStrictEqual({ a: { c: 2 } });
    expect(apply({ a: 5 }, { $unset: { 'a.b': '' } })).toStrictEqual({ a: 5 });
  });

  it.each<[Doc, Doc, number, string]>([
    [{ a: int(5) }, { $set: { 'a.b': 1 } }, 28, "Cannot create field 'b' in element {a: 5}"],
    [{ a: 'x' }, { $inc: { 'a.b.c': int(1) } }, 28, `Cannot create field 'b' in element {a: "x"}`],
    [{ a: null }, { $set: { 'a.b': 1 } }, 28, "Cannot create field 'b' in element {a: null}"],
    [{ a: [int(1)] }, { $set: { 'a.b': 1 } }, 28, "Cannot create field 'b' in element {a: [ 1 ]}"],
    [{ a: { b: [int(1)] } }, { $set: { 'a.b.c': 1 } }, 28, "Cannot create field 'c' in element {b: [ 1 ]}"],
    [{ a: [] }, { $set: { 'a.1500001': 1 } }, 2, "can't backfill more than 1500000 elements"],
  ])('should refuse %p with %p', (doc, update, code, message) => {
    expect(() => apply(doc, update)).toThrow(expect.objectContaining({ code, message }));
  });

  it('should set a field named __proto__ as a field', () => {
    const operand = JSON.parse('{ "__proto__": 1 }');
    const result = apply({ a: 1 }, { $set: operand });
    expect(Object.keys(result)).toStrictEqual(['a', '__proto__']);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });
});

describe('$min and $max', () => {
  it.each([
    [int(5), double(4.5), double(4.5), int(5)],
    [int(5), decimal('5.0'), int(5), int(5)],
    [long(2n ** 53n), long(2n ** 53n + 1n), long(2n ** 53n), long(2n ** 53n + 1n)],
    ['b', int(1), int(1), 'b'],
    [null, int(1), null, int(1)],
    [undefined, int(1), int(1), int(1)],
    [new Date(5), new Date(6), new Date(5), new Date(6)],
  ])('should choose between %p and %p', (current, operand, least, greatest) => {
    const doc = current === undefined ? {} : { a: current };
    expect(apply(doc, { $min: { a: operand } })).toStrictEqual({ a: least });
    expect(apply(doc, { $max: { a: operand } })).toStrictEqual({ a: greatest });
  });

  it('should follow the collation', () => {
    const update = { $max: { a: 'B' } };
    expect(applyUpdate({ a: 'a' }, update, { now, collation: { locale: 'en' } })).toStrictEqual({ a: 'B' });
    expect(applyUpdate({ a: 'a' }, update, { now })).toStrictEqual({ a: 'a' });
  });
});

describe('$currentDate', () => {
  it('should write the time given', () => {
    const update = { $currentDate: { a: true, b: { $type: 'date' }, c: { $type: 'timestamp' } } };
    expect(apply({}, update)).toStrictEqual({ a: now, b: now, c: new Timestamp({ t: 1714979289, i: 1 }) });
  });

  it.each([[{ a: int(1) }], [{ a: { $type: 'x' } }], [{ a: { other: 1 } }]])('should refuse %p', (fields) => {
    expect(() => apply({}, { $currentDate: fields })).toThrow(expect.objectContaining({ code: 2 }));
  });
});

describe('$bit', () => {
  it.each([
    [int(13), { and: int(10) }, int(8)],
    [int(3), { or: int(5) }, int(7)],
    [int(1), { xor: int(5) }, int(4)],
    [long(2n ** 40n), { or: int(1) }, long(2n ** 40n + 1n)],
    [int(1), { or: long(2n ** 40n) }, long(2n ** 40n + 1n)],
    [int(-1), { and: int(255) }, int(255)],
    [undefined, { or: int(5) }, int(5)],
  ])('should take %p by %p', (current, operand, result) => {
    expect(apply(current === undefined ? {} : { a: current }, { $bit: { a: operand } })).toStrictEqual({ a: result });
  });

  it.each<[Doc, unknown]>([
    [{ a: double(1) }, { or: int(1) }],
    [{ a: int(1) }, { or: double(1) }],
    [{ a: int(1) }, { not: int(1) }],
    [{ a: int(1) }, {}],
    [{ a: int(1) }, int(1)],
  ])('should refuse %p by %p', (doc, operand) => {
    expect(() => apply(doc, { $bit: { a: operand } })).toThrow(expect.objectContaining({ code: 2 }));
  });
});

describe('$rename', () => {
  it('should move the value', () => {
    expect(apply({ a: 1, b: { c: 2 } }, { $rename: { a: 'x.y' } })).toStrictEqual({ b: { c: 2 }, x: { y: 1 } });
    expect(apply({ a: 1, b: 2 }, { $rename: { a: 'b' } })).toStrictEqual({ b: 1 });
    const untouched = { b: 1 };
    expect(apply(untouched, { $rename: { a: 'b' } })).toBe(untouched);
  });

  it.each<[Doc, Doc, number]>([
    [{ a: 1 }, { a: 5 }, 2],
    [{ a: 1 }, { a: 'a' }, 2],
    [{ a: [{ b: 1 }] }, { 'a.0.b': 'c' }, 2],
    [{ a: 1, b: [] }, { a: 'b.0' }, 2],
    [{ a: 1 }, { a: 'b.$' }, 2],
  ])('should refuse %p by %p', (doc, fields, code) => {
    expect(() => apply(doc, { $rename: fields })).toThrow(expect.objectContaining({ code }));
  });
});
