import { createBus } from '../bus/create-bus';
import { type Clock, systemClock } from '../clock/clock';
import type { AnyEvent, EventType } from '../events/events';
import { silentLog } from '../logging/log';
import { type Database, ensureIndexes, openDatabase } from '../mongo/database';
import { Inbox } from '../outbox/inbox';
import type { NewEvent, Outbox } from '../outbox/outbox';
import type { SubgraphName } from '../subgraph/subgraph-port';

export interface BusProcessOptions {
  readonly uri: string;
  readonly hosts: readonly SubgraphName[];
  readonly redisUrl?: string;
  readonly shared?: boolean;
  readonly clock?: Clock;
}

/** One effect on the database, as a consumer with an inbox leaves it. */
export interface Effect {
  readonly consumer: string;
  readonly eventId: string;
  readonly aggregateId: string;
  readonly sequence: number;
}

/** What one process of several does with events, without its GraphQL. Several of these live in one test. */
export class BusProcess {
  readonly bus: ReturnType<typeof createBus>;
  private readonly hosted = new Map<SubgraphName, ReturnType<ReturnType<typeof createBus>['host']>>();

  private constructor(
    options: BusProcessOptions,
    private readonly databases: ReadonlyMap<SubgraphName, Database>,
  ) {
    this.bus = createBus({
      redisUrl: options.redisUrl ?? null,
      shared: options.shared ?? true,
      clock: options.clock ?? systemClock,
      log: silentLog,
    });
    for (const [name, database] of databases) this.hosted.set(name, this.bus.host(name, database, silentLog));
  }

  static async open(options: BusProcessOptions): Promise<BusProcess> {
    const databases = new Map<SubgraphName, Database>();
    for (const name of options.hosts) databases.set(name, await openDatabase(options.uri, name));
    const process = new BusProcess(options, databases);
    for (const database of databases.values()) {
      new Inbox(database, options.clock ?? systemClock);
      await ensureIndexes(database.connection);
      await database.connection.createCollection('effects').catch(() => undefined);
    }
    return process;
  }

  /** Commits events in one transaction of a subgraph and says so. */
  async write(name: SubgraphName, events: readonly NewEvent<EventType>[]): Promise<void> {
    const outbox = this.outboxOf(name);
    await this.database(name).transaction((session) => outbox.write(session, events));
    outbox.notify();
  }

  /** A consumer of `name` that leaves one effect per event in its database, through the inbox. */
  consume(name: SubgraphName, types: readonly EventType[], before?: (event: AnyEvent) => void | Promise<void>): void {
    const database = this.database(name);
    const inbox = new Inbox(database, systemClock);
    this.busOf(name).consume({
      name: `${name}.effects`,
      types,
      handle: async (event) => {
        await before?.(event as AnyEvent);
        await inbox.once(`${name}.effects`, event, async (session) => {
          const effect: Effect = {
            consumer: name,
            eventId: event.id,
            aggregateId: event.aggregateId,
            sequence: event.sequence,
          };
          await database.connection.collection('effects').insertOne({ ...effect }, { session });
        });
      },
    });
  }

  /** Effects of a subgraph, in the order in which they were committed. */
  async effects(name: SubgraphName): Promise<Effect[]> {
    const found = await this.database(name).connection.collection('effects').find().sort({ _id: 1 }).toArray();
    return found as unknown as Effect[];
  }

  /** Events in the outbox of a subgraph that somebody still has to do. */
  waiting(name: SubgraphName): Promise<number> {
    return this.database(name).connection.collection('outbox').countDocuments({ publishedAt: null });
  }

  follow(name: SubgraphName, aggregateId: string, listener: (event: AnyEvent) => void): () => void {
    return this.busOf(name).follow(aggregateId, listener);
  }

  database(name: SubgraphName): Database {
    const database = this.databases.get(name);
    if (!database) throw new Error(`${name} does not run in this process.`);
    return database;
  }

  async stop(): Promise<void> {
    await this.bus.stop();
    await Promise.all([...this.databases.values()].map((database) => database.close()));
  }

  private outboxOf(name: SubgraphName): Outbox {
    return this.part(name).outbox;
  }

  private busOf(name: SubgraphName) {
    return this.part(name).bus;
  }

  private part(name: SubgraphName) {
    const part = this.hosted.get(name);
    if (!part) throw new Error(`${name} does not run in this process.`);
    return part;
  }
}

/** Asks until the answer is yes; a test that waits in vain fails here, with what was waited for. */
export async function eventually(
  what: string,
  ask: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await ask())) {
    if (Date.now() > until) throw new Error(`In vain, for ${withinMs} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
