import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Log } from '../../platform/logging/log';
import type { Caller } from '../caller';
import type { Data } from './data';

export type Variables = Readonly<Record<string, unknown>>;

/** Takes the answer of a fetch; called once. */
export type Take = (result: ExecutionResult) => void;

/**
 * One execution of one plan: what is known so far, what went wrong, and who still waits for a subgraph. At the deadline
 * everyone who waits gets the deadline's error instead, and so does whoever asks later.
 */
export class PlanRun {
  readonly data: Data = {};
  readonly errors: GraphQLError[] = [];
  private readonly waiting = new Set<Take>();
  private readonly abort = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private late: ExecutionResult | undefined;

  constructor(
    readonly variables: Variables,
    readonly caller: Caller,
    readonly log: Log,
    deadlineMs: number,
    deadlineError: () => GraphQLError,
  ) {
    this.timer = setTimeout(() => {
      const error = deadlineError();
      this.late = { errors: [error] };
      this.abort.abort(error);
      for (const take of this.waiting) take(this.late);
    }, deadlineMs);
  }

  /** Aborted at the deadline, with the error the caller gets. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Resolves when the answer, or the deadline's error, has been taken. `take` must not throw. */
  ask(work: () => Promise<ExecutionResult>, failed: (error: unknown) => ExecutionResult, take: Take): Promise<void> {
    return new Promise((resolve) => {
      const once: Take = (result) => {
        if (!this.waiting.delete(once)) return;
        take(result);
        resolve();
      };
      this.waiting.add(once);
      if (this.late) {
        once(this.late);
        return;
      }
      try {
        work().then(once, (error: unknown) => once(failed(error)));
      } catch (error) {
        once(failed(error));
      }
    });
  }

  /** The same request, deadline and errors, with data of its own. */
  branch(): PlanRun {
    return Object.create(this, { data: { value: {} } }) as PlanRun;
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
