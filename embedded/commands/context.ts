import type { Doc } from '../document/decode';
import { toNumber } from '../document/scalars';
import { QueryError } from '../query/errors';
import type { SessionTable } from '../sessions/session-table';
import type { SnapshotRead, SnapshotReads } from '../sessions/snapshot-reads';
import type { Transaction } from '../sessions/transaction';
import type { Catalog } from '../storage/catalog';
import type { Collection } from '../storage/collection';
import type { Kv } from '../storage/kv';
import { LockedError, type LockOwner } from '../storage/locks';
import type { Store } from '../storage/store';
import type { Connection } from '../wire/connection';
import { errors } from './command-error';
import type { CursorTable } from './cursor-table';
import type { FailPoints } from './fail-point';

/** What the commands of one server share. */
export interface ServerState {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly sessions: SessionTable;
  readonly cursors: CursorTable;
  readonly snapshots: SnapshotReads;
  readonly failPoints: FailPoints;
  readonly startedAt: Date;
  /** "host:port" or the socket's path, as clients reach it. */
  address: string;
}

/** How long a plain write waits for a transaction that holds its document. */
const LOCK_WAIT_MS = 60_000;

/** One running command. */
export class CommandContext {
  /** A fail point wants the answer to get lost. */
  losesConnection = false;
  /** Fields for the reply besides the command's own. */
  writeConcernError: Doc | undefined;
  private deadline: number;

  constructor(
    readonly server: ServerState,
    readonly connection: Connection,
    readonly name: string,
    readonly body: Doc,
    readonly db: string,
    readonly session: Buffer | undefined,
    readonly txnNumber: bigint | undefined,
    readonly transaction: Transaction | undefined,
    /** The past moment a read with the read concern "snapshot" is about. */
    readonly snapshot: SnapshotRead | undefined,
  ) {
    const maxTime = toNumber(body['maxTimeMS']) ?? 0;
    this.deadline = maxTime > 0 ? Date.now() + maxTime : Number.POSITIVE_INFINITY;
  }

  get kv(): Kv {
    return this.transaction ?? this.snapshot?.kv ?? this.server.store;
  }

  /** Indexes that were built later than this are not in what is read. */
  get sequence(): number {
    return this.transaction?.sequence ?? this.snapshot?.sequence ?? this.server.store.sequence;
  }

  /** The namespace that the command's own field names. */
  get ns(): string {
    return this.namespaceOf(this.body[this.name]);
  }

  namespaceOf(collection: unknown): string {
    if (typeof collection !== 'string')
      throw errors.invalidNamespace(`collection name has invalid type ${typeName(collection)}`);
    if (collection === '' || collection.includes('\0') || collection.startsWith('.'))
      throw errors.invalidNamespace(`Invalid namespace specified '${this.db}.${collection}'`);
    return `${this.db}.${collection}`;
  }

  collection(ns: string): Collection | undefined {
    return this.transaction === undefined ? this.server.catalog.get(ns) : this.transaction.collection(ns);
  }

  /** Makes the collection when it does not exist. To be called inside `write`. */
  ensureCollection(ns: string): Collection {
    const existing = this.collection(ns);
    if (existing !== undefined) return existing;
    if (ns.slice(ns.indexOf('.') + 1).includes('$'))
      throw errors.invalidNamespace(`Invalid collection name: ${ns.slice(ns.indexOf('.') + 1)}`);
    return this.transaction === undefined
      ? this.server.catalog.create(ns, {})
      : this.transaction.createCollection(ns, {});
  }

  /**
   * Runs a step that writes: in a transaction at once, else inside a batch of the store. A step may run more than
   * once, so it works only on its arguments. A key that a transaction holds is waited for.
   */
  async write<T>(step: () => T): Promise<T> {
    if (this.transaction !== undefined) return step();
    for (;;) {
      try {
        return await this.server.store.write(step);
      } catch (error) {
        if (!(error instanceof LockedError)) throw error;
        await this.waitFor(error.owner);
      }
    }
  }

  async waitFor(owner: LockOwner): Promise<void> {
    const limit = Math.min(LOCK_WAIT_MS, this.deadline - Date.now());
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(true), limit);
    });
    const late = await Promise.race([owner.ended.then(() => false), expired]);
    clearTimeout(timer);
    if (!late) return;
    if (Date.now() >= this.deadline) throw errors.maxTimeExpired();
    throw new QueryError(112, 'WriteConflict', 'a transaction held the document for too long');
  }

  /** The command is answered; what a cursor still reads has all the time it needs. */
  finish(): void {
    this.deadline = Number.POSITIVE_INFINITY;
  }

  /** To be asked now and then by what may run long. */
  checkTime(): void {
    if (this.deadline !== Number.POSITIVE_INFINITY && Date.now() > this.deadline) throw errors.maxTimeExpired();
  }
}

export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (typeof value === 'object') {
    const names: Record<string, string> = {
      Int32: 'int',
      Double: 'double',
      Long: 'long',
      Decimal128: 'decimal',
      ObjectId: 'objectId',
      Binary: 'binData',
      BSONRegExp: 'regex',
      Timestamp: 'timestamp',
    };
    return '_bsontype' in value ? (names[String(value._bsontype)] ?? String(value._bsontype)) : 'object';
  }
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
