import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { LIMITS } from '../limits/limits';
import type { LiveCounters } from './live-stats';
import type { LiveSubscriber } from './live-topic';
import type { LiveUpdate } from './live-update';

const HEARTBEAT = ':\n\n';
const COMPLETE = 'event: complete\ndata:\n\n';

/**
 * One distinct connection of GraphQL over server-sent events. Like a socket's outbox it keeps only the newest state
 * for a reader that is slow; a stream whose reader has stopped altogether is cut off after two heartbeats.
 */
export class EventStream implements LiveSubscriber {
  private waiting: LiveUpdate | null = null;
  private congested = false;
  private beatsMissed = 0;

  constructor(
    private readonly response: ServerResponse,
    private readonly counters: LiveCounters,
  ) {
    response.on('drain', () => this.drained());
  }

  /** The first bytes: browsers open the stream on them, and know from then on when to come back. */
  begin(): void {
    this.write(`retry: ${LIMITS.streamRetryMs}\n${HEARTBEAT}`);
  }

  deliver(update: LiveUpdate): void {
    if (this.congested) {
      if (this.waiting) this.counters.coalesced += 1;
      this.waiting = update;
      return;
    }
    const bytes = update.event();
    this.counters.bytes += bytes.length;
    this.write(bytes);
  }

  /** The subscription has come to its end: nothing to come back for. */
  complete(): void {
    this.finish(COMPLETE);
  }

  /** In distinct connections errors are a result of their own. */
  fail(errors: readonly GraphQLError[]): void {
    this.finish(`event: next\ndata: ${JSON.stringify({ errors })}\n\n${COMPLETE}`);
  }

  /** Ends the bytes without ending the subscription: the client connects again and goes on from its last version. */
  cut(): void {
    this.flushWaiting();
    this.response.end();
  }

  beat(): void {
    if (!this.congested) {
      this.write(HEARTBEAT);
      return;
    }
    this.beatsMissed += 1;
    if (this.beatsMissed >= 2) this.response.destroy();
  }

  private finish(text: string): void {
    this.flushWaiting();
    this.response.end(text);
  }

  private flushWaiting(): void {
    if (!this.waiting) return;
    const last = this.waiting;
    this.waiting = null;
    this.write(last.event());
  }

  private drained(): void {
    this.congested = false;
    this.beatsMissed = 0;
    const newest = this.waiting;
    this.waiting = null;
    if (newest) this.deliver(newest);
  }

  private write(bytes: string | Buffer): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    if (!this.response.write(bytes)) this.congested = true;
  }
}
