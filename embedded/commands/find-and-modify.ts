import type { Doc } from '../document/decode';
import { toFlag } from '../document/scalars';
import { compileProjection } from '../query';
import type { Stored } from '../storage/collection';
import type { Command } from './command';
import { errors } from './command-error';
import type { CommandContext } from './context';
import { insertUpserted, type Modification, modifier, parseArrayFilters, parseUpdate } from './modify';
import { docOr, parseSelection, select } from './selection';
import { retryable } from './write-statements';

export const findAndModify: Command = {
  name: 'findAndModify',
  aliases: ['findandmodify'],
  fields: [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'bypassDocumentValidation',
    'collation',
    'arrayFilters',
    'hint',
    'let',
    'stmtId',
  ],
  transactional: true,
  retryable: true,
  run: (context) => {
    const { body } = context;
    const remove = toFlag(body['remove']);
    if (remove && body['update'] !== undefined)
      throw errors.failedToParse('Cannot specify both an update and remove=true');
    if (remove && toFlag(body['upsert'])) throw errors.failedToParse('Cannot specify both upsert=true and remove=true');
    if (remove && toFlag(body['new']))
      throw errors.failedToParse(
        "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
      );
    if (!remove && body['update'] === undefined)
      throw errors.failedToParse('Either an update or remove=true must be specified');
    const ns = context.ns;
    const now = new Date();
    return context.write(() => {
      const retry = retryable<Doc>(context);
      const earlier = retry.find(0);
      if (earlier !== undefined) return earlier;
      const injected = retry.isActive ? context.server.failPoints.forRetryableWrite() : undefined;
      if (injected !== undefined) context.losesConnection = true;
      if (injected?.done === false) return {};
      const reply = remove ? removeOne(context, ns, now) : updateOne(context, ns, now);
      retry.add(0, reply);
      retry.save();
      return reply;
    });
  },
};

function selectionOf({ body }: CommandContext) {
  return {
    filter: body['query'],
    sort: body['sort'],
    collation: body['collation'],
    hint: body['hint'],
    let: body['let'],
  };
}

function projectionOf(context: CommandContext, filter: Doc, now: Date): (doc: Doc) => Doc {
  return compileProjection(docOr(context.body['fields'], {}, 'fields'), filter, { now });
}

function removeOne(context: CommandContext, ns: string, now: Date): Doc {
  const collection = context.collection(ns);
  const selection = parseSelection(selectionOf(context), collection, now);
  const project = projectionOf(context, selection.filter, now);
  const found = collection === undefined ? undefined : firstOf(select(context, collection, selection));
  if (collection === undefined || found === undefined) return { lastErrorObject: { n: 0 }, value: null };
  collection.remove(context.kv, found);
  return { lastErrorObject: { n: 1 }, value: project(found.doc) };
}

function updateOne(context: CommandContext, ns: string, now: Date): Doc {
  const { body } = context;
  const existing = context.collection(ns);
  const selection = parseSelection(selectionOf(context), existing, now);
  const modification: Modification = {
    update: parseUpdate(body['update']),
    selection,
    arrayFilters: parseArrayFilters(body['arrayFilters']),
    now,
  };
  const project = projectionOf(context, selection.filter, now);
  const wantsNew = toFlag(body['new']);
  const found = existing === undefined ? undefined : firstOf(select(context, existing, selection));
  if (existing !== undefined && found !== undefined) {
    const { doc } = modifier(context, existing, modification)(found);
    return { lastErrorObject: { n: 1, updatedExisting: true }, value: project(wantsNew ? doc : found.doc) };
  }
  if (!toFlag(body['upsert'])) return { lastErrorObject: { n: 0, updatedExisting: false }, value: null };
  const made = insertUpserted(context, existing ?? context.ensureCollection(ns), modification);
  return {
    lastErrorObject: { n: 1, updatedExisting: false, upserted: made['_id'] },
    value: wantsNew ? project(made) : null,
  };
}

function firstOf(found: Generator<Stored, void, undefined>): Stored | undefined {
  return found.next().value ?? undefined;
}
