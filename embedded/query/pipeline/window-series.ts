import { Double } from 'bson';
import type { Context } from '../context';
import { failedToParse, locationError } from '../errors';
import { compileExpression } from '../expression/compile';
import { dateUnit, unitMilliseconds } from '../expression/date-math';
import { compilePathReader } from '../expression/field-path';
import type { Doc } from '../types';
import { fieldsOf, isNullish, isObject } from '../value/kind';
import { asInteger, numericType, toNumber } from '../value/numeric';
import { compileBounds } from './window-bounds';
import type { WindowFunction } from './window-function';

interface SeriesArguments {
  readonly name: string;
  readonly argument: unknown;
  readonly window: unknown;
  readonly order: Doc | null;
  readonly context: Context;
}

/** Window functions over a series of points; all work in doubles. */
type SeriesCompiler = (series: SeriesArguments) => WindowFunction;

function sortField({ name, order }: SeriesArguments): (doc: Doc) => unknown {
  const [path, ...others] = order === null ? [] : Object.keys(order);
  if (path === undefined || others.length > 0)
    throw locationError(5371803, `${name} requires a sortBy with a single field`);
  return compilePathReader(path);
}

/** The position of a point on the axis: a number, or a date in units. */
function axisOf(value: unknown, unit: unknown, name: string): number {
  if (unit === undefined) {
    if (numericType(value) !== 0) return toNumber(value);
    throw locationError(5624901, `${name} (with no 'unit') expects the sortBy field to be numeric`);
  }
  if (value instanceof Date) return value.getTime() / unitMilliseconds(dateUnit(unit, name));
  throw locationError(5624900, `${name} with 'unit' expects the sortBy field to be a Date`);
}

const slope: SeriesCompiler = (series) => {
  const { input, unit } = inputAndUnit(series);
  const key = sortField(series);
  const value = compileExpression(input, series.context);
  const framesOf = compileBounds(series.window, series.order, series.context);
  return ({ docs }) =>
    framesOf(docs).map(({ from, to }) => {
      const [first, last] = [docs[from], docs[to - 1]];
      if (first === undefined || last === undefined || from >= to) return null;
      const run = axisOf(key(last), unit, series.name) - axisOf(key(first), unit, series.name);
      return run === 0 ? null : new Double((toNumber(value(last)) - toNumber(value(first))) / run);
    });
};

/** The area below the points by trapezoids. */
const area: SeriesCompiler = (series) => {
  const { input, unit } = inputAndUnit(series);
  const key = sortField(series);
  const value = compileExpression(input, series.context);
  const framesOf = compileBounds(series.window, series.order, series.context);
  return ({ docs }) => {
    const points = docs.map((doc) => [axisOf(key(doc), unit, series.name), toNumber(value(doc))] as const);
    return framesOf(docs).map(({ from, to }) => {
      if (from >= to) return null;
      let total = 0;
      for (let at = from + 1; at < to; at++) {
        const [x0, y0] = points[at - 1] as readonly [number, number];
        const [x1, y1] = points[at] as readonly [number, number];
        total += ((x1 - x0) * (y0 + y1)) / 2;
      }
      return new Double(total);
    });
  };
};

function inputAndUnit({ name, argument }: SeriesArguments): { input: unknown; unit: unknown } {
  if (!isObject(argument)) throw failedToParse(`${name} must be an object`);
  const { input, unit } = fieldsOf(argument);
  if (input === undefined) throw failedToParse(`${name} requires an 'input' expression`);
  return { input, unit };
}

const movingAverage: SeriesCompiler = ({ argument, window, context }) => {
  if (!isObject(argument)) throw failedToParse('$expMovingAvg must have an argument of an object');
  if (window !== undefined) throw failedToParse('$expMovingAvg does not accept a window');
  const { input, N: points, alpha } = fieldsOf(argument);
  if (input === undefined || (points === undefined) === (alpha === undefined)) {
    throw failedToParse(
      "$expMovingAvg sub object must have exactly two fields: An 'input' field, and either an 'N' field or an 'alpha' field",
    );
  }
  const count = points === undefined ? null : asInteger(points);
  if (points !== undefined && (count === null || count <= 0))
    throw failedToParse("'N' field must be an integer greater than zero");
  const weight = count === null ? toNumber(alpha) : 2 / (count + 1);
  if (!(weight > 0 && weight < 1) && count !== 1) throw failedToParse("'alpha' must be between 0 and 1 (exclusive)");
  const evaluate = compileExpression(input, context);
  return ({ docs }) => {
    let average: number | null = null;
    return docs.map((doc) => {
      const value = evaluate(doc);
      if (numericType(value) === 0) return average === null ? null : new Double(average);
      const number = toNumber(value);
      average = average === null ? number : number * weight + average * (1 - weight);
      return new Double(average);
    });
  };
};

function covariance(sample: boolean): SeriesCompiler {
  return ({ name, argument, window, order, context }) => {
    if (!Array.isArray(argument) || argument.length !== 2) throw failedToParse(`${name} takes exactly two expressions`);
    const [left, right] = argument.map((expression) => compileExpression(expression, context));
    const framesOf = compileBounds(window, order, context);
    return ({ docs }) => {
      const pairs = docs.map((doc) => [left?.(doc), right?.(doc)] as const);
      return framesOf(docs).map(({ from, to }) => covarianceOf(pairs.slice(from, to), sample));
    };
  };
}

function covarianceOf(pairs: readonly (readonly [unknown, unknown])[], sample: boolean): Double | null {
  let count = 0;
  let meanX = 0;
  let meanY = 0;
  let moment = 0;
  for (const [x, y] of pairs) {
    if (numericType(x) === 0 || numericType(y) === 0) continue;
    count += 1;
    const deltaX = toNumber(x) - meanX;
    meanX += deltaX / count;
    meanY += (toNumber(y) - meanY) / count;
    moment += deltaX * (toNumber(y) - meanY);
  }
  const divisor = sample ? count - 1 : count;
  return divisor <= 0 ? null : new Double(moment / divisor);
}

/** The last value that was not null or missing. */
const carriedForward: SeriesCompiler = ({ argument, window, context }) => {
  if (window !== undefined) throw failedToParse("'window' field is not allowed in $locf");
  const evaluate = compileExpression(argument, context);
  return ({ docs }) => {
    let last: unknown = null;
    return docs.map((doc) => {
      const value = evaluate(doc);
      if (!isNullish(value)) last = value;
      return last;
    });
  };
};

/** Nulls between two values lie on the line between them by the sort field; others stay null. */
const linearFill: SeriesCompiler = (series) => {
  if (series.window !== undefined) throw failedToParse("'window' field is not allowed in $linearFill");
  const key = sortField(series);
  const evaluate = compileExpression(series.argument, series.context);
  return ({ docs }) => {
    const values = docs.map((doc) => evaluate(doc) ?? null);
    const axis = docs.map((doc) => {
      const position = key(doc);
      return position instanceof Date ? position.getTime() : toNumber(position);
    });
    return values.map((value, at) => (value === null ? between(values, axis, at) : value));
  };
};

function between(values: readonly unknown[], axis: readonly number[], at: number): Double | null {
  const before = values.findLastIndex((value, index) => index < at && value !== null);
  const after = values.findIndex((value, index) => index > at && value !== null);
  if (before < 0 || after < 0) return null;
  const [x0, x1, x] = [axis[before] as number, axis[after] as number, axis[at] as number];
  if (x0 === x1) return null;
  const [y0, y1] = [toNumber(values[before]), toNumber(values[after])];
  return new Double(y0 + ((y1 - y0) * (x - x0)) / (x1 - x0));
}

export const SERIES_FUNCTIONS: ReadonlyMap<string, SeriesCompiler> = new Map<string, SeriesCompiler>([
  ['$derivative', slope],
  ['$integral', area],
  ['$expMovingAvg', movingAverage],
  ['$covariancePop', covariance(false)],
  ['$covarianceSamp', covariance(true)],
  ['$locf', carriedForward],
  ['$linearFill', linearFill],
]);
