import { type ExecutionResult, GraphQLError } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { Pool } from 'undici';
import { WebSocket } from 'ws';
import { exchange } from '../../platform/remote/exchange';
import { remoteOperation } from '../../platform/remote/remote-operation';
import { readResult } from '../../platform/remote/remote-result';
import type { SubgraphEndpoint, SubgraphRequest } from '../../platform/subgraph/subgraph-port';

export interface HttpEndpointOptions {
  readonly name: string;
  /** Where the subgraph takes GraphQL by POST; its subscriptions are at the same place by WebSocket. */
  readonly url: string;
  /** Asked for only where a subscription needs it. */
  readonly sdl: () => string;
  /** For one request, in milliseconds. */
  readonly timeoutMs: number;
  readonly connections?: number;
}

export interface HttpEndpoint extends SubgraphEndpoint {
  close(): Promise<void>;
}

const CONNECTIONS = 64;
const KEEP_ALIVE_MS = 30_000;
const REPLY_BYTES = 64 * 1024 * 1024;
const HEADERS = { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' };

/**
 * Any subgraph that speaks GraphQL over HTTP: nothing is signed and nothing of the caller is forwarded. What cannot be
 * reached or understood answers with an error that names the subgraph and not its address.
 */
export function createHttpEndpoint(options: HttpEndpointOptions): HttpEndpoint {
  const { name, timeoutMs } = options;
  const url = new URL(options.url);
  const pool = new Pool(url.origin, {
    connections: options.connections ?? CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    // Time is kept for the whole exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: timeoutMs,
  });
  let sockets: Client | null = null;
  const socketClient = (): Client => {
    sockets ??= createClient({
      url: `${url.origin.replace(/^http/, 'ws')}${url.pathname}${url.search}`,
      webSocketImpl: WebSocket,
      lazyCloseTimeout: 1_000,
      retryAttempts: 0,
    });
    return sockets;
  };

  return {
    name,
    get sdl() {
      return options.sdl();
    },
    topics: {},
    async execute(request) {
      try {
        const reply = await exchange(pool, {
          path: `${url.pathname}${url.search}`,
          headers: HEADERS,
          body: JSON.stringify(messageOf(request)),
          timeoutMs,
          maxBytes: REPLY_BYTES,
          signal: request.signal,
        });
        return readResult(reply.body) ?? noAnswer(name, `what it sent is no GraphQL answer (status ${reply.status})`);
      } catch (error) {
        // The deadline's own error is for the caller as it is.
        if (error instanceof GraphQLError) throw error;
        return noAnswer(name, 'it cannot be reached');
      }
    },
    async subscribe(request) {
      const events = socketClient().iterate<Record<string, unknown>>(messageOf(request));
      request.signal?.addEventListener('abort', () => void events.return?.(), { once: true });
      return events as AsyncIterableIterator<ExecutionResult>;
    },
    async close() {
      await sockets?.dispose();
      await pool.destroy();
    },
  };
}

function messageOf({ document, variables, operationName }: SubgraphRequest) {
  return {
    query: remoteOperation(document, operationName).text,
    ...(variables ? { variables: { ...variables } } : {}),
    ...(operationName === undefined ? {} : { operationName }),
  };
}

function noAnswer(name: string, why: string): ExecutionResult {
  return {
    errors: [
      new GraphQLError(`The subgraph "${name}" gave no answer: ${why}.`, {
        extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
      }),
    ],
  };
}
