import type { Decimal128, Double, Int32, Long } from 'bson';
import type { ByteSink } from './byte-sink';

/**
 * Order-preserving bytes for a number of any BSON type; numbers that are equal give equal bytes, and only those.
 *
 * Eight bytes hold the nearest double, which decides almost always. A Long above 2^53 or a Decimal128 may lie beside
 * its nearest double: one more byte tells below, equal or above, and then the exact distance follows as a decimal.
 */
export function writeNumber(sink: ByteSink, value: number | Int32 | Double | Long | Decimal128): void {
  if (typeof value === 'number') {
    writeDouble(sink, value);
    sink.byte(EQUAL);
    return;
  }
  switch (value._bsontype) {
    case 'Int32':
    case 'Double':
      writeDouble(sink, value.value);
      sink.byte(EQUAL);
      return;
    case 'Long':
      writeLong(sink, value);
      return;
    case 'Decimal128':
      writeDecimal(sink, value);
      return;
  }
}

const BELOW = 0x40;
const EQUAL = 0x80;
const ABOVE = 0xc0;

const scratch = Buffer.alloc(8);

function writeDouble(sink: ByteSink, value: number): void {
  if (Number.isNaN(value)) {
    // NaN sorts before every number.
    sink.uint32(0);
    sink.uint32(0);
    return;
  }
  scratch.writeDoubleBE(value === 0 ? 0 : value);
  if ((scratch[0] as number) & 0x80) for (let i = 0; i < 8; i++) scratch[i] = ~(scratch[i] as number) & 0xff;
  else scratch[0] = (scratch[0] as number) | 0x80;
  sink.append(scratch);
}

function writeLong(sink: ByteSink, value: Long): void {
  const nearest = value.toNumber();
  writeDouble(sink, nearest);
  if (Number.isSafeInteger(nearest)) sink.byte(EQUAL);
  else writeDistance(sink, { digits: BigInt(value.toString()) - BigInt(nearest), exponent: 0 });
}

function writeDecimal(sink: ByteSink, value: Decimal128): void {
  const text = value.toString();
  const nearest = Number(text);
  writeDouble(sink, nearest);
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') {
    sink.byte(EQUAL);
    return;
  }
  if (!Number.isFinite(nearest)) {
    // Beyond the doubles: the value itself is its distance, and stays on the finite side of infinity.
    const exact = parseDecimal(text);
    const size = decimalSize(exact);
    sink.byte(exact.digits < 0n ? ABOVE : BELOW);
    const from = sink.length;
    writeMagnitude(sink, abs(exact.digits), exact.exponent, size);
    if (exact.digits < 0n) sink.invert(from);
    return;
  }
  writeDistance(sink, subtract(parseDecimal(text), exactDecimal(nearest)));
}

/** digits × 10^exponent */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function decimalSize(value: Decimal): number {
  return abs(value.digits).toString().length;
}

function parseDecimal(text: string): Decimal {
  const [mantissa = '0', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** Every finite double is a whole number times a power of two, so it has an exact decimal form. */
function exactDecimal(value: number): Decimal {
  if (value === 0) return { digits: 0n, exponent: 0 };
  scratch.writeDoubleBE(value);
  const bits = scratch.readBigUInt64BE();
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  const power = (biased === 0 ? 1 : biased) - 1075;
  const signed = bits >> 63n ? -mantissa : mantissa;
  if (power >= 0) return { digits: signed << BigInt(power), exponent: 0 };
  // x / 2^n = x × 5^n / 10^n
  return { digits: signed * 5n ** BigInt(-power), exponent: power };
}

function subtract(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const digits = a.digits * 10n ** BigInt(a.exponent - exponent) - b.digits * 10n ** BigInt(b.exponent - exponent);
  return { digits, exponent };
}

function writeDistance(sink: ByteSink, distance: Decimal): void {
  if (distance.digits === 0n) {
    sink.byte(EQUAL);
    return;
  }
  const below = distance.digits < 0n;
  sink.byte(below ? BELOW : ABOVE);
  const from = sink.length;
  writeMagnitude(sink, abs(distance.digits), distance.exponent, decimalSize(distance));
  if (below) sink.invert(from);
}

/** A positive decimal: the place of its first digit, then its digits without trailing zeros, then an end below any digit. */
function writeMagnitude(sink: ByteSink, digits: bigint, exponent: number, size: number): void {
  const place = exponent + size + 0x8000;
  sink.byte(place >> 8);
  sink.byte(place & 0xff);
  const text = digits.toString().replace(/0+$/, '');
  for (let i = 0; i < text.length; i++) sink.byte(text.charCodeAt(i));
  sink.byte(0);
}
