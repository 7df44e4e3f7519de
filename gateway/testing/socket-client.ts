import { WebSocket } from 'ws';

export interface SocketMessage {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

export interface SocketClosed {
  readonly code: number;
  readonly reason: string;
}

/** A client that speaks graphql-transport-ws by hand, so that tests see every message as it comes. */
export class SocketClient {
  private readonly received: SocketMessage[] = [];
  private readonly readers: ((message: SocketMessage) => void)[] = [];
  readonly closed: Promise<SocketClosed>;

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as SocketMessage;
      const reader = this.readers.shift();
      if (reader) reader(message);
      else this.received.push(message);
    });
  }

  /** Opens without connection_init. Rejects with the status when the upgrade is refused. */
  static open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<SocketClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
    const client = new SocketClient(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(client));
      socket.once('unexpected-response', (request, response) => {
        request.destroy();
        reject(new Error(`refused with ${response.statusCode}`));
      });
      socket.on('error', reject);
    });
  }

  /** Opens and is acknowledged. */
  static async connect(
    url: string,
    parameters?: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<SocketClient> {
    const client = await SocketClient.open(url, headers);
    client.init(parameters);
    const acknowledged = await client.next();
    if (acknowledged.type !== 'connection_ack') throw new Error(`expected an acknowledgement: ${acknowledged.type}`);
    return client;
  }

  init(parameters?: Readonly<Record<string, unknown>>): void {
    this.send({ type: 'connection_init', ...(parameters ? { payload: parameters } : {}) });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(
    id: string,
    query: string,
    rest: { variables?: Record<string, unknown>; operationName?: string } = {},
  ): void {
    this.send({ id, type: 'subscribe', payload: { query, ...rest } });
  }

  complete(id: string): void {
    this.send({ id, type: 'complete' });
  }

  /** The next message, in the order they came. */
  next(): Promise<SocketMessage> {
    const message = this.received.shift();
    if (message) return Promise.resolve(message);
    return new Promise((resolve) => this.readers.push(resolve));
  }

  /** The `data` of the next message. */
  async data(): Promise<unknown> {
    const message = await this.next();
    if (message.type !== 'next') throw new Error(`expected a result: ${JSON.stringify(message)}`);
    return (message.payload as { data: unknown }).data;
  }

  /** Every message that had come before the server answered a ping: proof that nothing else was sent until now. */
  async settled(): Promise<SocketMessage[]> {
    this.send({ type: 'ping' });
    const before: SocketMessage[] = [];
    for (;;) {
      const message = await this.next();
      if (message.type === 'pong') return before;
      before.push(message);
    }
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

/** Waits until the condition holds; Jest's own time limit is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
