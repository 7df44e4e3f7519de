import { LIMITS } from '../limits/limits';
import type { LiveCounters } from './live-stats';

/** What of a `ws` socket is written to. */
export interface FrameSink {
  readonly bufferedAmount: number;
  send(frame: string, sent: (error?: Error) => void): void;
}

interface Lane {
  /** The start of this subscription's frames, up to the payload. */
  readonly prefix: string;
  inFlight: number;
  /** The newest state a congested socket has not been given yet. */
  waiting: string | null;
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

  offer(id: string, payload: string): void {
    const lane = this.laneOf(id);
    if (this.isCongested(lane)) {
      if (lane.waiting !== null) this.counters.coalesced += 1;
      lane.waiting = payload;
      return;
    }
    this.write(lane, payload);
  }

  /** The subscription has ended by itself: what waits is the last state, and goes out before the end is told. */
  finish(id: string): void {
    const lane = this.lanes.get(id);
    this.lanes.delete(id);
    if (lane?.waiting) this.write(lane, lane.waiting);
  }

  /** The client has left: nothing more for it. */
  drop(id: string): void {
    this.lanes.delete(id);
  }

  /** Room may have come: called whenever a frame has left. */
  flush(): void {
    for (const lane of this.lanes.values()) {
      if (lane.waiting === null || this.isCongested(lane)) continue;
      const payload = lane.waiting;
      lane.waiting = null;
      this.write(lane, payload);
    }
  }

  private laneOf(id: string): Lane {
    const known = this.lanes.get(id);
    if (known) return known;
    const lane: Lane = { prefix: `{"id":${JSON.stringify(id)},"type":"next","payload":`, inFlight: 0, waiting: null };
    this.lanes.set(id, lane);
    return lane;
  }

  private isCongested(lane: Lane): boolean {
    return lane.inFlight >= LIMITS.framesInFlight || this.sink.bufferedAmount > LIMITS.bufferedBytes;
  }

  private write(lane: Lane, payload: string): void {
    lane.inFlight += 1;
    this.sink.send(`${lane.prefix}${payload}}`, () => {
      lane.inFlight -= 1;
      this.flush();
    });
  }
}
