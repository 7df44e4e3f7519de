import { Int32 } from 'bson';
import { locationError } from '../errors';
import { compileExpression } from '../expression/compile';
import type { Doc } from '../types';
import { compareWith } from '../value/compare';
import { fieldsOf, isObject, kindOf } from '../value/kind';
import { compileOutputs, Group } from './group';
import type { StageCompiler } from './stage';

export const COUNT_OUTPUT: Doc = { count: { $sum: new Int32(1) } };

/** `$bucket`: groups by the half-open intervals between boundaries; each bucket's `_id` is its lower boundary. */
const bucket: StageCompiler = (argument, context) => {
  if (!isObject(argument)) throw locationError(40201, 'Argument to $bucket stage must be an object');
  const { groupBy, boundaries, default: fallback, output = COUNT_OUTPUT, ...rest } = fieldsOf(argument);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw locationError(40197, `Unrecognized option to $bucket: ${unknown}.`);
  if (groupBy === undefined || boundaries === undefined) {
    throw locationError(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  }
  if (!isObject(output)) throw locationError(40196, 'The $bucket output field must be an object');
  const limits = boundariesOf(boundaries, (expression) => compileExpression(expression, context)({}));
  const hasDefault = 'default' in argument;
  const defaultId = hasDefault ? compileExpression(fallback, context)({}) : undefined;
  const readKey = compileExpression(groupBy, context);
  const outputs = compileOutputs(output, context);
  const compare = (a: unknown, b: unknown): number => compareWith(a, b, context.strings);
  return function* (docs) {
    const groups = new Map<number, Group>();
    for (const doc of docs) {
      const at = bucketOf(readKey(doc), limits, compare);
      if (at < 0 && !hasDefault) {
        throw locationError(
          40066,
          '$switch could not find a matching branch for an input, and no default was specified.',
        );
      }
      let found = groups.get(at);
      if (found === undefined) {
        found = new Group(at < 0 ? defaultId : limits[at], outputs);
        groups.set(at, found);
      }
      found.add(doc);
    }
    yield* [...groups.values()].sort((a, b) => compare(a.id, b.id)).map((found) => found.result());
  };
};

function boundariesOf(boundaries: unknown, evaluate: (expression: unknown) => unknown): unknown[] {
  if (!Array.isArray(boundaries)) throw locationError(40200, "The $bucket 'boundaries' field must be an array");
  if (boundaries.length < 2) {
    throw locationError(
      40192,
      `The $bucket 'boundaries' field must have at least 2 values, but found ${boundaries.length} value(s).`,
    );
  }
  const limits = boundaries.map(evaluate);
  for (let at = 1; at < limits.length; at++) {
    if (kindOf(limits[at]) !== kindOf(limits[at - 1])) {
      throw locationError(40193, "All values in the 'boundaries' option to $bucket must have the same type.");
    }
    if (compareWith(limits[at - 1], limits[at], undefined) >= 0) {
      throw locationError(
        40194,
        "The 'boundaries' option to $bucket must be sorted, but elements are not in ascending order.",
      );
    }
  }
  return limits;
}

/** The interval that holds the value, or -1. */
function bucketOf(value: unknown, limits: readonly unknown[], compare: (a: unknown, b: unknown) => number): number {
  if (compare(value, limits[0]) < 0 || compare(value, limits[limits.length - 1]) >= 0) return -1;
  let low = 0;
  let high = limits.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (compare(limits[middle], value) <= 0) low = middle;
    else high = middle;
  }
  return low;
}

export const BUCKET_STAGES: ReadonlyMap<string, StageCompiler> = new Map([['$bucket', bucket]]);
