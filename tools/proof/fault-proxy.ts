import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

/** What a subgraph does to its callers: answers, or fails in one of six ways. */
export const FAULTS = ['refused', 'blackhole', 'slow', '500', 'garbage', 'cut'] as const;
export type Fault = (typeof FAULTS)[number];

/** Past the time-out of any caller in the proof. */
const SLOW_MS = 6_000;
/** Text that must never reach a client, as a broken server would send it. */
const INSIDE = 'Error: connect ECONNREFUSED mongodb://10.1.2.3:27017\n    at Socket.connect (node:net:1:1)';

/** Stands in front of one subgraph and does to its callers what it is told. */
export class FaultProxy {
  private fault: Fault | null = null;
  private readonly server: http.Server;
  private readonly sockets = new Set<net.Socket>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private port = 0;

  private constructor(private readonly target: URL) {
    this.server = http.createServer((request, response) => this.answer(request, response));
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    this.server.on('upgrade', (request, socket, head) => this.pipe(request, socket as net.Socket, head));
  }

  static async open(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(target));
    await proxy.listen();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on; null answers again. Open connections end, as they do when a process does. */
  async set(fault: Fault | null): Promise<void> {
    this.fault = fault;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    for (const socket of this.sockets) socket.destroy();
    if (fault === 'refused') await this.unlisten();
    else if (!this.server.listening) await this.listen();
  }

  async close(): Promise<void> {
    await this.set('refused');
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { fault } = this;
    switch (fault) {
      case null:
        this.forward(request, response);
        return;
      case 'slow':
        this.timers.add(setTimeout(() => this.forward(request, response), SLOW_MS));
        return;
      case '500':
        response.writeHead(500, { 'content-type': 'text/plain' }).end(INSIDE);
        return;
      case 'garbage':
        response.writeHead(200, { 'content-type': 'application/json' }).end(`<html>${INSIDE}</html>`);
        return;
      case 'cut':
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
        response.write(`{"data":{"leak":"${INSIDE}`, () => response.destroy());
        return;
      // A black hole takes everything and says nothing.
      case 'blackhole':
      case 'refused':
        return;
    }
  }

  private forward(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { hostname, port } = this.target;
    const upstream = http.request(
      { hostname, port, method: request.method, path: request.url, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    upstream.once('error', () => response.destroy());
    response.once('close', () => upstream.destroy());
    request.pipe(upstream);
  }

  private pipe(request: http.IncomingMessage, socket: net.Socket, head: Buffer): void {
    if (this.fault !== null) {
      if (this.fault !== 'blackhole' && this.fault !== 'slow') socket.destroy();
      return;
    }
    const upstream = net.connect(Number(this.target.port), this.target.hostname);
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
    }
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      one.once('error', () => other.destroy());
      one.once('close', () => other.destroy());
    }
  }

  private listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port, '127.0.0.1', () => {
        this.server.off('error', reject);
        this.port = (this.server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  private unlisten(): Promise<void> {
    if (!this.server.listening) return Promise.resolve();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
      // Upgraded sockets are no longer the server's.
      for (const socket of this.sockets) socket.destroy();
    });
  }
}
