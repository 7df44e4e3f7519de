type Waiter = { readonly resolve: () => void; readonly reject: (error: Error) => void };

/** Lets many writers share one flush: whoever commits while a flush runs is covered by the next one. */
export class FlushGroup {
  private waiting: Waiter[] = [];
  private running = false;
  private dirty = false;

  constructor(private readonly sync: (done: (error?: Error) => void) => void) {}

  /** Tells that there is something new to flush. */
  committed(): void {
    this.dirty = true;
  }

  flushed(): Promise<void> {
    if (!this.dirty && !this.running) return Promise.resolve();
    return new Promise<void>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      if (!this.running) this.start();
    });
  }

  private start(): void {
    const covered = this.waiting;
    this.waiting = [];
    this.running = true;
    this.dirty = false;
    this.sync((error) => {
      this.running = false;
      if (error) this.dirty = true;
      for (const waiter of covered) {
        if (error) waiter.reject(error);
        else waiter.resolve();
      }
      if (this.waiting.length > 0) this.start();
    });
  }
}
