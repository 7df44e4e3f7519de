import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type DocumentNode, type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import { handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { errorFields, type Log } from '../logging/log';
import type { SubgraphEndpoint, SubgraphRequest } from '../subgraph/subgraph-port';
import type { DocumentCache } from './document-cache';
import { REFUSED } from './refused';
import { type CallVerifier, sealFrom } from './signed-call';
import { CONNECT_BODY, ENDED_EXTENSION, RUNNING_EXTENSION, SEAL_EXTENSION, signedText } from './subscribe-message';

const MESSAGE_BYTES = 1024 * 1024;
const INIT_MS = 3_000;
const HEARTBEAT_MS = 10_000;
const GOODBYE_MS = 2_000;
const GOING_AWAY = 1001;
const FAILED = 1011;

export interface SubgraphSocketsOptions {
  readonly endpoint: SubgraphEndpoint;
  readonly verifier: CallVerifier;
  readonly documents: DocumentCache;
  readonly log: Log;
  readonly path: string;
}

/** A checked subscribe message on its way through the protocol to the subgraph. */
interface SignedArgs extends ExecutionArgs {
  readonly request: SubgraphRequest;
}

/**
 * Subscriptions of other processes: graphql-transport-ws, one socket for many subscriptions of many viewers. The first
 * message is signed, which opens the socket; each subscribe message is signed for its own viewer.
 */
export class SubgraphSockets {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES, handleProtocols });
  private readonly protocol;
  private readonly answered = new WeakSet<WebSocket>();
  private readonly heartbeat: NodeJS.Timeout;
  private stopping = false;

  constructor(private readonly options: SubgraphSocketsOptions) {
    const { endpoint, log } = options;
    this.protocol = makeServer({
      connectionInitWaitTimeout: INIT_MS,
      onConnect: ({ connectionParams }) => {
        const call = { method: 'CONNECT', path: options.path, body: CONNECT_BODY };
        const context = options.verifier.open(call, sealFrom(connectionParams));
        if (typeof context === 'string') log.warn({ reason: context }, 'A socket was refused.');
        return typeof context !== 'string';
      },
      onSubscribe: (_context, _id, payload) => this.argumentsOf(payload),
      subscribe: (args) => follow(endpoint, (args as SignedArgs).request, log, () => this.stopping),
    });
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (this.stopping || request.url !== this.options.path) {
      const status = this.stopping ? '503 Service Unavailable' : '404 Not Found';
      // Node keeps its side open for as long as the caller likes.
      socket.once('finish', () => socket.destroy());
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.server.handleUpgrade(request, socket, head, (opened) => this.open(opened));
  }

  /** Tells every caller to come back, which reaches another process or this one after its restart. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.heartbeat);
    const clients = [...this.server.clients];
    const closed = clients.map((client) => new Promise<void>((resolve) => client.once('close', () => resolve())));
    for (const client of clients) client.close(GOING_AWAY, 'The subgraph is restarting');
    const impatience = setTimeout(() => {
      for (const client of this.server.clients) client.terminate();
    }, GOODBYE_MS);
    await Promise.all(closed);
    clearTimeout(impatience);
    this.server.close();
  }

  private open(socket: WebSocket): void {
    this.answered.add(socket);
    socket.on('pong', () => this.answered.add(socket));
    socket.on('error', (error) => this.options.log.debug(errorFields(error), 'A socket failed.'));
    const closed = this.protocol.opened(
      {
        protocol: socket.protocol,
        send: (frame) => new Promise<void>((resolve) => socket.send(frame, () => resolve())),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) => {
          socket.on('message', (data) => {
            receive(String(data)).catch((error: unknown) => {
              this.options.log.error(errorFields(error), 'A socket message could not be handled.');
              socket.close(FAILED, 'The subgraph failed');
            });
          });
        },
      },
      {},
    );
    socket.once('close', (code, reason) => {
      closed(code, String(reason)).catch((error: unknown) => {
        this.options.log.warn(errorFields(error), 'A socket did not close well.');
      });
    });
  }

  private argumentsOf(payload: SubscribePayload): SignedArgs | readonly GraphQLError[] {
    const { verifier, documents, endpoint, log, path } = this.options;
    const call = { method: 'SUBSCRIBE', path, body: signedText(payload) };
    const context = verifier.open(call, sealFrom(payload.extensions?.[SEAL_EXTENSION]));
    if (typeof context === 'string') {
      log.warn({ reason: context, subgraph: endpoint.name }, 'A subscription was refused.');
      return REFUSED.errors ?? [];
    }
    let document: DocumentNode;
    try {
      document = documents.get(payload.query);
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
    if (getOperationAST(document, payload.operationName)?.operation !== 'subscription') {
      return [new GraphQLError('Only subscriptions run over a socket.')];
    }
    const request: SubgraphRequest = {
      ...context,
      document,
      variables: payload.variables ?? undefined,
      operationName: payload.operationName ?? undefined,
    };
    // The schema is the endpoint's own affair; the protocol needs only the document.
    return { schema: undefined as never, document, operationName: payload.operationName ?? null, request };
  }

  private beat(): void {
    for (const client of this.server.clients) {
      if (!this.answered.delete(client)) client.terminate();
      else client.ping();
    }
  }
}

/**
 * Says that the subscription runs, then its events, then that it is over, unless it only ends because we do. A failure
 * becomes a last event instead of ending the socket.
 */
async function follow(
  endpoint: SubgraphEndpoint,
  request: SubgraphRequest,
  log: Log,
  isStopping: () => boolean,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const gone = new AbortController();
  const events = await endpoint.subscribe({ ...request, signal: gone.signal });
  if (!(Symbol.asyncIterator in events)) return events;
  let announced = false;
  let over = false;
  const told: AsyncIterableIterator<ExecutionResult> = {
    async next() {
      if (!announced) {
        announced = true;
        return { value: { extensions: { [RUNNING_EXTENSION]: true } }, done: false };
      }
      if (over) return { value: undefined, done: true };
      try {
        const event = await events.next();
        if (!event.done || isStopping()) return event;
        over = true;
        return { value: { extensions: { [ENDED_EXTENSION]: true } }, done: false };
      } catch (error) {
        over = true;
        log.error({ ...errorFields(error), requestId: request.requestId }, 'A subscription failed.');
        return { value: { errors: [new GraphQLError('The subscription failed.')] }, done: false };
      }
    },
    async return() {
      gone.abort(new Error('The caller went away.'));
      await events.return?.();
      return { value: undefined, done: true };
    },
    async throw(error: unknown) {
      gone.abort(new Error('The caller went away.'));
      await events.return?.();
      throw error;
    },
    [Symbol.asyncIterator]: () => told,
  };
  return told;
}
