import { type Decimal128, Double, type Int32, type Long } from 'bson';
import { decimal128Of } from './decimal';
import { addDecimals, multiplyDecimals, subtractDecimals } from './decimal-math';
import {
  bigIntOrLong,
  DECIMAL,
  DOUBLE,
  fitsLong,
  INT,
  intOrLong,
  longOrDouble,
  numericType,
  toBigInt,
  toDecimal,
  toNumber,
} from './numeric';

export type BsonNumber = Int32 | Long | Double | Decimal128;

/** The sum in the wider type of the two; ints grow to long, a long that overflows gives null. */
export function addNumbers(a: unknown, b: unknown): BsonNumber | null {
  const type = widest(a, b);
  if (type === DECIMAL) return decimal128Of(addDecimals(toDecimal(a), toDecimal(b)));
  if (type === DOUBLE) return new Double(toNumber(a) + toNumber(b));
  if (type === INT) return intOrLong(toNumber(a) + toNumber(b));
  return longOrNull(toBigInt(a) + toBigInt(b));
}

export function subtractNumbers(a: unknown, b: unknown): BsonNumber | null {
  const type = widest(a, b);
  if (type === DECIMAL) return decimal128Of(subtractDecimals(toDecimal(a), toDecimal(b)));
  if (type === DOUBLE) return new Double(toNumber(a) - toNumber(b));
  if (type === INT) return intOrLong(toNumber(a) - toNumber(b));
  return longOrNull(toBigInt(a) - toBigInt(b));
}

export function multiplyNumbers(a: unknown, b: unknown): BsonNumber | null {
  const type = widest(a, b);
  if (type === DECIMAL) return decimal128Of(multiplyDecimals(toDecimal(a), toDecimal(b)));
  if (type === DOUBLE) return new Double(toNumber(a) * toNumber(b));
  const product = toBigInt(a) * toBigInt(b);
  return type === INT ? bigIntOrLong(product) : longOrNull(product);
}

export function widest(a: unknown, b: unknown): number {
  return Math.max(numericType(a), numericType(b));
}

function longOrNull(value: bigint): BsonNumber | null {
  return fitsLong(value) ? longOrDouble(value) : null;
}
