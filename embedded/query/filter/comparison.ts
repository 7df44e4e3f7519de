import { Double, Int32, type ObjectId } from 'bson';
import type { StringComparator } from '../types';
import { compareWith } from '../value/compare';
import { createKeyOf } from '../value/key';
import { bsonTag, Kind, kindOf } from '../value/kind';
import { DECIMAL, LONG, numericType, toBigInt, toNumber } from '../value/numeric';
import type { LeafTest } from '../value/path';

/** Equality as `$eq` means it: null also matches a missing value, nothing else crosses types. */
export function equalTo(operand: unknown, strings: StringComparator | undefined): LeafTest {
  const kind = kindOf(operand);
  switch (kind) {
    case Kind.Missing:
    case Kind.Null:
      return (value) => value === null || value === undefined;
    case Kind.String:
      if (strings !== undefined || typeof operand !== 'string') break;
      return (value) =>
        typeof value === 'string'
          ? value === operand
          : typeof value === 'object' && compareWith(value, operand, strings) === 0;
    case Kind.Boolean:
      return (value) => value === operand;
    case Kind.ObjectId:
      return (value) =>
        typeof value === 'object' &&
        value !== null &&
        bsonTag(value) === 'ObjectId' &&
        (operand as ObjectId).equals(value as ObjectId);
    case Kind.Number: {
      const exact = exactNumber(operand);
      if (exact === null) break;
      return (value) => {
        if (value instanceof Int32 || value instanceof Double) return value.value === exact;
        return kindOf(value) === Kind.Number && compareWith(value, operand, undefined) === 0;
      };
    }
    default:
  }
  return (value) => kindOf(value) === kind && compareWith(value, operand, strings) === 0;
}

/** The operand as a double that stands for it exactly, else null; NaN has no quick path. */
function exactNumber(operand: unknown): number | null {
  const type = numericType(operand);
  const number = toNumber(operand);
  if (type === DECIMAL || Number.isNaN(number)) return null;
  return type === LONG && BigInt(number) !== toBigInt(operand) ? null : number;
}

export type OrderOperator = '$gt' | '$gte' | '$lt' | '$lte';

const PASSES: Readonly<Record<OrderOperator, (order: number) => boolean>> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

/** Order within one type: a string is never above or below a number, but everything lies between MinKey and MaxKey. */
export function orderedAgainst(
  operator: OrderOperator,
  operand: unknown,
  strings: StringComparator | undefined,
): LeafTest {
  const passes = PASSES[operator];
  const kind = kindOf(operand);
  const inclusive = operator === '$gte' || operator === '$lte';
  const upward = operator === '$gt' || operator === '$gte';
  switch (kind) {
    case Kind.Missing:
    case Kind.Null:
      return (value) => inclusive && (value === null || value === undefined);
    case Kind.MinKey:
      return (value) => (kindOf(value) === Kind.MinKey ? inclusive : upward);
    case Kind.MaxKey:
      return (value) => (kindOf(value) === Kind.MaxKey ? inclusive : !upward);
    case Kind.Number:
      return orderedNumber(operator, operand);
    default:
      return (value) => kindOf(value) === kind && passes(compareWith(value, operand, strings));
  }
}

/** NaN is ordered against nothing, and only `$gte` and `$lte` let it meet itself. */
function orderedNumber(operator: OrderOperator, operand: unknown): LeafTest {
  const passes = PASSES[operator];
  if (Number.isNaN(toNumber(operand))) {
    const inclusive = operator === '$gte' || operator === '$lte';
    return (value) => inclusive && kindOf(value) === Kind.Number && Number.isNaN(toNumber(value));
  }
  const exact = exactNumber(operand);
  return (value) => {
    if (exact !== null && (value instanceof Int32 || value instanceof Double)) {
      const number = value.value;
      return passes(number < exact ? -1 : number > exact ? 1 : number === exact ? 0 : Number.NaN);
    }
    if (kindOf(value) !== Kind.Number || Number.isNaN(toNumber(value))) return false;
    return passes(compareWith(value, operand, undefined));
  };
}

const HASHED_FROM = 9;

/** Equality with any of the values; long lists are looked up by key. */
export function equalToAny(operands: readonly unknown[], strings: StringComparator | undefined): LeafTest {
  const [only] = operands;
  if (operands.length === 1) return equalTo(only, strings);
  if (operands.length < HASHED_FROM || strings !== undefined) {
    const tests = operands.map((operand) => equalTo(operand, strings));
    return (value) => {
      for (const test of tests) if (test(value)) return true;
      return false;
    };
  }
  const keyOf = createKeyOf(undefined);
  const keys = new Set(operands.map((operand) => keyOf(operand ?? null)));
  return (value) => keys.has(keyOf(value ?? null));
}
