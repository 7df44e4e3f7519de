import { type ExecutionResult, GraphQLError } from 'graphql';
import { errorFields, type Log } from '../../platform/logging/log';
import { type Answer, resultOf, textOf } from '../answer';
import { BoundedCache } from '../bounded-cache';
import { internalError, maskError } from '../client-errors';
import type { LiveOperation } from './live-operation';
import type { LiveCounters } from './live-stats';

/** Of a topic whose root object changes, the versions of this many ids are compared. */
const REMEMBERED_IDS = 1_000;

/** Receives the answers of one topic, each a serialised GraphQL result. */
export interface LiveSubscriber {
  deliver(payload: string): void;
  complete(): void;
  fail(errors: readonly GraphQLError[]): void;
}

/**
 * One upstream and one execution per event, for everyone who asked for the same. A newcomer first gets the newest
 * answer there is; changes follow in order, and a state older than one already sent is left out.
 */
export class LiveTopic {
  private readonly subscribers = new Set<LiveSubscriber>();
  private readonly stopped = new AbortController();
  private readonly versions = new BoundedCache<unknown, number>(REMEMBERED_IDS);
  private upstream: AsyncIterator<ExecutionResult> | null = null;
  private latest: string | null = null;

  constructor(
    private readonly operation: LiveOperation,
    private readonly counters: LiveCounters,
    private readonly log: Log,
    private readonly onEnd: (topic: LiveTopic) => void,
  ) {}

  add(subscriber: LiveSubscriber): void {
    this.subscribers.add(subscriber);
    this.counters.subscribers += 1;
    if (this.latest !== null) this.deliver(subscriber, this.latest);
  }

  remove(subscriber: LiveSubscriber): void {
    if (!this.subscribers.delete(subscriber)) return;
    this.counters.subscribers -= 1;
    if (this.subscribers.size === 0) this.stop();
  }

  /** Follows the upstream until it ends, fails, or nobody watches any more. Never rejects. */
  async run(): Promise<void> {
    try {
      const upstream = await this.operation.open(this.stopped.signal);
      if ('errors' in upstream) {
        this.end((subscriber) => subscriber.fail(this.forCallers(upstream.errors)));
        return;
      }
      this.upstream = upstream;
      this.counters.upstreams += 1;
      this.counters.upstreamsOpened += 1;
      if (this.stopped.signal.aborted) {
        this.release();
        return;
      }
      for (;;) {
        const event = await upstream.next();
        if (this.stopped.signal.aborted) return;
        if (event.done) break;
        await this.publish(event.value);
      }
      this.release();
      this.end((subscriber) => subscriber.complete());
    } catch (error) {
      if (this.stopped.signal.aborted) return;
      this.log.error(
        { ...errorFields(error), requestId: this.operation.requestId },
        'A subscription lost its upstream.',
      );
      this.release();
      this.end((subscriber) => subscriber.fail([internalError(this.operation.requestId)]));
    }
  }

  private async publish(event: ExecutionResult): Promise<void> {
    this.counters.executions += 1;
    const answer = await this.operation.execute(event);
    if (this.stopped.signal.aborted || !this.isNewer(answer)) return;
    const payload = textOf(answer);
    if (answer.data !== undefined && answer.data !== 'null') this.latest = payload;
    for (const subscriber of this.subscribers) this.deliver(subscriber, payload);
  }

  private deliver(subscriber: LiveSubscriber, payload: string): void {
    this.counters.deliveries += 1;
    subscriber.deliver(payload);
  }

  /** A `version` under the root field must rise; where that object has an `id`, it rises for each id by itself. */
  private isNewer(answer: Answer): boolean {
    const state = resultOf(answer).data?.[this.operation.field];
    if (state === null || typeof state !== 'object') return true;
    const { version, id = null } = state as Record<string, unknown>;
    if (!Number.isInteger(version)) return true;
    const sent = this.versions.get(id);
    if (sent !== undefined && (version as number) <= sent) return false;
    this.versions.set(id, version as number);
    return true;
  }

  private end(tell: (subscriber: LiveSubscriber) => void): void {
    this.stopped.abort();
    this.onEnd(this);
    const leaving = [...this.subscribers];
    this.subscribers.clear();
    this.counters.subscribers -= leaving.length;
    for (const subscriber of leaving) tell(subscriber);
  }

  private stop(): void {
    this.stopped.abort();
    this.onEnd(this);
    this.release();
  }

  private release(): void {
    const upstream = this.upstream;
    if (upstream === null) return;
    this.upstream = null;
    this.counters.upstreams -= 1;
    upstream.return?.()?.catch((error: unknown) => {
      this.log.warn({ ...errorFields(error), requestId: this.operation.requestId }, 'An upstream did not close well.');
    });
  }

  private forCallers(errors: readonly GraphQLError[]): GraphQLError[] {
    const { requestId } = this.operation;
    if (errors.length === 0) return [internalError(requestId)];
    return errors.map((error) =>
      // An upstream in another process sends plain objects.
      maskError(
        error instanceof GraphQLError ? error : new GraphQLError((error as Error).message, error),
        requestId,
        this.log,
      ),
    );
  }
}
