import { Int32 } from 'bson';
import { failedToParse, locationError } from '../errors';
import { compareWith } from '../value/compare';
import { fieldsOf, isNullish, isObject } from '../value/kind';
import { isTruthy } from '../value/truth';
import { argumentList, binary, compileArguments, unary } from './arguments';
import type { OperatorCompiler, OperatorTable, Scope } from './scope';

/** Comparison, boolean and conditional expressions. */

function comparing(passes: (order: number) => unknown): OperatorCompiler {
  return binary((a, b, _name, scope) => passes(compareWith(a, b, scope.context.strings)));
}

const and: OperatorCompiler = (argument, scope) => {
  const operands = compileArguments(argument, scope);
  return (env) => operands.every((operand) => isTruthy(operand(env)));
};

const or: OperatorCompiler = (argument, scope) => {
  const operands = compileArguments(argument, scope);
  return (env) => operands.some((operand) => isTruthy(operand(env)));
};

const cond: OperatorCompiler = (argument, scope) => {
  const [test, then, otherwise] = conditionParts(argument).map((part) => scope.compile(part));
  if (test === undefined || then === undefined || otherwise === undefined) {
    throw locationError(16020, 'Expression $cond takes exactly 3 arguments.');
  }
  return (env) => (isTruthy(test(env)) ? then(env) : otherwise(env));
};

function conditionParts(argument: unknown): readonly unknown[] {
  if (!isObject(argument)) {
    const list = argumentList(argument);
    if (list.length !== 3) {
      throw locationError(16020, `Expression $cond takes exactly 3 arguments. ${list.length} were passed in.`);
    }
    return list;
  }
  for (const key of Object.keys(argument)) {
    if (!['if', 'then', 'else'].includes(key)) throw locationError(17083, `Unrecognized parameter to $cond: ${key}`);
  }
  if (!('if' in argument)) throw locationError(17080, "Missing 'if' parameter to $cond");
  if (!('then' in argument)) throw locationError(17081, "Missing 'then' parameter to $cond");
  if (!('else' in argument)) throw locationError(17082, "Missing 'else' parameter to $cond");
  return [argument['if'], argument['then'], argument['else']];
}

const ifNull: OperatorCompiler = (argument, scope) => {
  const list = argumentList(argument);
  if (list.length < 2) throw locationError(1257300, `$ifNull needs at least two arguments, had: ${list.length}`);
  const operands = list.map((part) => scope.compile(part));
  return (env) => {
    let value: unknown;
    for (const operand of operands) {
      value = operand(env);
      if (!isNullish(value)) return value;
    }
    return value;
  };
};

const switchCase: OperatorCompiler = (argument, scope) => {
  if (!isObject(argument))
    throw locationError(40060, '$switch requires an object as an argument, found: an array or value');
  const { branches, default: fallback, ...rest } = fieldsOf(argument);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw locationError(40067, `$switch found an unknown argument: ${unknown}`);
  if (!Array.isArray(branches)) throw locationError(40061, "$switch expected an array for 'branches'");
  if (branches.length === 0) throw locationError(40068, '$switch requires at least one branch.');
  const cases = branches.map((branch) => compileBranch(branch, scope));
  const otherwise = 'default' in argument ? scope.compile(fallback) : null;
  return (env) => {
    for (const { test, outcome } of cases) if (isTruthy(test(env))) return outcome(env);
    if (otherwise === null) {
      throw locationError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    }
    return otherwise(env);
  };
};

function compileBranch(branch: unknown, scope: Scope) {
  if (!isObject(branch)) throw locationError(40062, '$switch expected each branch to be an object');
  if (!('case' in branch)) throw locationError(40064, "$switch requires each branch have a 'case' expression");
  if (!('then' in branch)) throw locationError(40065, "$switch requires each branch have a 'then' expression.");
  for (const key of Object.keys(branch)) {
    if (key !== 'case' && key !== 'then') throw failedToParse(`$switch found an unknown argument to a branch: ${key}`);
  }
  return { test: scope.compile(branch['case']), outcome: scope.compile(branch['then']) };
}

export const BOOLEAN_OPERATORS: OperatorTable = new Map<string, OperatorCompiler>([
  ['$eq', comparing((order) => order === 0)],
  ['$ne', comparing((order) => order !== 0)],
  ['$gt', comparing((order) => order > 0)],
  ['$gte', comparing((order) => order >= 0)],
  ['$lt', comparing((order) => order < 0)],
  ['$lte', comparing((order) => order <= 0)],
  ['$cmp', comparing((order) => new Int32(Math.sign(order)))],
  ['$and', and],
  ['$or', or],
  ['$not', unary((value) => !isTruthy(value))],
  ['$cond', cond],
  ['$ifNull', ifNull],
  ['$switch', switchCase],
]);
