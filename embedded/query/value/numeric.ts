import { type Decimal128, Double, Int32, Long } from 'bson';
import type { Decimal } from './decimal';
import { decimalFromDouble34, decimalOf, decimalToNumber, doubleToDecimal15, integerDecimal } from './decimal';
import { bsonTag } from './kind';

/** Numeric types from narrow to wide: arithmetic takes the wider of its operands. */
export const INT = 1;
export const LONG = 2;
export const DOUBLE = 3;
export const DECIMAL = 4;
export type NumericType = 1 | 2 | 3 | 4;

const INT_MIN = -2147483648;
const INT_MAX = 2147483647;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** A plain JS number stands for an int32 where it is one; negative zero is only a double. */
export function isInt32Number(value: number): boolean {
  return value === (value | 0) && !Object.is(value, -0);
}

/** The numeric type of a value, or 0 where it is not a number. */
export function numericType(value: unknown): NumericType | 0 {
  if (typeof value === 'number') return isInt32Number(value) ? INT : DOUBLE;
  if (typeof value === 'bigint') return LONG;
  if (typeof value !== 'object' || value === null) return 0;
  switch (bsonTag(value)) {
    case 'Int32':
      return INT;
    case 'Double':
      return DOUBLE;
    case 'Long':
      return LONG;
    case 'Decimal128':
      return DECIMAL;
    default:
      return 0;
  }
}

/** The value as a JS number, rounded where a Long or Decimal128 does not fit one; NaN for anything not a number. */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  switch (numericType(value)) {
    case INT:
    case DOUBLE:
      return (value as Int32 | Double).value;
    case LONG:
      return typeof value === 'bigint' ? Number(value) : (value as Long).toNumber();
    case DECIMAL:
      return decimalToNumber(decimalOf(value as Decimal128));
    default:
      return Number.NaN;
  }
}

/** The value of an int or long as a bigint. */
export function toBigInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  return value instanceof Long ? value.toBigInt() : BigInt((value as Int32).value);
}

/** Doubles become decimals of 15 significant digits, as the server converts them in arithmetic and conversions. */
export function toDecimal(value: unknown): Decimal {
  switch (numericType(value)) {
    case DECIMAL:
      return decimalOf(value as Decimal128);
    case DOUBLE:
      return doubleToDecimal15(toNumber(value));
    default:
      return integerDecimal(toBigInt(value));
  }
}

/** Doubles become decimals of 34 digits, as the server does in `$add`, `$sum` and `$avg`. */
export function toDecimal34(value: unknown): Decimal {
  return numericType(value) === DOUBLE ? decimalFromDouble34(toNumber(value)) : toDecimal(value);
}

export function fitsLong(value: bigint): boolean {
  return value >= LONG_MIN && value <= LONG_MAX;
}

export function fitsInt(value: number): boolean {
  return Number.isInteger(value) && value >= INT_MIN && value <= INT_MAX;
}

/** An Int32 where the integer fits, else a Long. */
export function intOrLong(value: number): Int32 | Long {
  return fitsInt(value) ? new Int32(value) : Long.fromBigInt(BigInt(value));
}

/** As intOrLong, for a whole number beyond the safe integers; it must fit a long. */
export function bigIntOrLong(value: bigint): Int32 | Long {
  const number = Number(value);
  return fitsInt(number) ? new Int32(number) : Long.fromBigInt(value);
}

/** A Long where the integer fits, else the nearest double. */
export function longOrDouble(value: bigint): Long | Double {
  return fitsLong(value) ? Long.fromBigInt(value) : new Double(Number(value));
}

/**
 * A number usable as an integer (int, long, or a double or decimal with no fraction), else null. For operator
 * arguments such as `$limit`, `$slice` or `$size`.
 */
export function asInteger(value: unknown): number | null {
  if (numericType(value) === 0) return null;
  const number = toNumber(value);
  return Number.isInteger(number) ? number : null;
}
