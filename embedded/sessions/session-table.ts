import { Binary } from 'bson';
import { errors } from '../commands/command-error';
import type { Catalog } from '../storage/catalog';
import type { Store } from '../storage/store';
import { readRetryRecord, writeRetryRecord } from './retry-record';
import { Transaction } from './transaction';

export const TRANSACTION_LIFETIME_MS = 60_000;
export const SESSION_TIMEOUT_MINUTES = 30;
/** A driver whose connection broke is back with its transaction at once; after this long its process is gone. */
const ABANDONED_MS = 3_000;

interface Session {
  readonly id: Buffer;
  usedAt: number;
  /** The connection that named the session last. */
  connectionId: number;
  /** The newest transaction number this process has seen from the session. */
  txnNumber: bigint;
  state: 'none' | 'open' | 'committing' | 'committed' | 'aborted';
  transaction: Transaction | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** The sessions of this process and the one transaction each may have. */
export class SessionTable {
  private readonly sessions = new Map<string, Session>();

  constructor(
    private readonly store: Store,
    private readonly catalog: Catalog,
  ) {}

  touch(id: Buffer, connectionId: number): void {
    const session = this.session(id);
    session.usedAt = Date.now();
    session.connectionId = connectionId;
  }

  /**
   * A connection has closed. What a killed process left open would hold its documents for the whole lifetime of a
   * transaction, so it is ended, unless the session shows itself on another connection first.
   */
  left(connectionId: number): void {
    for (const session of this.sessions.values()) {
      if (session.state !== 'open' || session.connectionId !== connectionId) continue;
      const { transaction } = session;
      setTimeout(() => {
        if (session.transaction === transaction && session.connectionId === connectionId) this.abortOpen(session);
      }, ABANDONED_MS).unref();
    }
  }

  private session(id: Buffer): Session {
    const key = id.latin1Slice(0, id.length);
    let session = this.sessions.get(key);
    if (session === undefined) {
      session = {
        id,
        usedAt: Date.now(),
        connectionId: 0,
        txnNumber: -1n,
        state: 'none',
        transaction: undefined,
        timer: undefined,
      };
      this.sessions.set(key, session);
    }
    return session;
  }

  /** The transaction a command belongs to; begins it when the command says so. */
  join(id: Buffer, txnNumber: bigint, start: boolean): Transaction {
    const session = this.session(id);
    if (start) return this.start(session, txnNumber);
    if (session.txnNumber !== txnNumber || session.state === 'none') throw noSuch(txnNumber, session);
    if (session.state === 'committed' || session.state === 'committing')
      throw errors.transactionCommitted(`Transaction with { txnNumber: ${txnNumber} } has been committed.`);
    if (session.transaction === undefined)
      throw errors.noSuchTransaction(`Transaction with { txnNumber: ${txnNumber} } has been aborted.`);
    return session.transaction;
  }

  private start(session: Session, txnNumber: bigint): Transaction {
    this.refuseOld(session, txnNumber);
    if (session.txnNumber === txnNumber && session.state !== 'aborted' && session.state !== 'none')
      throw errors.noSuchTransaction(`Transaction ${txnNumber} has already been started.`);
    this.abortOpen(session);
    session.txnNumber = txnNumber;
    session.state = 'open';
    session.transaction = new Transaction(this.store, this.catalog);
    session.timer = setTimeout(() => this.abortOpen(session), TRANSACTION_LIFETIME_MS);
    session.timer.unref();
    return session.transaction;
  }

  /** A numbered write outside of a transaction ends an older transaction of its session. */
  beginRetryable(id: Buffer, txnNumber: bigint): void {
    const session = this.session(id);
    this.refuseOld(session, txnNumber);
    if (txnNumber > session.txnNumber) {
      this.abortOpen(session);
      session.txnNumber = txnNumber;
      session.state = 'none';
    }
  }

  private refuseOld(session: Session, txnNumber: bigint): void {
    if (txnNumber >= session.txnNumber) return;
    throw errors.transactionTooOld(
      `Cannot start transaction with { txnNumber: ${txnNumber} } on session because a newer transaction with txnNumber ${session.txnNumber} has already started.`,
    );
  }

  async commit(id: Buffer, txnNumber: bigint): Promise<void> {
    const session = this.session(id);
    const { transaction } = session;
    if (session.txnNumber !== txnNumber || transaction === undefined) {
      if (session.txnNumber === txnNumber && session.state === 'committed') return;
      const record = readRetryRecord(this.store, id);
      if (record?.committed && record.txnNumber === txnNumber) return;
      throw noSuch(txnNumber, session);
    }
    if (session.state === 'committing') {
      await transaction.ended;
      return this.commit(id, txnNumber);
    }
    session.state = 'committing';
    clearTimeout(session.timer);
    try {
      if (transaction.hasWrites) {
        await this.store.write(() => {
          transaction.applyToStore();
          writeRetryRecord(this.store, id, { txnNumber, committed: true, results: new Map() }, new Date());
        });
      }
      session.state = 'committed';
    } catch (error) {
      session.state = 'aborted';
      throw error;
    } finally {
      session.transaction = undefined;
      transaction.end();
    }
  }

  abort(id: Buffer, txnNumber: bigint): void {
    const session = this.session(id);
    if (session.txnNumber !== txnNumber || session.state !== 'open') {
      if (session.txnNumber === txnNumber && session.state === 'committed')
        throw errors.transactionCommitted(`Transaction with { txnNumber: ${txnNumber} } has been committed.`);
      throw noSuch(txnNumber, session);
    }
    this.abortOpen(session);
  }

  /** A failed statement ends its transaction. */
  abortAfterError(id: Buffer, txnNumber: bigint): void {
    const session = this.session(id);
    if (session.txnNumber === txnNumber && session.state === 'open') this.abortOpen(session);
  }

  end(id: Buffer): void {
    const key = id.latin1Slice(0, id.length);
    const session = this.sessions.get(key);
    if (session === undefined || session.state === 'committing') return;
    this.abortOpen(session);
    this.sessions.delete(key);
  }

  /** What $listLocalSessions shows. */
  list(): { _id: { id: Binary }; lastUse: Date }[] {
    return [...this.sessions.values()].map(({ id, usedAt }) => ({
      _id: { id: new Binary(id, Binary.SUBTYPE_UUID) },
      lastUse: new Date(usedAt),
    }));
  }

  endAll(): void {
    for (const session of [...this.sessions.values()]) this.end(session.id);
  }

  /** Forgets sessions that were not used for the session timeout. */
  sweep(now: number): void {
    for (const session of [...this.sessions.values()]) {
      if (now - session.usedAt > SESSION_TIMEOUT_MINUTES * 60_000) this.end(session.id);
    }
  }

  private abortOpen(session: Session): void {
    if (session.state !== 'open') return;
    clearTimeout(session.timer);
    session.state = 'aborted';
    session.transaction?.end();
    session.transaction = undefined;
  }
}

function noSuch(txnNumber: bigint, session: Session) {
  const active = session.txnNumber < 0n ? 'none' : String(session.txnNumber);
  return errors.noSuchTransaction(
    `Given transaction number ${txnNumber} does not match any in-progress transactions. The active transaction number is ${active}`,
  );
}
