import { LIMITS } from '../limits/limits';
import { Pace } from './pace';

/** Not one of the protocol's own codes: clients come back from it, after their pause. */
const TOO_MUCH = 4008;

/** How long a client that was closed here has to say goodbye. */
const GOODBYE_MS = 2_000;

/** What of a `WebSocket` is used here. */
export interface GuardedSocket {
  readonly readyState: number;
  readonly OPEN: number;
  send(text: string, sent: () => void): void;
  pong(payload: Buffer, masked: boolean, sent: () => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/**
 * What one client may do to this process, whoever it is: so many messages, so many at a time, and so much that it
 * leaves unread. Results are not counted here, they have their own bound (`socket-outbox.ts`). Past a bound the socket
 * is closed with 4008, and cut off when the client does not even read that.
 */
export class SocketGuard {
  private readonly pace = new Pace({ perSecond: LIMITS.messagesPerSecond, burst: LIMITS.messageBurst }, () =>
    performance.now(),
  );
  private inFlight = 0;
  private unread = 0;

  constructor(
    private readonly socket: GuardedSocket,
    private readonly onOverdone: () => void,
  ) {}

  /** Works on a message. Left out is what comes too fast or after the end. */
  async receive(work: () => Promise<void>): Promise<void> {
    if (!this.admits()) return;
    if (this.inFlight >= LIMITS.messagesInFlight) return this.close('Too many messages at a time');
    this.inFlight += 1;
    try {
      await work();
    } finally {
      this.inFlight -= 1;
    }
  }

  /** Resolves when it has left this process, or never will. */
  send(text: string): Promise<void> {
    return this.queue(Buffer.byteLength(text), (sent) => this.socket.send(text, sent));
  }

  /** The answer to a ping of the protocol. */
  answerPing(payload: unknown): Promise<void> {
    const echo = payload ? JSON.stringify(payload) : '';
    const short = echo !== '' && Buffer.byteLength(echo) <= LIMITS.pongPayloadBytes;
    return this.send(short ? `{"type":"pong","payload":${echo}}` : '{"type":"pong"}');
  }

  /** A ping frame, of the layer below. */
  pinged(payload: Buffer): void {
    if (this.admits()) void this.queue(payload.length, (sent) => this.socket.pong(payload, false, sent));
  }

  private admits(): boolean {
    // A client that is being shown out is still heard by `ws`, and may not start anything.
    if (!this.isOpen) return false;
    if (this.pace.take()) return true;
    this.close('Too many messages');
    return false;
  }

  private async queue(bytes: number, write: (sent: () => void) => void): Promise<void> {
    if (!this.isOpen) return;
    if (this.unread >= LIMITS.controlBytes) return this.close('Too much is left unread');
    this.unread += bytes;
    await new Promise<void>((resolve) => write(resolve));
    this.unread -= bytes;
  }

  private get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  private close(reason: string): void {
    this.onOverdone();
    this.socket.close(TOO_MUCH, reason);
    setTimeout(() => this.socket.terminate(), GOODBYE_MS).unref();
  }
}
