import type { Doc } from '../document/decode';
import { isDoc, toFlag } from '../document/scalars';
import { shellText } from '../document/shell-text';
import type { Collection } from '../storage/collection';
import type { IndexDefinition } from '../storage/index-definition';
import type { Command } from './command';
import { CommandError, errors } from './command-error';
import type { CommandContext } from './context';
import { findSameIndex, normalizeIndex, sameKey } from './index-spec';

const MAX_INDEXES = 64;

export const createIndexes: Command = {
  name: 'createIndexes',
  fields: ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions'],
  transactional: true,
  run: (context) => {
    const { body } = context;
    const ns = context.ns;
    const specs = body['indexes'];
    if (!Array.isArray(specs) || specs.length === 0) throw errors.badValue('Must specify at least one index to create');
    const wanted = specs.map((spec: Doc) => normalizeIndex(spec));
    return context.transaction === undefined
      ? context.write(() => build(context, ns, wanted))
      : buildInTransaction(context, ns, wanted);
  },
};

function build(context: CommandContext, ns: string, wanted: readonly Doc[]): Doc {
  const { catalog } = context.server;
  const created = catalog.get(ns) === undefined;
  const collection = context.ensureCollection(ns);
  const before = collection.indexes.length;
  const missing = missingIndexes(collection, wanted);
  const built: IndexDefinition[] = [];
  try {
    for (const options of missing) built.push(catalog.addIndex(collection, options));
  } catch (error) {
    for (const index of built) catalog.dropIndex(collection, index);
    throw error;
  }
  return {
    numIndexesBefore: before,
    numIndexesAfter: collection.indexes.length,
    createdCollectionAutomatically: created,
    commitQuorum: 'votingMembers',
    ...(built.length === 0 ? { note: 'all indexes already exist' } : {}),
  };
}

/** Inside a transaction only a collection that the transaction has made itself can get an index. */
function buildInTransaction(context: CommandContext, ns: string, wanted: readonly Doc[]): Doc {
  const existing = context.collection(ns);
  const collection = existing ?? context.ensureCollection(ns);
  const before = collection.indexes.length;
  const missing = missingIndexes(collection, wanted);
  if (missing.length > 0 && context.server.catalog.get(ns) === collection)
    throw errors.operationNotSupportedInTransaction(
      `Cannot create new indexes on existing collection ${ns} in a multi-document transaction.`,
    );
  for (const options of missing) context.server.catalog.addIndexTo(collection, options, context.kv);
  return {
    numIndexesBefore: before,
    numIndexesAfter: collection.indexes.length,
    createdCollectionAutomatically: existing === undefined,
  };
}

function missingIndexes(collection: Collection, wanted: readonly Doc[]): Doc[] {
  const missing = wanted.filter((options) => findSameIndex(collection.indexes, options) === undefined);
  if (collection.indexes.length + missing.length > MAX_INDEXES)
    throw errors.cannotCreateIndex(`add index fails, too many indexes for ${collection.ns}`);
  return missing;
}

export const listIndexes: Command = {
  name: 'listIndexes',
  fields: ['cursor', 'includeIndexBuildInfo'],
  run: (context) => {
    const ns = context.ns;
    const collection = context.collection(ns);
    if (collection === undefined) throw errors.namespaceNotFound(`ns does not exist: ${ns}`);
    const batchSize = batchSizeOf(context.body);
    const list = collection.indexes.map(({ options }) => options);
    return {
      cursor: context.server.cursors.open(list.values(), {
        ns,
        batchSize,
        session: context.session,
        transaction: undefined,
      }),
    };
  },
};

export function batchSizeOf(body: Doc): number | undefined {
  const cursor = body['cursor'];
  const size = isDoc(cursor) ? cursor['batchSize'] : undefined;
  return size === undefined ? undefined : Number((size as { value?: number }).value ?? size);
}

export const dropIndexes: Command = {
  name: 'dropIndexes',
  aliases: ['deleteIndexes'],
  fields: ['index'],
  run: (context) => {
    const ns = context.ns;
    return context.write(() => {
      const collection = context.collection(ns);
      if (collection === undefined) throw errors.namespaceNotFound(`ns not found ${ns}`);
      const before = collection.indexes.length;
      for (const index of indexesToDrop(collection, context.body['index']))
        context.server.catalog.dropIndex(collection, index);
      return { nIndexesWas: before };
    });
  },
};

function indexesToDrop(collection: Collection, wanted: unknown): IndexDefinition[] {
  if (wanted === '*') return collection.indexes.filter(({ name }) => name !== '_id_');
  if (Array.isArray(wanted)) return wanted.flatMap((one) => indexesToDrop(collection, one));
  const found = collection.indexes.find((index) => isWanted(index, wanted));
  if (found === undefined)
    throw errors.indexNotFound(
      isDoc(wanted)
        ? `can't find index with key: ${shellText(wanted)}`
        : `index not found with name [${String(wanted)}]`,
    );
  if (found.name === '_id_') throw new CommandError(72, 'InvalidOptions', 'cannot drop _id index');
  return [found];
}

export function isWanted(index: IndexDefinition, wanted: unknown): boolean {
  return isDoc(wanted) ? sameKey(index.options['key'] as Doc, wanted) : index.name === wanted;
}

export const collMod: Command = {
  name: 'collMod',
  fields: ['index', 'validator', 'validationLevel', 'validationAction', 'changeStreamPreAndPostImages'],
  run: (context) => {
    const ns = context.ns;
    const { body } = context;
    return context.write(() => {
      const collection = context.collection(ns);
      if (collection === undefined) throw errors.namespaceNotFound(`ns does not exist: ${ns}`);
      const options = Object.fromEntries(
        ['validator', 'validationLevel', 'validationAction', 'changeStreamPreAndPostImages'].flatMap((name) =>
          body[name] === undefined ? [] : [[name, body[name]]],
        ),
      );
      if (Object.keys(options).length > 0)
        context.server.catalog.changeOptions(collection, { ...collection.options, ...options });
      return isDoc(body['index']) ? changeIndex(context, collection, body['index']) : {};
    });
  },
};

function changeIndex(context: CommandContext, collection: Collection, change: Doc): Doc {
  const wanted = change['keyPattern'] ?? change['name'];
  const index = collection.indexes.find((candidate) => isWanted(candidate, wanted));
  if (index === undefined) throw errors.indexNotFound(`cannot find index ${shellText(wanted)} for ns ${collection.ns}`);
  const options = { ...index.options };
  const reply: Doc = {};
  if (change['expireAfterSeconds'] !== undefined) {
    if (index.expireAfterSeconds !== undefined) reply['expireAfterSeconds_old'] = options['expireAfterSeconds'];
    reply['expireAfterSeconds_new'] = options['expireAfterSeconds'] = change['expireAfterSeconds'];
  }
  if (change['hidden'] !== undefined) {
    reply['hidden_old'] = index.hidden;
    reply['hidden_new'] = toFlag(change['hidden']);
    if (toFlag(change['hidden'])) options['hidden'] = true;
    else delete options['hidden'];
  }
  for (const field of Object.keys(change)) {
    if (!['keyPattern', 'name', 'expireAfterSeconds', 'hidden'].includes(field))
      throw errors.notImplemented(`collMod index option '${field}' is not supported`);
  }
  context.server.catalog.changeIndex(collection, index, options);
  return reply;
}
