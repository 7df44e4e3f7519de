import { randomBytes } from 'node:crypto';
import { Long } from 'bson';
import type { Doc } from '../document/decode';
import { encodeDocument, RawDocument } from '../document/encode';
import type { Transaction } from '../sessions/transaction';
import { errors } from './command-error';

/** Results on their way out, as documents or as stored BSON. */
export type Results = Iterator<Doc | Buffer, unknown, undefined>;

interface Cursor {
  readonly id: bigint;
  readonly ns: string;
  readonly results: Results;
  readonly session: Buffer | undefined;
  readonly transaction: Transaction | undefined;
  readonly keepAlive: boolean;
  /** Results still to come at most; infinite without a limit. */
  left: number;
  usedAt: number;
}

export interface CursorOptions {
  readonly ns: string;
  readonly batchSize: number | undefined;
  readonly singleBatch?: boolean;
  readonly limit?: number;
  readonly keepAlive?: boolean;
  readonly session: Buffer | undefined;
  readonly transaction: Transaction | undefined;
}

const FIRST_BATCH = 101;
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
const IDLE_MS = 10 * 60_000;

/** Open cursors by id. A cursor holds no lock and no snapshot of its own: it goes on from the last key it has read. */
export class CursorTable {
  private readonly cursors = new Map<bigint, Cursor>();

  get size(): number {
    return this.cursors.size;
  }

  /** The `cursor` field of a reply with the first batch. */
  open(results: Results, options: CursorOptions): Doc {
    const cursor: Cursor = {
      id: newId(),
      ns: options.ns,
      results,
      session: options.session,
      transaction: options.transaction,
      keepAlive: options.keepAlive ?? false,
      left: options.limit ?? Number.POSITIVE_INFINITY,
      usedAt: Date.now(),
    };
    const { batch, done } = fill(cursor, options.batchSize ?? FIRST_BATCH);
    const stays = !done && options.singleBatch !== true;
    if (stays) this.cursors.set(cursor.id, cursor);
    return { firstBatch: batch, id: Long.fromBigInt(stays ? cursor.id : 0n), ns: options.ns };
  }

  /** The `cursor` field of a reply with a further batch. */
  next(id: bigint, ns: string, batchSize: number | undefined, transaction: Transaction | undefined): Doc {
    const cursor = this.cursors.get(id);
    if (cursor === undefined || cursor.transaction?.isOpen === false) {
      this.cursors.delete(id);
      throw errors.cursorNotFound(id);
    }
    if (cursor.ns !== ns)
      throw errors.badValue(
        `Requested getMore on namespace '${ns}', but cursor belongs to a different namespace ${cursor.ns}`,
      );
    if (cursor.transaction !== transaction)
      throw errors.illegalOperation(`cursor ${id} was made in another transaction`);
    cursor.usedAt = Date.now();
    try {
      const { batch, done } = fill(cursor, batchSize || Number.POSITIVE_INFINITY);
      if (done) this.cursors.delete(id);
      return { nextBatch: batch, id: Long.fromBigInt(done ? 0n : id), ns: cursor.ns };
    } catch (error) {
      this.cursors.delete(id);
      throw error;
    }
  }

  kill(id: bigint): boolean {
    return this.cursors.delete(id);
  }

  killOfSession(session: Buffer): void {
    for (const cursor of [...this.cursors.values()])
      if (cursor.session?.equals(session)) this.cursors.delete(cursor.id);
  }

  killOfNamespace(ns: string): void {
    for (const cursor of [...this.cursors.values()]) if (cursor.ns === ns) this.cursors.delete(cursor.id);
  }

  sweep(now: number): void {
    for (const cursor of [...this.cursors.values()]) {
      if (!cursor.keepAlive && now - cursor.usedAt > IDLE_MS) this.cursors.delete(cursor.id);
    }
  }
}

/** Takes results until the batch is full. Done is what is known for sure: one more look might find the end. */
function fill(cursor: Cursor, batchSize: number): { batch: RawDocument[]; done: boolean } {
  const batch: RawDocument[] = [];
  let bytes = 0;
  while (batch.length < batchSize && cursor.left > 0) {
    const { value, done } = cursor.results.next();
    if (done) return { batch, done: true };
    const raw = Buffer.isBuffer(value) ? value : encodeDocument(value as Doc);
    batch.push(new RawDocument(raw));
    cursor.left--;
    bytes += raw.length;
    if (bytes >= MAX_BATCH_BYTES) break;
  }
  return { batch, done: cursor.left <= 0 };
}

function newId(): bigint {
  return randomBytes(8).readBigUInt64LE() >> 1n;
}
