/**
 * The server's time, from what its messages say of it. A message was written before it arrived, so the largest
 * difference seen is the closest; the local clock's date plays no part, only how fast it runs.
 */
export class ServerClock {
  #ahead = 0;

  /** Takes an ISO time that a message carried, just arrived. */
  note(time: unknown): void {
    const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
    if (at > 0) this.#ahead = Math.max(this.#ahead, at - performance.now());
  }

  /** Milliseconds since 1970; meaningless before the first message. */
  now(): number {
    return performance.now() + this.#ahead;
  }
}
