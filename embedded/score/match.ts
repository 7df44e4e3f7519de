import { mongo } from 'mongoose';
import type { Plain } from './suite';

/** What a value must be, in words, or null when it is. */
export type Mismatch = string | null;

export interface MatchContext {
  entity(name: string): unknown;
  sessionId(name: string): unknown;
}

/** Compares by the rules of the unified format: extra fields are allowed at the root only, numbers compare by value. */
export function mismatch(expected: unknown, seen: unknown, context: MatchContext, path = '', root = true): Mismatch {
  // The driver keeps the order of a sort or an index key in a Map.
  const actual = seen instanceof Map ? Object.fromEntries(seen) : seen;
  if (isPlain(expected)) {
    const [operator] = Object.keys(expected);
    if (operator?.startsWith('$$')) return special(operator, expected[operator], actual, context, path, root);
    return object(expected, actual, context, path, root);
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `${path}: expected a list, got ${show(actual)}`;
    if (actual.length !== expected.length)
      return `${path}: expected ${expected.length} items, got ${actual.length}: ${show(actual)}`;
    for (const [i, item] of expected.entries()) {
      const wrong = mismatch(item, actual[i], context, `${path}[${i}]`, isPlain(item) && path === '');
      if (wrong !== null) return wrong;
    }
    return null;
  }
  return same(expected, actual) ? null : `${path}: expected ${show(expected)}, got ${show(actual)}`;
}

function object(expected: Plain, actual: unknown, context: MatchContext, path: string, root: boolean): Mismatch {
  if (!isPlain(actual)) return `${path}: expected ${show(expected)}, got ${show(actual)}`;
  for (const [name, value] of Object.entries(expected)) {
    const inner = isPlain(value) ? Object.keys(value)[0] : undefined;
    if (inner === '$$exists' || inner === '$$unsetOrMatches') {
      const wrong = special(inner, (value as Plain)[inner], actual[name], context, `${path}.${name}`, false);
      if (wrong !== null) return wrong;
      continue;
    }
    if (!(name in actual)) return `${path}.${name}: missing`;
    const wrong = mismatch(value, actual[name], context, `${path}.${name}`, false);
    if (wrong !== null) return wrong;
  }
  if (root) return null;
  const extra = Object.keys(actual).find((name) => !(name in expected) && actual[name] !== undefined);
  return extra === undefined ? null : `${path}.${extra}: not expected`;
}

function special(
  operator: string,
  operand: unknown,
  actual: unknown,
  context: MatchContext,
  path: string,
  root: boolean,
): Mismatch {
  switch (operator) {
    case '$$exists':
      return (actual !== undefined) === operand
        ? null
        : `${path}: expected to be ${operand ? 'there' : 'absent'}, got ${show(actual)}`;
    case '$$unsetOrMatches':
      return actual === undefined || actual === null ? null : mismatch(operand, actual, context, path, root);
    case '$$matchesEntity':
      return mismatch(context.entity(String(operand)), actual, context, path, root);
    case '$$sessionLsid':
      return mismatch(context.sessionId(String(operand)), actual, context, path, false);
    case '$$type': {
      const types = Array.isArray(operand) ? operand : [operand];
      return types.includes(typeOf(actual)) ||
        (types.includes('number') && isNumber(actual)) ||
        types.some((type) => isKind(String(type), actual))
        ? null
        : `${path}: expected ${types.join(' or ')}, got ${show(actual)}`;
    }
    case '$$matchAsRoot':
      return mismatch(operand, actual, context, path, true);
    default:
      return `${path}: ${operator} is not known here`;
  }
}

function isNumber(value: unknown): boolean {
  return numeric(value) !== undefined;
}

function isKind(type: string, value: unknown): boolean {
  if (type === 'int' || type === 'long') return Number.isInteger(numeric(value));
  return type === 'double' && isNumber(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value !== 'object') return typeof value;
  const names: Record<string, string> = {
    ObjectId: 'objectId',
    Binary: 'binData',
    Timestamp: 'timestamp',
    Decimal128: 'decimal',
    Long: 'long',
    Int32: 'int',
    Double: 'double',
  };
  return '_bsontype' in value ? (names[String(value._bsontype)] ?? String(value._bsontype)) : 'object';
}

function numeric(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (
    typeof value === 'object' &&
    value !== null &&
    '_bsontype' in value &&
    ['Int32', 'Double', 'Long'].includes(String(value._bsontype))
  )
    return Number(value);
  return undefined;
}

function same(expected: unknown, actual: unknown): boolean {
  const number = numeric(expected);
  if (number !== undefined) return numeric(actual) === number;
  if (expected === null) return actual === null || actual === undefined;
  return show(expected) === show(actual);
}

function isPlain(value: unknown): value is Plain {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !('_bsontype' in value) &&
    !(value instanceof RegExp)
  );
}

export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = mongo.BSON.EJSON.stringify(value as never) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
