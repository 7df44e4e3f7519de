import { Redis } from 'ioredis';

/** Longest silence of a connection that waits for an answer before it is given up and opened again. */
const SILENCE_MS = 3000;

/**
 * A connection that never makes its caller wait: what cannot be sent now, or is not answered in a second, is refused.
 * It comes back by itself, at most a second after Redis does.
 */
export function openRedis(url: string, options: { readonly blocking?: boolean } = {}): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: SILENCE_MS,
    retryStrategy: (attempt) => Math.min(1000, 50 * 2 ** Math.min(attempt, 5)),
    ...(options.blocking ? { socketTimeout: SILENCE_MS } : { commandTimeout: 1000 }),
  });
  // Every refused command says so to its caller; without a listener ioredis would print each on the console.
  redis.on('error', () => undefined);
  redis.connect().catch(() => undefined);
  return redis;
}
