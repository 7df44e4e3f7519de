import type { ExecutionResult } from 'graphql';
import { Pool } from 'undici';
import type { Clock } from '../clock/clock';
import { errorFields, type Log } from '../logging/log';
import type { SubgraphEndpoint, SubgraphRequest } from '../subgraph/subgraph-port';
import { ExchangeError, exchange, type Reply } from './exchange';
import { GRAPHQL_PATH } from './paths';
import { remoteFaults } from './remote-fault';
import { remoteOperation } from './remote-operation';
import { readResult } from './remote-result';
import { RemoteSubscriptions } from './remote-subscriptions';
import type { KeyRing } from './signature';
import { CallSigner, headersOf } from './signed-call';

export interface RemoteEndpointOptions extends Pick<SubgraphEndpoint, 'name' | 'sdl' | 'topics'> {
  /** "http://host:port" of the subgraph's server. */
  readonly url: string;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly log: Log;
  /** For a query with all its retries, in milliseconds. */
  readonly queryTimeoutMs: number;
  /** A mutation gets longer: cutting it off does not undo it. */
  readonly mutationTimeoutMs?: number;
  readonly connections?: number;
  readonly maxReplyBytes?: number;
}

export interface RemoteEndpoint extends SubgraphEndpoint {
  close(): Promise<void>;
}

const MUTATION_TIMEOUT_MS = 30_000;
const CONNECTIONS = 64;
const REPLY_BYTES = 16 * 1024 * 1024;
/** Shorter than the server's, so that it is always the caller who lets an idle connection go. */
const KEEP_ALIVE_MS = 30_000;
/** Waits before the second and the third try of a read, each with full jitter. */
const RETRY_WAITS_MS = [40, 160];

/** A subgraph in another process: signed calls over kept connections, subscriptions over one socket. */
export function createRemoteEndpoint(options: RemoteEndpointOptions): RemoteEndpoint {
  const { name, sdl, topics, log } = options;
  const signer = new CallSigner(options.keys, options.clock);
  const pool = new Pool(options.url, {
    connections: options.connections ?? CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    // Time is kept for the whole call, below.
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: options.mutationTimeoutMs ?? MUTATION_TIMEOUT_MS,
  });
  const subscriptions = new RemoteSubscriptions({ ...options, signer });

  const send = (request: SubgraphRequest, text: string, timeoutMs: number): Promise<Reply> => {
    const { variables, operationName } = request;
    const body = JSON.stringify({ query: text, variables, operationName });
    const seal = signer.seal({ audience: name, method: 'POST', path: GRAPHQL_PATH, body }, request);
    return exchange(pool, {
      path: GRAPHQL_PATH,
      headers: { 'content-type': 'application/json', ...headersOf(seal) },
      body,
      timeoutMs,
      maxBytes: options.maxReplyBytes ?? REPLY_BYTES,
      signal: request.signal,
    });
  };

  return {
    name,
    sdl,
    topics,
    async execute(request) {
      const { text, isRead } = remoteOperation(request.document, request.operationName);
      const limit = isRead ? options.queryTimeoutMs : (options.mutationTimeoutMs ?? MUTATION_TIMEOUT_MS);
      const until = performance.now() + limit;
      for (let attempt = 0; ; attempt += 1) {
        let failure: unknown;
        try {
          const reply = await send(request, text, Math.max(1, until - performance.now()));
          const result = reply.status === 200 ? readResult(reply.body) : null;
          if (result) return result;
          failure = new Error(`The answer was ${reply.status} with ${reply.body.length} characters.`);
          if (reply.status !== 503 || !isRead) return failed(request, failure);
        } catch (error) {
          if (!(error instanceof ExchangeError)) throw error;
          failure = error;
          const again = error.kind === 'refused' || (error.kind === 'broken' && isRead);
          if (!again) return failed(request, error);
        }
        const wait = Math.random() * (RETRY_WAITS_MS[attempt] ?? 0);
        if (attempt >= RETRY_WAITS_MS.length || performance.now() + wait >= until) return failed(request, failure);
        await pause(wait);
      }
    },
    subscribe: (request) => subscriptions.subscribe(request),
    async close() {
      await subscriptions.close();
      await pool.destroy();
    },
  };

  function failed(request: SubgraphRequest, failure: unknown): ExecutionResult {
    const cause = failure instanceof ExchangeError ? (failure.cause ?? failure) : failure;
    log.warn({ ...errorFields(cause), requestId: request.requestId, subgraph: name }, 'A subgraph gave no answer.');
    const isLate = failure instanceof ExchangeError && failure.kind === 'timeout';
    return { errors: remoteFaults(isLate ? 'SUBGRAPH_TIMEOUT' : 'SUBGRAPH_UNAVAILABLE', request) };
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
