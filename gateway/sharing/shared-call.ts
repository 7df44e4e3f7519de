import type { ExecutionResult } from 'graphql';

/** What one participant gets of the result all wait for. */
export type Share = (result: ExecutionResult) => ExecutionResult | Promise<ExecutionResult>;

type Settle = (error: unknown, result: ExecutionResult | null) => void;

/**
 * One call several participants wait for, each as long as its own signal says: who is aborted leaves with its own
 * reason and disturbs nobody; the call is aborted when the last one has left.
 */
export class SharedCall {
  private readonly waiting = new Set<Settle>();
  private readonly abort = new AbortController();

  /** `over` is told when nobody may join any more: answered, failed or abandoned. */
  constructor(private readonly over: () => void = () => undefined) {}

  /** Aborted when nobody waits any more. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Only before the call is over, by somebody not aborted. Rejects with the signal's reason when that comes first. */
  join(signal: AbortSignal | undefined, share: Share): Promise<ExecutionResult> {
    return new Promise((resolve, reject) => {
      const settle: Settle = (error, result) => {
        signal?.removeEventListener('abort', leave);
        try {
          if (result === null) reject(error);
          else resolve(share(result));
        } catch (fault) {
          reject(fault);
        }
      };
      const leave = (): void => {
        this.waiting.delete(settle);
        reject(signal?.reason);
        if (this.waiting.size > 0) return;
        this.over();
        this.abort.abort(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.waiting.add(settle);
    });
  }

  /** Every share is taken before any participant goes on: what they then do with theirs is not seen by the others. */
  settleWith(call: Promise<ExecutionResult>): void {
    call.then(
      (result) => this.settle(null, result),
      (error: unknown) => this.settle(error, null),
    );
  }

  /** With the result, or with the error when there is none; at once. */
  settle(error: unknown, result: ExecutionResult | null): void {
    this.over();
    for (const settle of this.waiting) settle(error, result);
    this.waiting.clear();
  }
}
