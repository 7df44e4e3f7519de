import type { mongo } from 'mongoose';
import { type Entities, readPreferenceOf, transactionOptions } from './entities';
import { NotRunHere } from './not-run-here';
import type { Operation, Plain } from './suite';

type Run = (args: Plain, options: Plain, target: never) => Promise<unknown>;

/** Does one operation on the object it names. */
export async function perform(
  entities: Entities,
  operation: Operation,
  nested: (operations: readonly Operation[]) => Promise<void>,
): Promise<unknown> {
  const { session: sessionId, ...args } = operation.arguments ?? {};
  const session = sessionId === undefined ? undefined : entities.session(String(sessionId));
  const { object, name } = operation;
  if (args['readPreference'] !== undefined && name !== 'startTransaction')
    args['readPreference'] = readPreferenceOf(args['readPreference']);
  const withSession = session === undefined ? {} : { session };
  const call = (table: Record<string, Run>, target: unknown) => {
    const run = table[name];
    if (run === undefined) throw new NotRunHere(`operation ${name}`);
    return run(args, { ...args, ...withSession }, target as never);
  };
  if (entities.collections.has(object)) return call(ON_COLLECTION, entities.collection(object));
  if (entities.databases.has(object)) return call(ON_DATABASE, entities.database(object));
  if (entities.clients.has(object)) return call(ON_CLIENT, entities.client(object).client);
  if (entities.sessions.has(object)) return onSession(entities.session(object), name, args, nested);
  throw new NotRunHere(`an entity ${object}`);
}

function without(options: Plain, ...names: string[]): Plain {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

const ON_COLLECTION: Record<string, Run> = {
  find: (args, options, target: mongo.Collection) =>
    target.find(args['filter'] as never, without(options, 'filter')).toArray(),
  findOne: (args, options, target: mongo.Collection) =>
    target.findOne(args['filter'] as never, without(options, 'filter')),
  aggregate: (args, options, target: mongo.Collection) =>
    target.aggregate(args['pipeline'] as never, without(options, 'pipeline')).toArray(),
  countDocuments: (args, options, target: mongo.Collection) =>
    target.countDocuments(args['filter'] as never, without(options, 'filter')),
  count: (args, options, target: mongo.Collection) => target.count(args['filter'] as never, without(options, 'filter')),
  estimatedDocumentCount: (_, options, target: mongo.Collection) => target.estimatedDocumentCount(options),
  distinct: (args, options, target: mongo.Collection) =>
    target.distinct(String(args['fieldName']), args['filter'] as never, without(options, 'filter', 'fieldName')),
  insertOne: (args, options, target: mongo.Collection) =>
    target.insertOne(args['document'] as never, without(options, 'document')),
  insertMany: (args, options, target: mongo.Collection) =>
    target.insertMany(args['documents'] as never, without(options, 'documents')),
  updateOne: (args, options, target: mongo.Collection) =>
    target.updateOne(args['filter'] as never, args['update'] as never, without(options, 'filter', 'update')),
  updateMany: (args, options, target: mongo.Collection) =>
    target.updateMany(args['filter'] as never, args['update'] as never, without(options, 'filter', 'update')),
  replaceOne: (args, options, target: mongo.Collection) =>
    target.replaceOne(args['filter'] as never, args['replacement'] as never, without(options, 'filter', 'replacement')),
  deleteOne: (args, options, target: mongo.Collection) =>
    target.deleteOne(args['filter'] as never, without(options, 'filter')),
  deleteMany: (args, options, target: mongo.Collection) =>
    target.deleteMany(args['filter'] as never, without(options, 'filter')),
  findOneAndUpdate: (args, options, target: mongo.Collection) =>
    target.findOneAndUpdate(
      args['filter'] as never,
      args['update'] as never,
      after(without(options, 'filter', 'update')),
    ),
  findOneAndReplace: (args, options, target: mongo.Collection) =>
    target.findOneAndReplace(
      args['filter'] as never,
      args['replacement'] as never,
      after(without(options, 'filter', 'replacement')),
    ),
  findOneAndDelete: (args, options, target: mongo.Collection) =>
    target.findOneAndDelete(args['filter'] as never, without(options, 'filter')),
  bulkWrite: (args, options, target: mongo.Collection) =>
    target.bulkWrite(args['requests'] as never, without(options, 'requests')),
  createIndex: (args, options, target: mongo.Collection) =>
    target.createIndex(args['keys'] as never, without(options, 'keys')),
  dropIndex: (args, options, target: mongo.Collection) =>
    target.dropIndex(String(args['name']), without(options, 'name')),
  dropIndexes: (_, options, target: mongo.Collection) => target.dropIndexes(options),
  listIndexes: (_, options, target: mongo.Collection) => target.listIndexes(options).toArray(),
  listIndexNames: async (_, options, target: mongo.Collection) =>
    (await target.listIndexes(options).toArray()).map(({ name }) => name as string),
  rename: (args, options, target: mongo.Collection) => target.rename(String(args['to']), without(options, 'to')),
};

function after(options: Plain): Plain {
  const { returnDocument, ...rest } = options;
  return returnDocument === undefined ? rest : { ...rest, returnDocument: String(returnDocument).toLowerCase() };
}

const ON_DATABASE: Record<string, Run> = {
  aggregate: (args, options, target: mongo.Db) =>
    target.aggregate(args['pipeline'] as never, without(options, 'pipeline')).toArray(),
  runCommand: (args, options, target: mongo.Db) =>
    target.command(args['command'] as never, without(options, 'command', 'commandName')),
  createCollection: (args, options, target: mongo.Db) =>
    target.createCollection(String(args['collection']), without(options, 'collection')),
  dropCollection: (args, options, target: mongo.Db) =>
    target.dropCollection(String(args['collection']), without(options, 'collection')),
  listCollections: (args, options, target: mongo.Db) =>
    target.listCollections((args['filter'] as never) ?? {}, without(options, 'filter')).toArray(),
  listCollectionNames: async (args, options, target: mongo.Db) =>
    (
      await target
        .listCollections((args['filter'] as never) ?? {}, { ...without(options, 'filter'), nameOnly: true })
        .toArray()
    ).map(({ name }) => name),
  modifyCollection: (args, options, target: mongo.Db) =>
    target.command(
      { collMod: args['collection'], ...without(args, 'collection') },
      options['session'] === undefined ? {} : { session: options['session'] as never },
    ),
};

const ON_CLIENT: Record<string, Run> = {
  listDatabases: async (_, options, target: mongo.MongoClient) =>
    (await target.db().admin().listDatabases(options)).databases,
  listDatabaseNames: async (_, options, target: mongo.MongoClient) =>
    (
      await target
        .db()
        .admin()
        .listDatabases({ ...options, nameOnly: true })
    ).databases.map(({ name }) => name),
  clientBulkWrite: (args, options, target: mongo.MongoClient) =>
    target.bulkWrite((args['models'] as Plain[]).map(clientModel) as never, without(options, 'models')),
};

function clientModel(model: Plain): Plain {
  const [name = ''] = Object.keys(model);
  return { name, ...(model[name] as Plain) };
}

async function onSession(
  session: mongo.ClientSession,
  name: string,
  args: Plain,
  nested: (operations: readonly Operation[]) => Promise<void>,
): Promise<unknown> {
  switch (name) {
    case 'startTransaction':
      return session.startTransaction(transactionOptions(args));
    case 'commitTransaction':
      return session.commitTransaction(args);
    case 'abortTransaction':
      return session.abortTransaction(args);
    case 'endSession':
      return session.endSession();
    case 'withTransaction': {
      const { callback, ...options } = args;
      return session.withTransaction(() => nested(callback as Operation[]), transactionOptions(options));
    }
    default:
      throw new NotRunHere(`operation ${name}`);
  }
}
