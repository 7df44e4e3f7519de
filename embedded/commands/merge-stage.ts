import { ObjectId } from 'bson';
import type { Doc } from '../document/decode';
import { encodeDocument } from '../document/encode';
import { isDoc, toNumber } from '../document/scalars';
import { applyUpdate, getPath, setPath, type Update } from '../query';
import type { Collection, Stored } from '../storage/collection';
import { recordOfKey } from '../storage/keyspace';
import { UndoStepError } from '../storage/store';
import { StoredRecord } from '../storage/stored-record';
import { CommandError, errors } from './command-error';
import type { CommandContext } from './context';
import { checkDocument } from './document-rules';
import { parseSelection, select } from './selection';

export function isWriteStage(stage: Doc): boolean {
  return '$out' in stage || '$merge' in stage;
}

/** Runs a $out or $merge with what the pipeline before it gives, as one batch. */
export async function writeStage(context: CommandContext, stage: Doc, results: Iterable<Doc>): Promise<void> {
  if ('$out' in stage) await writeOut(context, stage['$out'], results);
  else await writeMerge(context, stage['$merge'], results);
}

function targetOf(context: CommandContext, value: unknown, stage: string): string {
  if (typeof value === 'string') return context.namespaceOf(value);
  if (isDoc(value) && typeof value['coll'] === 'string')
    return `${typeof value['db'] === 'string' ? value['db'] : context.db}.${value['coll']}`;
  throw errors.failedToParse(`${stage} must name a collection`);
}

async function writeOut(context: CommandContext, value: unknown, results: Iterable<Doc>): Promise<void> {
  const ns = targetOf(context, value, '$out');
  const docs = [...results];
  await context.write(() => {
    try {
      replaceContent(context, ns, docs);
    } catch (error) {
      // All of the new content or all of the old.
      throw new UndoStepError(error);
    }
  });
}

function replaceContent(context: CommandContext, ns: string, docs: readonly Doc[]): void {
  const { store, catalog } = context.server;
  const existing = catalog.get(ns);
  if (existing !== undefined) {
    for (const [key, raw] of store.scan(existing.recordRange))
      existing.remove(store, new StoredRecord(recordOfKey(key), raw));
  }
  const collection = existing ?? context.ensureCollection(ns);
  for (const doc of docs) insertNew(context, collection, doc);
}

function insertNew(context: CommandContext, collection: Collection, doc: Doc): void {
  const { _id = new ObjectId(), ...rest } = doc;
  const ordered = { _id, ...rest };
  const raw = encodeDocument(ordered);
  checkDocument(collection, ordered, raw, context.body);
  collection.insert(context.kv, ordered, raw);
}

interface MergeSpec {
  readonly ns: string;
  readonly on: readonly string[];
  readonly whenMatched: unknown;
  readonly whenNotMatched: unknown;
  readonly let: Doc | undefined;
}

const MERGE_FIELDS = new Set(['into', 'on', 'whenMatched', 'whenNotMatched', 'let']);

function parseMerge(context: CommandContext, value: unknown): MergeSpec {
  const spec: Doc = isDoc(value) ? value : { into: value };
  for (const field of Object.keys(spec)) if (!MERGE_FIELDS.has(field)) throw errors.unknownField('$merge', field);
  const on = spec['on'] ?? '_id';
  return {
    ns: targetOf(context, spec['into'], '$merge'),
    on: Array.isArray(on) ? on.map(String) : [String(on)],
    whenMatched: spec['whenMatched'] ?? 'merge',
    whenNotMatched: spec['whenNotMatched'] ?? 'insert',
    let: isDoc(spec['let']) ? spec['let'] : undefined,
  };
}

async function writeMerge(context: CommandContext, value: unknown, results: Iterable<Doc>): Promise<void> {
  const spec = parseMerge(context, value);
  const docs = [...results];
  const now = new Date();
  await context.write(() => {
    const collection = context.ensureCollection(spec.ns);
    if (!hasUniqueIndex(collection, spec.on))
      throw new CommandError(51183, 'Location51183', 'Cannot find index to verify that join fields will be unique');
    for (const doc of docs)
      mergeOne(context, collection, spec, '_id' in doc ? doc : { _id: new ObjectId(), ...doc }, now);
  });
}

function hasUniqueIndex(collection: Collection, on: readonly string[]): boolean {
  const wanted = [...on].sort().join('\0');
  return collection.indexes.some(
    ({ unique, partial, fields, options }) =>
      unique &&
      partial === undefined &&
      Object.values(options['key'] as Doc).every((direction) => toNumber(direction) !== undefined) &&
      fields
        .map(({ path }) => path)
        .sort()
        .join('\0') === wanted,
  );
}

function mergeOne(context: CommandContext, collection: Collection, spec: MergeSpec, doc: Doc, now: Date): void {
  const existing = findTarget(context, collection, spec.on, doc, now);
  if (existing === undefined) {
    if (spec.whenNotMatched === 'insert') insertNew(context, collection, doc);
    else if (spec.whenNotMatched === 'fail')
      throw new CommandError(
        13113,
        'MergeStageNoMatchingDocument',
        '$merge could not find a matching document in the target collection for at least one document in the source collection',
      );
    return;
  }
  const merged = mergedDoc(spec, existing.doc, doc, now);
  if (merged === undefined) return;
  const raw = encodeDocument(merged);
  if (raw.equals(existing.raw)) return;
  checkDocument(collection, merged, raw, context.body);
  collection.replace(context.kv, existing, merged, raw);
}

function findTarget(
  context: CommandContext,
  collection: Collection,
  on: readonly string[],
  doc: Doc,
  now: Date,
): Stored | undefined {
  const filter: Doc = Object.fromEntries(on.map((path) => [path, { $eq: getPath(doc, path) ?? null }]));
  return select(context, collection, parseSelection({ filter }, collection, now)).next().value ?? undefined;
}

/** The document to store, or undefined to leave the existing one. */
function mergedDoc(spec: MergeSpec, existing: Doc, doc: Doc, now: Date): Doc | undefined {
  const { whenMatched } = spec;
  if (Array.isArray(whenMatched))
    return applyUpdate(existing, whenMatched as Update, { now, let: { new: { $literal: doc }, ...spec.let } });
  switch (whenMatched) {
    case 'replace':
      return spec.on.includes('_id') ? { ...doc, _id: existing['_id'] } : setPath(doc, '_id', existing['_id']);
    case 'merge':
      return { ...existing, ...doc, _id: existing['_id'] };
    case 'keepExisting':
      return undefined;
    case 'fail':
      throw new CommandError(11000, 'DuplicateKey', '$merge failed due to a DuplicateKey error', [], {
        keyPattern: { _id: 1 },
        keyValue: { _id: existing['_id'] },
      });
    default:
      throw errors.badValue(`Enumeration value '${String(whenMatched)}' for field 'whenMatched' is not a valid value.`);
  }
}
