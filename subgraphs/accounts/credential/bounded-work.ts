import { ApiError } from '../../../platform/user-errors/api-error';

/** Runs at most `inFlight` pieces of work at a time, keeps at most `waiting` more, and refuses the rest (THROTTLED). */
export class BoundedWork {
  private running = 0;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly inFlight: number,
    private readonly waiting: number,
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.inFlight) this.running += 1;
    else await this.turn();
    try {
      return await work();
    } finally {
      // The place goes straight to the next in line, so nobody arriving meanwhile overtakes.
      const next = this.queue.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private turn(): Promise<void> {
    if (this.queue.length >= this.waiting) {
      throw new ApiError('THROTTLED', 'Too many people are signing in at this moment. Wait a second and try again.', {
        retryAfterSeconds: 1,
      });
    }
    return new Promise((resolve) => {
      this.queue.push(resolve);
    });
  }
}
