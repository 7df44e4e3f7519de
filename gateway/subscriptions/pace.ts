/** How often something may happen: `burst` times at once, then `perSecond`. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Turns of one topic or client, a burst of them saved up at most. Times in milliseconds of a clock that never goes back. */
export class Pace {
  private readonly intervalMs: number;
  private readonly savedMs: number;
  /** When the next turn would come if none could be saved up (the generic cell rate algorithm). */
  private nextAt = Number.NEGATIVE_INFINITY;

  constructor(
    rate: Rate,
    private readonly now: () => number,
  ) {
    this.intervalMs = 1_000 / rate.perSecond;
    this.savedMs = (rate.burst - 1) * this.intervalMs;
  }

  /** Takes a turn; false when it is not yet time for one. */
  take(): boolean {
    const now = this.now();
    if (now < this.nextAt - this.savedMs) return false;
    this.nextAt = Math.max(this.nextAt, now) + this.intervalMs;
    return true;
  }

  /** Whole milliseconds until there is a turn to take. */
  wait(): number {
    return Math.max(0, Math.ceil(this.nextAt - this.savedMs - this.now()));
  }
}
