import { failedToParse, locationError, QueryError } from '../errors';
import { compileSort } from '../sort';
import type { Doc } from '../types';
import { compareWith } from '../value/compare';
import { fieldsOf, isNullish, isObject } from '../value/kind';
import { asInteger, numericType, toNumber } from '../value/numeric';
import { isTruthy } from '../value/truth';
import { typeName } from '../value/type-name';
import type { OperatorCompiler, OperatorTable, Scope } from './scope';

/** Expressions that bind variables or order arrays: `$let`, `$map`, `$filter`, `$reduce`, `$sortArray` and the `…N`. */

function parameters(argument: unknown, name: string, needed: readonly string[], optional: readonly string[] = []): Doc {
  if (!isObject(argument))
    throw locationError(16878, `${name} only supports an object as its argument, found ${typeName(argument)}`);
  const fields = fieldsOf(argument);
  for (const key of Object.keys(fields)) {
    if (!needed.includes(key) && !optional.includes(key))
      throw locationError(16879, `Unrecognized parameter to ${name}: ${key}`);
  }
  for (const key of needed) if (!(key in fields)) throw locationError(16880, `Missing '${key}' parameter to ${name}`);
  return fields;
}

function variableName(value: unknown, name: string): string {
  if (typeof value !== 'string') throw failedToParse(`${name}: 'as' must be a string, found ${typeName(value)}`);
  checkVariable(value);
  return value;
}

/** Variables of users begin with a lowercase letter; CURRENT may be bound anew. */
function checkVariable(name: string): void {
  if (name === '') throw failedToParse('empty variable names are not allowed');
  if (name === 'CURRENT') return;
  if (!/^[a-z\u0080-\u{10ffff}]/u.test(name)) {
    throw failedToParse(`'${name}' starts with an invalid character for a user variable name`);
  }
  const bad = /[^A-Za-z0-9_\u0080-\u{10ffff}]/u.exec(name);
  if (bad !== null) throw failedToParse(`'${name}' contains an invalid character for a variable name: '${bad[0]}'`);
}

const letIn: OperatorCompiler = (argument, scope, name) => {
  const { vars, in: body } = parameters(argument, name, ['vars', 'in']);
  if (!isObject(vars))
    throw locationError(16876, `invalid parameter: expected an object (vars), found ${typeName(vars)}`);
  const names = Object.keys(vars);
  names.forEach(checkVariable);
  const values = names.map((key) => scope.compile(vars[key]));
  const { scope: inner, slots } = scope.bind(names);
  const result = inner.compile(body);
  return (env) => {
    // All values are taken before any is bound: a variable does not see the others of the same $let.
    const taken = values.map((value) => value(env));
    slots.forEach((slot, at) => {
      env.slots[slot] = taken[at];
    });
    return result(env);
  };
};

function inputArray(value: unknown, name: string, code: number): unknown[] | null {
  if (isNullish(value)) return null;
  if (Array.isArray(value)) return value;
  throw locationError(code, `input to ${name} must be an array not ${typeName(value)}`);
}

const map: OperatorCompiler = (argument, scope, name) => {
  const { input, as = 'this', in: body } = parameters(argument, name, ['input', 'in'], ['as']);
  const array = scope.compile(input);
  const { scope: inner, slots } = scope.bind([variableName(as, name)]);
  const each = inner.compile(body);
  const slot = slots[0] as number;
  return (env) =>
    inputArray(array(env), name, 16883)?.map((element) => {
      env.slots[slot] = element;
      return each(env) ?? null;
    }) ?? null;
};

const filter: OperatorCompiler = (argument, scope, name) => {
  const { input, as = 'this', cond, limit } = parameters(argument, name, ['input', 'cond'], ['as', 'limit']);
  const array = scope.compile(input);
  const most = limit === undefined ? null : scope.compile(limit);
  const { scope: inner, slots } = scope.bind([variableName(as, name)]);
  const test = inner.compile(cond);
  const slot = slots[0] as number;
  return (env) => {
    const list = inputArray(array(env), name, 28651);
    if (list === null) return null;
    const bound = most?.(env);
    const count = isNullish(bound) ? Number.POSITIVE_INFINITY : asInteger(bound);
    if (count === null || count < 1)
      throw locationError(327391, `${name}: limit must be represented as a 32-bit integer greater than 0`);
    const kept: unknown[] = [];
    for (const element of list) {
      env.slots[slot] = element;
      if (isTruthy(test(env))) kept.push(element);
      if (kept.length >= count) break;
    }
    return kept;
  };
};

const reduce: OperatorCompiler = (argument, scope, name) => {
  const { input, initialValue, in: body } = parameters(argument, name, ['input', 'initialValue', 'in']);
  const array = scope.compile(input);
  const start = scope.compile(initialValue);
  const { scope: inner, slots } = scope.bind(['this', 'value']);
  const step = inner.compile(body);
  const [thisSlot, valueSlot] = slots as [number, number];
  return (env) => {
    const list = inputArray(array(env), name, 40080);
    if (list === null) return null;
    let value = start(env);
    for (const element of list) {
      env.slots[thisSlot] = element;
      env.slots[valueSlot] = value;
      value = step(env);
    }
    return value;
  };
};

const sortArray: OperatorCompiler = (argument, scope, name) => {
  const { input, sortBy } = parameters(argument, name, ['input', 'sortBy']);
  const array = scope.compile(input);
  const compare = elementOrder(sortBy, scope);
  return (env) => {
    const list = inputArray(array(env), name, 2942504);
    return list === null ? null : list.slice().sort(compare);
  };
};

function elementOrder(sortBy: unknown, scope: Scope): (a: unknown, b: unknown) => number {
  const { strings } = scope.context;
  if (isObject(sortBy)) {
    const compare = compileSort(fieldsOf(sortBy), strings);
    const doc = (value: unknown): Doc => (isObject(value) ? fieldsOf(value) : {});
    return (a, b) => compare(doc(a), doc(b));
  }
  const direction = numericType(sortBy) === 0 ? 0 : toNumber(sortBy);
  if (direction !== 1 && direction !== -1)
    throw new QueryError(2, 'BadValue', '$sortArray: sortBy must be 1, -1 or an object');
  return (a, b) => direction * compareWith(a, b, strings);
}

/** `$firstN`, `$lastN`, `$minN`, `$maxN` of an array. */
function taking(pick: (list: unknown[], count: number, scope: Scope) => unknown[]): OperatorCompiler {
  return (argument, scope, name) => {
    const { input, n } = parameters(argument, name, ['input', 'n']);
    const [array, limit] = [scope.compile(input), scope.compile(n)];
    return (env) => {
      const list = array(env);
      const count = asInteger(limit(env));
      if (count === null || count < 1)
        throw locationError(5787902, `Value for 'n' must be of integral type and positive in ${name}`);
      if (!Array.isArray(list))
        throw locationError(5788200, `Input must be an array in ${name}, found ${typeName(list)}`);
      return pick(list, count, scope);
    };
  };
}

const best = (direction: 1 | -1) =>
  taking((list, count, scope) =>
    list
      .filter((value) => !isNullish(value))
      .sort((a, b) => direction * compareWith(a, b, scope.context.strings))
      .slice(0, count),
  );

export const ITERATION_OPERATORS: OperatorTable = new Map<string, OperatorCompiler>([
  ['$let', letIn],
  ['$map', map],
  ['$filter', filter],
  ['$reduce', reduce],
  ['$sortArray', sortArray],
  ['$firstN', taking((list, count) => list.slice(0, count))],
  ['$lastN', taking((list, count) => list.slice(-count))],
  ['$minN', best(1)],
  ['$maxN', best(-1)],
]);
