import type { ExecutionResult, GraphQLError } from 'graphql';
import type { LiveHub } from './live-hub';
import type { LiveOperation } from './live-operation';
import type { Position } from './live-position';
import type { LiveSubscriber } from './live-topic';
import type { LiveUpdate } from './live-update';
import type { SocketOutbox } from './socket-outbox';

/** How errors travel through graphql-ws, which keeps only the thrown error. */
export class DeliveryFailed extends Error {
  override readonly name = 'DeliveryFailed';

  constructor(readonly errors: readonly GraphQLError[]) {
    super('The subscription has failed.');
  }
}

/**
 * One subscription on one socket. To graphql-ws it is an iterator that yields nothing and ends when the subscription
 * does; the answers go past it, serialised once for all sockets.
 */
export class SocketDelivery implements AsyncIterableIterator<ExecutionResult>, LiveSubscriber {
  private readonly ended: Promise<IteratorResult<ExecutionResult>>;
  private settle: { end: () => void; fail: (error: Error) => void } = { end: () => undefined, fail: () => undefined };
  private leave: (() => void) | null = null;
  private started = false;

  constructor(
    private readonly id: string,
    private readonly operation: LiveOperation,
    private readonly hub: LiveHub,
    private readonly outbox: SocketOutbox,
    private readonly resume: Position | undefined,
  ) {
    this.ended = new Promise((resolve, reject) => {
      this.settle = { end: () => resolve({ value: undefined, done: true }), fail: reject };
    });
    // A failure after the client has left has nobody to tell.
    this.ended.catch(() => undefined);
  }

  /** Starts following on the first call: graphql-ws makes it only while the client still wants the subscription. */
  next(): Promise<IteratorResult<ExecutionResult>> {
    if (!this.started) {
      this.started = true;
      this.leave = this.hub.follow(this.operation, this, this.resume);
    }
    return this.ended;
  }

  deliver(update: LiveUpdate): void {
    this.outbox.offer(this.id, update);
  }

  complete(): void {
    this.outbox.finish(this.id);
    this.settle.end();
  }

  fail(errors: readonly GraphQLError[]): void {
    this.outbox.finish(this.id);
    this.settle.fail(new DeliveryFailed(errors));
  }

  return(): Promise<IteratorResult<ExecutionResult>> {
    this.started = true;
    this.leave?.();
    this.leave = null;
    this.outbox.drop(this.id);
    this.settle.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
