import { Double, Int32 } from 'bson';
import type { Doc } from '../document/decode';
import { isDoc, toFlag } from '../document/scalars';
import { compileFilter, valuesEqual } from '../query';
import type { Collection } from '../storage/collection';
import { indexRange } from '../storage/keyspace';
import type { Command } from './command';
import { CommandError, errors } from './command-error';
import type { CommandContext } from './context';
import { countRecords } from './find';
import { batchSizeOf } from './index-commands';
import { docOr, parseCollation } from './selection';

const KEPT_OPTIONS = ['validator', 'validationLevel', 'validationAction', 'collation', 'changeStreamPreAndPostImages'];
const UNSUPPORTED = [
  'capped',
  'timeseries',
  'viewOn',
  'clusteredIndex',
  'encryptedFields',
  'storageEngine',
  'expireAfterSeconds',
];

export const create: Command = {
  name: 'create',
  fields: [
    ...KEPT_OPTIONS,
    ...UNSUPPORTED,
    'autoIndexId',
    'idIndex',
    'size',
    'max',
    'pipeline',
    'indexOptionDefaults',
    'flags',
  ],
  transactional: true,
  run: (context) => {
    const { body } = context;
    const ns = context.ns;
    for (const option of UNSUPPORTED) {
      if (body[option] !== undefined && body[option] !== false)
        throw errors.notImplemented(`create option '${option}' is not supported`);
    }
    if (body['pipeline'] !== undefined) throw errors.notImplemented('views are not supported');
    parseCollation(body['collation']);
    if (isDoc(body['validator'])) compileFilter(body['validator']);
    const options = Object.fromEntries(
      KEPT_OPTIONS.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])),
    );
    return context.write(() => {
      const existing = context.collection(ns);
      if (existing !== undefined) {
        if (valuesEqual(existing.options, options)) return {};
        throw errors.namespaceExists(ns);
      }
      if (ns.slice(ns.indexOf('.') + 1).includes('$')) throw errors.invalidNamespace(`Invalid collection name: ${ns}`);
      if (context.transaction !== undefined) context.transaction.createCollection(ns, options);
      else context.server.catalog.create(ns, options);
      return {};
    });
  },
};

export const drop: Command = {
  name: 'drop',
  run: (context) => {
    const ns = context.ns;
    return context.write(() => {
      const collection = context.collection(ns);
      if (collection === undefined) return {};
      const reply = { nIndexesWas: collection.indexes.length, ns };
      context.server.catalog.drop(collection);
      context.server.cursors.killOfNamespace(ns);
      return reply;
    });
  },
};

export const dropDatabase: Command = {
  name: 'dropDatabase',
  run: (context) =>
    context.write(() => {
      const { catalog, cursors } = context.server;
      for (const collection of catalog.inDatabase(context.db)) {
        catalog.drop(collection);
        cursors.killOfNamespace(collection.ns);
      }
      return { dropped: context.db };
    }),
};

export const renameCollection: Command = {
  name: 'renameCollection',
  fields: ['to', 'dropTarget'],
  run: (context) => {
    const from = String(context.body['renameCollection']);
    const to = String(context.body['to']);
    return context.write(() => {
      const { catalog } = context.server;
      const collection = catalog.get(from);
      if (collection === undefined) throw errors.namespaceNotFound(`Source collection ${from} does not exist`);
      if (from === to) throw errors.illegalOperation("Can't rename a collection to itself");
      const target = catalog.get(to);
      if (target !== undefined) {
        if (!toFlag(context.body['dropTarget']))
          throw new CommandError(48, 'NamespaceExists', 'target namespace exists');
        catalog.drop(target);
      }
      catalog.rename(collection, to);
      return {};
    });
  },
};

export const listCollections: Command = {
  name: 'listCollections',
  fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  run: (context) => {
    const { body, server, db } = context;
    const matches = compileFilter(docOr(body['filter'], {}, 'filter'));
    const nameOnly = toFlag(body['nameOnly']);
    const list = server.catalog
      .inDatabase(db)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((collection) => describe(collection))
      .filter((doc) => matches(doc))
      .map((doc) => (nameOnly ? { name: doc['name'], type: doc['type'] } : doc));
    return {
      cursor: server.cursors.open(list.values(), {
        ns: `${db}.$cmd.listCollections`,
        batchSize: batchSizeOf(body),
        session: context.session,
        transaction: undefined,
      }),
    };
  },
};

function describe(collection: Collection): Doc {
  return {
    name: collection.name,
    type: 'collection',
    options: collection.options,
    info: { readOnly: false, uuid: collection.uuid },
    idIndex: collection.idIndex.options,
  };
}

export const listDatabases: Command = {
  name: 'listDatabases',
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  run: (context) => {
    const { body, server } = context;
    const sizes = new Map<string, number>();
    for (const collection of server.catalog.all())
      sizes.set(collection.db, (sizes.get(collection.db) ?? 0) + estimatedSize(context, collection));
    const matches = compileFilter(docOr(body['filter'], {}, 'filter'));
    const nameOnly = toFlag(body['nameOnly']);
    const databases = [...sizes]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, size]) => ({ name, sizeOnDisk: new Double(size), empty: false }))
      .filter((doc) => matches(doc));
    if (nameOnly) return { databases: databases.map(({ name }) => ({ name })) };
    const total = databases.reduce((sum, { sizeOnDisk }) => sum + sizeOnDisk.value, 0);
    return { databases, totalSize: new Double(total), totalSizeMb: new Double(Math.floor(total / 1048576)) };
  },
};

/** Documents differ in size, so a look at the first hundred has to do. */
function estimatedSize(context: CommandContext, collection: Collection): number {
  let looked = 0;
  let bytes = 0;
  for (const [, raw] of context.server.store.scan(indexRange(collection.id, 0))) {
    bytes += raw.length;
    if (++looked === 100) break;
  }
  return looked === 0 ? 4096 : Math.ceil((bytes / looked) * countRecords(context, collection.id)) + 4096;
}

export const collStats: Command = {
  name: 'collStats',
  aliases: ['collstats'],
  fields: ['scale'],
  run: (context) => {
    const ns = context.ns;
    const collection = context.collection(ns);
    const count = collection === undefined ? 0 : countRecords(context, collection.id);
    const size = collection === undefined ? 0 : estimatedSize(context, collection);
    return {
      ns,
      count,
      size,
      avgObjSize: count === 0 ? 0 : Math.round(size / count),
      storageSize: size,
      nindexes: collection?.indexes.length ?? 0,
      indexSizes: {},
      totalIndexSize: 0,
      capped: false,
      scaleFactor: new Int32(1),
    };
  },
};

export const dbStats: Command = {
  name: 'dbStats',
  aliases: ['dbstats'],
  fields: ['scale', 'freeStorage'],
  run: (context) => {
    const collections = context.server.catalog.inDatabase(context.db);
    const objects = collections.reduce((sum, { id }) => sum + countRecords(context, id), 0);
    const dataSize = collections.reduce((sum, collection) => sum + estimatedSize(context, collection), 0);
    return {
      db: context.db,
      collections: collections.length,
      views: 0,
      objects,
      dataSize,
      storageSize: dataSize,
      indexes: collections.reduce((sum, { indexes }) => sum + indexes.length, 0),
      indexSize: 0,
      scaleFactor: new Int32(1),
    };
  },
};
