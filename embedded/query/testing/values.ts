import { Decimal128, Double, Int32, Long } from 'bson';
import fc from 'fast-check';

/** Short names for typed numbers in tests, and arbitrary BSON values. */

export const int = (value: number): Int32 => new Int32(value);
export const long = (value: number | bigint): Long => Long.fromBigInt(BigInt(value));
export const double = (value: number): Double => new Double(value);
export const decimal = (text: string): Decimal128 => Decimal128.fromString(text);

/** All four types of one whole number, for tables. */
export const everyType = (value: number): unknown[] => [int(value), long(value), double(value), decimal(String(value))];

export const anyNumber: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer({ min: -3, max: 3 }).chain((value) => fc.constantFrom(...everyType(value))),
  fc.integer().map(int),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(long),
  fc.double().map(double),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -25, max: 25 }))
    .map(([coefficient, exponent]) => decimal(`${coefficient}E${exponent}`)),
  // Where doubles have gaps wider than one, equality across types is easy to get wrong.
  fc
    .bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n })
    .chain((value) => fc.constantFrom(long(value), double(Number(value)), decimal(String(value)))),
  fc.constantFrom(double(Number.NaN), decimal('NaN'), double(-0), decimal('-0'), double(Infinity), decimal('Infinity')),
);

const scalar: fc.Arbitrary<unknown> = fc.oneof(
  anyNumber,
  fc.constantFrom<unknown>(null, true, false, 'a', 'A', 'b', '', '\u{1f600}', '\ufb01'),
  fc.string({ maxLength: 3 }),
  fc.constantFrom(new Date(0), new Date(1), new Date(-1)),
);

/** Scalars, and documents and arrays of them three levels deep. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

export const anyDocument: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  anyValue,
  { maxKeys: 4, noNullPrototype: true },
);
