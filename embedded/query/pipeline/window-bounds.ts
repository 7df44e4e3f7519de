import type { Context } from '../context';
import { failedToParse, locationError } from '../errors';
import { addToDate, type DateUnit, dateUnit } from '../expression/date-math';
import { compilePathReader } from '../expression/field-path';
import type { Doc } from '../types';
import { fieldsOf, isObject } from '../value/kind';
import { asInteger, numericType, toNumber } from '../value/numeric';
import { typeName } from '../value/type-name';

/** The half-open span of positions a document's window covers. */
export interface Frame {
  readonly from: number;
  readonly to: number;
}

export type FramesOf = (docs: readonly Doc[]) => Frame[];

type Limit = 'unbounded' | number;

/** Reads `window`; without one it is the whole partition. */
export function compileBounds(window: unknown, order: Doc | null, _context: Context): FramesOf {
  if (window === undefined) return (docs) => docs.map(() => ({ from: 0, to: docs.length }));
  if (!isObject(window)) throw failedToParse(`'window' field must be an object, got ${typeName(window)}`);
  const { documents, range, unit, ...rest } = fieldsOf(window);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined)
    throw failedToParse(`'window' field can only contain 'documents', 'range' and 'unit', found: ${unknown}`);
  if (documents !== undefined && range !== undefined) {
    throw failedToParse("Window bounds can specify either 'documents' or 'range', not both.");
  }
  if (documents !== undefined) return documentFrames(limitsOf('documents', documents), order);
  if (range !== undefined) return rangeFrames(limitsOf('range', range), unit, order);
  if (unit !== undefined) throw failedToParse("Window bounds can only specify 'unit' with range-based bounds.");
  return (docs) => docs.map(() => ({ from: 0, to: docs.length }));
}

function limitsOf(name: 'documents' | 'range', operand: unknown): [Limit, Limit] {
  if (!Array.isArray(operand) || operand.length !== 2) {
    throw failedToParse(`Window bounds must be a 2-element array: ${name}`);
  }
  const [lower, upper] = operand.map((bound) => {
    if (bound === 'unbounded') return 'unbounded';
    if (bound === 'current') return 0;
    const number = name === 'documents' ? asInteger(bound) : numericType(bound) === 0 ? null : toNumber(bound);
    if (number === null) throw failedToParse(`Window bounds must be 'unbounded', 'current', or a number: ${name}`);
    return number;
  }) as [Limit, Limit];
  if (typeof lower === 'number' && typeof upper === 'number' && lower > upper) {
    throw locationError(5339900, `Lower bound must not exceed upper bound: [${lower}, ${upper}]`);
  }
  return [lower, upper];
}

function documentFrames([lower, upper]: [Limit, Limit], order: Doc | null): FramesOf {
  if (order === null && (lower !== 'unbounded' || upper !== 'unbounded')) {
    throw locationError(5339901, 'Document-based bounds require a sortBy');
  }
  return (docs) =>
    docs.map((_doc, at) => {
      const from = lower === 'unbounded' ? 0 : clamp(at + lower, docs.length);
      const to = upper === 'unbounded' ? docs.length : clamp(at + upper + 1, docs.length);
      return { from, to: Math.max(from, to) };
    });
}

function clamp(position: number, length: number): number {
  return Math.min(Math.max(position, 0), length);
}

/** Positions by the value of the one ascending sort field: numbers, or dates with a unit. */
function rangeFrames([lower, upper]: [Limit, Limit], unit: unknown, order: Doc | null): FramesOf {
  const [path, ...others] = order === null ? [] : Object.keys(order);
  if (order === null || path === undefined || others.length > 0 || toNumber(order[path]) !== 1) {
    throw locationError(5339902, 'Range-based bounds require a sortBy a single field in ascending order');
  }
  const read = compilePathReader(path);
  const step = unit === undefined ? null : dateUnit(unit, '$setWindowFields');
  return (docs) => {
    const keys = docs.map((doc) => keyOf(read(doc), step));
    return keys.map((key) => {
      const from = lower === 'unbounded' ? 0 : firstAtLeast(keys, moved(key, lower, step));
      const to = upper === 'unbounded' ? keys.length : firstAbove(keys, moved(key, upper, step));
      return { from, to: Math.max(from, to) };
    });
  };
}

function keyOf(value: unknown, unit: DateUnit | null): number {
  if (unit !== null) {
    if (value instanceof Date) return value.getTime();
    throw locationError(
      5429513,
      `Invalid range: Expected the sortBy field to be a Date, but it was ${typeName(value)}`,
    );
  }
  if (numericType(value) !== 0) return toNumber(value);
  throw locationError(
    5429414,
    `Invalid range: Expected the sortBy field to be a number, but it was ${typeName(value)}`,
  );
}

function moved(key: number, by: number, unit: DateUnit | null): number {
  return unit === null ? key + by : addToDate(new Date(key), unit, by, 'UTC').getTime();
}

function firstAtLeast(keys: readonly number[], target: number): number {
  return search(keys, (key) => key >= target);
}

function firstAbove(keys: readonly number[], target: number): number {
  return search(keys, (key) => key > target);
}

function search(keys: readonly number[], reached: (key: number) => boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(keys[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
