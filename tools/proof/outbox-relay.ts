import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '../../embedded';
import { createBus } from '../../platform/bus/create-bus';
import { systemClock } from '../../platform/clock/clock';
import { silentLog } from '../../platform/logging/log';
import { type Database, ensureIndexes, openDatabase } from '../../platform/mongo/database';
import { event, type Outbox } from '../../platform/outbox/outbox';
import { Dice } from './dice';
import { type Goal, type GoalOptions, outcome } from './goal';
import { type AggregateEffects, WORKER_GROUPS, type WorkerOptions } from './outbox-worker';

const FIGURES = {
  smoke: { kills: 2, queued: 500 },
  ci: { kills: 6, queued: 2000 },
  full: { kills: 50, queued: 10_000 },
};
const AGGREGATES = 20;
const WORKERS = 2;
const DRAINED_WITHIN_MS = 60_000;
const CAUGHT_UP_WITHIN_MS = 60_000;

/** Writes events as `orders` would, a rising sequence for each aggregate. */
class Writer {
  written = 0;
  private readonly sequences = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  async write(count: number, spread: number): Promise<void> {
    const events = Array.from({ length: count }, () => {
      const orderId = `order_${this.written % spread}`;
      const sequence = (this.sequences.get(orderId) ?? 0) + 1;
      this.sequences.set(orderId, sequence);
      this.written += 1;
      const total = { minor: 100, currencyCode: 'HKD' };
      return event('order.paid', orderId, sequence, { orderId, accountId: 'acct', total, lines: [], groupBuyId: null });
    });
    await this.database.transaction((session) => this.outbox.write(session, events));
    this.outbox.notify();
  }

  waiting(): Promise<number> {
    return this.database.connection.collection('outbox').countDocuments({ publishedAt: null });
  }
}

async function run({ size, seed, progress }: GoalOptions) {
  const { kills, queued } = FIGURES[size];
  const dice = new Dice(seed);
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-outbox-'));
  const server = await startEmbedded({ dataDir, durability: 'relaxed' });
  const database = await openDatabase(server.uri, 'orders');
  const bus = createBus({ redisUrl: null, shared: true, clock: systemClock, log: silentLog });
  const writer = new Writer(database, bus.host('orders', database, silentLog).outbox);
  const workers = new Set<ChildProcess>();
  const faults: string[] = [];
  try {
    await ensureIndexes(database.connection);
    await bus.start();
    let killed = 0;
    const enlist = async (killAtMark: number): Promise<void> => {
      const worker = fork(path.join(__dirname, 'outbox-worker.ts'), { execArgv: ['--import', 'tsx'] });
      workers.add(worker);
      const gone = new Promise<void>((resolve) =>
        worker.once('exit', (_code, signal) => {
          // Those that this proof ends itself were taken off the list before.
          if (!workers.delete(worker)) return resolve();
          if (signal === 'SIGKILL') killed += 1;
          else faults.push('A worker ended by itself.');
          resolve();
        }),
      );
      worker.send({ mongodbUri: server.uri, killAtMark } satisfies WorkerOptions);
      // Or killed at once, by the first event it found.
      await Promise.race([gone, new Promise<void>((resolve) => worker.once('message', () => resolve()))]);
    };
    while (killed < kills && faults.length === 0) {
      progress(`kill ${killed} of ${kills}, ${writer.written} events written`);
      while (workers.size < WORKERS && killed < kills) await enlist(dice.between(1, 6));
      const until = Date.now() + CAUGHT_UP_WITHIN_MS;
      for (const before = killed; killed === before && faults.length === 0; await pause(100)) {
        await writer.write(10, AGGREGATES);
        if (Date.now() > until) faults.push('Nobody took over the work of the worker that was killed.');
      }
    }
    const doomed = [...workers];
    workers.clear();
    await Promise.all(doomed.map(end));
    while (workers.size < WORKERS) await enlist(0);
    progress('catching up');
    if (!(await isDrained(writer, CAUGHT_UP_WITHIN_MS))) faults.push(`${await writer.waiting()} events still wait.`);
    progress(`draining ${queued} queued events`);
    for (let left = queued; left > 0; left -= 500) await writer.write(Math.min(500, left), 500);
    const began = Date.now();
    if (!(await isDrained(writer, DRAINED_WITHIN_MS))) {
      faults.push(
        `${await writer.waiting()} of ${queued} queued events still wait after ${DRAINED_WITHIN_MS / 1000} s.`,
      );
    }
    const took = Date.now() - began;
    const repeats = await audit(server.uri, writer.written, faults);
    if (repeats === 0) faults.push('Nothing was ever repeated, so no kill fell between the work and its mark.');
    return outcome(
      `${killed} kills between work and mark, ${writer.written} events for ${WORKER_GROUPS.length} subgraphs, each done once ` +
        `and in order (${repeats} came again and changed nothing), ${queued} queued drained in ${(took / 1000).toFixed(1)} s`,
      faults,
    );
  } finally {
    const left = [...workers];
    workers.clear();
    await Promise.all(left.map(end));
    await bus.stop();
    await database.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Each event once and in order in each subgraph; answers how many came again. */
async function audit(mongodbUri: string, written: number, faults: string[]): Promise<number> {
  let repeats = 0;
  for (const name of WORKER_GROUPS) {
    const { connection, close } = await openDatabase(mongodbUri, name);
    const aggregates = await connection.collection<AggregateEffects>('proof_effects').find().toArray();
    const events = aggregates.flatMap(({ done }) => done.map(({ eventId }) => eventId));
    if (events.length !== written) faults.push(`${name} did ${events.length} of ${written} events.`);
    if (new Set(events).size !== events.length) faults.push(`${name} did an event twice.`);
    for (const { _id, done } of aggregates) {
      if (done.some(({ sequence }, index) => sequence !== index + 1)) faults.push(`${name} did ${_id} out of order.`);
    }
    const counted = await connection.collection<{ _id: string; count: number }>('proof_repeats').findOne();
    repeats += counted?.count ?? 0;
    await close();
  }
  return repeats;
}

async function end(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.kill('SIGKILL');
  await gone;
}

async function isDrained(writer: Writer, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; Date.now() < until; await pause(50)) {
    if ((await writer.waiting()) === 0) return true;
  }
  return false;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export const outboxRelay: Goal = {
  id: 'R8',
  title: 'Outbox: relays killed between an event’s work and its mark lose nothing and do nothing twice',
  run,
};
