import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Clock } from '../clock/clock';
import { errorFields, type Log } from '../logging/log';
import type { SubgraphEndpoint } from '../subgraph/subgraph-port';
import { readBody } from './body';
import type { CallContext } from './call-context';
import { DocumentCache } from './document-cache';
import { GRAPHQL_PATH } from './paths';
import { REFUSED } from './refused';
import type { KeyRing } from './signature';
import { CallVerifier, sealOf } from './signed-call';
import { SubgraphSockets } from './subgraph-sockets';

/** Batches of entity references are larger than what a client may send. */
const BODY_BYTES = 1024 * 1024;
/** Longer than any caller keeps an idle connection, so that it is never we who close one just as it is used. */
const KEEP_ALIVE_MS = 65_000;

export interface SubgraphServerOptions {
  readonly endpoint: SubgraphEndpoint;
  readonly keys: KeyRing;
  readonly host: string;
  /** 0 asks the system for a free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the subgraph could answer now: for /readyz, which says no more than yes or no. */
  readonly ready: () => Promise<boolean>;
}

export interface SubgraphServer {
  /** "http://host:port", without a path. */
  readonly url: string;
  /** Takes no more calls, tells sockets to come back, lets running calls finish for `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Serves one subgraph to the other processes of the installation, over HTTP and, for subscriptions, over WebSocket on
 * the same path. Nothing runs that is not signed: no query, no `_entities`, no `_service`, no introspection.
 */
export async function startSubgraphServer(options: SubgraphServerOptions): Promise<SubgraphServer> {
  const { endpoint, log } = options;
  const verifier = new CallVerifier(options.keys, endpoint.name, options.clock);
  const documents = new DocumentCache();
  const calls = new SubgraphCalls(options, verifier, documents);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 30_000 }, (request, response) => {
    calls.answer(request, response).catch((error: unknown) => {
      log.error(errorFields(error), 'A call could not be answered.');
      if (!response.headersSent) send(response, 500, { errors: [new GraphQLError('The subgraph failed.')] });
      else response.destroy();
    });
  });
  const sockets = new SubgraphSockets({ endpoint, verifier, documents, log, path: GRAPHQL_PATH });
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  await listen(server, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    async stop(graceMs = 10_000) {
      calls.stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await sockets.stop();
      const impatience = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(impatience);
    },
  };
}

class SubgraphCalls {
  stopping = false;

  constructor(
    private readonly options: SubgraphServerOptions,
    private readonly verifier: CallVerifier,
    private readonly documents: DocumentCache,
  ) {}

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (request.url) {
      case GRAPHQL_PATH:
        return this.call(request, response);
      case '/livez':
        return end(response, 200, 'ok');
      case '/readyz': {
        const ready = !this.stopping && (await this.options.ready().catch(() => false));
        return end(response, ready ? 200 : 503, ready ? 'ready' : 'not ready');
      }
      default:
        return end(response, 404, 'not found');
    }
  }

  private async call(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seal = sealOf(request.headers);
    const glance = request.method === 'POST' ? this.verifier.glance(seal) : 'unsigned';
    if (glance) return this.refuse(response, glance);
    const body = await readBody(request, BODY_BYTES);
    if (body === 'too large') {
      response.setHeader('connection', 'close');
      return send(response, 413, { errors: [new GraphQLError('The call is too large.')] });
    }
    if (body === 'aborted') return;
    const context = this.verifier.open({ method: 'POST', path: GRAPHQL_PATH, body }, seal);
    if (typeof context === 'string') return this.refuse(response, context);
    const result = await this.execute(body.toString('utf8'), context, response);
    if (response.destroyed) return;
    // A connection that stays open would keep a stopping server alive, and its next call would be lost.
    if (this.stopping) response.setHeader('connection', 'close');
    send(response, 200, result);
  }

  private async execute(body: string, context: CallContext, response: ServerResponse): Promise<ExecutionResult> {
    const { query, variables, operationName } = JSON.parse(body) as {
      query: string;
      variables?: Record<string, unknown>;
      operationName?: string;
    };
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort(new Error('The caller went away.'));
    });
    try {
      return await this.options.endpoint.execute({
        ...context,
        document: this.documents.get(query),
        variables,
        operationName,
        signal: gone.signal,
      });
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  }

  private refuse(response: ServerResponse, reason: string): void {
    this.options.log.warn({ reason }, 'A call was refused.');
    // What was not read of the body would be taken for the next call.
    response.setHeader('connection', 'close');
    send(response, 401, REFUSED);
  }
}

function send(response: ServerResponse, status: number, result: ExecutionResult): void {
  const text = JSON.stringify(result);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': text.length });
  response.end(text);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(startError(error, host, port)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function startError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(`Port ${port} on ${host} is taken. Choose another one, or 0 for a free one.`, { cause: error });
  }
  return new Error(`The subgraph cannot listen on ${host}:${port}: ${error.message}.`, { cause: error });
}
