import { LIMITS } from '../limits/limits';
import type { LiveCounters } from './live-stats';
import type { LiveUpdate } from './live-update';

/** What of a socket is written to. */
export interface FrameSink {
  /** False once the closing handshake has begun: nothing more may be sent. */
  readonly isOpen: boolean;
  readonly bufferedBytes: number;
  /** A whole frame, shared with other sockets. `sent` is called in any case. */
  write(frame: Buffer, sent: () => void): void;
}

interface Lane {
  inFlight: number;
  /** The newest state a congested socket has not been given yet. */
  waiting: LiveUpdate | null;
}

/**
 * Writes results to one socket. Frames go out in order while the reader keeps up; for one that does not, each
 * subscription keeps only its newest state, so a stuck reader costs a constant.
 */
export class SocketOutbox {
  private readonly lanes = new Map<string, Lane>();

  constructor(
    private readonly sink: FrameSink,
    private readonly counters: LiveCounters,
  ) {}

  offer(id: string, update: LiveUpdate): void {
    const lane = this.laneOf(id);
    if (this.isCongested(lane)) {
      if (lane.waiting !== null) this.counters.coalesced += 1;
      lane.waiting = update;
      return;
    }
    this.write(id, lane, update);
  }

  /** The subscription has ended by itself: what waits is the last state, and goes out before the end is told. */
  finish(id: string): void {
    const lane = this.lanes.get(id);
    this.lanes.delete(id);
    if (lane?.waiting) this.write(id, lane, lane.waiting);
  }

  /** The client has left: nothing more for it. */
  drop(id: string): void {
    this.lanes.delete(id);
  }

  /** Room may have come: called whenever a frame has left. */
  flush(): void {
    for (const [id, lane] of this.lanes) {
      if (lane.waiting === null || this.isCongested(lane)) continue;
      const update = lane.waiting;
      lane.waiting = null;
      this.write(id, lane, update);
    }
  }

  private laneOf(id: string): Lane {
    const known = this.lanes.get(id);
    if (known) return known;
    const lane: Lane = { inFlight: 0, waiting: null };
    this.lanes.set(id, lane);
    return lane;
  }

  private isCongested(lane: Lane): boolean {
    return lane.inFlight >= LIMITS.framesInFlight || this.sink.bufferedBytes > LIMITS.bufferedBytes;
  }

  private write(id: string, lane: Lane, update: LiveUpdate): void {
    if (!this.sink.isOpen) return;
    const frame = update.frame(id);
    lane.inFlight += 1;
    this.counters.bytes += frame.length;
    this.sink.write(frame, () => {
      lane.inFlight -= 1;
      this.flush();
    });
  }
}
