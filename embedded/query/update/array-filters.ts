import { badValue, failedToParse } from '../errors';
import type { FilterScope } from '../filter/scope';
import type { Doc } from '../types';
import { formatValue } from '../value/format';
import { isObject } from '../value/kind';
import type { LeafTest } from '../value/path';

export interface ArrayFilters {
  /** The test of `$[identifier]`. */
  readonly testOf: (identifier: string, path: string) => LeafTest;
  /** Refuses filters that no path of the update named. */
  readonly checkUsed: (update: Doc) => void;
}

export const NO_ARRAY_FILTERS: ArrayFilters = {
  testOf(identifier, path) {
    throw badValue(`No array filter found for identifier '${identifier}' in path '${path}'`);
  },
  checkUsed() {},
};

export function compileArrayFilters(filters: readonly Doc[], scope: FilterScope): ArrayFilters {
  const tests = new Map<string, LeafTest>();
  for (const filter of filters) {
    const identifier = identifierOf(filter);
    if (tests.has(identifier)) {
      throw failedToParse(`Found multiple array filters with the same top-level field name ${identifier}`);
    }
    const matches = scope.tree(filter);
    tests.set(identifier, (element) => matches({ [identifier]: element }));
  }
  const used = new Set<string>();
  return {
    testOf(identifier, path) {
      const test = tests.get(identifier);
      if (test === undefined) throw badValue(`No array filter found for identifier '${identifier}' in path '${path}'`);
      used.add(identifier);
      return test;
    },
    checkUsed(update) {
      for (const identifier of tests.keys()) {
        if (used.has(identifier)) continue;
        throw failedToParse(
          `The array filter for identifier '${identifier}' was not used in the update ${formatValue(update)}`,
        );
      }
    },
  };
}

function identifierOf(filter: Doc): string {
  const names = [...new Set(fieldNames(filter))];
  const [first, second] = names;
  if (first === undefined) {
    throw failedToParse('Cannot use an expression without a top-level field name in arrayFilters');
  }
  if (second !== undefined) {
    throw failedToParse(
      `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${first}' and '${second}'`,
    );
  }
  if (!/^[a-z][a-zA-Z0-9]*$/.test(first)) {
    throw badValue(
      `Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${first}'`,
    );
  }
  return first;
}

function fieldNames(filter: Doc): string[] {
  return Object.keys(filter).flatMap((key) => {
    const operand = filter[key];
    if (!key.startsWith('$')) return [key.split('.')[0] as string];
    return Array.isArray(operand) ? operand.filter(isObject).flatMap(fieldNames) : [];
  });
}
