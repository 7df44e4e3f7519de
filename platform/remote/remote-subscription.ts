import type { ExecutionResult } from 'graphql';
import { REFUSED_CODE } from './refused';
import { errorFrom, resultFrom } from './remote-result';
import { RUNNING_EXTENSION } from './subscribe-message';

/** Waiting events past this are dropped, oldest first: a stuck reader is right again after the newest. */
const WAITING = 1024;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/** What one try to follow the subgraph reports. */
interface Sink {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

export interface RemoteSubscriptionOptions {
  /** Starts one try; answers how to stop it. */
  readonly open: (sink: Sink) => () => void;
  readonly onLost: (error: unknown) => void;
  readonly onEnd: () => void;
  readonly signal?: AbortSignal | undefined;
}

/** How the first try went: it runs, the subgraph's own refusal, or no answer. */
type Started = 'running' | 'late' | 'lost' | ExecutionResult;

/**
 * The events of one subscription at a subgraph in another process, across the loss of its socket: it subscribes again,
 * and since every topic sends the present state first, its reader is right again after one message. It ends when the
 * subgraph completes or refuses it, or when its reader leaves.
 */
export class RemoteSubscription implements AsyncIterableIterator<ExecutionResult> {
  private readonly waiting: ExecutionResult[] = [];
  private settleStart: (started: Started) => void = () => undefined;
  private reader: ((result: IteratorResult<ExecutionResult>) => void) | null = null;
  private state: 'starting' | 'running' | 'ended' = 'starting';
  private close: () => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private losses = 0;

  constructor(private readonly options: RemoteSubscriptionOptions) {}

  /** Called once, before anything else. Tries until the subgraph has said something, for so long at most. */
  async start(timeoutMs: number): Promise<Started> {
    const { signal } = this.options;
    signal?.addEventListener('abort', this.abort, { once: true });
    const timer = setTimeout(() => this.settleStart(this.losses > 0 ? 'lost' : 'late'), timeoutMs);
    try {
      return await new Promise<Started>((resolve) => {
        this.settleStart = resolve;
        if (signal?.aborted) this.end();
        else this.open();
      });
    } finally {
      clearTimeout(timer);
    }
  }

  next(): Promise<IteratorResult<ExecutionResult>> {
    const value = this.waiting.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    if (this.state === 'ended') return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.reader = resolve;
    });
  }

  return(): Promise<IteratorResult<ExecutionResult>> {
    this.waiting.length = 0;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private readonly abort = (): void => {
    this.waiting.length = 0;
    this.end();
  };

  private open(): void {
    // A try that is over may still report; only the newest counts.
    let current = true;
    let announced = false;
    const over = (): boolean => {
      if (!current || this.state === 'ended') return true;
      current = false;
      return false;
    };
    const close = this.options.open({
      next: (value) => {
        if (!current || this.state === 'ended') return;
        if (!announced && isRunning(value)) {
          announced = true;
          this.losses = 0;
          this.state = 'running';
          this.settleStart('running');
          return;
        }
        const result = resultFrom(value);
        if (!result) return;
        if (announced) this.push(result);
        else if (!over()) this.refused(result);
      },
      error: (error) => {
        if (over()) return;
        const errors = Array.isArray(error) ? error.flatMap((one) => errorFrom(one) ?? []) : [];
        // A signature that came too late is our own fault, not an answer about the subscription.
        if (errors.length > 0 && errors[0]?.extensions['code'] !== REFUSED_CODE) this.refused({ errors });
        else this.lost(error);
      },
      complete: () => {
        if (over()) return;
        this.end();
      },
    });
    this.close = () => {
      current = false;
      close();
    };
  }

  private refused(result: ExecutionResult): void {
    if (this.state === 'running') this.push(result);
    else this.settleStart(result);
    this.end();
  }

  private lost(error: unknown): void {
    // Said once for each loss, not for each try.
    if (this.losses === 0) this.options.onLost(error);
    this.losses += 1;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.losses - 1)) * (0.5 + Math.random() / 2);
    this.timer = setTimeout(() => this.open(), wait);
  }

  private push(result: ExecutionResult): void {
    if (this.reader) {
      const read = this.reader;
      this.reader = null;
      read({ value: result, done: false });
      return;
    }
    this.waiting.push(result);
    if (this.waiting.length > WAITING) this.waiting.shift();
  }

  /** What still waits can be read; after it the iterator is done. */
  private end(): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    clearTimeout(this.timer);
    this.options.signal?.removeEventListener('abort', this.abort);
    this.settleStart('lost');
    this.close();
    this.options.onEnd();
    this.reader?.({ value: undefined, done: true });
    this.reader = null;
  }
}

function isRunning(value: unknown): boolean {
  const extensions = (value as { extensions?: Readonly<Record<string, unknown>> } | null)?.extensions;
  return extensions?.[RUNNING_EXTENSION] === true;
}
