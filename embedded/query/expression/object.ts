import { calculateObjectSize, Double, Int32 } from 'bson';
import { percentileArguments, percentilesOf } from '../accumulator/percentile-arguments';
import { locationError } from '../errors';
import type { Doc } from '../types';
import { binaryBytes, compareWith } from '../value/compare';
import { Deviation } from '../value/deviation';
import { fieldsOf, isNullish, isObject, Kind, kindOf } from '../value/kind';
import { numericType, toNumber } from '../value/numeric';
import { fieldOf, putField } from '../value/path';
import { Sum } from '../value/sum';
import { typeName } from '../value/type-name';
import { argumentList, compileArguments, unaryOrNull } from './arguments';
import type { Env, Evaluate, OperatorCompiler, OperatorTable, Scope } from './scope';

/** Expressions on documents, literals, and the accumulators used as expressions. */

const literal: OperatorCompiler = (argument) => () => argument;

const mergeObjects: OperatorCompiler = (argument, scope) => {
  const operands = compileArguments(argument, scope);
  return (env) => {
    const merged: Doc = {};
    for (const value of spread(operands, env)) {
      if (isNullish(value)) continue;
      if (!isObject(value)) {
        throw locationError(40400, `$mergeObjects requires object inputs, but input is of type ${typeName(value)}`);
      }
      const fields = fieldsOf(value);
      for (const name of Object.keys(fields)) putField(merged, name, fields[name]);
    }
    return merged;
  };
};

/** A single argument that is an array stands for its elements; among several an array is a value like others. */
function spread(operands: readonly Evaluate[], env: Env): unknown[] {
  const values = operands.map((operand) => operand(env));
  return values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
}

function over(gather: (values: unknown[], scope: Scope) => unknown): OperatorCompiler {
  return (argument, scope) => {
    const operands = compileArguments(argument, scope);
    return (env) => gather(spread(operands, env), scope);
  };
}

function sumOf(values: readonly unknown[]): Sum {
  const total = new Sum();
  for (const value of values) total.add(value);
  return total;
}

function deviationOf(values: readonly unknown[]): Deviation {
  const gathered = new Deviation();
  for (const value of values) gathered.add(value);
  return gathered;
}

function extremeOf(values: readonly unknown[], scope: Scope, direction: 1 | -1): unknown {
  let best: unknown = null;
  for (const value of values) {
    if (isNullish(value)) continue;
    if (best === null || direction * compareWith(value, best, scope.context.strings) < 0) best = value;
  }
  return best;
}

interface FieldArguments {
  readonly field: Evaluate;
  readonly input: Evaluate;
}

/** `{ field, input }`, or for `$getField` the field's name alone. */
function fieldArguments(
  argument: unknown,
  scope: Scope,
  name: string,
): FieldArguments & { readonly value: Evaluate | null } {
  const fields: Doc = isObject(argument) && 'field' in argument ? fieldsOf(argument) : { field: argument };
  for (const key of Object.keys(fields)) {
    if (!['field', 'input', 'value'].includes(key))
      throw locationError(3041701, `${name} found an unknown argument: ${key}`);
  }
  const field = scope.compile(fields['field']);
  return {
    field,
    input: 'input' in fields ? scope.compile(fields['input']) : (env) => env.current,
    value: 'value' in fields ? scope.compile(fields['value']) : null,
  };
}

function fieldName(field: Evaluate, env: Env, name: string): string {
  const value = field(env);
  if (typeof value === 'string') return value;
  throw locationError(3041704, `${name} requires 'field' to evaluate to type String, but got ${typeName(value)}`);
}

const getField: OperatorCompiler = (argument, scope, name) => {
  const { field, input } = fieldArguments(argument, scope, name);
  return (env) => {
    const key = fieldName(field, env, name);
    const value = input(env);
    if (isNullish(value)) return value;
    return isObject(value) ? fieldOf(fieldsOf(value), key) : undefined;
  };
};

function changingField(removes: boolean): OperatorCompiler {
  return (argument, scope, name) => {
    const { field, input, value } = fieldArguments(argument, scope, name);
    if (!removes && value === null) throw locationError(4161102, `${name} requires 'value' to be specified`);
    return (env) => {
      const key = fieldName(field, env, name);
      const doc = input(env);
      if (isNullish(doc)) return null;
      if (!isObject(doc)) throw locationError(4161105, `${name} requires 'input' to evaluate to type Object`);
      const copy = { ...fieldsOf(doc) };
      const result = removes ? undefined : value?.(env);
      if (result === undefined) delete copy[key];
      else putField(copy, key, result);
      return copy;
    };
  };
}

const documentSize = unaryOrNull((value) => {
  if (!isObject(value)) throw locationError(31393, `$bsonSize requires a document input, found: ${typeName(value)}`);
  return new Int32(calculateObjectSize(fieldsOf(value)));
});

const binarySize = unaryOrNull((value) => {
  if (typeof value === 'string') return new Int32(Buffer.byteLength(value));
  if (kindOf(value) === Kind.Binary) return new Int32(binaryBytes(value as Uint8Array).length);
  throw locationError(51276, `$binarySize requires a string or BinData argument, found: ${typeName(value)}`);
});

const random: OperatorCompiler = (argument, scope) => {
  if (!isObject(argument) && argumentList(argument).length > 0)
    throw locationError(3040501, '$rand does not currently accept arguments');
  return () => new Double(scope.context.random());
};

const percentile: OperatorCompiler = (argument, scope, name) => {
  const { input, percentiles } = percentileArguments(name, argument, (expression) =>
    scope.compile(expression)({ root: {}, current: {}, slots: [] }),
  );
  const operand = scope.compile(input);
  return (env) => {
    const value = operand(env);
    const numbers = (Array.isArray(value) ? value : [value]).filter((entry) => numericType(entry) !== 0).map(toNumber);
    const found = percentilesOf(numbers, percentiles);
    return name === '$median' ? found[0] : found;
  };
};

export const OBJECT_OPERATORS: OperatorTable = new Map<string, OperatorCompiler>([
  ['$literal', literal],
  ['$const', literal],
  ['$expr', (argument, scope) => scope.compile(argument)],
  ['$mergeObjects', mergeObjects],
  ['$getField', getField],
  ['$setField', changingField(false)],
  ['$unsetField', changingField(true)],
  ['$bsonSize', documentSize],
  ['$binarySize', binarySize],
  ['$rand', random],
  ['$sum', over((values) => sumOf(values).result())],
  ['$avg', over((values) => sumOf(values).mean())],
  ['$min', over((values, scope) => extremeOf(values, scope, 1))],
  ['$max', over((values, scope) => extremeOf(values, scope, -1))],
  ['$stdDevPop', over((values) => deviationOf(values).population())],
  ['$stdDevSamp', over((values) => deviationOf(values).sample())],
  ['$percentile', percentile],
  ['$median', percentile],
]);
