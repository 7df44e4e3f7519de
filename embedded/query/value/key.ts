import type { Decimal128, ObjectId, Timestamp } from 'bson';
import type { Doc, StringComparator } from '../types';
import { binaryBytes, compareNumbers } from './compare';
import { decimalOf, decimalToNumber } from './decimal';
import { fieldsOf, Kind, kindOf, textOf } from './kind';
import { DECIMAL, LONG, numericType, toBigInt, toNumber } from './numeric';
import { regexParts } from './regex';

export type KeyOf = (value: unknown) => string;

/**
 * A function from values to strings, equal for exactly the values that compare equal: for grouping, sets and joins.
 * With a collation each string is replaced by the first one met that equals it, so one function serves one set.
 */
export function createKeyOf(strings: StringComparator | undefined): KeyOf {
  if (strings === undefined) return (value) => keyOf(value, plain);
  const representative = createRepresentative(strings);
  return (value) => keyOf(value, representative);
}

const plain = (text: string): string => text;

/** Finds the stand-in of a string by binary search among those already met. */
function createRepresentative(strings: StringComparator): (text: string) => string {
  const known = new Map<string, string>();
  const sorted: string[] = [];
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (strings(sorted[middle] as string, text) < 0) low = middle + 1;
      else high = middle;
    }
    const candidate = sorted[low];
    const result = candidate !== undefined && strings(candidate, text) === 0 ? candidate : text;
    if (result === text) sorted.splice(low, 0, text);
    known.set(text, result);
    return result;
  };
}

function keyOf(value: unknown, stringOf: (text: string) => string): string {
  switch (kindOf(value)) {
    case Kind.Missing:
      return 'u';
    case Kind.Null:
      return '0';
    case Kind.Number:
      return numberKey(value);
    case Kind.String: {
      const text = stringOf(textOf(value));
      return `s${text.length}:${text}`;
    }
    case Kind.Object:
      return objectKey(fieldsOf(value as Doc), stringOf);
    case Kind.Array:
      return `[${(value as unknown[]).map((element) => keyOf(element, stringOf)).join()}]`;
    case Kind.Binary: {
      const bytes = binaryBytes(value as Uint8Array);
      const subtype = value instanceof Uint8Array ? 0 : (value as { sub_type: number }).sub_type;
      return `b${subtype}:${Buffer.from(bytes).toString('base64')}`;
    }
    case Kind.ObjectId:
      return `o${(value as ObjectId).toHexString()}`;
    case Kind.Boolean:
      return value === true ? 't' : 'f';
    case Kind.Date:
      return `d${(value as Date).getTime()}`;
    case Kind.Timestamp:
      return `T${(value as Timestamp).t}.${(value as Timestamp).i}`;
    case Kind.Regex: {
      const { pattern, options } = regexParts(value);
      return `r${pattern.length}:${pattern}/${options}`;
    }
    case Kind.MinKey:
      return '<';
    case Kind.MaxKey:
      return '>';
    default: {
      const { code, scope } = value as { code?: unknown; scope?: unknown };
      const text = String(code);
      return `c${text.length}:${text}${keyOf(scope ?? null, stringOf)}`;
    }
  }
}

function objectKey(doc: Doc, stringOf: (text: string) => string): string {
  let key = '{';
  for (const name of Object.keys(doc)) key += `${name.length}:${name}=${keyOf(doc[name], stringOf)},`;
  return `${key}}`;
}

/** Equal numbers of all four types share a key: a double's text where a double holds the value, else exact digits. */
function numberKey(value: unknown): string {
  const type = numericType(value);
  if (type === LONG) {
    const number = toNumber(value);
    return Number.isSafeInteger(number) ? `n${number}` : `n${toBigInt(value)}`;
  }
  if (type !== DECIMAL) return doubleKey(toNumber(value));
  const decimal = decimalOf(value as Decimal128);
  const number = decimalToNumber(decimal);
  if (compareNumbers(number, value) === 0) return doubleKey(number);
  let { coefficient, exponent } = decimal;
  while (coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent += 1;
  }
  const sign = decimal.negative ? '-' : '';
  // A whole number beyond the doubles must meet the key of the same Long.
  if (exponent >= 0 && exponent < 20) return `n${sign}${coefficient * 10n ** BigInt(exponent)}`;
  return `m${sign}${coefficient}e${exponent}`;
}

function doubleKey(value: number): string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return `n${BigInt(value)}`;
  return `n${value === 0 ? 0 : value}`;
}
