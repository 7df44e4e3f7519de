import DataLoader from 'dataloader';

/** Longest list of keys in one query. */
const MAX_KEYS = 200;

/**
 * Reads that are asked for in the same turn of the event loop become one query, each key in it once. Nothing is
 * remembered: every answer was read after it was asked for. `read` answers by key; a key it leaves out is null.
 */
export function gatheredRead<V>(
  read: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
): (key: string) => Promise<V | null> {
  const loader = new DataLoader<string, V | null>(
    async (keys) => {
      const found = await read([...new Set(keys)]);
      return keys.map((key) => found.get(key) ?? null);
    },
    // The default schedule ends with one incoming message; a crowd arrives as many messages in one turn.
    { cache: false, maxBatchSize: MAX_KEYS, batchScheduleFn: (run) => setImmediate(run) },
  );
  return (key) => loader.load(key);
}
