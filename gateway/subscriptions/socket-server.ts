import type { IncomingMessage, Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols, type Server as ProtocolServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../platform/clock/clock';
import { errorFields, type Log } from '../../platform/logging/log';
import { LIMITS } from '../limits/limits';
import type { RateLimit } from '../limits/rate-limit';
import type { Origins } from '../origins';
import type { LiveCounters } from './live-stats';
import type { SocketExtra } from './protocol';
import { SocketOutbox } from './socket-outbox';
import { type SocketOrigin, SocketSession } from './socket-session';

const GOING_AWAY = 1001;
const BAD_REQUEST = 4400;
const INTERNAL_ERROR = 1011;
/** How long a stopping server waits for the closing handshake. */
const GOODBYE_MS = 2_000;

export interface SocketServerOptions {
  readonly path: string;
  readonly protocol: ProtocolServer<SocketExtra>;
  readonly origins: Origins;
  readonly rateLimit: RateLimit;
  readonly counters: LiveCounters;
  readonly clock: Clock;
  readonly log: Log;
  /** Believe X-Forwarded-For. */
  readonly trustProxy: boolean;
}

/** WebSockets on the HTTP server's port: upgrade checks, heartbeat, and the bytes under the protocol. */
export class SocketServer {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.messageBytes,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });
  private readonly answered = new WeakSet<WebSocket>();
  private readonly heartbeat: NodeJS.Timeout;
  private stopping = false;

  constructor(private readonly options: SocketServerOptions) {
    this.heartbeat = setInterval(() => this.beat(), LIMITS.heartbeatMs);
    this.heartbeat.unref();
  }

  attach(http: Server): void {
    http.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      this.upgrade(request, socket, head).catch((error: unknown) => {
        this.options.log.error(errorFields(error), 'An upgrade failed.');
        refuse(socket, 500);
      });
    });
  }

  /** Tells every client to come back, which reaches another process or this one after its restart. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.heartbeat);
    const clients = [...this.server.clients];
    const closed = clients.map((client) => new Promise<void>((resolve) => client.once('close', () => resolve())));
    for (const client of clients) client.close(GOING_AWAY, 'The server is restarting, connect again');
    const impatience = setTimeout(() => {
      for (const client of this.server.clients) client.terminate();
    }, GOODBYE_MS);
    await Promise.all(closed);
    clearTimeout(impatience);
    this.server.close();
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (this.stopping) return refuse(socket, 503);
    if (pathOf(request) !== this.options.path) return refuse(socket, 404);
    const { origin, host } = request.headers;
    const verdict = await this.options.origins.judge(origin, host);
    if (verdict === 'REFUSED') return refuse(socket, 403);
    const address = this.addressOf(request);
    const wait = await this.options.rateLimit.count(address);
    if (wait > 0) return refuse(socket, 429, { 'Retry-After': String(wait) });
    if (socket.destroyed) return;
    this.server.handleUpgrade(request, socket, head, (opened) =>
      this.open(opened, request, { address, origin, verdict }),
    );
  }

  private open(socket: WebSocket, request: IncomingMessage, from: SocketOrigin): void {
    const { counters, log, protocol } = this.options;
    const outbox = new SocketOutbox(socket, counters);
    const session = new SocketSession(socket, outbox, from, request, this.options.clock);
    counters.sockets += 1;
    this.answered.add(socket);
    socket.on('pong', () => this.answered.add(socket));
    // A message past the limit, a broken frame, a lost connection: ws closes the socket with the fitting code.
    socket.on('error', (error) => log.debug(errorFields(error), 'A socket failed.'));
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (frame) =>
          new Promise<void>((resolve) => {
            socket.send(frame, () => {
              outbox.flush();
              resolve();
            });
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) => {
          socket.on('message', (data) => {
            receive(String(data)).catch((error: unknown) => this.messageFailed(socket, error));
          });
        },
      },
      { session },
    );
    socket.once('close', (code, reason) => {
      counters.sockets -= 1;
      session.closed();
      Promise.resolve(closed(code, String(reason))).catch((error: unknown) =>
        log.error(errorFields(error), 'A socket did not close well.'),
      );
    });
    if (this.stopping) socket.close(GOING_AWAY, 'The server is restarting, connect again');
  }

  private messageFailed(socket: WebSocket, error: unknown): void {
    if (error instanceof Error && error.message.startsWith('Unexpected message of type')) {
      socket.close(BAD_REQUEST, 'Invalid message received');
      return;
    }
    this.options.log.error(errorFields(error), 'A socket message could not be handled.');
    socket.close(INTERNAL_ERROR, 'Internal server error');
  }

  private beat(): void {
    for (const client of this.server.clients) {
      if (this.answered.delete(client)) client.ping();
      else client.terminate();
    }
  }

  private addressOf(request: IncomingMessage): string {
    const forwarded = this.options.trustProxy ? request.headers['x-forwarded-for'] : undefined;
    const first = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(',')[0]?.trim();
    return first || (request.socket.remoteAddress ?? 'unknown');
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function refuse(socket: Duplex, status: number, headers: Readonly<Record<string, string>> = {}): void {
  const lines = Object.entries({ Connection: 'close', 'Content-Length': '0', ...headers });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
}
