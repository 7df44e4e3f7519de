import { Binary, BSONRegExp, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import fc from 'fast-check';
import { compareValues } from '../query';
import { ByteSink } from './byte-sink';
import { writeValue } from './value-key';

function keyOf(value: unknown): Buffer {
  const sink = new ByteSink();
  writeValue(sink, value);
  return sink.take();
}

const decimalText = fc
  .tuple(fc.bigInt(-(10n ** 33n), 10n ** 33n), fc.integer({ min: -40, max: 40 }))
  .map(([digits, exponent]) => `${digits}E${exponent}`);

const number = fc.oneof(
  fc.integer().map((value) => new Int32(value)),
  fc.double({ noNaN: true }).map((value) => new Double(value)),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value) => Long.fromBigInt(value)),
  fc.integer({ min: -3, max: 3 }).map((value) => Long.fromBigInt(9007199254740992n + BigInt(value))),
  decimalText.map((text) => Decimal128.fromString(text)),
  fc
    .constantFrom(
      '0',
      '-0',
      '1.5',
      '9007199254740993',
      '9007199254740993.5',
      '0.1',
      '1E6000',
      '-1E6000',
      '1E-6000',
      'Infinity',
      '-Infinity',
    )
    .map((text) => Decimal128.fromString(text)),
  fc
    .constantFrom(0.1, -0.1, 0, -0, 1.5, 2 ** 53, 2 ** 53 + 2, Number.MAX_VALUE, Number.MIN_VALUE, Infinity, -Infinity)
    .map((value) => new Double(value)),
);

const scalar = fc.oneof(
  { weight: 3, arbitrary: number },
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\0', 'a', 'a\0', 'a\0b', 'ab', '\u{10ffff}', 'é'),
  fc.boolean(),
  fc.constant(null),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
  fc
    .tuple(fc.uint8Array({ maxLength: 6 }), fc.constantFrom(0, 4, 128))
    .map(([bytes, subtype]) => new Binary(bytes, subtype)),
  fc.tuple(fc.nat(), fc.nat()).map(([t, i]) => new Timestamp({ t, i })),
  fc
    .tuple(fc.constantFrom('a', 'ab', 'b'), fc.constantFrom('', 'i'))
    .map(([pattern, options]) => new BSONRegExp(pattern, options)),
  fc.constantFrom(new MinKey(), new MaxKey()),
);

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    { weight: 5, arbitrary: scalar },
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})) as { value: fc.Arbitrary<unknown> };

describe('keys of values', () => {
  it('should order numbers of all types by their exact value', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(Math.sign(Buffer.compare(keyOf(a), keyOf(b))) + 0).toBe(Math.sign(compareValues(a, b)) + 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('should order any two values as the comparison does, equal ones with equal bytes', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(Math.sign(Buffer.compare(keyOf(a), keyOf(b))) + 0).toBe(Math.sign(compareValues(a, b)) + 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('should keep one key from being the beginning of another, so that compound keys compare field by field', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [x, y] = [keyOf(a), keyOf(b)];
        if (!x.equals(y)) expect(x.subarray(0, y.length).equals(y)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('should tell apart long integers that are one double', () => {
    const near = [9007199254740992n, 9007199254740993n, 9007199254740994n, 2n ** 63n - 1n, 2n ** 63n - 2n].map((n) =>
      keyOf(Long.fromBigInt(n)).toString('hex'),
    );
    expect(new Set(near).size).toBe(5);
    expect(keyOf(Decimal128.fromString('9007199254740993'))).toEqual(keyOf(Long.fromBigInt(9007199254740993n)));
    expect(keyOf(Decimal128.fromString('1.50'))).toEqual(keyOf(new Double(1.5)));
    expect(keyOf(Decimal128.fromString('0.1'))).not.toEqual(keyOf(new Double(0.1)));
  });
});
