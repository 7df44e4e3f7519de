import type { Redis } from 'ioredis';
import type { CarrierListener } from '../bus/carrier';
import type { EventType } from '../events/events';
import { EVENT_ROUTES } from '../events/routes';
import { errorFields, type Log } from '../logging/log';
import { SUBGRAPH_NAMES, type SubgraphName } from '../subgraph/subgraph-port';
import { leavePartitions, MEMBER_MS, sharePartitions, streamOf } from './partitions';
import { openRedis } from './redis-connection';

const COUNT = 200;
const BLOCK_MS = 500;
/** Batches whose work goes on while the next is read. */
const SIDE_BY_SIDE = 8;
/** After this an entry that was read but never acknowledged is read again. */
const FORGOTTEN_MS = 30_000;

/** What an entry says: this aggregate of that outbox has an event of this type. */
interface Entry {
  readonly stream: string;
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * One group's reader in this process. It owns some partitions of the event streams and passes on what their entries
 * say. An entry only names an aggregate with something to do: what that is, and in which order, the outbox knows.
 */
export class StreamReader {
  private readonly blocking: Redis;
  private mine: ReadonlySet<number> = new Set();
  private mineUntil = 0;
  private claimedAt = 0;
  private readonly batches = new Set<Promise<void>>();
  private reading: Promise<void> | null = null;
  private stopped = false;

  constructor(
    url: string,
    private readonly redis: Redis,
    private readonly group: SubgraphName,
    private readonly me: string,
    private readonly due: CarrierListener['due'],
    private readonly log: Log,
  ) {
    this.blocking = openRedis(url, { blocking: true });
  }

  /** Keeps this process's share of the partitions; to be called at least every MEMBER_MS / 2. Rejects when Redis does not answer. */
  async renew(): Promise<void> {
    const began = Date.now();
    const shared = await sharePartitions(this.redis, this.group, this.me);
    const gained = shared.filter((partition) => !this.mine.has(partition));
    this.mine = new Set(shared);
    this.mineUntil = began + MEMBER_MS;
    await Promise.all(gained.map((partition) => this.openStream(partition)));
    // What the owner before had read and not finished; and, now and then, what this one left unfinished.
    const forgotten = began - this.claimedAt > FORGOTTEN_MS;
    if (forgotten) this.claimedAt = began;
    const claims: [number, number][] = gained.map((partition) => [partition, 0]);
    if (forgotten) for (const partition of shared) claims.push([partition, FORGOTTEN_MS]);
    for (const [partition, idleMs] of claims) await this.claim(partition, idleMs);
    if (!this.reading && !this.stopped)
      this.reading = this.read().finally(() => {
        this.reading = null;
      });
  }

  /** Redis is gone: whatever was owned is anybody's. */
  lose(): void {
    this.mine = new Set();
    this.mineUntil = 0;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.blocking.disconnect();
    await this.reading;
    await Promise.allSettled(this.batches);
    await leavePartitions(this.redis, this.group, this.me).catch(() => undefined);
  }

  private owns(partitions: readonly number[]): boolean {
    return !this.stopped && Date.now() < this.mineUntil && partitions.every((partition) => this.mine.has(partition));
  }

  private async openStream(partition: number): Promise<void> {
    try {
      await this.redis.xgroup('CREATE', streamOf(partition), this.group, '0', 'MKSTREAM');
    } catch (error) {
      if (!String(error).includes('BUSYGROUP')) throw error;
    }
  }

  private async claim(partition: number, idleMs: number): Promise<void> {
    const stream = streamOf(partition);
    for (let from = '0-0'; ; ) {
      const answer = await this.redis.xautoclaim(stream, this.group, this.me, idleMs, from, 'COUNT', COUNT);
      const [next, raw] = answer as [string, RawEntry[]];
      const entries = raw.flatMap((entry) => toEntry(stream, entry) ?? []);
      if (entries.length > 0) this.begin(entries, [partition]);
      if (next === '0-0') return;
      from = next;
    }
  }

  private async read(): Promise<void> {
    while (!this.stopped && this.owns([])) {
      const mine = [...this.mine];
      if (mine.length === 0) return;
      if (this.batches.size >= SIDE_BY_SIDE) await Promise.race(this.batches);
      try {
        const streams = mine.map(streamOf);
        const answer = await this.blocking.xreadgroup(
          'GROUP',
          this.group,
          this.me,
          'COUNT',
          COUNT,
          'BLOCK',
          BLOCK_MS,
          'STREAMS',
          ...streams,
          ...streams.map(() => '>'),
        );
        const entries = ((answer ?? []) as [string, RawEntry[]][]).flatMap(([stream, raw]) =>
          raw.flatMap((entry) => toEntry(stream, entry) ?? []),
        );
        if (entries.length > 0) this.begin(entries, mine);
      } catch (error) {
        if (this.stopped) return;
        // Emptied without going away: the streams and their groups are gone, and with the next renewal they are back.
        if (String(error).includes('NOGROUP')) this.lose();
        // Until then, or until the connection is back, the outbox is looked at anyway.
        return;
      }
    }
  }

  private begin(entries: readonly Entry[], partitions: readonly number[]): void {
    const batch = this.work(entries, () => this.owns(partitions))
      .catch((error: unknown) => this.log.warn(errorFields(error), 'Announced events could not be looked up.'))
      .finally(() => this.batches.delete(batch));
    this.batches.add(batch);
  }

  private async work(entries: readonly Entry[], allowed: () => boolean): Promise<void> {
    const bySource = new Map<SubgraphName, Set<string>>();
    for (const { fields } of entries) {
      const source = SUBGRAPH_NAMES.find((name) => name === fields['source']);
      const type = fields['type'] ?? '';
      const aggregateId = fields['aggregate'];
      if (!source || !aggregateId || !isEventType(type) || !EVENT_ROUTES[type].to.includes(this.group)) continue;
      const ids = bySource.get(source) ?? new Set();
      bySource.set(source, ids.add(aggregateId));
    }
    await Promise.all([...bySource].map(([source, ids]) => this.due(source, this.group, [...ids], allowed)));
    // What failed waits in the outbox with its own pause; the entry has said all it had to say.
    if (!allowed()) return;
    const acknowledged = this.redis.pipeline();
    for (const { stream, id } of entries) acknowledged.xack(stream, this.group, id);
    await acknowledged.exec();
  }
}

type RawEntry = readonly [id: string, fields: readonly string[] | null];

/** Null for an entry that was trimmed while it waited. */
function toEntry(stream: string, [id, raw]: RawEntry): Entry | null {
  if (!raw) return null;
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) fields[raw[index] ?? ''] = raw[index + 1] ?? '';
  return { stream, id, fields };
}

function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENT_ROUTES, type);
}
