import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Answer } from '../answer';

/** An answer in one written form: errors sorted, because no order of theirs is promised. */
export interface Written {
  readonly data: unknown;
  readonly errors: readonly string[];
}

export function writtenAnswer({ data, errors }: Answer): Written {
  return {
    data: data === undefined ? 'absent' : JSON.parse(data),
    errors: errors.map((error) => writtenError(error.toJSON())).sort(),
  };
}

export function writtenResult({ data, errors }: ExecutionResult): Written {
  return {
    data: data === undefined ? 'absent' : JSON.parse(JSON.stringify(data)),
    errors: (errors ?? []).map((error) => writtenError(error.toJSON())).sort(),
  };
}

/** Equal data in whatever order of keys, and equal errors. The stock executor merges fragments in an order of its own. */
export function equal(a: Written, b: Written): boolean {
  return (
    sameData(a.data, b.data) &&
    a.errors.length === b.errors.length &&
    a.errors.every((error, at) => error === b.errors[at])
  );
}

export function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && sameData(value, right.get(key)));
}

/** Whether `part` is `whole` with some keys of objects, or whole objects, missing. */
export function isSubset(part: unknown, whole: unknown): boolean {
  if (part === whole) return true;
  if (typeof part !== 'object' || typeof whole !== 'object' || whole === null) return false;
  if (part === null) return !Array.isArray(whole);
  if (Array.isArray(part) !== Array.isArray(whole)) return false;
  if (Array.isArray(part) && part.length !== (whole as unknown[]).length) return false;
  const there = new Map(Object.entries(whole));
  return Object.entries(part).every(([key, value]) => there.has(key) && isSubset(value, there.get(key)));
}

function writtenError({ message, path, extensions }: GraphQLFormattedError): string {
  return `${JSON.stringify(path ?? null)} ${JSON.stringify(extensions?.['code'] ?? null)} ${message}`;
}
