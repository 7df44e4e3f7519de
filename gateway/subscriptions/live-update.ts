import { eventIdOf, type Position } from './live-position';

/** Clients choose the ids of their subscriptions; finished frames are kept for this many. */
const SHARED_FRAMES = 32;
const FINAL_TEXT_FRAME = 0x81;

/** One answer for everybody who follows a topic: serialised once, and framed once for all who gave it the same id. */
export class LiveUpdate {
  private bytes: Buffer | null = null;
  private eventBytes: Buffer | null = null;
  private frames: Map<string, Buffer> | null = null;

  constructor(
    /** A GraphQL result as JSON text. */
    readonly text: string,
    readonly position: Position | null,
    /** Rises with every update of a topic. */
    readonly number: number,
  ) {}

  /** A whole WebSocket frame (RFC 6455, 5.2) with the `next` message of graphql-transport-ws. Not to be changed. */
  frame(id: string): Buffer {
    const known = this.frames?.get(id);
    if (known) return known;
    this.bytes ??= Buffer.from(this.text);
    const frame = textFrame(`{"id":${JSON.stringify(id)},"type":"next","payload":`, this.bytes, '}');
    this.frames ??= new Map();
    if (this.frames.size < SHARED_FRAMES) this.frames.set(id, frame);
    return frame;
  }

  /** The `next` event of a distinct GraphQL-over-SSE connection; its id is what Last-Event-ID brings back. */
  event(): Buffer {
    this.eventBytes ??= Buffer.from(
      `${this.position ? `id: ${eventIdOf(this.position)}\n` : ''}event: next\ndata: ${this.text}\n\n`,
    );
    return this.eventBytes;
  }
}

function textFrame(before: string, bytes: Buffer, after: string): Buffer {
  const beforeLength = Buffer.byteLength(before);
  const length = beforeLength + bytes.length + after.length;
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = FINAL_TEXT_FRAME;
  if (header === 2) {
    frame[1] = length;
  } else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(before, header);
  bytes.copy(frame, header + beforeLength);
  frame.write(after, header + beforeLength + bytes.length);
  return frame;
}
