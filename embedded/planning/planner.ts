import type { Doc } from '../document/decode';
import { toNumber } from '../document/scalars';
import { type FilterBounds, filterBounds, orBranches } from '../query';
import type { Collection } from '../storage/collection';
import type { IndexDefinition } from '../storage/index-definition';
import type { KeyRange } from '../storage/keyspace';
import { type IndexRanges, indexRanges, wholeIndex } from './index-ranges';
import { impliesPartialFilter } from './partial-filter';
import type { Plan } from './plan';

export interface PlanRequest {
  readonly filter: Doc;
  readonly sort: Doc | undefined;
  /** An index the caller insists on, or a direction over the collection. */
  readonly hint: IndexDefinition | { readonly natural: 1 | -1 } | undefined;
  /** Strings compare by a collation, which the indexes do not know. */
  readonly collated: boolean;
  /** How many entries a range of keys has, counting no further than `enough`. */
  readonly count: (range: KeyRange, enough: number) => number;
  /** Indexes built after this many batches are not in the snapshot that is read. */
  readonly sequence: number;
}

/** Chooses how to read: the index with the fewest entries to look at, else one in the sort's order, else everything. */
export function makePlan(collection: Collection, request: PlanRequest): Plan {
  const { filter, hint } = request;
  if (hint !== undefined && 'natural' in hint) return { kind: 'collection', reverse: hint.natural < 0 };
  const bounds = usableBounds(filterBounds(filter), request.collated);
  if (isEmptyIn(bounds)) return { kind: 'nothing' };
  if (hint !== undefined)
    return planFor(collection, hint, bounds, request)?.plan ?? wholePlan(collection, hint, request);
  const candidates: Candidate[] = [];
  for (const index of collection.indexes) {
    if (index.hidden || index.builtAt > request.sequence) continue;
    if (index.partial !== undefined && !impliesPartialFilter(filter, bounds, index.partial.filter)) continue;
    const candidate = planFor(collection, index, bounds, request);
    if (candidate !== undefined) candidates.push(candidate);
  }
  const best = bestOf(candidates, request);
  if (best?.bounded) return best.plan;
  return unionPlan(collection, request) ?? best?.plan ?? { kind: 'collection', reverse: naturalReverse(request.sort) };
}

interface Candidate {
  readonly plan: Extract<Plan, { kind: 'index' }>;
  readonly bounded: boolean;
}

/** Counting stops here: beyond it one index is about as good as another. */
const ENOUGH = 500;
/** Ranges that are looked at for an estimate. */
const SAMPLED_RANGES = 8;
/** What sorting afterwards costs, measured in entries: a plan in order may stop early and keeps nothing in memory. */
const SORT_FACTOR = 1.5;

function bestOf(candidates: readonly Candidate[], request: PlanRequest): Candidate | undefined {
  const bounded = candidates.filter((candidate) => candidate.bounded);
  if (bounded.length <= 1) return bounded[0] ?? candidates[0];
  const exact = bounded.find(({ plan }) => plan.keys !== undefined);
  if (exact !== undefined) return exact;
  let best: { candidate: Candidate; cost: number } | undefined;
  for (const candidate of bounded) {
    const cost = costOf(candidate.plan, request);
    if (best === undefined || cost < best.cost) best = { candidate, cost };
  }
  return best?.candidate;
}

function costOf({ ranges, sorted }: Candidate['plan'], { count }: PlanRequest): number {
  const sampled = ranges.slice(0, SAMPLED_RANGES);
  const entries = sampled.reduce((sum, range) => sum + count(range, ENOUGH), 0);
  return ((entries * ranges.length) / Math.max(sampled.length, 1)) * (sorted ? 1 : SORT_FACTOR);
}

function planFor(
  collection: Collection,
  index: IndexDefinition,
  bounds: FilterBounds,
  request: PlanRequest,
): Candidate | undefined {
  const ranges = indexRanges(index, bounds);
  const bounded = ranges.pointed > 0 || ranges.ranged;
  if (index.sparse && !excludesMissing(index, bounds)) return undefined;
  const order = sortOrder(index, ranges, request);
  if (!bounded) {
    if (order === undefined || request.sort === undefined) return undefined;
    return { plan: wholePlan(collection, index, request), bounded };
  }
  const sorted = order !== undefined || ranges.keys?.length === 1;
  const plan = {
    kind: 'index',
    index,
    ranges: ranges.ranges,
    keys: ranges.keys,
    reverse: order === 'reverse',
    sorted,
  } as const;
  return { plan, bounded };
}

function wholePlan(collection: Collection, index: IndexDefinition, request: PlanRequest): Candidate['plan'] {
  const ranges = [wholeIndex(collection.id, index)];
  const order = sortOrder(index, { ranges, fixed: 0, pointed: 0, ranged: false, keys: undefined }, request);
  return { kind: 'index', index, ranges, keys: undefined, reverse: order === 'reverse', sorted: order !== undefined };
}

/** Each branch of a top-level $or by an index of its own. */
function unionPlan(collection: Collection, request: PlanRequest): Plan | undefined {
  const branches = orBranches(request.filter);
  if (branches === null) return undefined;
  const plans = branches.map((filter) => makePlan(collection, { ...request, filter, sort: undefined }));
  return plans.some(({ kind }) => kind === 'collection') ? undefined : { kind: 'union', branches: plans };
}

/** Whether reading the index forwards or backwards gives the sort's order. */
function sortOrder(
  index: IndexDefinition,
  ranges: IndexRanges,
  request: PlanRequest,
): 'forward' | 'reverse' | undefined {
  const { sort, collated } = request;
  if (sort === undefined) return 'forward';
  if (collated || index.multikey || index.truncated) return undefined;
  const wanted = Object.entries(sort);
  let at = 0;
  let backwards: boolean | undefined;
  for (const [i, field] of index.fields.entries()) {
    if (at === wanted.length) break;
    const [path, direction] = wanted[at] as [string, unknown];
    if (path === field.path) {
      const number = toNumber(direction);
      if (number === undefined) return undefined;
      const opposite = number < 0 !== field.descending;
      if (backwards === undefined) backwards = opposite;
      else if (backwards !== opposite) return undefined;
      at++;
    } else if (i >= ranges.fixed) return undefined;
  }
  if (at < wanted.length) return undefined;
  return backwards ? 'reverse' : 'forward';
}

function naturalReverse(sort: Doc | undefined): boolean {
  return sort !== undefined && (toNumber(sort['$natural']) ?? 1) < 0;
}

/** A sparse index holds the document when some field of it surely exists. */
function excludesMissing(index: IndexDefinition, bounds: FilterBounds): boolean {
  return index.fields.some(({ path }) =>
    bounds.get(path)?.some(({ op, value }) => (op === '$in' ? !(value as unknown[]).includes(null) : value !== null)),
  );
}

function isEmptyIn(bounds: FilterBounds): boolean {
  for (const list of bounds.values())
    if (list.some(({ op, value }) => op === '$in' && (value as unknown[]).length === 0)) return true;
  return false;
}

/** Under a collation the indexes can only look up what has no strings in it. */
function usableBounds(bounds: FilterBounds, collated: boolean): FilterBounds {
  if (!collated) return bounds;
  const usable: FilterBounds = new Map();
  for (const [path, list] of bounds) {
    const kept = list.filter(({ op, value }) => (op === '$in' ? (value as unknown[]).every(isPlain) : isPlain(value)));
    if (kept.length > 0) usable.set(path, kept);
  }
  return usable;
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return false;
  if (typeof value !== 'object' || value === null || value instanceof Date) return true;
  return '_bsontype' in value && value._bsontype !== 'BSONSymbol';
}
