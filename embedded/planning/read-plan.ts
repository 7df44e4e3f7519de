import type { Collection, Stored } from '../storage/collection';
import { indexRange, type RecordId, recordOfBytes, recordOfKey } from '../storage/keyspace';
import type { Kv } from '../storage/kv';
import { StoredRecord } from '../storage/stored-record';
import type { Plan } from './plan';

/** What reading a plan has cost so far. */
export interface ReadCounts {
  keys: number;
  documents: number;
}

/** Yields each document of a plan once. May be paused between documents for any time: it holds nothing open. */
export function* readPlan(
  kv: Kv,
  collection: Collection,
  plan: Plan,
  counts: ReadCounts = { keys: 0, documents: 0 },
): Generator<Stored, void, undefined> {
  switch (plan.kind) {
    case 'nothing':
      return;
    case 'collection':
      for (const [key, raw] of kv.scan(indexRange(collection.id, 0), plan.reverse)) {
        counts.documents++;
        yield new StoredRecord(recordOfKey(key), raw);
      }
      return;
    case 'index': {
      const seen = plan.index.multikey ? new Set<RecordId>() : undefined;
      for (const record of indexRecords(kv, plan)) {
        counts.keys++;
        if (seen?.has(record)) continue;
        seen?.add(record);
        const stored = collection.read(kv, record);
        if (stored === undefined) continue;
        counts.documents++;
        yield stored;
      }
      return;
    }
    case 'union': {
      const seen = new Set<RecordId>();
      for (const branch of plan.branches) {
        for (const stored of readPlan(kv, collection, branch, counts)) {
          if (seen.has(stored.record)) continue;
          seen.add(stored.record);
          yield stored;
        }
      }
    }
  }
}

function* indexRecords(kv: Kv, plan: Extract<Plan, { kind: 'index' }>): Generator<RecordId, void, undefined> {
  if (plan.keys !== undefined) {
    for (const key of plan.reverse ? [...plan.keys].reverse() : plan.keys) {
      const entry = kv.get(key);
      if (entry !== undefined) yield recordOfBytes(entry);
    }
    return;
  }
  for (const range of plan.reverse ? [...plan.ranges].reverse() : plan.ranges) {
    for (const [key, value] of kv.scan(range, plan.reverse))
      yield plan.index.unique ? recordOfBytes(value) : recordOfKey(key);
  }
}
