import { Long } from 'bson';
import type { Doc } from '../document/decode';
import { isDoc, toFlag, toNumber } from '../document/scalars';
import { compileProjection, distinctValues } from '../query';
import type { Stored } from '../storage/collection';
import { indexRange } from '../storage/keyspace';
import type { Command } from './command';
import { errors } from './command-error';
import type { CommandContext } from './context';
import { docOr, parseSelection, select } from './selection';

const REFUSED = ['tailable', 'awaitData', 'returnKey', 'showRecordId', 'min', 'max', 'oplogReplay'];

export const find: Command = {
  name: 'find',
  readsSnapshots: true,
  fields: [
    'filter',
    'sort',
    'projection',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'collation',
    'let',
    'allowDiskUse',
    'noCursorTimeout',
    'allowPartialResults',
    'ntoreturn',
    'term',
    ...REFUSED,
  ],
  transactional: true,
  run: (context) => {
    const { body, server } = context;
    const ns = context.ns;
    for (const option of REFUSED) {
      const value = body[option];
      if (toFlag(value) || (isDoc(value) && Object.keys(value).length > 0))
        throw errors.notImplemented(`find option '${option}' is not supported`);
    }
    const results = findResults(context, body, ns);
    const limit = count(body, 'limit');
    return {
      cursor: server.cursors.open(results, {
        ns,
        batchSize: body['batchSize'] === undefined ? undefined : count(body, 'batchSize'),
        singleBatch: toFlag(body['singleBatch']),
        limit: limit > 0 ? limit : Number.POSITIVE_INFINITY,
        keepAlive: toFlag(body['noCursorTimeout']),
        session: context.session,
        transaction: context.transaction,
      }),
    };
  },
};

function findResults(context: CommandContext, body: Doc, ns: string): Generator<Doc | Buffer, void, undefined> {
  const collection = context.collection(ns);
  const now = new Date();
  const selection = parseSelection(
    { filter: body['filter'], sort: body['sort'], collation: body['collation'], hint: body['hint'], let: body['let'] },
    collection,
    now,
  );
  const projection = docOr(body['projection'], {}, 'projection');
  const plain = Object.keys(projection).length === 0;
  const project = compileProjection(projection, selection.filter, {
    now,
    let: selection.let,
    collation: selection.collation,
  });
  const skip = count(body, 'skip');
  return (function* () {
    if (collection === undefined) return;
    let skipped = 0;
    for (const stored of select(context, collection, selection)) {
      if (skipped++ < skip) continue;
      yield plain ? stored.raw : project(stored.doc);
    }
  })();
}

/** A number of documents: a whole number, not below zero. */
export function count(body: Doc, field: string): number {
  const value = body[field];
  if (value === undefined || value === null) return 0;
  const number = toNumber(value);
  if (number === undefined) throw errors.typeMismatch(`BSON field '${field}' is the wrong type, expected a number`);
  if (number < 0) throw errors.badValue(`BSON field '${field}' value must be >= 0, actual value '${number}'`);
  return Math.floor(number);
}

export const getMore: Command = {
  name: 'getMore',
  fields: ['collection', 'batchSize', 'term', 'lastKnownCommittedOpTime'],
  transactional: true,
  run: (context) => {
    const id = context.body['getMore'];
    if (!(id instanceof Long))
      throw errors.typeMismatch(`BSON field 'getMore.getMore' is the wrong type, expected type 'long'`);
    const ns = context.namespaceOf(context.body['collection']);
    const batchSize = count(context.body, 'batchSize');
    return { cursor: context.server.cursors.next(id.toBigInt(), ns, batchSize, context.transaction) };
  },
};

export const killCursors: Command = {
  name: 'killCursors',
  fields: ['cursors'],
  transactional: true,
  run: ({ body, server }) => {
    const killed: unknown[] = [];
    const missing: unknown[] = [];
    for (const id of body['cursors'] as Long[]) (server.cursors.kill(id.toBigInt()) ? killed : missing).push(id);
    return { cursorsKilled: killed, cursorsNotFound: missing, cursorsAlive: [], cursorsUnknown: [] };
  },
};

export const countCommand: Command = {
  name: 'count',
  fields: ['query', 'limit', 'skip', 'hint', 'collation', 'fields', 'batchSize'],
  run: (context) => {
    const { body } = context;
    const collection = context.collection(context.ns);
    if (collection === undefined) return { n: 0 };
    const skip = count(body, 'skip');
    const limit = Math.abs(toNumber(body['limit']) ?? 0) || Number.POSITIVE_INFINITY;
    const query = docOr(body['query'], {}, 'query');
    const n =
      Object.keys(query).length === 0 && body['hint'] === undefined
        ? countRecords(context, collection.id)
        : countMatching(context, body, skip + limit);
    return { n: Math.min(Math.max(n - skip, 0), limit) };
  },
};

export function countRecords({ server }: CommandContext, collection: number): number {
  return server.store.count(indexRange(collection, 0));
}

function countMatching(context: CommandContext, body: Doc, enough: number): number {
  const collection = context.collection(context.ns);
  if (collection === undefined) return 0;
  const selection = parseSelection(
    { filter: body['query'], collation: body['collation'], hint: body['hint'] },
    collection,
    new Date(),
  );
  let n = 0;
  for (const _ of select(context, collection, selection)) if (++n >= enough) break;
  return n;
}

export const distinct: Command = {
  name: 'distinct',
  readsSnapshots: true,
  fields: ['key', 'query', 'collation', 'hint'],
  transactional: true,
  run: (context) => {
    const { body } = context;
    const key = body['key'];
    if (typeof key !== 'string')
      throw errors.typeMismatch(`BSON field 'distinct.key' is the wrong type, expected type 'string'`);
    const collection = context.collection(context.ns);
    const selection = parseSelection(
      { filter: body['query'], collation: body['collation'], hint: body['hint'] },
      collection,
      new Date(),
    );
    if (collection === undefined) return { values: [] };
    return { values: distinctValues(documents(select(context, collection, selection)), key, selection.collation) };
  },
};

export function* documents(found: Iterable<Stored>): Generator<Doc, void, undefined> {
  for (const stored of found) yield stored.doc;
}
