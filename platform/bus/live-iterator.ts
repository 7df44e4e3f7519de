/**
 * An async iterator fed from outside, with a bound: past `limit` waiting values the oldest are dropped, so a stuck
 * reader costs a constant and is right again after the newest value. Supports return and throw.
 */
export class LiveIterator<T> implements AsyncIterableIterator<T> {
  private readonly waiting: T[] = [];
  private reader: ((result: IteratorResult<T>) => void) | null = null;
  private ended = false;
  private readonly onEnd: () => void;
  private readonly limit: number;

  constructor(onEnd: () => void, limit = 1024) {
    this.onEnd = onEnd;
    this.limit = limit;
  }

  push(value: T): void {
    if (this.ended) return;
    if (this.reader) {
      const read = this.reader;
      this.reader = null;
      read({ value, done: false });
      return;
    }
    this.waiting.push(value);
    if (this.waiting.length > this.limit) this.waiting.shift();
  }

  next(): Promise<IteratorResult<T>> {
    const value = this.waiting.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    if (this.ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.reader = resolve;
    });
  }

  return(): Promise<IteratorResult<T>> {
    if (!this.ended) {
      this.ended = true;
      this.waiting.length = 0;
      this.onEnd();
      this.reader?.({ value: undefined, done: true });
      this.reader = null;
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  async throw(error: unknown): Promise<IteratorResult<T>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
