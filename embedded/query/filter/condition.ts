import type { Doc, Predicate } from '../types';
import { anyAtPath, fieldOf, type LeafTest, type Path, testLeaf } from '../value/path';

/** What a field must satisfy: usable at a path of a document, or on one array element (`$elemMatch`). */
export interface Condition {
  atPath(path: Path): Predicate;
  onValue(value: unknown): boolean;
  /** The test of one value, for conditions that are a single test with no negation; positional `$` needs it. */
  readonly leaf?: { readonly test: LeafTest; readonly expand: boolean };
}

/** A test that some value at the path passes; `expand` lets each element of an array pass for it. */
export function leaf(test: LeafTest, expand = true): Condition {
  return {
    leaf: { test, expand },
    onValue: test,
    atPath(path) {
      const key = path.parts[0] as string;
      if (path.parts.length > 1) return (doc) => anyAtPath(doc, path, expand, test);
      return (doc: Doc) => {
        const value = fieldOf(doc, key);
        return typeof value === 'object' ? testLeaf(value, expand, test) : test(value);
      };
    },
  };
}

export function not(inner: Condition): Condition {
  return {
    onValue(value) {
      return !inner.onValue(value);
    },
    atPath(path) {
      const test = inner.atPath(path);
      return (doc) => !test(doc);
    },
  };
}

export function allOf(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  if (conditions.length === 1 && only !== undefined) return only;
  return {
    onValue(value) {
      return conditions.every((condition) => condition.onValue(value));
    },
    atPath(path) {
      return allPredicates(conditions.map((condition) => condition.atPath(path)));
    },
  };
}

export const always: Condition = { onValue: () => true, atPath: () => () => true };
export const never: Condition = { onValue: () => false, atPath: () => () => false };

export function allPredicates(tests: readonly Predicate[]): Predicate {
  const [a, b, c] = tests;
  if (a === undefined) return () => true;
  if (b === undefined) return a;
  if (c === undefined) return (doc) => a(doc) && b(doc);
  if (tests.length === 3) return (doc) => a(doc) && b(doc) && c(doc);
  return (doc) => {
    for (const test of tests) if (!test(doc)) return false;
    return true;
  };
}
