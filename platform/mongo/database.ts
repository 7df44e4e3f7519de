import mongoose, { type ClientSession, type Connection } from 'mongoose';
import { ApiError } from '../user-errors/api-error';

/** One subgraph's own database: `kaituan_<name>`. */
export interface Database {
  readonly connection: Connection;
  /**
   * Runs `work` in one multi-document transaction and returns its result once it is durable. `work` may run again
   * when the transaction met another, so it must have no effect outside the session. What it throws aborts.
   */
  transaction<T>(work: (session: ClientSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Transactions that meet too often give up with CONFLICT after this many tries instead of holding a request open. */
const MAX_ATTEMPTS = 40;

export async function openDatabase(
  uri: string,
  name: string,
  options: { readonly monitorCommands?: boolean } = {},
): Promise<Database> {
  const connection = mongoose.createConnection(uri, {
    dbName: `kaituan_${name}`,
    autoIndex: true,
    maxPoolSize: 32,
    serverSelectionTimeoutMS: 10_000,
    monitorCommands: options.monitorCommands ?? false,
  });
  await connection.asPromise();
  return {
    connection,
    transaction: (work) => runTransaction(connection, work),
    close: () => connection.close(),
  };
}

/** Another subgraph's database on the same server and connections: for its outbox, and for nothing else. */
export function neighbourOf({ connection }: Database, name: string): Connection {
  return connection.useDb(`kaituan_${name}`, { useCache: true });
}

/** Waits until every index of every model registered so far exists: unique indexes are part of the rules. */
export async function ensureIndexes(connection: Connection): Promise<void> {
  await Promise.all(Object.values(connection.models).map((model) => model.init()));
}

async function runTransaction<T>(connection: Connection, work: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = await connection.startSession();
  try {
    for (let attempt = 1; ; attempt += 1) {
      session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } });
      try {
        const result = await work(session);
        await commit(session);
        return result;
      } catch (error) {
        if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
        if (!isTransient(error)) throw error;
        if (attempt >= MAX_ATTEMPTS) {
          throw new ApiError(
            'CONFLICT',
            'Too many changes met on the same record. Nothing changed; send the request again.',
          );
        }
        await pause(backoff(attempt));
      }
    }
  } finally {
    await session.endSession();
  }
}

/** A lost reply to a commit is asked again: the server remembers what it did with that transaction number. */
async function commit(session: ClientSession): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      if (attempt < 5 && hasLabel(error, 'UnknownTransactionCommitResult')) continue;
      throw error;
    }
  }
}

function isTransient(error: unknown): boolean {
  return hasLabel(error, 'TransientTransactionError');
}

function hasLabel(error: unknown, label: string): boolean {
  return error instanceof mongoose.mongo.MongoError && error.hasErrorLabel(label);
}

/** Full jitter, 2 ms doubling to 100 ms. */
function backoff(attempt: number): number {
  return Math.random() * Math.min(100, 2 ** attempt);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Whether a write failed because a unique index already holds its key (of an index that begins with `keyField`, when given). */
export function isDuplicateKey(error: unknown, keyField?: string): boolean {
  if (!(error instanceof mongoose.mongo.MongoServerError) || error.code !== 11000) return false;
  if (keyField === undefined) return true;
  const keyPattern: unknown = error['keyPattern'];
  if (typeof keyPattern === 'object' && keyPattern !== null) return Object.hasOwn(keyPattern, keyField);
  // Bulk writes report no pattern, only the sentence that names the index: "… index: _id_ dup key: …".
  const index = / index: (\S+) dup key/.exec(error.message)?.[1] ?? '';
  return index.startsWith(`${keyField}_`);
}
