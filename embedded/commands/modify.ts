import { ObjectId } from 'bson';
import type { Doc } from '../document/decode';
import { encodeDocument } from '../document/encode';
import { isDoc } from '../document/scalars';
import { applyUpdate, compileUpdate, isOperatorUpdate, type Update, upsertSeed } from '../query';
import type { Collection, Stored } from '../storage/collection';
import { errors } from './command-error';
import type { CommandContext } from './context';
import { checkDocument, checkId } from './document-rules';
import type { Selection } from './selection';

/** An update with all that came with it. */
export interface Modification {
  readonly update: Update;
  readonly selection: Selection;
  readonly arrayFilters: readonly Doc[] | undefined;
  readonly now: Date;
}

export function parseUpdate(value: unknown): Update {
  if (Array.isArray(value) && value.every(isDoc)) return value;
  if (isDoc(value)) return value;
  throw errors.failedToParse('Update argument must be either an object or an array');
}

export function parseArrayFilters(value: unknown): readonly Doc[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every(isDoc)) return value;
  throw errors.typeMismatch(`BSON field 'arrayFilters' is the wrong type, expected type 'array'`);
}

/** Changes stored documents by one update; says of each whether it changed, and gives the new one. */
export function modifier(
  context: CommandContext,
  collection: Collection,
  modification: Modification,
): (stored: Stored) => { changed: boolean; doc: Doc } {
  const { update, selection, arrayFilters, now } = modification;
  const apply = compileUpdate(update, {
    filter: selection.filter,
    arrayFilters,
    now,
    let: selection.let,
    collation: selection.collation,
  });
  return (stored) => {
    const doc = apply(stored.doc);
    if (doc === stored.doc) return { changed: false, doc };
    const ordered = idFirst(doc);
    const raw = encodeDocument(ordered);
    if (raw.equals(stored.raw)) return { changed: false, doc };
    checkDocument(collection, ordered, raw, context.body);
    collection.replace(context.kv, stored, ordered, raw);
    return { changed: true, doc: ordered };
  };
}

/** Inserts what an upsert makes when nothing matched. */
export function insertUpserted(context: CommandContext, collection: Collection, modification: Modification): Doc {
  const { update, selection, arrayFilters, now } = modification;
  const seed = upsertSeed(selection.filter);
  const options = {
    filter: selection.filter,
    arrayFilters,
    now,
    let: selection.let,
    collation: selection.collation,
    isUpsertInsert: true,
  };
  const start = Array.isArray(update) || isOperatorUpdate(update) ? seed : '_id' in seed ? { _id: seed['_id'] } : {};
  const made = applyUpdate(start, update, options);
  const doc = idFirst('_id' in made ? made : { _id: new ObjectId(), ...made });
  checkId(doc['_id']);
  const raw = encodeDocument(doc);
  checkDocument(collection, doc, raw, context.body);
  collection.insert(context.kv, doc, raw);
  return doc;
}

function idFirst(doc: Doc): Doc {
  for (const first in doc) {
    if (first === '_id') return doc;
    break;
  }
  if (!('_id' in doc)) return doc;
  const { _id, ...rest } = doc;
  return { _id, ...rest };
}
