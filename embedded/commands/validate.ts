import { type Doc, decodeDocument } from '../document/decode';
import type { Collection } from '../storage/collection';
import { indexKeys } from '../storage/index-keys';
import { entryKey, indexRange, recordKey, recordOfBytes, recordOfKey } from '../storage/keyspace';
import type { Kv } from '../storage/kv';
import type { Command } from './command';
import { errors } from './command-error';

export const validate: Command = {
  name: 'validate',
  fields: ['full', 'repair', 'metadata', 'checkBSONConformance'],
  run: (context) => {
    const ns = context.ns;
    const collection = context.collection(ns);
    if (collection === undefined) throw errors.namespaceNotFound(`Collection '${ns}' does not exist to validate.`);
    return checkCollection(context.server.store, collection);
  },
};

/** Looks whether every record is in every index it belongs to, and every entry has its record. */
export function checkCollection(kv: Kv, collection: Collection): Doc {
  const problems: string[] = [];
  const expected = new Map<number, number>();
  let records = 0;
  for (const [key, raw] of kv.scan(collection.recordRange)) {
    records++;
    const record = recordOfKey(key);
    const doc = decodeDocument(raw);
    for (const index of collection.indexes) {
      for (const { bytes } of indexKeys(index, doc).keys) {
        expected.set(index.id, (expected.get(index.id) ?? 0) + 1);
        const entry = kv.get(entryKey(index.prefix, bytes, index.unique ? undefined : record));
        if (entry === undefined || (index.unique && recordOfBytes(entry) !== record))
          problems.push(`record ${record} is missing from index ${index.name}`);
      }
    }
  }
  const keysPerIndex: Doc = {};
  for (const index of collection.indexes) {
    let entries = 0;
    for (const [key, value] of kv.scan(indexRange(collection.id, index.id))) {
      entries++;
      const record = index.unique ? recordOfBytes(value) : recordOfKey(key);
      if (kv.get(recordKey(collection.id, record)) === undefined)
        problems.push(`index ${index.name} points to record ${record}, which does not exist`);
    }
    keysPerIndex[index.name] = entries;
    if (entries !== (expected.get(index.id) ?? 0))
      problems.push(`index ${index.name} has ${entries} entries instead of ${expected.get(index.id) ?? 0}`);
  }
  return {
    ns: collection.ns,
    nrecords: records,
    nIndexes: collection.indexes.length,
    keysPerIndex,
    valid: problems.length === 0,
    warnings: [],
    errors: problems.slice(0, 100),
  };
}
