import type { Doc } from '../document/decode';
import { isDoc, toNumber } from '../document/scalars';
import type { Plan } from '../planning/plan';
import { makePlan } from '../planning/planner';
import { type ReadCounts, readPlan } from '../planning/read-plan';
import { type Collation, compileFilter, compileSort, type Predicate, sortDocuments, valuesEqual } from '../query';
import type { Collection, Stored } from '../storage/collection';
import type { IndexDefinition } from '../storage/index-definition';
import { errors } from './command-error';
import type { CommandContext } from './context';

/** Which documents a statement is about, and in which order: what find, update, delete and others share. */
export interface Selection {
  readonly filter: Doc;
  readonly sort: Doc | undefined;
  readonly collation: Collation | undefined;
  readonly hint: unknown;
  readonly let: Doc | undefined;
  readonly matches: Predicate;
}

export interface SelectionFields {
  readonly filter: unknown;
  readonly sort?: unknown;
  readonly collation?: unknown;
  readonly hint?: unknown;
  readonly let?: unknown;
}

export function parseSelection(fields: SelectionFields, collection: Collection | undefined, now: Date): Selection {
  const filter = docOr(fields.filter, {}, 'filter');
  const sort = fields.sort === undefined ? undefined : docOr(fields.sort, {}, 'sort');
  const collation = parseCollation(fields.collation) ?? parseCollation(collection?.options['collation']);
  const variables = fields.let === undefined ? undefined : docOr(fields.let, {}, 'let');
  // Checks the sort even where nothing will be sorted.
  const ordered = sort !== undefined && Object.keys(sort).length > 0 ? sort : undefined;
  if (ordered !== undefined && !('$natural' in ordered)) compileSort(ordered);
  return {
    filter,
    sort: ordered,
    collation,
    hint: fields.hint,
    let: variables,
    matches: compileFilter(filter, { collation, let: variables, now }),
  };
}

export function docOr(value: unknown, fallback: Doc, name: string): Doc {
  if (value === undefined || value === null) return fallback;
  if (!isDoc(value)) throw errors.typeMismatch(`BSON field '${name}' is the wrong type, expected type 'object'`);
  return value;
}

/** The simple collation compares bytes, which is what happens without one. */
export function parseCollation(value: unknown): Collation | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isDoc(value)) throw errors.typeMismatch(`BSON field 'collation' is the wrong type, expected type 'object'`);
  const locale = value['locale'];
  if (typeof locale !== 'string') throw errors.missingField('collation', 'locale');
  if (locale === 'simple') return undefined;
  return value as unknown as Collation;
}

export function planFor(context: CommandContext, collection: Collection, selection: Selection): Plan {
  return makePlan(collection, {
    filter: selection.filter,
    sort: selection.sort,
    hint: findHint(collection, selection.hint),
    collated: selection.collation !== undefined,
    count: (range, enough) => context.server.store.count(range, enough),
    sequence: context.sequence,
  });
}

function findHint(collection: Collection, hint: unknown): IndexDefinition | { natural: 1 | -1 } | undefined {
  if (hint === undefined || hint === null || (isDoc(hint) && Object.keys(hint).length === 0)) return undefined;
  if (isDoc(hint) && '$natural' in hint) return { natural: (toNumber(hint['$natural']) ?? 1) < 0 ? -1 : 1 };
  const index = collection.indexes.find(({ name, options }) =>
    typeof hint === 'string' ? name === hint : valuesEqual(options['key'], hint),
  );
  if (index === undefined || index.hidden)
    throw errors.badValue(
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  return index;
}

/** The matching documents in order. Lazy unless they must be sorted here. */
export function* select(
  context: CommandContext,
  collection: Collection,
  selection: Selection,
  counts?: ReadCounts,
): Generator<Stored, void, undefined> {
  const plan = planFor(context, collection, selection);
  const found = matching(context, collection, plan, selection, counts);
  const { sort } = selection;
  if (sort === undefined || '$natural' in sort || isSorted(plan)) yield* found;
  else yield* sorted(found, sort, selection.collation);
}

export function isSorted(plan: Plan): boolean {
  return plan.kind === 'nothing' || (plan.kind === 'index' && plan.sorted);
}

function* matching(
  context: CommandContext,
  collection: Collection,
  plan: Plan,
  { filter, matches }: Selection,
  counts?: ReadCounts,
): Generator<Stored, void, undefined> {
  const everything = Object.keys(filter).length === 0;
  let looked = 0;
  for (const stored of readPlan(context.kv, collection, plan, counts)) {
    if ((++looked & 0xff) === 0) context.checkTime();
    if (everything || matches(stored.doc)) yield stored;
  }
}

function* sorted(
  found: Iterable<Stored>,
  sort: Doc,
  collation: Collation | undefined,
): Generator<Stored, void, undefined> {
  const byDoc = new Map<Doc, Stored>();
  for (const stored of found) byDoc.set(stored.doc, stored);
  for (const doc of sortDocuments(byDoc.keys(), sort, collation)) yield byDoc.get(doc) as Stored;
}
