import type { Clock } from '../clock/clock';
import type { AnyEvent } from '../events/events';
import { errorFields, type Log } from '../logging/log';
import { DueQueue } from './due-queue';
import { type Chain, GroupWork, type RelayGroup, toChains } from './group-work';
import { LIVE, type Outbox, type OutboxRecord, toEnvelope } from './outbox';
import type { OutboxStore } from './outbox-store';

/** How long a pass waits for work that is slow before it looks for more; what is slow goes on beside it. */
const PATIENCE_MS = 50;
/** How long another process's lease is taken for granted. */
const DENIED_MS = 500;
/** In the push rhythm only what is older than this is looked for: younger events are on their way. */
const LATE_MS = 1500;

/**
 * `alone`: this process writes all there is, so a notice is enough (and a poll a second, should one be lost).
 * `tail`: others write too; polls soon after something came and slower while nothing does.
 * `push`: somebody tells which aggregates to look at; polls only for what nobody told.
 */
export type Rhythm = 'alone' | 'tail' | 'push';
const POLL_MS: Readonly<Record<Rhythm, readonly [soon: number, late: number]>> = {
  alone: [1000, 1000],
  tail: [25, 400],
  push: [2000, 2000],
};

export interface RelayOptions {
  readonly store: OutboxStore;
  readonly groups: readonly RelayGroup[];
  /** For the outbox of a subgraph that runs here: hands its events to live views and whoever carries them further. */
  readonly own?: { readonly outbox: Outbox; announce(events: readonly AnyEvent[]): Promise<void> };
  readonly rhythm: () => Rhythm;
  readonly clock: Clock;
  readonly log: Log;
}

interface Found {
  readonly live: readonly OutboxRecord[];
  readonly chains: readonly Chain[];
  /** Whether there may be more than this. */
  readonly more: boolean;
}

/**
 * Brings the events of one outbox to the groups of this process: at least once, in sequence per aggregate, aggregates
 * and groups side by side. An event that fails holds back only its own aggregate, and only for that group. A worker
 * looks at an event only when it has seen all earlier ones of the aggregate done, so a second worker (a lease that ran
 * out too soon) may repeat work, which inboxes make harmless, but never overtakes it.
 */
export class Relay {
  private readonly store: OutboxStore;
  private readonly groups: ReadonlyMap<string, RelayGroup>;
  private readonly work: GroupWork;
  private readonly log: Log;
  /** When to ask again for a lease that another process had. */
  private readonly deniedUntil = new Map<string, number>();
  /** Where the next batch of a long backlog begins, by group. */
  private readonly cursors = new Map<string, string>();
  private readonly queues = new Map<string, DueQueue>();
  private running: Promise<void> | null = null;
  private again = false;
  private started = false;
  private stopped = false;
  private timer: NodeJS.Timeout | null = null;
  private pollMs = 0;
  private sweptAt = 0;

  constructor(private readonly options: RelayOptions) {
    const { store, clock, log, own } = options;
    this.store = store;
    this.log = log;
    this.groups = new Map(options.groups.map((group) => [group.name, group]));
    this.work = new GroupWork(store, clock, log, (group, aggregateId, waitMs) => {
      if (!this.started) return;
      setTimeout(() => this.deliverBeside(group, [aggregateId]), waitMs).unref();
    });
    own?.outbox.onNotify(() => this.wake());
  }

  /** Starts by itself; without it only `drain` and `deliver` do anything. */
  start(): void {
    this.started = true;
    this.wake();
  }

  /** Resolves when no work goes on; what was not begun stays in the outbox. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
    await Promise.all([this.work.stop(), ...[...this.queues.values()].map((queue) => queue.stop())]);
    // What cannot be marked any more is delivered again.
    await this.work.mark().catch(() => undefined);
    await Promise.allSettled([...this.groups.values()].map(({ lease }) => lease?.release()));
  }

  /** Delivers until nothing is due and answers how many events that was. For tests and for tools that leave. */
  async drain(): Promise<number> {
    const served = new Set<string>();
    const left = new Set<string>();
    for (;;) {
      await this.running;
      const { live, chains } = await this.find([...this.groups.values()]);
      const idle = chains.filter((chain) => this.isIdle(chain));
      const announced = this.announce(live);
      await Promise.all(idle.map((chain) => this.work.begin(chain, always)));
      await announced;
      const done = await this.work.mark();
      for (const { id } of done) served.add(id);
      const marked = new Set(done.map(({ id, group }) => `${group} ${id}`));
      for (const { group, records } of chains) {
        for (const { _id } of records) if (!marked.has(`${group.name} ${_id}`)) left.add(_id);
      }
      if (done.length === 0) return [...served].filter((id) => !left.has(id)).length;
    }
  }

  /** Looks for what may have been written. */
  wake(): void {
    if (!this.started || this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    if (this.timer) clearTimeout(this.timer);
    this.running = this.passes()
      .catch((error: unknown) => this.report(error))
      .finally(() => {
        this.running = null;
        if (this.again) {
          this.again = false;
          this.wake();
        } else if (!this.stopped) {
          this.timer = setTimeout(() => this.wake(), this.pollMs);
          this.timer.unref();
        }
      });
  }

  /**
   * Does what a group has to do on certain aggregates and resolves when all of it is done and marked, or has failed and
   * waits to be tried again. `allowed` says whether this process (still) may; null leaves that to the group's lease.
   */
  async deliver(name: string, aggregateIds: readonly string[], allowed: (() => boolean) | null): Promise<void> {
    const group = this.groups.get(name);
    if (!group || this.stopped) return;
    const may = async () => (allowed ? allowed() : this.leads(group));
    if (!(await may())) return;
    const queue = this.queues.get(name) ?? new DueQueue(this.store, this.work, group);
    this.queues.set(name, queue);
    await Promise.all(aggregateIds.map((id) => queue.add(id, may)));
  }

  private async passes(): Promise<void> {
    const rhythm = this.options.rhythm();
    const [soon, late] = POLL_MS[rhythm];
    let worked = false;
    for (let more = true; more && !this.stopped; ) {
      const pass = await this.pass(rhythm === 'push' ? [] : this.eligible());
      worked ||= pass.progress;
      more = pass.more && pass.progress;
    }
    if (rhythm === 'push') await this.sweep(late);
    this.pollMs = worked ? soon : Math.min(late, Math.max(soon, this.pollMs * 2));
  }

  /** One batch; what is slow is left to go on. */
  private async pass(groups: readonly RelayGroup[]): Promise<{ progress: boolean; more: boolean }> {
    if (groups.length === 0 && !this.options.own) return { progress: false, more: false };
    let found = await this.find(groups);
    // Whoever led until now may have done some of it since it was read.
    if (await this.takeLead(found.chains)) found = await this.find(groups);
    const work = [this.announce(found.live)];
    let skipped = false;
    for (const chain of found.chains) {
      if (!this.isIdle(chain)) skipped ||= this.work.activeOf(chain.group.name, chain.aggregateId) !== undefined;
      else if (this.hasLead(chain.group)) work.push(this.work.begin(chain, () => this.leads(chain.group)));
    }
    const all = Promise.all(work);
    const slow = await isLater(all, PATIENCE_MS);
    const progress = this.work.hasDone;
    await this.work.mark();
    // Marked when it ends; and what came for it meanwhile was passed over.
    if (slow || skipped) {
      const rest = found.chains.flatMap(({ group, aggregateId }) => this.work.activeOf(group.name, aggregateId) ?? []);
      for (const chain of [...rest, all]) void chain.then(() => this.wakeToMark());
    }
    return { progress, more: found.more };
  }

  private wakeToMark(): void {
    if (this.stopped) return;
    this.work.mark().then(
      () => this.wake(),
      (error: unknown) => this.report(error),
    );
  }

  /** In the push rhythm: what nobody told, or whose worker is gone. */
  private async sweep(everyMs: number): Promise<void> {
    const now = this.options.clock.now().getTime();
    if (now - this.sweptAt < everyMs) return;
    this.sweptAt = now;
    for (const group of this.eligible()) {
      const late = await this.store.findLate(group.name, new Date(now - LATE_MS), this.work.busy(group.name));
      if (late.length > 0) this.deliverBeside(group.name, late);
    }
  }

  private deliverBeside(group: string, aggregateIds: readonly string[]): void {
    this.deliver(group, aggregateIds, null).catch((error: unknown) => this.report(error));
  }

  private async find(groups: readonly RelayGroup[]): Promise<Found> {
    const names = groups.map(({ name }) => name);
    if (this.options.own) names.push(LIVE);
    // Nearly always this is all there is, and one query is enough.
    const all = await this.store.findAll(names);
    const of = async (name: string) => (all ? all.filter(({ pending }) => pending.includes(name)) : this.batch(name));
    const [live, ...lists] = await Promise.all([
      this.options.own ? of(LIVE) : [],
      ...groups.map(async (group) => toChains(group, await of(group.name))),
    ]);
    return { live, chains: lists.flat(), more: all === null };
  }

  /** The next batch of a group's long backlog: aggregates in turn, so that none starves behind a busy one. */
  private async batch(name: string): Promise<OutboxRecord[]> {
    const busy = this.work.busy(name);
    const from = this.cursors.get(name) ?? '';
    let records = await this.store.findBatch(name, from, busy);
    if (records.length === 0 && from !== '') records = await this.store.findBatch(name, '', busy);
    this.cursors.set(name, records.at(-1)?.aggregateId ?? '');
    return records;
  }

  private async announce(records: readonly OutboxRecord[]): Promise<void> {
    if (records.length === 0) return;
    // Never rejects: whoever hears nothing looks by itself.
    await this.options.own?.announce(records.map(toEnvelope)).catch((error: unknown) => this.report(error));
    this.work.note(records.map(({ _id, pending }) => ({ id: _id, group: LIVE, pending })));
  }

  private isIdle({ group, aggregateId }: Chain): boolean {
    return !this.work.activeOf(group.name, aggregateId) && !this.work.isHeldBack(group.name, aggregateId);
  }

  /** Groups that this process serves, or may serve soon. */
  private eligible(): RelayGroup[] {
    const now = this.options.clock.now().getTime();
    return [...this.groups.values()].filter(
      (group) => this.hasLead(group) || (this.deniedUntil.get(group.name) ?? 0) <= now,
    );
  }

  private hasLead({ lease }: RelayGroup): boolean {
    return lease === null || lease.isHeld;
  }

  /** Takes the lease of groups that have something to do; whether one was not held before. */
  private async takeLead(chains: readonly Chain[]): Promise<boolean> {
    const without = new Set(chains.map(({ group }) => group).filter((group) => !this.hasLead(group)));
    const taken = await Promise.all([...without].map((group) => this.leads(group)));
    return taken.includes(true);
  }

  private async leads({ name, lease }: RelayGroup): Promise<boolean> {
    if (lease === null || (await lease.hold())) return true;
    this.deniedUntil.set(name, this.options.clock.now().getTime() + DENIED_MS);
    return false;
  }

  private report(error: unknown): void {
    this.log.error(errorFields(error), 'An outbox could not be read or marked; it is tried again.');
  }
}

async function always(): Promise<boolean> {
  return true;
}

/** Whether work takes longer than this. */
async function isLater(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
