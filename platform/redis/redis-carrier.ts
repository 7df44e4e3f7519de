import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Carrier, CarrierListener } from '../bus/carrier';
import type { AnyEvent } from '../events/events';
import { consumersOf, sourcesOf } from '../events/routes';
import { errorFields, type Log } from '../logging/log';
import type { SubgraphName } from '../subgraph/subgraph-port';
import { partitionOf, streamOf } from './partitions';
import { openRedis } from './redis-connection';
import { StreamReader } from './stream-reader';

const HEARTBEAT_MS = 1000;
/** Entries a stream keeps, about; a group that is further behind finds the rest in the outbox. */
const KEPT_ENTRIES = 10_000;
const CHANNEL = 'kaituan:live:';

/**
 * Streams for events, Pub/Sub for live views. Redis holds no truth: an event counts as done when each group has taken
 * itself out of its outbox record, so a Redis that is gone, slow, full or empty costs time and nothing else.
 */
export class RedisCarrier implements Carrier {
  private readonly me = randomUUID();
  private readonly redis: Redis;
  private readonly subscriber: Redis;
  private readonly followed = new Map<string, number>();
  private readers: StreamReader[] = [];
  private listener: CarrierListener | null = null;
  private up = false;
  private beating: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly log: Log,
  ) {
    this.redis = openRedis(url);
    this.subscriber = openRedis(url);
    this.redis.on('close', () => this.fall());
    this.subscriber.on('close', () => this.fall());
    // Not before both are there and answer does the rest rely on them.
    this.redis.on('ready', () => this.beat());
    this.subscriber.on('ready', () => this.beat());
    this.subscriber.on('message', (_channel: string, message: string) => this.hear(message));
  }

  get isUp(): boolean {
    return this.up;
  }

  start(groups: readonly SubgraphName[], listener: CarrierListener): void {
    this.listener = listener;
    this.readers = groups
      .filter((group) => sourcesOf(group).length > 0)
      .map((group) => new StreamReader(this.url, this.redis, group, this.me, listener.due, this.log));
    this.timer = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.timer.unref();
    this.beat();
  }

  async announce(source: SubgraphName, events: readonly AnyEvent[]): Promise<void> {
    if (!this.up) return;
    const sending = this.redis.pipeline();
    for (const event of events) {
      const { type, aggregateId } = event;
      sending.publish(CHANNEL + aggregateId, JSON.stringify(event));
      if (consumersOf(type).length === 0) continue;
      const stream = streamOf(partitionOf(aggregateId));
      const entry = ['source', source, 'aggregate', aggregateId, 'type', type, 'event', event.id];
      sending.xadd(stream, 'MAXLEN', '~', KEPT_ENTRIES, '*', ...entry);
    }
    try {
      const answers = await sending.exec();
      const failure = answers?.find(([error]) => error)?.[0];
      if (failure) throw failure;
    } catch (error) {
      this.fall(error);
    }
  }

  follow(aggregateId: string): () => void {
    const count = this.followed.get(aggregateId) ?? 0;
    this.followed.set(aggregateId, count + 1);
    // While it is down nothing is asked for; when it is back, everything that is followed then.
    if (count === 0 && this.up)
      this.subscriber.subscribe(CHANNEL + aggregateId).catch((error: unknown) => this.fall(error));
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (this.followed.get(aggregateId) ?? 1) - 1;
      if (left > 0) this.followed.set(aggregateId, left);
      else {
        this.followed.delete(aggregateId);
        if (this.up) this.subscriber.unsubscribe(CHANNEL + aggregateId).catch((error: unknown) => this.fall(error));
      }
    };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearInterval(this.timer);
    this.up = false;
    await this.beating;
    await Promise.all(this.readers.map((reader) => reader.stop()));
    this.redis.disconnect();
    this.subscriber.disconnect();
  }

  private hear(message: string): void {
    try {
      this.listener?.live(JSON.parse(message) as AnyEvent);
    } catch (error) {
      this.log.warn(errorFields(error), 'A live message of Redis could not be read.');
    }
  }

  /** Asks whether Redis is there, and keeps this process's share of the work. */
  private beat(): void {
    if (this.beating || this.stopped || !this.listener) return;
    if (this.redis.status !== 'ready' || this.subscriber.status !== 'ready') return;
    this.beating = this.renew()
      .catch((error: unknown) => this.fall(error))
      .finally(() => {
        this.beating = null;
      });
  }

  private async renew(): Promise<void> {
    await this.redis.ping();
    await this.subscriber.ping();
    if (!this.up) {
      const channels = [...this.followed.keys()].map((id) => CHANNEL + id);
      if (channels.length > 0) await this.subscriber.subscribe(...channels);
    }
    await Promise.all(this.readers.map((reader) => reader.renew()));
    if (this.up || this.stopped) return;
    this.up = true;
    // Followed while the others were being asked for.
    const channels = [...this.followed.keys()].map((id) => CHANNEL + id);
    if (channels.length > 0) await this.subscriber.subscribe(...channels);
    this.log.info({ part: 'redis' }, 'Redis carries events and live views.');
    this.listener?.up();
  }

  private fall(error?: unknown): void {
    if (!this.up) return;
    this.up = false;
    for (const reader of this.readers) reader.lose();
    if (this.stopped) return;
    this.log.warn({ part: 'redis', ...errorFields(error) }, 'Redis is out of reach; events are found in the outbox.');
    this.listener?.down();
  }
}
