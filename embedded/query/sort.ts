import { badValue, locationError } from './errors';
import type { Collation, Doc, StringComparator } from './types';
import { stringComparator } from './value/collation';
import { compareWith } from './value/compare';
import { formatValue } from './value/format';
import { isObject } from './value/kind';
import { numericType, toNumber } from './value/numeric';
import { type Path, parsePath, valuesAtPath } from './value/path';

interface SortField {
  readonly path: Path;
  readonly direction: 1 | -1;
}

/**
 * A comparator of documents. An array counts as its smallest element where ascending and its largest where
 * descending, an empty one lies below null, and a missing field counts as null. `{ $meta: … }` fields are ignored.
 *
 * @throws QueryError 2 or 15974 for a direction other than 1 and -1
 */
export function compileSort(sort: Doc, collation?: Collation | StringComparator): (a: Doc, b: Doc) => number {
  const strings = typeof collation === 'function' ? collation : stringComparator(collation);
  const fields = parseSort(sort);
  return (a, b) => {
    for (const { path, direction } of fields) {
      const order = compareWith(sortKey(a, path, direction, strings), sortKey(b, path, direction, strings), strings);
      if (order !== 0) return direction * order;
    }
    return 0;
  };
}

/** Sorts a list of documents stably, reading each document's keys once. */
export function sortDocuments(docs: Iterable<Doc>, sort: Doc, collation?: Collation | StringComparator): Doc[] {
  const strings = typeof collation === 'function' ? collation : stringComparator(collation);
  const fields = parseSort(sort);
  const rows = Array.from(docs, (doc) => ({
    doc,
    keys: fields.map(({ path, direction }) => sortKey(doc, path, direction, strings)),
  }));
  rows.sort((a, b) => {
    for (let at = 0; at < fields.length; at++) {
      const order = compareWith(a.keys[at], b.keys[at], strings);
      if (order !== 0) return (fields[at]?.direction ?? 1) * order;
    }
    return 0;
  });
  return rows.map(({ doc }) => doc);
}

function parseSort(sort: Doc): SortField[] {
  const fields: SortField[] = [];
  for (const name of Object.keys(sort)) {
    const operand = sort[name];
    if (isObject(operand)) {
      if ('$meta' in operand) continue;
      throw locationError(15974, `Illegal key in $sort specification: ${name}: ${formatValue(operand)}`);
    }
    if (numericType(operand) === 0) {
      throw locationError(15974, `Illegal key in $sort specification: ${name}: ${formatValue(operand)}`);
    }
    if (name === '') throw badValue('FieldPath cannot be constructed with empty string');
    const direction = toNumber(operand);
    if (direction !== 1 && direction !== -1) {
      throw locationError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    }
    fields.push({ path: parsePath(name), direction });
  }
  return fields;
}

/** The value that stands for the document; undefined, below null, is the key of an empty array. */
function sortKey(doc: Doc, path: Path, direction: 1 | -1, strings: StringComparator | undefined): unknown {
  const plain = path.parts.length === 1 ? doc[path.text] : undefined;
  if (plain !== undefined && !Array.isArray(plain)) return plain;
  let best: unknown;
  let found = false;
  const consider = (candidate: unknown): void => {
    if (!found || direction * compareWith(candidate, best, strings) < 0) best = candidate;
    found = true;
  };
  const values = path.parts.length === 1 ? [plain] : valuesAtPath(doc, path);
  for (const value of values) {
    if (!Array.isArray(value)) consider(value ?? null);
    else if (value.length === 0) consider(undefined);
    else for (const element of value) consider(element);
  }
  return found ? best : null;
}
