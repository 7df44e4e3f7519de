import { badValue, failedToParse, typeMismatch } from '../errors';
import type { FilterScope } from '../filter/scope';
import { compileSort } from '../sort';
import type { Doc } from '../types';
import { compareWith } from '../value/compare';
import { formatElement, formatValue } from '../value/format';
import { createKeyOf } from '../value/key';
import { fieldsOf, isObject } from '../value/kind';
import { asInteger, numericType, toNumber } from '../value/numeric';
import { typeName } from '../value/type-name';
import { creating, existing, type Modifier, type ModifierBuilder, type Place } from './modifier';
import { pullTest } from './pull-test';

/** The modifiers of arrays. */

function arrayOr(current: unknown, place: Place): unknown[] {
  if (current === undefined) return [];
  if (Array.isArray(current)) return current;
  throw badValue(
    `The field '${place.path}' must be an array but is of type ${typeName(current)} in document ${formatElement('_id', place.id)}`,
  );
}

interface PushClauses {
  readonly values: readonly unknown[];
  readonly position: number | null;
  readonly slice: number | null;
  readonly compare: ((a: unknown, b: unknown) => number) | null;
}

function push(operand: unknown, scope: FilterScope): Modifier {
  const clauses = pushClauses(operand, scope);
  return creating((current, place) => {
    const array = arrayOr(current, place);
    const { values, position, slice, compare } = clauses;
    if (values.length === 0 && slice === null && compare === null && current !== undefined) return current;
    const at = position === null ? array.length : position < 0 ? Math.max(0, array.length + position) : position;
    let result = [...array.slice(0, at), ...values, ...array.slice(at)];
    if (compare !== null) result.sort(compare);
    if (slice !== null) result = slice < 0 ? result.slice(slice) : result.slice(0, slice);
    return result;
  });
}

function pushClauses(operand: unknown, scope: FilterScope): PushClauses {
  if (!isObject(operand) || !('$each' in operand)) {
    return { values: [operand], position: null, slice: null, compare: null };
  }
  for (const name of Object.keys(operand)) {
    if (!['$each', '$position', '$slice', '$sort'].includes(name))
      throw badValue(`Unrecognized clause in $push: ${name}`);
  }
  const values = operand['$each'];
  if (!Array.isArray(values)) {
    throw badValue(`The argument to $each in $push must be an array but it was of type: ${typeName(values)}`);
  }
  return {
    values,
    position: integerClause('$position', operand['$position']),
    slice: integerClause('$slice', operand['$slice']),
    compare: operand['$sort'] === undefined ? null : elementOrder(operand['$sort'], scope),
  };
}

function integerClause(name: string, operand: unknown): number | null {
  if (operand === undefined) return null;
  const value = asInteger(operand);
  if (value === null)
    throw badValue(`The value for ${name} must be an integer value but was given type: ${typeName(operand)}`);
  return value;
}

/** `$sort: 1` orders whole elements, `$sort: { field: 1 }` orders embedded documents. */
function elementOrder(operand: unknown, scope: FilterScope): (a: unknown, b: unknown) => number {
  if (isObject(operand)) {
    if (Object.keys(operand).length === 0)
      throw badValue('The $sort pattern is empty when it should be a set of fields.');
    const compare = compileSort(operand, scope.strings);
    const doc = (value: unknown): Doc => (isObject(value) ? fieldsOf(value) : {});
    return (a, b) => compare(doc(a), doc(b));
  }
  const direction = numericType(operand) === 0 ? Number.NaN : toNumber(operand);
  if (direction !== 1 && direction !== -1) {
    throw badValue('The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields');
  }
  return (a, b) => direction * compareWith(a, b, scope.strings);
}

function addToSet(operand: unknown, scope: FilterScope): Modifier {
  const values = eachOf(operand);
  return creating((current, place) => {
    const array = arrayOr(current, place);
    const added: unknown[] = [];
    const keyOf = createKeyOf(scope.strings);
    const known = new Set(array.map(keyOf));
    for (const value of values) {
      const key = keyOf(value);
      if (known.has(key)) continue;
      known.add(key);
      added.push(value);
    }
    return added.length === 0 && current !== undefined ? current : [...array, ...added];
  });
}

function eachOf(operand: unknown): readonly unknown[] {
  if (!isObject(operand) || Object.keys(operand)[0] !== '$each') return [operand];
  const values = operand['$each'];
  if (!Array.isArray(values)) {
    throw typeMismatch(`The argument to $each in $addToSet must be an array but it was of type ${typeName(values)}`);
  }
  const extra = Object.keys(operand)[1];
  if (extra !== undefined) throw badValue(`Found unexpected fields after $each in $addToSet: ${formatValue(operand)}`);
  return values;
}

const pop: ModifierBuilder = (operand, _scope, path) => {
  if (numericType(operand) === 0) throw failedToParse(`Expected a number in: ${formatElement(path, operand)}`);
  const end = toNumber(operand);
  if (end !== 1 && end !== -1) throw failedToParse(`$pop expects 1 or -1, found: ${formatValue(operand)}`);
  return existing((current, place) => {
    if (current === undefined) return undefined;
    if (!Array.isArray(current)) {
      throw typeMismatch(`Path '${place.path}' contains an element of non-array type '${typeName(current)}'`);
    }
    if (current.length === 0) return current;
    return end === 1 ? current.slice(0, -1) : current.slice(1);
  });
};

function removing(operator: string, test: (element: unknown) => boolean): Modifier {
  return existing((current) => {
    if (current === undefined) return undefined;
    if (!Array.isArray(current)) throw badValue(`Cannot apply ${operator} to a non-array value`);
    const kept = current.filter((element) => !test(element));
    return kept.length === current.length ? current : kept;
  });
}

function pull(operand: unknown, scope: FilterScope): Modifier {
  return removing('$pull', pullTest(operand, scope));
}

function pullAll(operand: unknown, scope: FilterScope): Modifier {
  if (!Array.isArray(operand))
    throw badValue(`$pullAll requires an array argument but was given a ${typeName(operand)}`);
  const keyOf = createKeyOf(scope.strings);
  const keys = new Set(operand.map(keyOf));
  return removing('$pullAll', (element) => keys.has(keyOf(element)));
}

export const ARRAY_MODIFIERS: ReadonlyMap<string, ModifierBuilder> = new Map<string, ModifierBuilder>([
  ['$push', push],
  ['$addToSet', addToSet],
  ['$pop', pop],
  ['$pull', pull],
  ['$pullAll', pullAll],
]);
