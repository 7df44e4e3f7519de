import { createHash } from 'node:crypto';
import type { Doc } from '../document/decode';
import { ByteSink } from './byte-sink';
import type { IndexDefinition, IndexField } from './index-definition';
import { MAX_INDEX_KEY } from './keyspace';
import { writeValue } from './value-key';

/** Two arrays in one compound index: MongoDB's CannotIndexParallelArrays. */
export class ParallelArraysError extends Error {}

/** One key of a record in an index: the value of each field, and the bytes that put them in order. */
export interface IndexKey {
  readonly values: readonly unknown[];
  readonly bytes: Buffer;
}

export interface IndexKeys {
  readonly keys: readonly IndexKey[];
  /** An array was met on the way. */
  readonly multikey: boolean;
  readonly truncated: boolean;
}

const MISSING = Symbol('missing');
const DIGEST_BYTES = 20;
/** Where long keys are cut. */
export const KEPT_BYTES = MAX_INDEX_KEY - DIGEST_BYTES;
const NO_KEYS: IndexKeys = { keys: [], multikey: false, truncated: false };
const sink = new ByteSink();

/** The keys under which an index holds a document: none when the index leaves it out, several through an array. */
export function indexKeys(index: IndexDefinition, doc: Doc): IndexKeys {
  if (index.partial !== undefined && !index.partial.matches(doc)) return NO_KEYS;
  const rows: unknown[][] = [];
  const multikey = expand(
    index.fields.map(({ parts }) => ({ at: doc, parts, next: 0 })),
    rows,
  );
  const kept = index.sparse ? rows.filter((row) => row.some((value) => value !== MISSING)) : rows;
  const keys = new Map<string, IndexKey>();
  let truncated = false;
  for (const row of kept) {
    const values = row.map((value) => (value === MISSING ? null : value));
    const { bytes, cut } = encodeKey(index.fields, values);
    truncated ||= cut;
    keys.set(bytes.latin1Slice(0, bytes.length), { values, bytes });
  }
  return { keys: [...keys.values()], multikey, truncated };
}

/** The bytes of a whole key; a key over the limit ends in a digest, so that different keys stay different. */
export function encodeKey(fields: readonly IndexField[], values: readonly unknown[]): { bytes: Buffer; cut: boolean } {
  sink.reset();
  for (const [i, field] of fields.entries()) writeField(field, values[i]);
  if (sink.length <= MAX_INDEX_KEY) return { bytes: sink.take(), cut: false };
  const digest = createHash('sha1').update(sink.bytes.subarray(0, sink.length)).digest();
  sink.length = KEPT_BYTES;
  sink.append(digest);
  return { bytes: sink.take(), cut: true };
}

/** The bytes of the leading fields of a key, for bounds. Cut like the keys are, without a digest. */
export function encodeKeyPrefix(fields: readonly IndexField[], values: readonly unknown[]): Buffer {
  sink.reset();
  for (const [i, value] of values.entries()) writeField(fields[i] as IndexField, value);
  if (sink.length > KEPT_BYTES) sink.length = KEPT_BYTES;
  return sink.take();
}

function writeField(field: IndexField, value: unknown): void {
  const from = sink.length;
  writeValue(sink, value);
  if (field.descending) sink.invert(from);
}

/** A field on its way through the document, or (`parts` used up) its value. */
interface Walker {
  readonly at: unknown;
  readonly parts: readonly string[];
  readonly next: number;
}

/** Appends a row of values for each element of the one array that the paths may share. True when there was an array. */
function expand(walkers: readonly Walker[], rows: unknown[][]): boolean {
  const walked = walkers.map(walk);
  const array = walked.find(isAtArray)?.at as unknown[] | undefined;
  if (array === undefined) {
    rows.push(walked.map(({ at }) => at));
    return false;
  }
  for (const walker of walked) {
    if (isAtArray(walker) && walker.at !== array) throw new ParallelArraysError('cannot index parallel arrays');
  }
  if (array.length === 0) {
    expand(
      walked.map((walker) =>
        isAtArray(walker) ? arrived(walker.next === walker.parts.length ? undefined : MISSING) : walker,
      ),
      rows,
    );
    return true;
  }
  for (const element of array) {
    expand(
      walked.map((walker) => (isAtArray(walker) ? enter(walker, element) : walker)),
      rows,
    );
  }
  return true;
}

/** Follows the path through objects, and through an array where the path names a position in it. */
function walk(walker: Walker): Walker {
  let { at, next } = walker;
  const { parts } = walker;
  if (parts.length === 0) return walker;
  while (next < parts.length) {
    const part = parts[next] as string;
    if (Array.isArray(at)) {
      if (!/^\d+$/.test(part) || Number(part) >= at.length) break;
      at = at[Number(part)];
    } else if (isPlainObject(at) && Object.hasOwn(at, part)) at = at[part];
    else return arrived(MISSING);
    next++;
  }
  if (next < parts.length || Array.isArray(at)) return { at, parts, next };
  return arrived(at);
}

const NO_PARTS: readonly string[] = [];

function arrived(at: unknown): Walker {
  return { at, parts: NO_PARTS, next: 0 };
}

function isAtArray(walker: Walker): boolean {
  return walker.parts.length > 0;
}

function enter(walker: Walker, element: unknown): Walker {
  if (walker.next === walker.parts.length) return arrived(element);
  // An array directly inside an array is not looked into.
  return isPlainObject(element) ? { ...walker, at: element } : arrived(MISSING);
}

function isPlainObject(value: unknown): value is Doc {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !('_bsontype' in value)
  );
}
