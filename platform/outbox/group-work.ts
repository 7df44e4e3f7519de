import type { Clock } from '../clock/clock';
import type { AnyEvent } from '../events/events';
import { errorFields, type Log } from '../logging/log';
import type { Lease } from '../mongo/lease';
import { type OutboxRecord, toEnvelope } from './outbox';
import type { Done, OutboxStore } from './outbox-store';

const MAX_BACKOFF_MS = 60_000;
const MARK_MS = 200;

/** A consuming subgraph that runs in this process. */
export interface RelayGroup {
  readonly name: string;
  /** Null when this process alone serves the group. */
  readonly lease: Lease | null;
  /** Resolves when the group's consumers have done their work. */
  deliver(event: AnyEvent): Promise<void>;
}

/** What one group has to do on one aggregate, in order. */
export interface Chain {
  readonly group: RelayGroup;
  readonly aggregateId: string;
  readonly records: readonly OutboxRecord[];
}

export function toChains(group: RelayGroup, records: readonly OutboxRecord[]): Chain[] {
  const byAggregate = new Map<string, OutboxRecord[]>();
  for (const record of records) {
    const chain = byAggregate.get(record.aggregateId);
    if (chain) chain.push(record);
    else byAggregate.set(record.aggregateId, [record]);
  }
  return [...byAggregate].map(([aggregateId, chain]) => ({ group, aggregateId, records: chain }));
}

/**
 * The work of groups on the events of one outbox: at most one chain a group and aggregate at a time, a pause that grows
 * after a failure, and the memory of what is done until it is marked.
 */
export class GroupWork {
  private readonly active = new Map<string, Promise<void>>();
  private readonly failed = new Map<string, { readonly attempts: number; readonly until: number }>();
  private done: Done[] = [];
  private lastMark: Promise<void> | null = null;
  private nextMark: Promise<void> | null = null;
  private stopped = false;

  /** `retry` is called when the pause after a failure is over. */
  constructor(
    private readonly store: OutboxStore,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly retry: (group: string, aggregateId: string, waitMs: number) => void,
  ) {}

  /** The chain that goes on for this group and aggregate, if one does. */
  activeOf(group: string, aggregateId: string): Promise<void> | undefined {
    return this.active.get(keyOf(group, aggregateId));
  }

  /** Whether the aggregate waits, for this group, until the pause after a failure is over. */
  isHeldBack(group: string, aggregateId: string): boolean {
    return (this.failed.get(keyOf(group, aggregateId))?.until ?? 0) > this.clock.now().getTime();
  }

  /** Aggregates on which the group cannot begin anything now. */
  busy(group: string): string[] {
    const prefix = keyOf(group, '');
    const now = this.clock.now().getTime();
    const keys = new Set(this.active.keys());
    for (const [key, { until }] of this.failed) if (until > now) keys.add(key);
    return [...keys].flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  }

  activeOfGroup(group: string): Promise<void>[] {
    const prefix = keyOf(group, '');
    return [...this.active].flatMap(([key, chain]) => (key.startsWith(prefix) ? [chain] : []));
  }

  get hasDone(): boolean {
    return this.done.length > 0;
  }

  /** Something is done that is not a chain's. */
  note(done: readonly Done[]): void {
    this.done.push(...done);
  }

  /** Begins a chain that is neither active nor held back. Resolves when it has ended, in success or failure. */
  begin(chain: Chain, allowed: () => Promise<boolean>): Promise<void> {
    const key = keyOf(chain.group.name, chain.aggregateId);
    const work = this.run(chain, allowed).finally(() => this.active.delete(key));
    this.active.set(key, work);
    return work;
  }

  /** Marks what is done since the last time. What could not be marked will be delivered again. */
  async mark(): Promise<readonly Done[]> {
    const done = this.done;
    this.done = [];
    if (done.length > 0) await this.store.mark(done, this.clock.now());
    return done;
  }

  /** Marks what is done by now, together with what ends while an earlier mark is on its way. */
  markSoon(): Promise<void> {
    this.nextMark ??= Promise.allSettled([this.lastMark, new Promise((resolve) => setImmediate(resolve))]).then(() => {
      this.nextMark = null;
      this.lastMark = this.mark().then(() => undefined);
      return this.lastMark;
    });
    return this.nextMark;
  }

  /** Begins no further event; resolves when those that were begun have ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.active.values());
  }

  private async run({ group, aggregateId, records }: Chain, allowed: () => Promise<boolean>): Promise<void> {
    const key = keyOf(group.name, aggregateId);
    let marked = Date.now();
    for (const record of records) {
      // A long chain is marked on its way: what a crash makes others do again stays little.
      if (Date.now() - marked > MARK_MS) {
        marked = Date.now();
        void this.markSoon().catch(() => undefined);
      }
      try {
        if (this.stopped || !(await allowed())) return;
        await group.deliver(toEnvelope(record));
        this.failed.delete(key);
        this.done.push({ id: record._id, group: group.name, pending: record.pending });
      } catch (error) {
        await this.postpone(key, group.name, record, error);
        return;
      }
    }
  }

  private async postpone(key: string, group: string, record: OutboxRecord, error: unknown): Promise<void> {
    const before = Math.max(this.failed.get(key)?.attempts ?? 0, record.failures?.[group]?.attempts ?? 0);
    const waitMs = Math.min(MAX_BACKOFF_MS, 250 * 2 ** before);
    const now = this.clock.now();
    this.failed.set(key, { attempts: before + 1, until: now.getTime() + waitMs });
    const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
    this.log.warn(
      { ...errorFields(cause), event: record.type, attempt: before + 1 },
      'An event was not consumed; it will be tried again.',
    );
    this.retry(group, record.aggregateId, waitMs);
    await this.store
      .fail(record._id, group, { attempts: before + 1, at: now, error: String(cause).slice(0, 500) })
      // Only for whoever looks; the pause is remembered here.
      .catch(() => undefined);
  }
}

function keyOf(group: string, aggregateId: string): string {
  return `${group} ${aggregateId}`;
}
