import { indexRanges } from '../planning/index-ranges';
import { compareValues, getPath } from '../query';
import { recordAge } from '../sessions/retry-record';
import { SESSION_TIMEOUT_MINUTES } from '../sessions/session-table';
import type { Collection } from '../storage/collection';
import type { IndexDefinition } from '../storage/index-definition';
import { KIND, kindRange, recordOfBytes, recordOfKey } from '../storage/keyspace';
import { LockedError } from '../storage/locks';
import type { ServerState } from './context';

const PER_BATCH = 500;

/** Removes what has outlived its TTL index, and the memory of sessions that are over. */
export async function removeExpired(state: ServerState, now: Date): Promise<number> {
  let removed = 0;
  for (const collection of [...state.catalog.all()]) {
    for (const index of collection.indexes) {
      if (index.expireAfterSeconds === undefined) continue;
      const limit = new Date(now.getTime() - index.expireAfterSeconds * 1000);
      removed += await removeOlder(state, collection, index, limit);
    }
  }
  await forgetSessions(state, now);
  return removed;
}

async function removeOlder(
  { store }: ServerState,
  collection: Collection,
  index: IndexDefinition,
  limit: Date,
): Promise<number> {
  let removed = 0;
  for (;;) {
    const found = expiredRecords(store, index, limit);
    if (found.length === 0) return removed;
    const done = await store.write(() => {
      let count = 0;
      for (const record of found) {
        const stored = collection.dropped ? undefined : collection.read(store, record);
        if (stored === undefined || !isExpired(getPath(stored.doc, index.fields[0]?.path ?? ''), limit)) continue;
        try {
          collection.remove(store, stored);
          count++;
        } catch (error) {
          // Held by a transaction: next time.
          if (!(error instanceof LockedError)) throw error;
        }
      }
      return count;
    });
    removed += done;
    if (done < found.length) return removed;
  }
}

function expiredRecords(store: ServerState['store'], index: IndexDefinition, limit: Date): number[] {
  const path = index.fields[0]?.path ?? '';
  const { ranges } = indexRanges(index, new Map([[path, [{ op: '$lte', value: limit }]]]));
  const found = new Set<number>();
  for (const range of ranges) {
    for (const [key, value] of store.scan(range)) {
      found.add(index.unique ? recordOfBytes(value) : recordOfKey(key));
      if (found.size === PER_BATCH) break;
    }
  }
  return [...found];
}

/** A date, or the earliest of a list of dates, that lies before the limit. Anything else never expires. */
function isExpired(value: unknown, limit: Date): boolean {
  const dates = (Array.isArray(value) ? value : [value]).filter((item): item is Date => item instanceof Date);
  return dates.some((date) => compareValues(date, limit) <= 0);
}

async function forgetSessions({ store }: ServerState, now: Date): Promise<void> {
  const old: Buffer[] = [];
  for (const [key, bytes] of store.scan(kindRange(KIND.session))) {
    if (recordAge(bytes, now) > SESSION_TIMEOUT_MINUTES * 60_000) old.push(key);
  }
  if (old.length > 0) await store.write(() => store.applyUnchecked(old.map((key) => ({ key, value: null }))));
}
