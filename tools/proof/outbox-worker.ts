import { createBus } from '../../platform/bus/create-bus';
import { systemClock } from '../../platform/clock/clock';
import type { AnyEvent } from '../../platform/events/events';
import { silentLog } from '../../platform/logging/log';
import { type Database, ensureIndexes, openDatabase } from '../../platform/mongo/database';
import { Inbox } from '../../platform/outbox/inbox';
import { OutboxStore } from '../../platform/outbox/outbox-store';
import type { SubgraphName } from '../../platform/subgraph/subgraph-port';

/**
 * Two consuming subgraphs in a process of their own, which is killed between doing an event's work and marking it done.
 * Each effect is written down where its order and its number can be read afterwards.
 */
export const WORKER_GROUPS: readonly SubgraphName[] = ['content', 'recommendations'];

export interface WorkerOptions {
  readonly mongodbUri: string;
  /** At which mark to end, before it is written; 0 for never. */
  readonly killAtMark: number;
}

/** What has been done on one aggregate, in the order in which it was committed. */
export interface AggregateEffects {
  readonly _id: string;
  readonly done: readonly { readonly eventId: string; readonly sequence: number }[];
}

async function main({ mongodbUri, killAtMark }: WorkerOptions): Promise<void> {
  const bus = createBus({ redisUrl: null, shared: true, clock: systemClock, log: silentLog });
  for (const name of WORKER_GROUPS) {
    const database = await openDatabase(mongodbUri, name);
    const hosted = bus.host(name, database, silentLog);
    const inbox = new Inbox(database, systemClock);
    await ensureIndexes(database.connection);
    hosted.bus.consume({
      name: `${name}.proof`,
      types: ['order.paid'],
      handle: (event) => effect(database, inbox, event),
    });
  }
  if (killAtMark > 0) dieAtMark(killAtMark);
  await bus.start();
  process.send?.('ready');
}

let working = 0;
let dying = false;

/** One event's work; none begins once the end has come. */
async function effect(database: Database, inbox: Inbox, event: Pick<AnyEvent, 'id' | 'aggregateId' | 'sequence'>) {
  if (dying) await new Promise(() => undefined);
  working += 1;
  try {
    await workOnce(database, inbox, event);
  } finally {
    working -= 1;
  }
}

async function workOnce(database: Database, inbox: Inbox, event: Pick<AnyEvent, 'id' | 'aggregateId' | 'sequence'>) {
  const { id, aggregateId, sequence } = event;
  const ran = await inbox.once('proof', event, async (session) => {
    await database.connection
      .collection<{ _id: string; done: object[] }>('proof_effects')
      .updateOne({ _id: aggregateId }, { $push: { done: { eventId: id, sequence } } }, { upsert: true, session });
  });
  if (ran) return;
  await database.connection
    .collection<{ _id: string; count: number }>('proof_repeats')
    .updateOne({ _id: 'repeats' }, { $inc: { count: 1 } }, { upsert: true });
}

/**
 * The work is committed, the mark is not: the worst moment there is. What is being worked on beside it is committed
 * first, since a transaction left open would hold its records for a minute (R4 kills at any moment).
 */
function dieAtMark(at: number): void {
  const mark = OutboxStore.prototype.mark;
  let marks = 0;
  OutboxStore.prototype.mark = async function (this: OutboxStore, done, now) {
    if (done.some(({ group }) => WORKER_GROUPS.some((name) => name === group))) marks += 1;
    if (marks < at) return mark.call(this, done, now);
    dying = true;
    while (working > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    process.kill(process.pid, 'SIGKILL');
  };
}

if (require.main === module) {
  process.once('message', (options: WorkerOptions) => {
    main(options).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
  process.once('disconnect', () => process.exit(0));
}
