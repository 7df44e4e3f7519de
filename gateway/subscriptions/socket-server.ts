import type { IncomingMessage, Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols, type Server as ProtocolServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { errorFields } from '../../platform/logging/log';
import { clientAddress } from '../limits/address';
import { LIMITS } from '../limits/limits';
import type { Seat } from './connection-limits';
import { Heartbeat } from './heartbeat';
import type { LiveSurroundings } from './live-surroundings';
import { isUnreachable } from './live-upstream';
import type { SocketExtra } from './protocol';
import { SocketGuard } from './socket-guard';
import { type FrameSink, SocketOutbox } from './socket-outbox';
import { type SocketOrigin, SocketSession } from './socket-session';

const GOING_AWAY = 1001;
const BAD_REQUEST = 4400;
const INTERNAL_ERROR = 1011;
/** How long a stopping server waits for the closing handshake. */
const GOODBYE_MS = 2_000;

/** How long a refused client may take to read why. */
const REFUSAL_MS = 1_000;
/** When a full house is worth another try, in seconds. */
const RETRY_AFTER = '5';

/** WebSockets on the HTTP server's port: upgrade checks, heartbeat, and the bytes under the protocol. */
export class SocketServer {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.messageBytes,
    perMessageDeflate: false,
    // Pings are answered by the guard, which knows when it is enough.
    autoPong: false,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });
  private readonly heartbeat = new Heartbeat();
  private readonly beating: NodeJS.Timeout;
  private stopping = false;

  constructor(
    private readonly path: string,
    private readonly protocol: ProtocolServer<SocketExtra>,
    private readonly around: LiveSurroundings,
  ) {
    this.beating = setInterval(() => this.heartbeat.beat(this.server.clients), LIMITS.heartbeatMs);
    this.beating.unref();
  }

  attach(http: Server): void {
    http.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      this.upgrade(request, socket, head).catch((error: unknown) => {
        // Whoever knows which pages may call is away: that is not the page's fault.
        if (isUnreachable(error)) return refuse(socket, 503, { 'Retry-After': RETRY_AFTER });
        this.around.log.error(errorFields(error), 'An upgrade failed.');
        refuse(socket, 500);
      });
    });
  }

  /** Tells every client to come back, which reaches another process or this one after its restart. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.beating);
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
    if (pathOf(request) !== this.path) return refuse(socket, 404);
    const address = clientAddress(request, this.around.proxies);
    const wait = await this.around.rateLimit.count(address);
    if (wait > 0) return this.refuseCrowd(socket, 429, String(wait));
    const { origin, host } = request.headers;
    const verdict = await this.around.origins.judge(origin, host);
    if (verdict === 'REFUSED') return refuse(socket, 403);
    // It may have begun to stop meanwhile; from here on nothing waits, so no socket opens behind its back.
    if (this.stopping) return refuse(socket, 503);
    if (socket.destroyed) return;
    const seat = this.around.connections.enter(address);
    if (seat === 'PROCESS') return this.refuseCrowd(socket, 503, RETRY_AFTER);
    if (seat === 'ADDRESS') return this.refuseCrowd(socket, 429, RETRY_AFTER);
    // Also where the handshake fails and no socket comes of it.
    socket.once('close', seat.leave);
    this.server.handleUpgrade(request, socket, head, (opened) =>
      this.open(opened, sinkOf(opened, socket), request, { address, origin, verdict }, seat),
    );
  }

  private refuseCrowd(socket: Duplex, status: 429 | 503, retryAfter: string): void {
    this.around.counters.refused += 1;
    refuse(socket, status, { 'Retry-After': retryAfter });
  }

  private open(socket: WebSocket, sink: FrameSink, request: IncomingMessage, from: SocketOrigin, seat: Seat): void {
    const { counters, log } = this.around;
    const outbox = new SocketOutbox(sink, counters);
    const session = new SocketSession(socket, outbox, from, request, seat, this.around);
    counters.sockets += 1;
    this.heartbeat.watch(socket);
    const guard = new SocketGuard(socket, () => {
      counters.refused += 1;
    });
    socket.on('ping', (payload) => guard.pinged(payload));
    // A message past the limit, a broken frame, a lost connection: ws closes the socket with the fitting code.
    socket.on('error', (error) => log.debug(errorFields(error), 'A socket failed.'));
    const closed = this.protocol.opened(
      {
        protocol: socket.protocol,
        send: async (message) => {
          await guard.send(message);
          outbox.flush();
        },
        onPing: (payload) => guard.answerPing(payload),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) => {
          socket.on('message', (data) => {
            guard.receive(() => receive(String(data))).catch((error: unknown) => this.messageFailed(socket, error));
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
  }

  private messageFailed(socket: WebSocket, error: unknown): void {
    if (error instanceof Error && error.message.startsWith('Unexpected message of type')) {
      socket.close(BAD_REQUEST, 'Invalid message received');
      return;
    }
    this.around.log.error(errorFields(error), 'A socket message could not be handled.');
    socket.close(INTERNAL_ERROR, 'Internal server error');
  }
}

/**
 * Frames go to the connection under `ws`, whole and shared with other sockets: one buffer, one write. Without
 * compression and outside of fragmented messages, which we never send, `ws` keeps no state between frames.
 */
function sinkOf(socket: WebSocket, connection: Duplex): FrameSink {
  return {
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    get bufferedBytes() {
      return connection.writableLength;
    },
    write: (frame, sent) => {
      connection.write(frame, sent);
    },
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function refuse(socket: Duplex, status: number, headers: Readonly<Record<string, string>> = {}): void {
  // Node keeps its side open for as long as the client likes; what we have said, or could not say, is all there is.
  const impatience = setTimeout(() => socket.destroy(), REFUSAL_MS).unref();
  socket.once('finish', () => socket.destroy());
  socket.once('close', () => clearTimeout(impatience));
  const lines = Object.entries({ Connection: 'close', 'Content-Length': '0', ...headers });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
}
