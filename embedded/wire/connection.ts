import type { Socket } from 'node:net';
import type { Doc } from '../document/decode';
import { buildReply, HEADER_BYTES, MAX_MESSAGE_BYTES, parseRequest, type Request } from './message';

/** What a handler wants done instead of answering. */
export const CLOSE_CONNECTION = Symbol('close connection');

export type HandleRequest = (body: Doc, connection: Connection) => Promise<Doc | typeof CLOSE_CONNECTION>;

let lastConnectionId = 0;

/** Cuts the byte stream into messages and answers them one after another, in order. */
export class Connection {
  readonly id = ++lastConnectionId;
  /** From the client's handshake. */
  appName: string | undefined;
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private requests: Request[] = [];
  private busy = false;

  constructor(
    private readonly socket: Socket,
    private readonly handle: HandleRequest,
    private readonly closed: (connection: Connection) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.closed(this));
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.pending.push(chunk);
    this.pendingBytes += chunk.length;
    try {
      this.cut();
    } catch {
      // Whoever sends what cannot be read gets no answer: nothing after it could be trusted either.
      this.close();
      return;
    }
    if (!this.busy) void this.drain();
  }

  private cut(): void {
    while (this.pendingBytes >= HEADER_BYTES) {
      if ((this.pending[0] as Buffer).length < 4) this.pending = [Buffer.concat(this.pending)];
      const size = (this.pending[0] as Buffer).readInt32LE(0);
      if (size < HEADER_BYTES || size > MAX_MESSAGE_BYTES) throw new Error('invalid message size');
      if (this.pendingBytes < size) return;
      const all =
        this.pending.length === 1 ? (this.pending[0] as Buffer) : Buffer.concat(this.pending, this.pendingBytes);
      const message = all.subarray(0, size);
      this.pending = all.length > size ? [all.subarray(size)] : [];
      this.pendingBytes -= size;
      this.requests.push(parseRequest(message));
    }
  }

  private async answer(request: Request): Promise<void> {
    try {
      const reply = await this.handle(request.body, this);
      if (reply === CLOSE_CONNECTION) this.close();
      else if (!request.unanswered && !this.socket.destroyed) this.socket.write(buildReply(request, reply));
    } catch (error) {
      // A reply that cannot be written; the client learns of it by the closed connection.
      console.error('[embedded] no reply could be made', error);
      this.close();
    }
  }

  private async drain(): Promise<void> {
    this.busy = true;
    for (;;) {
      const request = this.requests.shift();
      if (request === undefined) break;
      await this.answer(request);
    }
    this.busy = false;
  }
}
