import { randomBytes } from 'node:crypto';

const TOKEN_BYTES = 8;

/** What of a `WebSocket` is used here. */
export interface BeatingSocket {
  on(event: 'pong', listener: (payload: Buffer) => void): unknown;
  ping(payload: Buffer): void;
  terminate(): void;
}

/**
 * Ends sockets whose clients are gone or have stopped reading. Each ping carries bytes nobody can know who has not
 * read it, so a client cannot keep its place by sending pongs alone.
 */
export class Heartbeat {
  private readonly answered = new WeakSet<BeatingSocket>();
  private token = randomBytes(TOKEN_BYTES);

  /** A newcomer has until the second beat from now. */
  watch(socket: BeatingSocket): void {
    this.answered.add(socket);
    socket.on('pong', (payload) => {
      if (payload.equals(this.token)) this.answered.add(socket);
    });
  }

  beat(sockets: Iterable<BeatingSocket>): void {
    this.token = randomBytes(TOKEN_BYTES);
    for (const socket of sockets) {
      if (this.answered.delete(socket)) socket.ping(this.token);
      else socket.terminate();
    }
  }
}
