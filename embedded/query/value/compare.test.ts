import { Binary, BSONRegExp, Code, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import fc from 'fast-check';
import { anyNumber, anyValue, decimal, double, everyType, int, long } from '../testing/values';
import { compareNumbers, compareValues, valuesEqual } from './compare';
import { createKeyOf } from './key';

/** -1, 0 or 1, never the negative zero that a sort does not mind and Jest does. */
const sign = (order: number): number => Math.sign(order) + 0;

const oid = (last: string): ObjectId => new ObjectId(last.padStart(24, '0'));

describe('compareValues', () => {
  it('should order all types as BSON does', () => {
    const ascending = [
      new MinKey(),
      undefined,
      null,
      double(Number.NaN),
      double(-Infinity),
      long(-(2n ** 63n)),
      int(-1),
      double(0),
      decimal('0.5'),
      int(1),
      long(2n ** 53n + 1n),
      double(Infinity),
      '',
      'a',
      'ab',
      'b',
      {},
      { a: int(1) },
      { a: int(2) },
      { b: int(1) },
      { a: 'x' },
      [],
      [int(1)],
      [int(1), int(0)],
      [int(2)],
      new Binary(Buffer.from([9])),
      new Binary(Buffer.from([0, 0])),
      new Binary(Buffer.from([0, 1])),
      oid('1'),
      oid('2'),
      false,
      true,
      new Date(-5),
      new Date(0),
      new Timestamp({ t: 1, i: 2 }),
      new Timestamp({ t: 2, i: 1 }),
      new BSONRegExp('a', ''),
      new BSONRegExp('a', 'i'),
      new Code('f'),
      new MaxKey(),
    ];
    for (let left = 0; left < ascending.length; left++) {
      for (let right = 0; right < ascending.length; right++) {
        expect(sign(compareValues(ascending[left], ascending[right]))).toBe(sign(left - right));
      }
    }
  });

  it('should call equal numbers of all types equal', () => {
    for (const left of everyType(7))
      for (const right of [...everyType(7), 7, 7n]) expect(valuesEqual(left, right)).toBe(true);
    expect(valuesEqual(decimal('1.50'), double(1.5))).toBe(true);
    expect(valuesEqual(double(0), double(-0))).toBe(true);
    expect(valuesEqual(double(Number.NaN), decimal('NaN'))).toBe(true);
  });

  it.each([
    [long(2n ** 53n + 1n), double(2 ** 53), 1],
    [long(2n ** 53n + 1n), long(2n ** 53n), 1],
    [decimal('9007199254740993'), double(2 ** 53), 1],
    [decimal('9007199254740993'), long(2n ** 53n + 1n), 0],
    [decimal('0.1'), double(0.1), -1],
    [decimal('1E+400'), double(Number.MAX_VALUE), 1],
    [decimal('1E-400'), double(Number.MIN_VALUE), -1],
    [decimal('-Infinity'), double(-Infinity), 0],
    [decimal('-0'), int(0), 0],
  ])('should compare %s with %s exactly', (left, right, order) => {
    expect(sign(compareNumbers(left, right))).toBe(order);
    expect(sign(compareNumbers(right, left))).toBe(sign(-order));
  });

  it('should order strings by code point, not by UTF-16 unit', () => {
    expect(compareValues('\ufb01', '\u{1f600}')).toBeLessThan(0);
    expect(Buffer.compare(Buffer.from('\ufb01'), Buffer.from('\u{1f600}'))).toBeLessThan(0);
  });

  it('should take the order of fields into account', () => {
    expect(valuesEqual({ a: int(1), b: int(2) }, { b: int(2), a: int(1) })).toBe(false);
    expect(valuesEqual({ a: int(1), b: int(2) }, { a: double(1), b: long(2) })).toBe(true);
  });

  it('should not take a stored field for a BSON class', () => {
    expect(valuesEqual({ _bsontype: 'Int32', value: int(5) }, int(5))).toBe(false);
  });

  it('should be a total order', () => {
    fc.assert(
      fc.property(anyValue, anyValue, anyValue, (a, b, c) => {
        expect(sign(compareValues(a, b))).toBe(sign(-compareValues(b, a)));
        expect(sign(compareValues(a, a))).toBe(0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) expect(compareValues(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('should be a total order of numbers of all types', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, anyNumber, (a, b, c) => {
        expect(sign(compareNumbers(a, b))).toBe(sign(-compareNumbers(b, a)));
        if (compareNumbers(a, b) <= 0 && compareNumbers(b, c) <= 0) expect(compareNumbers(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('createKeyOf', () => {
  it('should give one key to exactly the values that compare equal', () => {
    const keyOf = createKeyOf(undefined);
    fc.assert(
      fc.property(fc.oneof(anyValue, anyNumber), fc.oneof(anyValue, anyNumber), (a, b) => {
        expect(keyOf(a) === keyOf(b)).toBe(compareValues(a, b) === 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('should follow a collation', () => {
    const keyOf = createKeyOf((a, b) => a.toLowerCase().localeCompare(b.toLowerCase()));
    expect(keyOf('B')).toBe(keyOf('b'));
    expect(keyOf({ a: ['X'] })).toBe(keyOf({ a: ['x'] }));
    expect(keyOf('a')).not.toBe(keyOf('b'));
  });
});

describe('collation', () => {
  it.each([
    [{ locale: 'en', strength: int(1) }, 'a', 'Á', 0],
    [{ locale: 'en', strength: int(2) }, 'a', 'A', 0],
    [{ locale: 'en', strength: int(2) }, 'a', 'á', -1],
    [{ locale: 'en', strength: int(3) }, 'a', 'A', -1],
    [{ locale: 'en', strength: int(1), caseLevel: true }, 'a', 'A', -1],
    [{ locale: 'en', numericOrdering: true }, '10', '9', 1],
    [{ locale: 'en' }, '10', '9', -1],
    [{ locale: 'simple' }, 'a', 'B', 1],
    [{ locale: 'sv' }, 'z', 'ö', -1],
    [{ locale: 'de' }, 'z', 'ö', 1],
  ])('should compare by %j', (collation, a, b, order) => {
    expect(sign(compareValues(a, b, collation))).toBe(order);
  });

  it('should refuse an unknown strength', () => {
    expect(() => compareValues('a', 'b', { locale: 'en', strength: int(9) })).toThrow(
      expect.objectContaining({ code: 2 }),
    );
  });
});
