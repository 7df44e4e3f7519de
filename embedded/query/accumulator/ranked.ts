import type { Context } from '../context';
import { locationError, QueryError } from '../errors';
import { compileExpression } from '../expression/compile';
import { compileSort } from '../sort';
import type { Doc, StringComparator } from '../types';
import { compareWith } from '../value/compare';
import { fieldsOf, isNullish, isObject } from '../value/kind';
import { asInteger } from '../value/numeric';
import { typeName } from '../value/type-name';
import type { Accumulator, AccumulatorSpec } from './accumulator';

/** Accumulators that keep n values: by arrival, by value, or by a sort of the documents. */

export const RANKED_ACCUMULATORS: ReadonlySet<string> = new Set([
  '$firstN',
  '$lastN',
  '$minN',
  '$maxN',
  '$top',
  '$topN',
  '$bottom',
  '$bottomN',
]);

export function compileRanked(name: string, argument: unknown, context: Context): AccumulatorSpec {
  if (!isObject(argument)) {
    throw locationError(5787801, `specification must be an object; found ${name}: ${typeName(argument)}`);
  }
  const fields = fieldsOf(argument);
  const bySort = name.startsWith('$top') || name.startsWith('$bottom');
  const needed = [bySort ? 'output' : 'input', ...(bySort ? ['sortBy'] : []), ...(name.endsWith('N') ? ['n'] : [])];
  for (const field of needed) {
    if (!(field in fields)) throw locationError(5787907, `Missing value for '${field}' in ${name}`);
  }
  for (const field of Object.keys(fields)) {
    if (!needed.includes(field)) throw locationError(5787901, `Unknown argument for ${name}: ${field}`);
  }
  const count = name.endsWith('N') ? countOf(name, fields['n'], context) : 1;
  if (bySort) return compileSorted(name, fields, count, context);
  return {
    evaluate: compileExpression(fields['input'], context),
    create: () => createByArrivalOrValue(name, count, context.strings),
  };
}

/** The number of values to keep: a positive whole constant. */
export function countOf(name: string, expression: unknown, context: Context): number {
  const value = compileExpression(expression, context)({});
  const count = asInteger(value);
  if (count === null) {
    throw locationError(5787902, `Value for 'n' must be of integral type, but found ${typeName(value)} in ${name}`);
  }
  if (count <= 0) throw locationError(5787908, `'n' must be greater than 0, found ${count}`);
  return count;
}

function createByArrivalOrValue(name: string, count: number, strings: StringComparator | undefined): Accumulator {
  const values: unknown[] = [];
  switch (name) {
    case '$firstN':
      return {
        add: (value) => {
          if (values.length < count) values.push(value ?? null);
        },
        result: () => values.slice(),
      };
    case '$lastN':
      return {
        add: (value) => {
          values.push(value ?? null);
          if (values.length > count) values.shift();
        },
        result: () => values.slice(),
      };
    default: {
      const direction = name === '$minN' ? 1 : -1;
      return keepBest(
        count,
        (a, b) => direction * compareWith(a, b, strings),
        (value) => !isNullish(value),
      );
    }
  }
}

/** Keeps the n values that sort first, in order; of equals the earlier. */
function keepBest(
  count: number,
  compare: (a: unknown, b: unknown) => number,
  takes: (value: unknown) => boolean = () => true,
  read: (value: unknown) => unknown = (value) => value,
): Accumulator {
  const best: unknown[] = [];
  return {
    add(value) {
      if (!takes(value)) return;
      let low = 0;
      let high = best.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (compare(best[middle], value) <= 0) low = middle + 1;
        else high = middle;
      }
      if (low >= count) return;
      best.splice(low, 0, value);
      if (best.length > count) best.pop();
    },
    result: () => best.map(read),
  };
}

interface Row {
  readonly doc: Doc;
  readonly output: unknown;
}

function compileSorted(name: string, fields: Doc, count: number, context: Context): AccumulatorSpec {
  const sortBy = fields['sortBy'];
  if (!isObject(sortBy)) throw new QueryError(10065, 'Location10065', 'invalid parameter: expected an object (sortBy)');
  const compare = compileSort(sortBy, context.strings);
  const output = compileExpression(fields['output'], context);
  const bottom = name.startsWith('$bottom');
  const byRow = (a: unknown, b: unknown): number => compare((a as Row).doc, (b as Row).doc);
  return {
    evaluate: (doc): Row => ({ doc, output: output(doc) }),
    create: () => {
      // The last n in order are the first n in reverse, except that of equals the later ones are kept.
      const rows = bottom ? keepLast(count, byRow) : keepBest(count, byRow);
      const outputs = (): unknown[] => (rows.result() as Row[]).map((row) => row.output ?? null);
      return { add: rows.add, result: () => (name.endsWith('N') ? outputs() : (outputs()[0] ?? null)) };
    },
  };
}

function keepLast(count: number, compare: (a: unknown, b: unknown) => number): Accumulator {
  const reversed = keepBest(count, (a, b) => -compare(a, b) || 1);
  return { add: reversed.add, result: () => (reversed.result() as unknown[]).reverse() };
}
