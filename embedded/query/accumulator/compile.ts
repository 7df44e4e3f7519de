import type { Context } from '../context';
import { locationError } from '../errors';
import { compileExpression } from '../expression/compile';
import { isObject } from '../value/kind';
import type { AccumulatorSpec } from './accumulator';
import { compilePercentile } from './percentile';
import { compileRanked, RANKED_ACCUMULATORS } from './ranked';
import { ONE, SIMPLE_ACCUMULATORS } from './simple';

/** Compiles `{ $accumulator: argument }`. @throws QueryError 15952 for an unknown one */
export function compileAccumulator(name: string, argument: unknown, context: Context): AccumulatorSpec {
  if (name === '$count') return compileCount(argument, context);
  if (RANKED_ACCUMULATORS.has(name)) return compileRanked(name, argument, context);
  if (name === '$percentile' || name === '$median') return compilePercentile(name, argument, context);
  const create = SIMPLE_ACCUMULATORS.get(name);
  if (create === undefined) throw locationError(15952, `unknown group operator '${name}'`);
  if (Array.isArray(argument)) throw locationError(40237, `The ${name} accumulator is a unary operator`);
  return { evaluate: compileExpression(argument, context), create: () => create(context.strings) };
}

function compileCount(argument: unknown, context: Context): AccumulatorSpec {
  if (!isObject(argument) || Object.keys(argument).length > 0) {
    throw locationError(5838900, '$count takes no arguments, i.e. $count:{}');
  }
  return { ...compileAccumulator('$sum', ONE, context), evaluate: () => ONE };
}

export function isAccumulator(name: string): boolean {
  return (
    name === '$count' ||
    name === '$percentile' ||
    name === '$median' ||
    RANKED_ACCUMULATORS.has(name) ||
    SIMPLE_ACCUMULATORS.has(name)
  );
}
