import { locationError } from '../errors';
import { isNullish } from '../value/kind';
import type { Evaluate, OperatorCompiler, Scope } from './scope';

/** An operator's arguments: a list, or a single one without its brackets. */
export function argumentList(argument: unknown): readonly unknown[] {
  return Array.isArray(argument) ? argument : [argument];
}

export function compileArguments(argument: unknown, scope: Scope): Evaluate[] {
  return argumentList(argument).map((part) => scope.compile(part));
}

function checkCount(name: string, count: number, least: number, most: number): void {
  if (count >= least && count <= most) return;
  if (least === most) {
    throw locationError(16020, `Expression ${name} takes exactly ${least} arguments. ${count} were passed in.`);
  }
  throw locationError(
    28667,
    `Expression ${name} takes at least ${least} arguments, and at most ${most}, but ${count} were passed in.`,
  );
}

/** An operator of one argument. */
export function unary(apply: (value: unknown, name: string, scope: Scope) => unknown): OperatorCompiler {
  return (argument, scope, name) => {
    const list = argumentList(argument);
    checkCount(name, list.length, 1, 1);
    const operand = scope.compile(list[0]);
    return (env) => apply(operand(env), name, scope);
  };
}

export function binary(apply: (a: unknown, b: unknown, name: string, scope: Scope) => unknown): OperatorCompiler {
  return (argument, scope, name) => {
    const list = argumentList(argument);
    checkCount(name, list.length, 2, 2);
    const left = scope.compile(list[0]);
    const right = scope.compile(list[1]);
    return (env) => apply(left(env), right(env), name, scope);
  };
}

/** An operator of a list of arguments, all evaluated. */
export function variadic(
  apply: (values: unknown[], name: string, scope: Scope) => unknown,
  least = 0,
  most = Number.POSITIVE_INFINITY,
): OperatorCompiler {
  return (argument, scope, name) => {
    const operands = compileArguments(argument, scope);
    checkCount(name, operands.length, least, most);
    return (env) =>
      apply(
        operands.map((operand) => operand(env)),
        name,
        scope,
      );
  };
}

/** A one-argument operator that gives null for null and missing. */
export function unaryOrNull(apply: (value: unknown, name: string, scope: Scope) => unknown): OperatorCompiler {
  return unary((value, name, scope) => (isNullish(value) ? null : apply(value, name, scope)));
}
