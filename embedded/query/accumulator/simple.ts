import { Int32 } from 'bson';
import { locationError } from '../errors';
import type { Doc, StringComparator } from '../types';
import { compareWith } from '../value/compare';
import { Deviation } from '../value/deviation';
import { formatValue } from '../value/format';
import { createKeyOf } from '../value/key';
import { fieldsOf, isNullish, isObject } from '../value/kind';
import { putField } from '../value/path';
import { Sum } from '../value/sum';
import { typeName } from '../value/type-name';
import type { Accumulator } from './accumulator';

type Create = (strings: StringComparator | undefined) => Accumulator;

function sum(): Accumulator {
  const total = new Sum();
  return { add: (value) => total.add(value), result: () => total.result() };
}

function average(): Accumulator {
  const total = new Sum();
  return { add: (value) => total.add(value), result: () => total.mean() };
}

function extreme(direction: 1 | -1): Create {
  return (strings) => {
    let best: unknown;
    return {
      add(value) {
        if (isNullish(value)) return;
        if (best === undefined || direction * compareWith(value, best, strings) < 0) best = value;
      },
      result: () => best ?? null,
    };
  };
}

function first(): Accumulator {
  let seen = false;
  let value: unknown;
  return {
    add(next) {
      if (!seen) value = next;
      seen = true;
    },
    result: () => value ?? null,
  };
}

function last(): Accumulator {
  let value: unknown;
  return {
    add(next) {
      value = next;
    },
    result: () => value ?? null,
  };
}

function push(): Accumulator {
  const values: unknown[] = [];
  return {
    add(value) {
      if (value !== undefined) values.push(value);
    },
    result: () => values.slice(),
  };
}

function addToSet(strings: StringComparator | undefined): Accumulator {
  const keyOf = createKeyOf(strings);
  const values = new Map<string, unknown>();
  return {
    add(value) {
      if (value === undefined) return;
      const key = keyOf(value);
      if (!values.has(key)) values.set(key, value);
    },
    result: () => [...values.values()],
  };
}

function deviation(read: (deviation: Deviation) => unknown): Create {
  return () => {
    const gathered = new Deviation();
    return { add: (value) => gathered.add(value), result: () => read(gathered) };
  };
}

export function mergeObjects(): Accumulator {
  const merged: Doc = {};
  return {
    add(value) {
      if (isNullish(value)) return;
      if (!isObject(value)) {
        throw locationError(
          40400,
          `$mergeObjects requires object inputs, but input ${formatValue(value)} is of type ${typeName(value)}`,
        );
      }
      const fields = fieldsOf(value);
      for (const name of Object.keys(fields)) putField(merged, name, fields[name]);
    },
    result: () => ({ ...merged }),
  };
}

/** Accumulators whose argument is one expression. `$count` is the sum of 1 for each document. */
export const SIMPLE_ACCUMULATORS: ReadonlyMap<string, Create> = new Map<string, Create>([
  ['$sum', sum],
  ['$avg', average],
  ['$min', extreme(1)],
  ['$max', extreme(-1)],
  ['$first', first],
  ['$last', last],
  ['$push', push],
  ['$addToSet', addToSet],
  ['$stdDevPop', deviation((gathered) => gathered.population())],
  ['$stdDevSamp', deviation((gathered) => gathered.sample())],
  ['$mergeObjects', mergeObjects],
]);

export const ONE = new Int32(1);
