import type { Bound, FilterBounds } from '../query';
import { compareValues } from '../query';
import { ByteSink } from '../storage/byte-sink';
import type { IndexDefinition, IndexField } from '../storage/index-definition';
import { encodeKey, encodeKeyPrefix } from '../storage/index-keys';
import { afterPrefix, entryKey, indexPrefix, type KeyRange } from '../storage/keyspace';
import { TAG, writeValue } from '../storage/value-key';

/** What a filter leaves of an index: the parts to read, in the order of the index. */
export interface IndexRanges {
  readonly ranges: readonly KeyRange[];
  /** Leading fields fixed to one value. */
  readonly fixed: number;
  /** Leading fields fixed to one of several values, `fixed` included. */
  readonly pointed: number;
  /** The field after those is bounded on at least one side. */
  readonly ranged: boolean;
  /** For a unique index with every field fixed: the keys of its entries, each to be read at once. */
  readonly keys: readonly Buffer[] | undefined;
}

/** Beyond this many separate ranges the later fields are left to the filter. */
const MAX_RANGES = 2000;

export function indexRanges(index: IndexDefinition, bounds: FilterBounds): IndexRanges {
  let prefixes: unknown[][] = [[]];
  let fixed = 0;
  let pointed = 0;
  for (const field of index.fields) {
    const points = pointsOf(bounds.get(field.path));
    if (points === undefined || prefixes.length * points.length > MAX_RANGES) break;
    prefixes = prefixes.flatMap((prefix) => points.map((point) => [...prefix, point]));
    if (points.length === 1 && fixed === pointed) fixed++;
    pointed++;
  }
  const next = index.fields[pointed];
  const interval = next === undefined ? undefined : intervalOf(bounds.get(next.path), index.multikey);
  const encoded = prefixes.map((prefix) => Buffer.concat([index.prefix, encodeKeyPrefix(index.fields, prefix)]));
  const ranges = encoded.map((prefix, i) =>
    next === undefined || interval === undefined
      ? prefixRange(prefix)
      : boundedRange(index, prefixes[i] as unknown[], next, interval),
  );
  const whole = index.unique && pointed === index.fields.length;
  return {
    ranges: sortRanges(ranges),
    fixed,
    pointed,
    ranged: interval !== undefined,
    keys: whole
      ? prefixes
          .map((values) => entryKey(index.prefix, encodeKey(index.fields, values).bytes, undefined))
          .sort(Buffer.compare)
      : undefined,
  };
}

/** Every entry of the index. */
export function wholeIndex(collection: number, index: IndexDefinition): KeyRange {
  return prefixRange(indexPrefix(collection, index.id));
}

function prefixRange(start: Buffer): KeyRange {
  return { start, end: afterPrefix(start) };
}

/** The single values that the field must have one of; undefined when there is no such bound. */
function pointsOf(bounds: readonly Bound[] | undefined): readonly unknown[] | undefined {
  if (bounds === undefined) return undefined;
  const equal = bounds.find(({ op }) => op === '$eq');
  if (equal !== undefined) return withElement(equal.value);
  const oneOf = bounds.find(({ op }) => op === '$in');
  return oneOf === undefined ? undefined : (oneOf.value as unknown[]).flatMap(withElement);
}

/** An array is found under its first element, or under itself where it is an element of an array. */
function withElement(value: unknown): unknown[] {
  return Array.isArray(value) ? [value, value[0]] : [value];
}

interface Interval {
  readonly low: unknown;
  readonly high: unknown;
  readonly hasLow: boolean;
  readonly hasHigh: boolean;
}

function intervalOf(bounds: readonly Bound[] | undefined, multikey: boolean): Interval | undefined {
  if (bounds === undefined) return undefined;
  const lows = bounds
    .filter(({ op, value }) => (op === '$gt' || op === '$gte') && !Array.isArray(value))
    .map(({ value }) => value);
  const highs = bounds
    .filter(({ op, value }) => (op === '$lt' || op === '$lte') && !Array.isArray(value))
    .map(({ value }) => value);
  const hasLow = lows.length > 0;
  // In an array one element may be above the low bound and another below the high one.
  const hasHigh = highs.length > 0 && !(multikey && hasLow);
  if (!hasLow && !hasHigh) return undefined;
  const low = lows.reduce((best, value) => (compareValues(value, best) > 0 ? value : best), lows[0]);
  const high = highs.reduce((best, value) => (compareValues(value, best) < 0 ? value : best), highs[0]);
  return { low, high, hasLow, hasHigh };
}

const sink = new ByteSink();

/** Both ends are taken in whole: the filter decides at the edges. A side without a bound ends where the type ends. */
function boundedRange(
  index: IndexDefinition,
  prefix: readonly unknown[],
  field: IndexField,
  interval: Interval,
): KeyRange {
  const { low, high, hasLow, hasHigh } = interval;
  const value = (bound: unknown) => encodeKeyPrefix(index.fields, [...prefix, bound]);
  const type = typeStart(index.fields, prefix, field, hasLow ? low : high);
  const lowBytes = hasLow ? value(low) : type;
  const highBytes = hasHigh ? value(high) : type;
  const [first, last] = field.descending ? [highBytes, lowBytes] : [lowBytes, highBytes];
  const start = Buffer.concat([index.prefix, first]);
  const end = afterPrefix(Buffer.concat([index.prefix, last]));
  return { start, end: Buffer.compare(start, end) > 0 ? start : end };
}

/** The bytes up to the type tag of a value, which every value of its type shares. */
function typeStart(
  fields: readonly IndexField[],
  prefix: readonly unknown[],
  field: IndexField,
  value: unknown,
): Buffer {
  sink.reset();
  writeValue(sink, value);
  const tag = sink.bytes[0] ?? TAG.null;
  return Buffer.concat([encodeKeyPrefix(fields, prefix), Buffer.from([field.descending ? ~tag & 0xff : tag])]);
}

/** In index order, and without what an earlier range already holds. */
function sortRanges(ranges: readonly KeyRange[]): KeyRange[] {
  if (ranges.length <= 1) return [...ranges];
  const sorted = [...ranges].sort((a, b) => Buffer.compare(a.start, b.start));
  return sorted.filter((range, i) => i === 0 || Buffer.compare(range.start, (sorted[i - 1] as KeyRange).start) !== 0);
}
