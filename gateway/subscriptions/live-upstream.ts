import type { ExecutionResult, GraphQLError } from 'graphql';
import { errorFields, type Log } from '../../platform/logging/log';
import { LIMITS } from '../limits/limits';
import type { LiveOperation } from './live-operation';
import type { LiveCounters } from './live-stats';

/** What another process says when it cannot be reached: nothing is wrong with the subscription itself. */
const UNREACHABLE: readonly unknown[] = ['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_TIMEOUT'];

/** The owner of the events refused the subscription. */
export class UpstreamRefused extends Error {
  override readonly name = 'UpstreamRefused';

  constructor(readonly errors: readonly GraphQLError[]) {
    super('The upstream refused the subscription.');
  }
}

/**
 * The events of one topic. While their owner cannot be reached (its process restarts) it is asked again and again:
 * whoever watches notices nothing but a pause.
 */
export class LiveUpstream {
  private events: AsyncIterator<ExecutionResult> | null = null;
  /** Whether it has ever given an event: a subscription that never began may fail soon, one that ran should last. */
  private proven = false;
  /** Of the present upstream, on the monotonic clock. */
  private openedAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly operation: LiveOperation,
    private readonly signal: AbortSignal,
    private readonly counters: LiveCounters,
    private readonly log: Log,
  ) {}

  /**
   * The next event, or null at the end. Rejects with UpstreamRefused, with the failure of the iterator, or with the
   * last reason the owner could not be reached.
   */
  async next(): Promise<ExecutionResult | null> {
    let outage: Outage | null = null;
    for (;;) {
      try {
        this.events ??= await this.open();
        if (this.signal.aborted) return this.close();
        const event = await this.events.next();
        if (event.done) return this.close();
        this.proven = true;
        return event.value;
      } catch (error) {
        this.close();
        if (this.signal.aborted) return null;
        if (!isUnreachable(error)) throw error;
        // One that stood for a while was not part of the outage before it, even if nothing happened meanwhile.
        if (outage === null || performance.now() - this.openedAt > LIMITS.upstreamRetryMostMs) {
          outage = this.outage(error);
        }
        this.openedAt = Number.POSITIVE_INFINITY;
        if (!(await outage.wait(this.signal))) throw error;
        this.counters.upstreamsReopened += 1;
      }
    }
  }

  /** Gives the upstream back. */
  close(): null {
    const events = this.events;
    if (events === null) return null;
    this.events = null;
    this.counters.upstreams -= 1;
    events.return?.()?.catch((error: unknown) => {
      this.log.warn({ ...errorFields(error), requestId: this.operation.requestId }, 'An upstream did not close well.');
    });
    return null;
  }

  private async open(): Promise<AsyncIterator<ExecutionResult>> {
    const opened = await this.operation.open(this.signal);
    if ('errors' in opened) throw new UpstreamRefused(opened.errors);
    this.counters.upstreams += 1;
    this.counters.upstreamsOpened += 1;
    this.openedAt = performance.now();
    return opened;
  }

  private outage(error: unknown): Outage {
    this.log.warn(
      { ...errorFields(error), requestId: this.operation.requestId },
      'A subscription lost its upstream and asks again.',
    );
    return new Outage(this.proven ? LIMITS.upstreamPatienceMs : LIMITS.firstUpstreamPatienceMs);
  }
}

/** How long to ask again, and how often. */
class Outage {
  private readonly until: number;
  private delayMs: number = LIMITS.upstreamRetryMs;

  constructor(patienceMs: number) {
    this.until = performance.now() + patienceMs;
  }

  /** False when patience is over. */
  async wait(signal: AbortSignal): Promise<boolean> {
    const left = this.until - performance.now();
    if (left <= 0) return false;
    // Between half and all of it, so that many topics do not ask in the same moment.
    const delay = this.delayMs * (0.5 + Math.random() / 2);
    this.delayMs = Math.min(this.delayMs * 2, LIMITS.upstreamRetryMostMs);
    await pause(Math.min(delay, left), signal);
    return true;
  }
}

/** Whether another try may help. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof UpstreamRefused) return error.errors.length > 0 && error.errors.every(isUnreachable);
  return UNREACHABLE.includes((error as { extensions?: Record<string, unknown> } | null)?.extensions?.['code']);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over);
    if (signal.aborted) over();
  });
}
