import { Binary, type Decimal128, type Long, type ObjectId, type Timestamp } from 'bson';
import type { Collation, Doc, StringComparator } from '../types';
import { compareText, stringComparator } from './collation';
import { compareDecimals, decimalOf, decimalToNumber, exactDouble, integerDecimal } from './decimal';
import { fieldsOf, Kind, kindOf, textOf } from './kind';
import { DECIMAL, LONG, numericType, toNumber } from './numeric';
import { regexParts } from './regex';

/**
 * Total BSON order across all types: MinKey < missing < null < numbers < string < object < array < binary <
 * ObjectId < bool < date < timestamp < regex < code < MaxKey. Negative, zero or positive like a sort comparator.
 */
export function compareValues(a: unknown, b: unknown, collation?: Collation): number {
  return compareWith(a, b, stringComparator(collation));
}

export function valuesEqual(a: unknown, b: unknown, collation?: Collation): boolean {
  return compareWith(a, b, stringComparator(collation)) === 0;
}

/** As compareValues, with the collation's comparator already made. */
export function compareWith(a: unknown, b: unknown, strings: StringComparator | undefined): number {
  if (a === b) return 0;
  const kindA = kindOf(a);
  const kindB = kindOf(b);
  if (kindA !== kindB) return kindA < kindB ? -1 : 1;
  switch (kindA) {
    case Kind.Number:
      return compareNumbers(a, b);
    case Kind.String:
      return (strings ?? compareText)(textOf(a), textOf(b));
    case Kind.Object:
      return compareObjects(fieldsOf(a as Doc), fieldsOf(b as Doc), strings);
    case Kind.Array:
      return compareArrays(a as unknown[], b as unknown[], strings);
    case Kind.Binary:
      return compareBinaries(a as Binary | Uint8Array, b as Binary | Uint8Array);
    case Kind.ObjectId:
      return compareObjectIds(a as ObjectId, b as ObjectId);
    case Kind.Boolean:
      return a === false ? -1 : 1;
    case Kind.Date:
      return compareDates(a as Date, b as Date);
    case Kind.Timestamp:
      return compareTimestamps(a as Timestamp, b as Timestamp);
    case Kind.Regex:
      return compareRegexes(a, b);
    case Kind.Code:
    case Kind.CodeWithScope:
      return compareCode(a as CodeLike, b as CodeLike, strings);
    default:
      return 0;
  }
}

export function compareNumbers(a: unknown, b: unknown): number {
  const typeA = numericType(a);
  const typeB = numericType(b);
  if (typeA === DECIMAL || typeB === DECIMAL) return compareWithDecimal(a, typeA, b, typeB);
  // JavaScript compares a bigint with a number exactly, so longs need no conversion.
  const left = typeA === LONG ? exactLong(a as Long | bigint) : toNumber(a);
  const right = typeB === LONG ? exactLong(b as Long | bigint) : toNumber(b);
  if (left < right) return -1;
  if (left > right) return 1;
  // biome-ignore lint/suspicious/noDoubleEquals: a number and a bigint of the same value are equal only so
  if (left == right) return 0;
  return Number.isNaN(left) ? (Number.isNaN(right) ? 0 : -1) : 1;
}

function exactLong(value: Long | bigint): number | bigint {
  if (typeof value === 'bigint') return value;
  const number = value.toNumber();
  return Number.isSafeInteger(number) ? number : value.toBigInt();
}

function compareWithDecimal(a: unknown, typeA: number, b: unknown, typeB: number): number {
  const left = exactNumber(a, typeA);
  const right = exactNumber(b, typeB);
  if (typeof left !== 'number' && typeof right !== 'number') return compareDecimals(left, right);
  // Rounding to a double keeps order, so two doubles that differ decide; only a tie needs the exact digits.
  const roughLeft = typeof left === 'number' ? left : decimalToNumber(left);
  const roughRight = typeof right === 'number' ? right : decimalToNumber(right);
  if (roughLeft < roughRight) return -1;
  if (roughLeft > roughRight) return 1;
  return compareDecimals(
    typeof left === 'number' ? exactDouble(left) : left,
    typeof right === 'number' ? exactDouble(right) : right,
  );
}

function exactNumber(value: unknown, type: number) {
  if (type === DECIMAL) return decimalOf(value as Decimal128);
  if (type === LONG) return integerDecimal(typeof value === 'bigint' ? value : (value as Long).toBigInt());
  return toNumber(value);
}

/** Field by field: the type of the value decides first, then the field name, then the value; a prefix is smaller. */
function compareObjects(a: Doc, b: Doc, strings: StringComparator | undefined): number {
  const keysA = Object.keys(a);
  const keysB = Object.keys(b);
  const shared = Math.min(keysA.length, keysB.length);
  for (let at = 0; at < shared; at++) {
    const keyA = keysA[at] as string;
    const keyB = keysB[at] as string;
    const valueA = a[keyA];
    const valueB = b[keyB];
    const kinds = kindOf(valueA) - kindOf(valueB);
    if (kinds !== 0) return kinds;
    if (keyA !== keyB) return compareText(keyA, keyB);
    const values = compareWith(valueA, valueB, strings);
    if (values !== 0) return values;
  }
  return keysA.length - keysB.length;
}

function compareArrays(a: unknown[], b: unknown[], strings: StringComparator | undefined): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const values = compareWith(a[at], b[at], strings);
    if (values !== 0) return values;
  }
  return a.length - b.length;
}

/** By length, then subtype, then bytes. */
function compareBinaries(a: Binary | Uint8Array, b: Binary | Uint8Array): number {
  const bytesA = binaryBytes(a);
  const bytesB = binaryBytes(b);
  if (bytesA.length !== bytesB.length) return bytesA.length - bytesB.length;
  const typeA = a instanceof Uint8Array ? 0 : a.sub_type;
  const typeB = b instanceof Uint8Array ? 0 : b.sub_type;
  if (typeA !== typeB) return typeA - typeB;
  return Buffer.compare(bytesA, bytesB);
}

export function binaryBytes(value: Binary | Uint8Array): Uint8Array {
  // A Binary may own a larger buffer than it has filled.
  return value instanceof Uint8Array ? value : value.buffer.subarray(0, value.position ?? Binary.BUFFER_SIZE);
}

function compareObjectIds(a: ObjectId, b: ObjectId): number {
  if (a.equals(b)) return 0;
  return a.toHexString() < b.toHexString() ? -1 : 1;
}

function compareDates(a: Date, b: Date): number {
  const [left, right] = [instantOf(a), instantOf(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** A stored date beyond JavaScript's range reads as invalid; all of these are above the others. */
function instantOf(date: Date): number {
  const instant = date.getTime();
  return Number.isNaN(instant) ? Number.POSITIVE_INFINITY : instant;
}

function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return a.t !== b.t ? a.t - b.t : a.i - b.i;
}

function compareRegexes(a: unknown, b: unknown): number {
  const left = regexParts(a);
  const right = regexParts(b);
  return compareText(left.pattern, right.pattern) || compareText(left.options, right.options);
}

interface CodeLike {
  code?: unknown;
  scope?: unknown;
}

function compareCode(a: CodeLike, b: CodeLike, strings: StringComparator | undefined): number {
  return compareText(String(a.code), String(b.code)) || compareWith(a.scope ?? null, b.scope ?? null, strings);
}
