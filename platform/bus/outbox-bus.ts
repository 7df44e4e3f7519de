import type { Connection } from 'mongoose';
import type { Clock } from '../clock/clock';
import type { EventType } from '../events/events';
import { consumersOf, sourcesOf } from '../events/routes';
import type { Log } from '../logging/log';
import { type Database, neighbourOf } from '../mongo/database';
import { Lease } from '../mongo/lease';
import type { RelayGroup } from '../outbox/group-work';
import { Outbox } from '../outbox/outbox';
import { OutboxStore } from '../outbox/outbox-store';
import { Relay, type Rhythm } from '../outbox/relay';
import type { SubgraphName } from '../subgraph/subgraph-port';
import { type Bus, InProcessBus } from './bus';
import type { Carrier } from './carrier';
import { LiveTail } from './live-tail';

const LIVE_POLL_MS = 100;
/** While a carrier pushes, a look at the outbox only finds what it lost. */
const LIVE_CHECK_MS = 2000;

/** How the events of the subgraphs in this process travel, to each other and to other processes. */
export interface EventBus {
  /** Takes in a subgraph that runs in this process. Consumers are registered before `start` or the first `drain`. */
  host(name: SubgraphName, database: Database, log: Log): { readonly bus: Bus; readonly outbox: Outbox };
  /** Delivers from now on by itself. */
  start(): Promise<void>;
  /** Delivers what the subgraphs of this process have to do now and answers how many events that was. */
  drain(): Promise<number>;
  /** Of the carrier between processes: `down` costs speed and nothing else; `off` when none is configured. */
  health(): 'off' | 'up' | 'down';
  stop(): Promise<void>;
}

export interface OutboxBusOptions {
  readonly shared: boolean;
  readonly clock: Clock;
  readonly carrier: Carrier | null;
}

interface Hosted {
  readonly name: SubgraphName;
  readonly database: Database;
  readonly log: Log;
  readonly local: InProcessBus;
  readonly outbox: Outbox;
  readonly store: OutboxStore;
  /** Null where this process alone writes: its relay sees every event. */
  readonly live: LiveTail | null;
}

/** Relays for the outboxes of this process and of those it consumes from; a carrier, if there is one, for speed. */
export class OutboxBus implements EventBus {
  private readonly hosted = new Map<SubgraphName, Hosted>();
  private readonly relays = new Map<SubgraphName, Relay>();
  private ready: Promise<void> | null = null;

  constructor(private readonly options: OutboxBusOptions) {}

  host(name: SubgraphName, database: Database, log: Log): { readonly bus: Bus; readonly outbox: Outbox } {
    const local = new InProcessBus();
    const store = new OutboxStore(database.connection);
    const live = this.options.shared
      ? new LiveTail({
          store,
          log,
          tell: (event) => local.tell(event),
          intervalMs: () => (this.options.carrier?.isUp ? LIVE_CHECK_MS : LIVE_POLL_MS),
        })
      : null;
    const outbox = new Outbox(database.connection, this.options.clock, (type) => this.groupsOf(type));
    this.hosted.set(name, { name, database, log, local, outbox, store, live });
    return { bus: this.busOf(name, local, live), outbox };
  }

  async start(): Promise<void> {
    await this.prepare();
    for (const relay of this.relays.values()) relay.start();
    this.options.carrier?.start([...this.hosted.keys()], {
      due: async (source, group, aggregateIds, allowed) =>
        this.relays.get(source)?.deliver(group, aggregateIds, allowed),
      live: (event) => {
        for (const { live } of this.hosted.values()) live?.offer(event);
      },
      up: () => this.lookAgain(),
      down: () => this.lookAgain(),
    });
  }

  async drain(): Promise<number> {
    await this.prepare();
    const counts = await Promise.all([...this.relays.values()].map((relay) => relay.drain()));
    return counts.reduce((total, count) => total + count, 0);
  }

  health(): 'off' | 'up' | 'down' {
    const { carrier } = this.options;
    if (!carrier) return 'off';
    return carrier.isUp ? 'up' : 'down';
  }

  async stop(): Promise<void> {
    await this.options.carrier?.stop();
    await Promise.allSettled([...this.hosted.values()].map(({ live }) => live?.stop()));
    await Promise.allSettled([...this.relays.values()].map((relay) => relay.stop()));
  }

  private busOf(name: SubgraphName, local: InProcessBus, live: LiveTail | null): Bus {
    const { carrier, shared } = this.options;
    return {
      publish: (event) => local.publish(event),
      consume: (consumer) => {
        const stray = consumer.types.find((type) => !consumersOf(type).includes(name));
        // Written by a process that does not know of this consumer, the event would never come.
        if (stray && shared)
          throw new Error(`${consumer.name} consumes ${stray}, which EVENT_ROUTES does not bring to ${name}.`);
        local.consume(consumer);
      },
      follow: (aggregateId, listener) => {
        const ends = [local.follow(aggregateId, listener)];
        if (carrier) ends.push(carrier.follow(aggregateId));
        if (live) ends.push(live.follow(aggregateId));
        return () => {
          for (const end of ends) end();
        };
      },
    };
  }

  private prepare(): Promise<void> {
    this.ready ??= this.open();
    return this.ready;
  }

  private async open(): Promise<void> {
    const groupsOf = (type: EventType) => this.groupsOf(type);
    await Promise.all([...this.hosted.values()].map(({ store }) => store.adopt(groupsOf)));
    const sources = new Set([...this.hosted.keys(), ...[...this.hosted.keys()].flatMap(sourcesOf)]);
    for (const source of sources) {
      const relay = this.relayOf(source);
      if (relay) this.relays.set(source, relay);
    }
  }

  private relayOf(source: SubgraphName): Relay | null {
    const { clock, shared } = this.options;
    const own = this.hosted.get(source);
    const groups = [...this.hosted.values()].filter(({ name }) => !shared || sourcesOf(name).includes(source));
    const first = groups[0];
    if (own) {
      return new Relay({
        store: own.store,
        groups: groups.map((group) => this.groupOf(group, source)),
        own: { outbox: own.outbox, announce: (events) => this.announce(own, events) },
        // With nobody to serve there is only its own process to announce for, and that says so itself.
        rhythm: () => (groups.length === 0 ? 'alone' : this.rhythm()),
        clock,
        log: own.log,
      });
    }
    if (!first || !shared) return null;
    const connection: Connection = neighbourOf(first.database, source);
    return new Relay({
      store: new OutboxStore(connection),
      groups: groups.map((group) => this.groupOf(group, source)),
      rhythm: () => this.rhythm(),
      clock,
      log: first.log,
    });
  }

  private groupOf({ name, database, local }: Hosted, source: SubgraphName): RelayGroup {
    const { shared, clock } = this.options;
    return {
      name,
      lease: shared ? new Lease(database.connection, `events:${source}`, clock) : null,
      deliver: (event) => local.deliver(event),
    };
  }

  /** Who consumes a type: whoever is known to, and whoever does in this process (a test that listens). */
  private groupsOf(type: EventType): readonly string[] {
    const here = [...this.hosted.values()].filter(({ local }) => local.consumes(type)).map(({ name }) => name);
    return [...new Set([...consumersOf(type), ...here])];
  }

  private rhythm(): Rhythm {
    if (!this.options.shared) return 'alone';
    return this.options.carrier?.isUp ? 'push' : 'tail';
  }

  private async announce({ name, local, live }: Hosted, events: Parameters<Carrier['announce']>[1]): Promise<void> {
    for (const event of events) {
      if (live) live.offer(event);
      else local.tell(event);
    }
    await this.options.carrier?.announce(name, events);
  }

  private lookAgain(): void {
    for (const relay of this.relays.values()) relay.wake();
    for (const { live } of this.hosted.values()) live?.look();
  }
}
