import type { Collation, Doc } from './types';
import { stringComparator } from './value/collation';
import { createKeyOf } from './value/key';
import { parsePath, valuesAtPath } from './value/path';

/** The different values at a path in the order first met; arrays give their elements, missing fields nothing. */
export function distinctValues(docs: Iterable<Doc>, path: string, collation?: Collation): unknown[] {
  const parsed = parsePath(path);
  const keyOf = createKeyOf(stringComparator(collation));
  const found = new Map<string, unknown>();
  for (const doc of docs) {
    for (const value of valuesAtPath(doc, parsed)) {
      for (const element of Array.isArray(value) ? value : [value]) {
        if (element === undefined) continue;
        const key = keyOf(element);
        if (!found.has(key)) found.set(key, element);
      }
    }
  }
  return [...found.values()];
}
