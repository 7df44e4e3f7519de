import { type ExecutionResult, GraphQLError } from 'graphql';
import { errorFields, type Log } from '../../platform/logging/log';
import { type Answer, textOf } from '../answer';
import { BoundedCache } from '../bounded-cache';
import { internalError, maskError } from '../client-errors';
import { LIMITS } from '../limits/limits';
import type { Broadcast } from './broadcast';
import type { LiveOperation } from './live-operation';
import type { Position } from './live-position';
import type { LiveCounters } from './live-stats';
import { LiveUpdate } from './live-update';
import { isUnreachable, LiveUpstream, UpstreamRefused } from './live-upstream';
import { Pace, type Rate } from './pace';
import { TopicBacklog } from './topic-backlog';

/** Of a topic whose root object changes, the versions of this many ids are compared. */
const REMEMBERED_IDS = 1_000;

/** States that may wait to be told before those with a newer one of the same id are passed over. */
const MOST_WAITING = 1_000;

const TURN = Symbol('turn');
const TOLD = Symbol('told');

/** Receives the answers of one topic. */
export interface LiveSubscriber {
  deliver(update: LiveUpdate): void;
  complete(): void;
  fail(errors: readonly GraphQLError[]): void;
}

/** What a topic needs beside its operation. */
export interface TopicSurroundings {
  readonly broadcast: Broadcast;
  readonly rate: Rate;
  readonly counters: LiveCounters;
  readonly log: Log;
}

interface Follower {
  readonly subscriber: LiveSubscriber;
  /** The last state it had seen before it came back. */
  readonly resume: Position | undefined;
  /** The number of the newest update it has been given. */
  given: number;
}

/**
 * One upstream and one execution per event, for everyone who asked for the same. A newcomer first gets the newest
 * answer there is; changes follow in order, and a state older than one already sent is left out. Where states carry
 * versions, a storm of them is thinned to the topic's rate, and to what can be executed and handed out as fast as it
 * comes: of each id the newest is told, and the last one always.
 */
export class LiveTopic {
  private readonly followers = new Map<LiveSubscriber, Follower>();
  private readonly stopped = new AbortController();
  private readonly versions = new BoundedCache<string | null, number>(REMEMBERED_IDS);
  private readonly upstream: LiveUpstream;
  private readonly pace: Pace;
  private latest: LiveUpdate | null = null;
  private updates = 0;

  constructor(
    private readonly operation: LiveOperation,
    private readonly around: TopicSurroundings,
    private readonly onEnd: (topic: LiveTopic) => void,
  ) {
    this.upstream = new LiveUpstream(operation, this.stopped.signal, around.counters, around.log);
    this.pace = new Pace(around.rate, () => performance.now());
    around.counters.topics += 1;
  }

  /** `resume`: the last state the subscriber has already; it is given newer ones only. */
  add(subscriber: LiveSubscriber, resume: Position | undefined): void {
    const { counters } = this.around;
    const follower: Follower = { subscriber, resume, given: 0 };
    this.followers.set(subscriber, follower);
    counters.subscribers += 1;
    if (resume) counters.resumed += 1;
    if (this.latest) this.give(follower, this.latest);
  }

  remove(subscriber: LiveSubscriber): void {
    if (!this.followers.delete(subscriber)) return;
    this.around.counters.subscribers -= 1;
    if (this.followers.size > 0) return;
    this.close();
    this.upstream.close();
  }

  /** Follows the upstream until it ends, fails, or nobody watches any more. Never rejects. */
  async run(): Promise<void> {
    const { log } = this.around;
    const { requestId } = this.operation;
    try {
      await this.follow();
      this.end((subscriber) => subscriber.complete());
    } catch (error) {
      if (this.stopped.signal.aborted) return;
      if (!(error instanceof UpstreamRefused)) {
        log.error({ ...errorFields(error), requestId }, 'A subscription lost its upstream.');
      }
      const errors = this.forCallers(error);
      this.upstream.close();
      this.end((subscriber) => subscriber.fail(errors));
    }
  }

  /** Resolves when the upstream has ended and all it gave is told. */
  private follow(): Promise<void> {
    return this.operation.versioned ? this.followStates() : this.followEvents();
  }

  /** Without versions nothing says what an event makes superfluous: each is told, one after the other. */
  private async followEvents(): Promise<void> {
    for (let event = await this.upstream.next(); event !== null; event = await this.upstream.next()) {
      if (this.stopped.signal.aborted) return;
      await this.publish(event, null);
    }
  }

  /** Reads on while it tells, so that being late is noticed and made up for. */
  private async followStates(): Promise<void> {
    const { counters } = this.around;
    const backlog = new TopicBacklog(MOST_WAITING, (events) => {
      counters.thinned += events;
    });
    let reading: Promise<ExecutionResult | null> | null = null;
    let telling: Promise<typeof TOLD> | null = null;
    try {
      for (;;) {
        this.dropOld(backlog);
        if (telling === null && backlog.size > 0) {
          if (this.pace.take() || backlog.isFull) telling = this.tellNext(backlog);
          else backlog.hold();
        }
        if (!backlog.isFull) reading ??= this.upstream.next();
        const waits = telling === null && backlog.size > 0;
        const news = await this.firstOf([reading, telling], waits);
        if (this.stopped.signal.aborted) return;
        if (news === TURN) continue;
        if (news === TOLD) {
          telling = null;
          continue;
        }
        reading = null;
        if (news === null) break;
        backlog.add({ event: news, position: this.operation.positionOf(news), since: performance.now() });
      }
    } finally {
      // Nobody waits for them any more, should one have failed.
      reading?.catch(() => undefined);
      await telling?.catch(() => undefined);
      // Whatever ended it, the last state is told.
      for (this.dropOld(backlog); backlog.size > 0 && !this.stopped.signal.aborted; this.dropOld(backlog)) {
        await this.tellNext(backlog);
      }
    }
  }

  /** What is older than what was told is nobody's news. */
  private dropOld(backlog: TopicBacklog): void {
    for (let first = backlog.first; first?.position && !this.isNewer(first.position); first = backlog.first) {
      backlog.take();
    }
  }

  private async tellNext(backlog: TopicBacklog): Promise<typeof TOLD> {
    const waited = backlog.first ? performance.now() - backlog.first.since : 0;
    // A few changes are still told one by one.
    const few = backlog.size <= LIMITS.topicBurst;
    if (waited > (few ? LIMITS.topicTooLateMs : LIMITS.topicLateMs)) backlog.thin();
    const next = backlog.take();
    if (next) await this.publish(next.event, next.position);
    return TOLD;
  }

  private async firstOf<Read, Told>(
    any: readonly [Promise<Read> | null, Promise<Told> | null],
    waitsForTurn: boolean,
  ): Promise<Read | Told | typeof TURN> {
    const all: readonly Promise<Read | Told>[] = any.filter((one) => one !== null);
    if (!waitsForTurn) return Promise.race(all);
    let timer: NodeJS.Timeout | undefined;
    const turn = new Promise<typeof TURN>((resolve) => {
      timer = setTimeout(() => resolve(TURN), this.pace.wait());
    });
    try {
      return await Promise.race([...all, turn]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async publish(event: ExecutionResult, position: Position | null): Promise<void> {
    const { broadcast, counters } = this.around;
    counters.executions += 1;
    const answer = await this.operation.execute(event);
    if (this.stopped.signal.aborted) return;
    const update = new LiveUpdate(textOf(answer), position, ++this.updates);
    if (this.isGood(answer)) {
      this.latest = update;
      if (position) this.versions.set(position.id, position.version);
    }
    await broadcast.to(this.followers.values(), (follower) => this.give(follower, update));
  }

  private give(follower: Follower, update: LiveUpdate): void {
    // Whoever came while the update was on its way round has it already.
    if (follower.given >= update.number) return;
    follower.given = update.number;
    const { resume, subscriber } = follower;
    if (resume && update.position?.id === resume.id && update.position.version <= resume.version) return;
    this.around.counters.deliveries += 1;
    subscriber.deliver(update);
  }

  private isNewer({ id, version }: Position): boolean {
    const told = this.versions.get(id);
    return told === undefined || version > told;
  }

  /** Whether a newcomer should start from this answer. A versioned state that became null is one that failed. */
  private isGood({ data }: Answer): boolean {
    if (data === undefined || data === 'null') return false;
    return !this.operation.versioned || data !== `{${JSON.stringify(this.operation.field)}:null}`;
  }

  private end(tell: (subscriber: LiveSubscriber) => void): void {
    if (this.stopped.signal.aborted) return;
    this.close();
    const leaving = [...this.followers.keys()];
    this.followers.clear();
    this.around.counters.subscribers -= leaving.length;
    for (const subscriber of leaving) tell(subscriber);
  }

  private close(): void {
    this.stopped.abort();
    this.around.counters.topics -= 1;
    this.onEnd(this);
  }

  private forCallers(error: unknown): GraphQLError[] {
    const { requestId } = this.operation;
    const { log } = this.around;
    const refused = error instanceof UpstreamRefused ? error.errors : isUnreachable(error) ? [error] : [];
    if (refused.length === 0) return [internalError(requestId)];
    return refused.map((each) =>
      // An upstream in another process sends plain objects.
      maskError(
        each instanceof GraphQLError ? each : new GraphQLError((each as Error).message, each as object),
        requestId,
        log,
      ),
    );
  }
}
