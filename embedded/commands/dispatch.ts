import { Binary, type Long, Timestamp } from 'bson';
import { type Doc, MalformedBsonError } from '../document/decode';
import { isDoc } from '../document/scalars';
import { QueryError } from '../query/errors';
import type { SnapshotRead } from '../sessions/snapshot-reads';
import type { Transaction } from '../sessions/transaction';
import { WriteConflictError } from '../storage/locks';
import { CLOSE_CONNECTION, type Connection } from '../wire/connection';
import { COMMON_FIELDS, type Command } from './command';
import { CommandError, errors, RETRYABLE_WRITE, TRANSIENT } from './command-error';
import { CommandContext, type ServerState } from './context';
import { InjectedError } from './fail-point';
import { COMMANDS } from './registry';

const byName = new Map<string, Command>();
for (const command of COMMANDS)
  for (const name of [command.name, ...(command.aliases ?? [])]) byName.set(name, command);

/** Server errors after which a driver may send a numbered write again. */
const RETRYABLE_CODES = new Set([6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
/** LockTimeout, WriteConflict, SnapshotUnavailable, NoSuchTransaction, PreparedTransactionInProgress */
const TRANSIENT_CODES = new Set([24, 112, 246, 251, 267]);
/** Commands that only name themselves in a transaction; they end it or have nothing to do with it. */
const ENDS_TRANSACTION = new Set(['commitTransaction', 'abortTransaction']);

/** Runs one command and gives its reply; nothing it throws leaves here. */
export async function dispatch(
  server: ServerState,
  body: Doc,
  connection: Connection,
): Promise<Doc | typeof CLOSE_CONNECTION> {
  const name = Object.keys(body)[0] ?? '';
  const call: Call = { body, txnNumber: longOf(body['txnNumber']), session: sessionOf(body), name };
  let reply: Doc;
  try {
    const failure = server.failPoints.forCommand(name, connection.appName);
    if (failure !== undefined) {
      if (failure.blockMs > 0) await new Promise((resolve) => setTimeout(resolve, failure.blockMs));
      if (failure.closeConnection) return CLOSE_CONNECTION;
      if (failure.error !== undefined) throw failure.error;
    }
    const answer = await run(server, call, connection);
    if (answer === CLOSE_CONNECTION) return CLOSE_CONNECTION;
    reply = answer;
    if (failure?.writeConcernError !== undefined) {
      const { errorLabels, ...writeConcernError } = failure.writeConcernError;
      reply = { ...reply, writeConcernError, ...(errorLabels === undefined ? {} : { errorLabels }) };
      if (errorLabels === undefined && isRetryableCode(writeConcernError['code']) && isNumberedWrite(call))
        reply['errorLabels'] = [RETRYABLE_WRITE];
    }
    reply = 'ok' in reply ? reply : { ...reply, ok: 1 };
  } catch (error) {
    reply = errorReply(server, call, error);
  }
  return withTime(server, reply);
}

interface Call {
  readonly name: string;
  readonly body: Doc;
  readonly session: Buffer | undefined;
  readonly txnNumber: bigint | undefined;
}

async function run(server: ServerState, call: Call, connection: Connection): Promise<Doc | typeof CLOSE_CONNECTION> {
  const { name, body, session, txnNumber } = call;
  const command = byName.get(name);
  if (command === undefined) throw errors.commandNotFound(name);
  for (const field of Object.keys(body)) {
    if (field !== name && !COMMON_FIELDS.has(field) && !command.fields?.includes(field))
      throw errors.unknownField(command.name, field);
  }
  const db = body['$db'];
  if (typeof db !== 'string' || db === '' || /[/\\. "$\0]/.test(db))
    throw errors.invalidNamespace(`Invalid database name: '${String(db)}'`);
  if (session !== undefined) server.sessions.touch(session, connection.id);
  const transaction = transactionOf(server, call, command);
  const snapshot = readSnapshot(server, command, body, transaction);
  const context = new CommandContext(
    server,
    connection,
    name,
    body,
    db,
    session,
    transaction ? undefined : txnNumber,
    transaction,
    snapshot,
  );
  const reply = await command.run(context);
  context.finish();
  if (context.losesConnection) return CLOSE_CONNECTION;
  if (transaction !== undefined && 'writeErrors' in reply) abortTransaction(server, call);
  if (snapshot !== undefined) placeTime(reply, snapshot.time);
  const concern = context.writeConcernError ?? unsatisfiableConcern(body);
  return concern === undefined ? reply : { ...reply, writeConcernError: concern };
}

function transactionOf(server: ServerState, call: Call, command: Command): Transaction | undefined {
  const { body, session, txnNumber, name } = call;
  if (txnNumber === undefined) return undefined;
  if (session === undefined)
    throw errors.invalidOptions('Transaction number requires a session ID to also be specified');
  if (ENDS_TRANSACTION.has(name)) return undefined;
  if (body['autocommit'] === false) {
    if (!command.transactional) {
      abortTransaction(server, call);
      throw errors.operationNotSupportedInTransaction(`Cannot run '${name}' in a multi-document transaction.`);
    }
    return server.sessions.join(session, txnNumber, body['startTransaction'] === true);
  }
  if (!command.retryable)
    throw new CommandError(
      50768,
      'NotARetryableWriteCommand',
      `txnNumber may only be provided for multi-document transactions and retryable write commands. autocommit:false was not provided, and ${name} is not a retryable write command.`,
    );
  server.sessions.beginRetryable(session, txnNumber);
  return undefined;
}

function abortTransaction(server: ServerState, { session, txnNumber }: Call): void {
  if (session !== undefined && txnNumber !== undefined) server.sessions.abortAfterError(session, txnNumber);
}

const READ_CONCERNS = new Set(['local', 'majority', 'available', 'snapshot', 'linearizable']);

/** Checks the read concern; for "snapshot" outside of a transaction, gives the moment to read. */
function readSnapshot(
  server: ServerState,
  command: Command,
  body: Doc,
  transaction: Transaction | undefined,
): SnapshotRead | undefined {
  const readConcern = body['readConcern'];
  if (!isDoc(readConcern)) return undefined;
  const { level, atClusterTime } = readConcern;
  if (level !== undefined && (typeof level !== 'string' || !READ_CONCERNS.has(level)))
    throw errors.failedToParse(
      `readConcern.level must be either 'local', 'majority', 'linearizable', 'available', or 'snapshot'`,
    );
  if (level !== 'snapshot') {
    if (atClusterTime !== undefined)
      throw errors.invalidOptions('atClusterTime field can be set only if level is equal to snapshot');
    return undefined;
  }
  if (transaction !== undefined) return undefined;
  if (!command.readsSnapshots)
    throw errors.invalidOptions(`Command ${command.name} does not support { readConcern: { level: "snapshot" } }`);
  return server.snapshots.open(atClusterTime instanceof Timestamp ? atClusterTime : undefined);
}

/** Tells the moment that was read: inside the cursor where there is one. */
function placeTime(reply: Doc, time: Timestamp): void {
  const { cursor } = reply;
  if (isDoc(cursor)) cursor['atClusterTime'] = time;
  else reply['atClusterTime'] = time;
}

function unsatisfiableConcern(body: Doc): Doc | undefined {
  const concern = body['writeConcern'];
  if (!isDoc(concern)) return undefined;
  const w = concern['w'];
  const count = typeof w === 'object' && w !== null && 'value' in w ? Number(w.value) : w;
  if (typeof count === 'number' && count > 1)
    return { code: 100, codeName: 'UnsatisfiableWriteConcern', errmsg: 'Not enough data-bearing nodes' };
  if (typeof count === 'string' && count !== 'majority')
    return {
      code: 79,
      codeName: 'UnknownReplWriteConcern',
      errmsg: `No write concern mode named '${count}' found in replica set configuration`,
    };
  return undefined;
}

function errorReply(server: ServerState, call: Call, error: unknown): Doc {
  const known = asCommandError(error);
  const inTransaction = call.body['autocommit'] === false && call.txnNumber !== undefined;
  if (inTransaction && !ENDS_TRANSACTION.has(call.name) && !(error instanceof InjectedError))
    abortTransaction(server, call);
  const labels = new Set(known.labels);
  const given = error instanceof InjectedError && error.givenLabels !== undefined;
  if (!inTransaction) labels.delete(TRANSIENT);
  if (given) for (const label of error.givenLabels ?? []) labels.add(label);
  else {
    if (isRetryableCode(known.code) && isNumberedWrite(call)) labels.add(RETRYABLE_WRITE);
    if (inTransaction && isTransient(known.code, call.name)) labels.add(TRANSIENT);
  }
  return {
    ok: 0,
    errmsg: known.message,
    code: known.code,
    codeName: known.codeName,
    ...('keyPattern' in known
      ? { keyPattern: known.keyPattern, keyValue: (known as { keyValue?: unknown }).keyValue }
      : {}),
    ...known.fields,
    ...(labels.size === 0 ? {} : { errorLabels: [...labels] }),
  };
}

function asCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof QueryError)
    return Object.assign(
      new CommandError(error.code, error.codeName, error.message),
      'keyPattern' in error
        ? { keyPattern: error.keyPattern, keyValue: (error as { keyValue?: unknown }).keyValue }
        : {},
    );
  if (error instanceof WriteConflictError) return errors.writeConflict();
  if (error instanceof MalformedBsonError) return new CommandError(22, 'InvalidBSON', error.message);
  const message = error instanceof Error ? error.message : String(error);
  if (/MDB_MAP_FULL|ENOSPC|No space left/.test(message))
    return new CommandError(14031, 'OutOfDiskSpace', `the disk is full: ${message}`);
  console.error('[embedded] unexpected error', error);
  return new CommandError(8, 'UnknownError', message);
}

function isRetryableCode(code: unknown): boolean {
  return typeof code === 'object' && code !== null && 'value' in code
    ? RETRYABLE_CODES.has(Number(code.value))
    : RETRYABLE_CODES.has(Number(code));
}

function isNumberedWrite({ name, body, txnNumber }: Call): boolean {
  return txnNumber !== undefined && (ENDS_TRANSACTION.has(name) || body['autocommit'] !== false);
}

/** Errors inside a transaction after which the whole transaction may be tried again. */
function isTransient(code: number, name: string): boolean {
  if (TRANSIENT_CODES.has(code)) return true;
  return name !== 'commitTransaction' && RETRYABLE_CODES.has(code);
}

function longOf(value: unknown): bigint | undefined {
  if (typeof value !== 'object' || value === null || !('_bsontype' in value)) return undefined;
  if (value._bsontype === 'Long') return (value as Long).toBigInt();
  if (value._bsontype === 'Int32') return BigInt((value as unknown as { value: number }).value);
  return undefined;
}

function sessionOf(body: Doc): Buffer | undefined {
  const lsid = body['lsid'];
  if (!isDoc(lsid) || !(lsid['id'] instanceof Binary)) return undefined;
  return Buffer.from(lsid['id'].buffer);
}

const NO_SIGNATURE = { hash: new Binary(Buffer.alloc(20)), keyId: 0n };

/** Logical time for causal sessions: seconds and the number of the newest commit in it. */
function withTime(server: ServerState, reply: Doc): Doc {
  const time = server.store.clock.now();
  const timestamp = new Timestamp({ t: time.seconds, i: time.increment });
  return { ...reply, operationTime: timestamp, $clusterTime: { clusterTime: timestamp, signature: NO_SIGNATURE } };
}
