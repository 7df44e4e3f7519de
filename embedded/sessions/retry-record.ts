import { Int32, Long } from 'bson';
import { type Doc, decodeDocument } from '../document/decode';
import { encodeDocument } from '../document/encode';
import { KIND } from '../storage/keyspace';
import type { Kv } from '../storage/kv';
import type { Store } from '../storage/store';

/**
 * What a session's newest numbered write answered, kept in the same commit as the write itself: a client that never
 * got the answer sends the write again, also after a restart, and must not have it done twice.
 */
export interface RetryRecord {
  readonly txnNumber: bigint;
  /** A committed transaction; otherwise a retryable write. */
  readonly committed: boolean;
  /** The result of each statement by its number; an empty document stands for { n: 1 }. */
  readonly results: ReadonlyMap<number, Doc>;
}

interface StoredRecord extends Doc {
  n: Long;
  at: Date;
  committed: boolean;
  results: { i: Int32; r?: Doc }[];
}

export function sessionKey(session: Buffer): Buffer {
  return Buffer.concat([Buffer.from([KIND.session]), session]);
}

export function readRetryRecord(kv: Kv, session: Buffer): RetryRecord | undefined {
  const bytes = kv.get(sessionKey(session));
  if (bytes === undefined) return undefined;
  const stored = decodeDocument(bytes) as StoredRecord;
  return {
    txnNumber: stored.n.toBigInt(),
    committed: stored.committed,
    results: new Map(stored.results.map(({ i, r }) => [i.value, r ?? {}])),
  };
}

/** Adds results to what the record of this transaction number already holds. To be called inside a batch. */
export function writeRetryRecord(store: Store, session: Buffer, record: RetryRecord, now: Date): void {
  const stored: StoredRecord = {
    n: Long.fromBigInt(record.txnNumber),
    at: now,
    committed: record.committed,
    results: [...record.results].map(([i, r]) =>
      Object.keys(r).length === 0 ? { i: new Int32(i) } : { i: new Int32(i), r },
    ),
  };
  store.applyUnchecked([{ key: sessionKey(session), value: encodeDocument(stored) }]);
}

export function recordAge(bytes: Buffer, now: Date): number {
  return now.getTime() - (decodeDocument(bytes) as StoredRecord).at.getTime();
}
