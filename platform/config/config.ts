import path from 'node:path';
import { z } from 'zod';
import { LOG_LEVELS } from '../logging/log';
import { origin, type SubgraphUrls, subgraphSecrets, subgraphUrls } from './subgraph-addresses';

/** The exit status for a configuration that cannot be used (sysexits: EX_CONFIG). */
export const EXIT_CONFIG = 78;

const flag = z
  .enum(['on', 'off', 'true', 'false', '1', '0'], { error: 'must be on or off' })
  .transform((value) => value === 'on' || value === 'true' || value === '1');

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be between ${min} and ${max}`);

const uriWith = (...schemes: string[]) =>
  z.string().refine((value) => schemes.some((scheme) => value.startsWith(`${scheme}://`)), {
    error: `must start with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  });

const environment = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'], { error: 'must be development, test or production' })
    .default('development'),
  PORT: wholeNumber(0, 65535).default(4000),
  HOST: z.string().min(1, 'must be a host name or address').default('127.0.0.1'),
  DATA_DIR: z.string().min(1, 'must be a folder').default('.data'),
  MONGODB_URI: uriWith('mongodb', 'mongodb+srv').optional(),
  REDIS_URL: uriWith('redis', 'rediss').optional(),
  INTROSPECTION: flag.optional(),
  RATE_LIMIT: flag.optional(),
  COST_LIMIT: flag.optional(),
  TRUSTED_DOCUMENTS: z.string().min(1, 'must be a file or a folder').optional(),
  TRUSTED_DOCUMENTS_ONLY: z.enum(['off', 'keys', 'all'], { error: 'must be off, keys or all' }).default('off'),
  RESPONSE_CACHE: flag.optional(),
  RESPONSE_CACHE_MB: wholeNumber(1, 65_536).default(32),
  METRICS_PORT: wholeNumber(0, 65535).optional(),
  METRICS_HOST: z.string().min(1, 'must be a host name or address').default('127.0.0.1'),
  OTEL_EXPORTER_OTLP_ENDPOINT: uriWith('http', 'https').optional(),
  TRACE_RATIO: z
    .string()
    .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'must be a number from 0 to 1')
    .transform(Number)
    .default(0.1),
  TRACE_PARENTS: flag.optional(),
  DRAIN_SECONDS: wholeNumber(0, 10).optional(),
  LIVE_CONNECTIONS: wholeNumber(1, 1_000_000).optional(),
  LIVE_CONNECTIONS_PER_ADDRESS: wholeNumber(1, 1_000_000).optional(),
  LIVE_CONNECTIONS_PER_KEY: wholeNumber(1, 1_000_000).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be three capital letters (ISO 4217)')
    .default('HKD'),
  SEAT_HOLD_MINUTES: wholeNumber(1, 1440).default(15),
  SANDBOX_PAYMENTS: flag.optional(),
  SUBGRAPH_URLS: subgraphUrls.optional(),
  SUBGRAPH_SECRETS: subgraphSecrets.optional(),
  SUBGRAPH_TIMEOUT_MS: wholeNumber(100, 60_000).default(2000),
  PUBLIC_URL: origin.optional(),
  TRUST_PROXY: z
    .string()
    .regex(/^(off|on|[0-9])$/, 'must be off, on (one proxy) or the number of proxies, at most 9')
    .default('off')
    .transform((value) => (value === 'on' ? 1 : value === 'off' ? 0 : Number(value))),
});

/** Everything the environment decides, read once at start and handed on as a value. */
export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  /** 0 asks the system for a free port. */
  readonly port: number;
  readonly host: string;
  /** Absolute folder of the embedded database, the signing keys and uploaded files. */
  readonly dataDir: string;
  /** A replica set or sharded cluster; null means the embedded database under `dataDir`. */
  readonly mongodbUri: string | null;
  readonly redisUrl: string | null;
  readonly introspection: boolean;
  readonly rateLimit: boolean;
  /** The cost of operations is counted against who asks, besides being reported. */
  readonly costLimit: boolean;
  /** Absolute file or folder of registered documents; null registers none. */
  readonly trustedDocuments: string | null;
  /** Who may run registered documents only: nobody, whoever presents a publishable key, everybody. */
  readonly trustedDocumentsOnly: 'off' | 'keys' | 'all';
  /** Answers are kept as long as they say they may be. */
  readonly responseCache: boolean;
  readonly responseCacheMb: number;
  /** Where this process shows its metrics; null shows none, 0 asks for a free port. Never the public port. */
  readonly metricsPort: number | null;
  readonly metricsHost: string;
  /** Base URL of an OTLP/HTTP collector; null traces nothing. */
  readonly traceEndpoint: string | null;
  /** Part of the traces begun here that is recorded, 0 to 1. */
  readonly traceRatio: number;
  /** Whoever calls with a trace context decides whether it is recorded; else `traceRatio` does, under the caller's trace id. */
  readonly traceParents: boolean;
  /** How long a stopping gateway still answers while load balancers learn that it is not ready. */
  readonly drainSeconds: number;
  /** Sockets and event streams at once: of the process, an address, a storefront key. Null: the gateway's own limit. */
  readonly liveConnections: number | null;
  readonly liveConnectionsPerAddress: number | null;
  readonly liveConnectionsPerKey: number | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** ISO 4217 code of wallets and demo prices. */
  readonly currencyCode: string;
  /** How long a seat and its stock are held for a payment. */
  readonly seatHoldMinutes: number;
  readonly sandboxPayments: boolean;
  /** Where the subgraphs are when each is a process of its own; null means in this process. */
  readonly subgraphUrls: SubgraphUrls | null;
  /** Secrets of calls between processes, the newest first; null means one generated under `dataDir`. */
  readonly subgraphSecrets: readonly string[] | null;
  /** How long a query may take in a subgraph of another process. */
  readonly subgraphTimeoutMs: number;
  /** The gateway's address as others see it, without a path; null means where it listens. */
  readonly publicUrl: string | null;
  /** How many proxies of this installation stand in front and say in X-Forwarded-For where a request came from. */
  readonly proxies: number;
}

/** Carries every fault of the environment at once; values are never repeated, since they may be secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(
      `The configuration cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\nCorrect the environment and start again; README.md lists every variable.`,
    );
  }
}

/** Reads the environment. An empty value counts as not set. Throws ConfigError naming every fault. */
export function readConfig(env: Readonly<Record<string, string | undefined>>, cwd: string = process.cwd()): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  }
  const value = parsed.data;
  const production = value.NODE_ENV === 'production';
  return {
    environment: value.NODE_ENV,
    port: value.PORT,
    host: value.HOST,
    dataDir: path.resolve(cwd, value.DATA_DIR),
    mongodbUri: value.MONGODB_URI ?? null,
    redisUrl: value.REDIS_URL ?? null,
    introspection: value.INTROSPECTION ?? !production,
    rateLimit: value.RATE_LIMIT ?? production,
    trustedDocuments: value.TRUSTED_DOCUMENTS === undefined ? null : path.resolve(cwd, value.TRUSTED_DOCUMENTS),
    trustedDocumentsOnly: value.TRUSTED_DOCUMENTS_ONLY,
    responseCache: value.RESPONSE_CACHE ?? production,
    responseCacheMb: value.RESPONSE_CACHE_MB,
    costLimit: value.COST_LIMIT ?? production,
    metricsPort: value.METRICS_PORT ?? null,
    metricsHost: value.METRICS_HOST,
    traceEndpoint: value.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    traceRatio: value.TRACE_RATIO,
    traceParents: value.TRACE_PARENTS ?? false,
    drainSeconds: value.DRAIN_SECONDS ?? (production ? 3 : 0),
    liveConnections: value.LIVE_CONNECTIONS ?? null,
    liveConnectionsPerAddress: value.LIVE_CONNECTIONS_PER_ADDRESS ?? null,
    liveConnectionsPerKey: value.LIVE_CONNECTIONS_PER_KEY ?? null,
    logLevel: value.LOG_LEVEL,
    currencyCode: value.CURRENCY,
    seatHoldMinutes: value.SEAT_HOLD_MINUTES,
    sandboxPayments: value.SANDBOX_PAYMENTS ?? !production,
    subgraphUrls: value.SUBGRAPH_URLS ?? null,
    subgraphSecrets: value.SUBGRAPH_SECRETS ?? null,
    subgraphTimeoutMs: value.SUBGRAPH_TIMEOUT_MS,
    publicUrl: value.PUBLIC_URL ?? null,
    proxies: value.TRUST_PROXY,
  };
}
