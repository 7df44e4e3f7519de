import type { ExecutionResult } from 'graphql';
import { REFUSED_CODE } from './refused';
import { errorFrom, resultFrom } from './remote-result';
import { ENDED_EXTENSION, RUNNING_EXTENSION } from './subscribe-message';

/** Waiting events past this are dropped, oldest first: a stuck reader is right again after the newest. */
const WAITING = 1024;

/** What following the subgraph reports. */
interface Sink {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

export interface RemoteSubscriptionOptions {
  /** Starts to follow; answers how to stop it. */
  readonly open: (sink: Sink) => () => void;
  /** What the reader is told when the subgraph is lost: an error of code SUBGRAPH_UNAVAILABLE. */
  readonly lost: (cause: unknown) => Error;
  readonly onEnd: () => void;
  readonly signal?: AbortSignal | undefined;
}

/** How it began: it runs, the subgraph's own refusal, or no answer. */
type Started = 'running' | 'late' | 'lost' | ExecutionResult;

type Reader = {
  readonly resolve: (result: IteratorResult<ExecutionResult>) => void;
  readonly reject: (error: Error) => void;
};

/**
 * The events of one subscription at a subgraph in another process. It ends when the subgraph says that the topic is
 * over or refuses it, or when its reader leaves. When the subgraph is lost, or ends what is not over because it stops
 * itself, the reader is told so after what still waits: asking again, and for how long, is the reader's affair alone.
 */
export class RemoteSubscription implements AsyncIterableIterator<ExecutionResult> {
  private readonly waiting: ExecutionResult[] = [];
  private settleStart: (started: Started) => void = () => undefined;
  private reader: Reader | null = null;
  private state: 'starting' | 'running' | 'ended' = 'starting';
  private over = false;
  private failure: Error | null = null;
  private close: () => void = () => undefined;

  constructor(private readonly options: RemoteSubscriptionOptions) {}

  /** Called once, before anything else. Waits until the subgraph has said something, for so long at most. */
  async start(timeoutMs: number): Promise<Started> {
    const { signal } = this.options;
    signal?.addEventListener('abort', this.abort, { once: true });
    const timer = setTimeout(() => this.settleStart('late'), timeoutMs);
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

  /** Rejects once with `lost`, after that it is done. */
  next(): Promise<IteratorResult<ExecutionResult>> {
    const value = this.waiting.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    const { failure } = this;
    if (failure) {
      this.failure = null;
      return Promise.reject(failure);
    }
    if (this.state === 'ended') return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => {
      this.reader = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<ExecutionResult>> {
    this.abort();
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
    this.failure = null;
    this.end();
  };

  private open(): void {
    this.close = this.options.open({
      next: (value) => this.received(value),
      error: (error) => {
        const errors = Array.isArray(error) ? error.flatMap((one) => errorFrom(one) ?? []) : [];
        // A signature that came too late is our own fault, not an answer about the subscription.
        if (errors.length > 0 && errors[0]?.extensions['code'] !== REFUSED_CODE) this.refused({ errors });
        else this.lost(error);
      },
      complete: () => {
        if (this.over) this.end();
        else this.lost(new Error('The subgraph ended a subscription that is not over.'));
      },
    });
    // It may have been over before there was anything to close.
    if (this.state === 'ended') this.close();
  }

  private received(value: unknown): void {
    if (this.state === 'ended') return;
    if (says(value, RUNNING_EXTENSION)) {
      this.state = 'running';
      this.settleStart('running');
      return;
    }
    if (says(value, ENDED_EXTENSION)) {
      this.over = true;
      return;
    }
    const result = resultFrom(value);
    if (!result) return;
    if (this.state === 'running') this.push(result);
    else this.refused(result);
  }

  private refused(result: ExecutionResult): void {
    if (this.state === 'ended') return;
    if (this.state === 'running') this.push(result);
    else this.settleStart(result);
    this.end();
  }

  private lost(cause: unknown): void {
    if (this.state === 'ended') return;
    this.failure = this.options.lost(cause);
    this.end();
  }

  private push(result: ExecutionResult): void {
    if (this.reader) {
      const { resolve } = this.reader;
      this.reader = null;
      resolve({ value: result, done: false });
      return;
    }
    this.waiting.push(result);
    if (this.waiting.length > WAITING) this.waiting.shift();
  }

  /** What still waits can be read; after it comes the failure if there is one, then the iterator is done. */
  private end(): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.options.signal?.removeEventListener('abort', this.abort);
    this.settleStart('lost');
    this.close();
    this.options.onEnd();
    const { reader } = this;
    this.reader = null;
    if (reader) this.next().then(reader.resolve, reader.reject);
  }
}

function says(value: unknown, what: string): boolean {
  const extensions = (value as { extensions?: Readonly<Record<string, unknown>> } | null)?.extensions;
  return extensions?.[what] === true;
}
