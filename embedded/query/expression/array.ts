import { Int32 } from 'bson';
import { locationError } from '../errors';
import type { Doc } from '../types';
import { compareWith } from '../value/compare';
import { createKeyOf } from '../value/key';
import { fieldsOf, isNullish, isObject } from '../value/kind';
import { asInteger, isInt32Number, numericType } from '../value/numeric';
import { putField } from '../value/path';
import { isTruthy } from '../value/truth';
import { typeName } from '../value/type-name';
import { binary, unary, unaryOrNull, variadic } from './arguments';
import type { OperatorCompiler, OperatorTable } from './scope';

/** Array expressions that need no variables of their own. */

function requireArray(value: unknown, code: number, message: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw locationError(code, `${message}, but found type: ${typeName(value)}`);
}

function requireInteger(value: unknown, code: number, message: string): number {
  const whole = asInteger(value);
  if (whole === null || (numericType(value) !== 0 && !isInt32Number(whole))) {
    throw locationError(code, `${message}, but got ${typeName(value)}`);
  }
  return whole;
}

const elementAt = binary((array, index) => {
  if (isNullish(array) || isNullish(index)) return null;
  const list = requireArray(array, 28689, "$arrayElemAt's first argument must be an array");
  const at = requireInteger(index, 28691, "$arrayElemAt's second argument must be representable as a 32-bit integer");
  return list.at(at);
});

function end(read: (array: unknown[]) => unknown): OperatorCompiler {
  return unaryOrNull((array, name) => read(requireArray(array, 28689, `${name}'s argument must be an array`)));
}

const size = unary((array) => new Int32(requireArray(array, 17124, 'The argument to $size must be an array').length));

const concatArrays = variadic((arrays) => {
  const joined: unknown[] = [];
  for (const array of arrays) {
    if (isNullish(array)) return null;
    joined.push(...requireArray(array, 28664, '$concatArrays only supports arrays'));
  }
  return joined;
});

const slice = variadic(
  ([array, first, second]) => {
    if (isNullish(array) || first === null || second === null) return null;
    const list = requireArray(array, 28724, 'First argument to $slice must be an array');
    const from = requireInteger(first, 28725, 'Second argument to $slice must be a 32-bit integer');
    if (second === undefined) return from < 0 ? list.slice(from) : list.slice(0, from);
    const count = requireInteger(second, 28727, 'Third argument to $slice must be a 32-bit integer');
    if (count <= 0) throw locationError(28729, `Third argument to $slice must be positive: ${count}`);
    const start = from < 0 ? Math.max(0, list.length + from) : from;
    return list.slice(start, start + count);
  },
  2,
  3,
);

const isIn = binary((value, array, _name, scope) => {
  const list = requireArray(array, 40081, '$in requires an array as a second argument');
  return list.some((element) => compareWith(value ?? null, element, scope.context.strings) === 0);
});

const indexOfArray = variadic(
  ([array, sought, from, to], _name, scope) => {
    if (isNullish(array)) return null;
    const list = requireArray(array, 40090, '$indexOfArray requires an array as a first argument');
    const start =
      from === undefined ? 0 : requireInteger(from, 40096, '$indexOfArray requires an integral starting index');
    const stop =
      to === undefined ? list.length : requireInteger(to, 40096, '$indexOfArray requires an integral ending index');
    if (start < 0 || stop < 0) throw locationError(40097, '$indexOfArray requires a nonnegative index');
    for (let at = start; at < Math.min(stop, list.length); at++) {
      if (compareWith(list[at], sought ?? null, scope.context.strings) === 0) return new Int32(at);
    }
    return new Int32(-1);
  },
  2,
  4,
);

const RANGE_LIMIT = 5_000_000;

const range = variadic(
  ([first, last, stride]) => {
    const start = requireInteger(first, 34443, '$range requires a numeric starting value');
    const stop = requireInteger(last, 34445, '$range requires a numeric ending value');
    const step = stride === undefined ? 1 : requireInteger(stride, 34447, '$range requires a numeric step value');
    if (step === 0) throw locationError(34449, '$range requires a non-zero step value');
    const length = Math.max(0, Math.ceil((stop - start) / step));
    if (length > RANGE_LIMIT) throw locationError(6882, `$range would make ${length} values, more than ${RANGE_LIMIT}`);
    return Array.from({ length }, (_, at) => new Int32(start + at * step));
  },
  2,
  3,
);

const reverse = unaryOrNull((array) =>
  requireArray(array, 34435, 'The argument to $reverseArray must be an array').slice().reverse(),
);

const zip: OperatorCompiler = (argument, scope) => {
  if (!isObject(argument))
    throw locationError(34460, `$zip only supports an object as an argument, found ${typeName(argument)}`);
  const { inputs, useLongestLength = false, defaults, ...rest } = fieldsOf(argument);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw locationError(34464, `$zip found an unknown argument: ${unknown}`);
  if (!Array.isArray(inputs))
    throw locationError(34461, `inputs must be an array of expressions, found ${typeName(inputs)}`);
  if (inputs.length === 0) throw locationError(34465, '$zip requires at least one input array');
  if (typeof useLongestLength !== 'boolean') throw locationError(34463, 'useLongestLength must be a bool');
  if (defaults !== undefined && !Array.isArray(defaults))
    throw locationError(34462, 'defaults must be an array of expressions');
  if (defaults !== undefined && !useLongestLength)
    throw locationError(34466, 'cannot specify defaults unless useLongestLength is true');
  if (defaults !== undefined && defaults.length !== inputs.length)
    throw locationError(34467, 'defaults and inputs must have the same length');
  const arrays = inputs.map((part) => scope.compile(part));
  const fillers = (defaults ?? []).map((part) => scope.compile(part));
  return (env) => {
    const lists: unknown[][] = [];
    for (const array of arrays) {
      const value = array(env);
      if (isNullish(value)) return null;
      lists.push(requireArray(value, 34468, '$zip found a non-array expression in input'));
    }
    const lengths = lists.map((list) => list.length);
    const length = useLongestLength ? Math.max(...lengths) : Math.min(...lengths);
    const fill = fillers.map((filler) => filler(env) ?? null);
    return Array.from({ length }, (_, at) =>
      lists.map((list, column) => (at < list.length ? list[at] : (fill[column] ?? null))),
    );
  };
};

const arrayToObject = unaryOrNull((array) => {
  const list = requireArray(array, 40386, '$arrayToObject requires an array input');
  const result: Doc = {};
  for (const entry of list) {
    const [key, value] = pairOf(entry);
    if (typeof key !== 'string')
      throw locationError(
        40394,
        `$arrayToObject requires an array of key-value pairs, where the key must be of type string. Found key type: ${typeName(key)}`,
      );
    if (key.includes('\0')) throw locationError(4940400, 'Key field cannot contain an embedded null byte');
    putField(result, key, value ?? null);
  }
  return result;
});

function pairOf(entry: unknown): [unknown, unknown] {
  if (Array.isArray(entry)) {
    if (entry.length !== 2)
      throw locationError(
        40397,
        `$arrayToObject requires an array of size 2 arrays,found array of size: ${entry.length}`,
      );
    return [entry[0], entry[1]];
  }
  if (isObject(entry)) {
    const names = Object.keys(entry);
    if (names.length !== 2 || !('k' in entry) || !('v' in entry)) {
      throw locationError(40392, "$arrayToObject requires an object with keys of 'k' and 'v'");
    }
    return [entry['k'], entry['v']];
  }
  throw locationError(40398, `Unrecognised input type format for $arrayToObject: ${typeName(entry)}`);
}

const objectToArray = unaryOrNull((value) => {
  if (!isObject(value))
    throw locationError(40390, `$objectToArray requires a document input, found: ${typeName(value)}`);
  const fields = fieldsOf(value);
  return Object.keys(fields).map((k) => ({ k, v: fields[k] }));
});

function union(values: readonly unknown[], name: string, strings: Parameters<typeof createKeyOf>[0]): unknown {
  const keyOf = createKeyOf(strings);
  const merged = new Map<string, unknown>();
  for (const value of values) {
    if (isNullish(value)) return null;
    for (const element of requireArray(value, 17043, `All operands of ${name} must be arrays`)) {
      const key = keyOf(element);
      if (!merged.has(key)) merged.set(key, element);
    }
  }
  return sorted(merged.values(), strings);
}

/** Sets have no order of their own; the server gives theirs in sorted order. */
function sorted(values: Iterable<unknown>, strings: Parameters<typeof createKeyOf>[0]): unknown[] {
  return [...values].sort((a, b) => compareWith(a, b, strings));
}

function intersection(values: readonly unknown[], name: string, strings: Parameters<typeof createKeyOf>[0]): unknown {
  const keyOf = createKeyOf(strings);
  let common: Map<string, unknown> | null = null;
  for (const value of values) {
    if (isNullish(value)) return null;
    const own = new Map<string, unknown>();
    for (const element of requireArray(value, 17047, `All operands of ${name} must be arrays`)) {
      const key = keyOf(element);
      if ((common === null || common.has(key)) && !own.has(key)) own.set(key, common?.get(key) ?? element);
    }
    common = own;
  }
  return sorted(common?.values() ?? [], strings);
}

const difference = binary((a, b, name, scope) => {
  if (isNullish(a) || isNullish(b)) return null;
  const keyOf = createKeyOf(scope.context.strings);
  const left = requireArray(a, 17048, `both operands of ${name} must be arrays`);
  const taken = new Set(requireArray(b, 17049, `both operands of ${name} must be arrays`).map(keyOf));
  return left.filter((element) => {
    const key = keyOf(element);
    return !taken.has(key) && taken.add(key) !== undefined;
  });
});

const equal = variadic((values, name, scope) => {
  const keyOf = createKeyOf(scope.context.strings);
  const [first, ...others] = values.map(
    (value) => new Set(requireArray(value, 17044, `All operands of ${name} must be arrays`).map(keyOf)),
  );
  return others.every((other) => other.size === first?.size && [...other].every((key) => first.has(key)));
}, 2);

const subset = binary((a, b, name, scope) => {
  const keyOf = createKeyOf(scope.context.strings);
  const left = requireArray(a, 17046, `both operands of ${name} must be arrays. First argument`);
  const whole = new Set(requireArray(b, 17042, `both operands of ${name} must be arrays. Second argument`).map(keyOf));
  return left.every((element) => whole.has(keyOf(element)));
});

export const ARRAY_OPERATORS: OperatorTable = new Map<string, OperatorCompiler>([
  ['$arrayElemAt', elementAt],
  ['$first', end((array) => array[0])],
  ['$last', end((array) => array[array.length - 1])],
  ['$size', size],
  ['$isArray', unary((value) => Array.isArray(value))],
  ['$concatArrays', concatArrays],
  ['$slice', slice],
  ['$in', isIn],
  ['$indexOfArray', indexOfArray],
  ['$range', range],
  ['$reverseArray', reverse],
  ['$zip', zip],
  ['$arrayToObject', arrayToObject],
  ['$objectToArray', objectToArray],
  ['$setUnion', variadic((values, name, scope) => union(values, name, scope.context.strings))],
  ['$setIntersection', variadic((values, name, scope) => intersection(values, name, scope.context.strings))],
  ['$setDifference', difference],
  ['$setEquals', equal],
  ['$setIsSubset', subset],
  [
    '$allElementsTrue',
    unary((value) => requireArray(value, 17040, "$allElementsTrue's argument must be an array").every(isTruthy)),
  ],
  [
    '$anyElementTrue',
    unary((value) => requireArray(value, 17041, "$anyElementTrue's argument must be an array").some(isTruthy)),
  ],
]);
