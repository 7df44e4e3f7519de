import { Long } from 'bson';
import { compileAccumulator, isAccumulator } from '../accumulator/compile';
import type { Context } from '../context';
import { failedToParse, locationError } from '../errors';
import { compileExpression } from '../expression/compile';
import { compileSort } from '../sort';
import type { Doc, StringComparator } from '../types';
import { fieldsOf, isObject } from '../value/kind';
import { asInteger } from '../value/numeric';
import { compileBounds, type Frame } from './window-bounds';
import { SERIES_FUNCTIONS } from './window-series';

export interface Partition {
  readonly docs: readonly Doc[];
  readonly order: Doc | null;
  readonly strings: StringComparator | undefined;
}

/** The values for all documents of a partition, in its order. */
export type WindowFunction = (partition: Partition) => unknown[];

/** @throws QueryError 9 for an unknown function */
export function compileWindowFunction(
  name: string,
  argument: unknown,
  window: unknown,
  order: Doc | null,
  context: Context,
): WindowFunction {
  if (RANKS.has(name)) return compileRank(name, argument, window, order);
  if (name === '$shift') return compileShift(argument, window, order, context);
  const series = SERIES_FUNCTIONS.get(name);
  if (series !== undefined) return series({ name, argument, window, order, context });
  if (!isAccumulator(name)) throw failedToParse(`Unrecognized window function, ${name}`);
  return compileWindowAccumulator(name, argument, window, order, context);
}

function compileWindowAccumulator(
  name: string,
  argument: unknown,
  window: unknown,
  order: Doc | null,
  context: Context,
): WindowFunction {
  const { evaluate, create } = compileAccumulator(name, argument, context);
  const framesOf = compileBounds(window, order, context);
  return ({ docs }) => {
    const values = docs.map((doc) => evaluate(doc));
    const frames = framesOf(docs);
    // A window that only grows is gathered once; any other is gathered anew for each document.
    const grows = frames.every(({ from }) => from === 0);
    let accumulator = create();
    let reached = 0;
    return frames.map(({ from, to }: Frame) => {
      if (!grows) {
        accumulator = create();
        reached = from;
      }
      while (reached < to) accumulator.add(values[reached++]);
      return accumulator.result();
    });
  };
}

const RANKS = new Set(['$rank', '$denseRank', '$documentNumber']);

function compileRank(name: string, argument: unknown, window: unknown, order: Doc | null): WindowFunction {
  if (!isObject(argument) || Object.keys(argument).length > 0) {
    throw locationError(5371603, `(${name}) must be specified with '{}' as the value`);
  }
  if (window !== undefined) throw locationError(5371601, `Rank style window functions take no other arguments`);
  if (order === null) throw locationError(5371602, `${name} must be specified with a top level sortBy expression`);
  if (name !== '$documentNumber' && Object.keys(order).length !== 1) {
    throw locationError(
      5371602,
      `${name} must be specified with a top level sortBy expression with exactly one element`,
    );
  }
  return ({ docs, strings }) => {
    const compare = compileSort(order, strings);
    let rank = 0;
    return docs.map((doc, at) => {
      const previous = docs[at - 1];
      const tied = name !== '$documentNumber' && previous !== undefined && compare(previous, doc) === 0;
      if (!tied) rank = name === '$denseRank' ? rank + 1 : at + 1;
      return Long.fromNumber(rank);
    });
  };
}

function compileShift(argument: unknown, window: unknown, order: Doc | null, context: Context): WindowFunction {
  if (!isObject(argument)) throw failedToParse('Argument to $shift must be an object');
  const { output, by, default: fallback = null } = fieldsOf(argument);
  if (output === undefined || by === undefined) throw failedToParse('$shift requires an output and a by expression.');
  if (window !== undefined) throw failedToParse("$shift does not accept a 'window' field");
  if (order === null) throw failedToParse("'$shift' requires a sortBy");
  const distance = asInteger(by);
  if (distance === null) throw failedToParse("'$shift:by' field must be an integer");
  const evaluate = compileExpression(output, context);
  const otherwise = compileExpression(fallback, context)({});
  return ({ docs }) =>
    docs.map((_doc, at) => {
      const other = docs[at + distance];
      return other === undefined ? otherwise : (evaluate(other) ?? null);
    });
}
