import { consumer, InProcessBus } from '../bus/bus';
import { ManualClock } from '../clock/clock';
import { silentLog } from '../logging/log';
import { ensureIndexes } from '../mongo/database';
import { Lease } from '../mongo/lease';
import { openTestDatabase } from '../testing/test-database';
import { Inbox } from './inbox';
import { event, Outbox, outboxModel } from './outbox';
import { OutboxStore } from './outbox-store';
import { Relay } from './relay';

describe('outbox, relay and inbox', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let clock: ManualClock;
  let bus: InProcessBus;
  let outbox: Outbox;
  let relay: Relay;
  let inbox: Inbox;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.remove());
  beforeEach(async () => {
    clock = new ManualClock();
    bus = new InProcessBus();
    outbox = new Outbox(database.connection, clock, () => ['it']);
    inbox = new Inbox(database, clock);
    relay = openRelay();
    await ensureIndexes(database.connection);
    await outboxModel(database.connection).deleteMany({});
  });

  /** A relay for one group, `it`, whose consumers are those of `bus`; several of them share a lease. */
  const openRelay = () =>
    new Relay({
      store: new OutboxStore(database.connection),
      groups: [
        { name: 'it', lease: new Lease(database.connection, 'events:test', clock), deliver: (e) => bus.deliver(e) },
      ],
      own: { outbox, announce: async (events) => events.forEach((e) => void bus.tell(e)) },
      rhythm: () => 'tail',
      clock,
      log: silentLog,
    });

  const confirmed = (orderId: string, sequence: number) =>
    event('order.confirmed', orderId, sequence, { orderId, accountId: `acct_${sequence}` });

  it('should publish committed events once, in sequence per aggregate', async () => {
    const seen: string[] = [];
    bus.consume(
      consumer({
        name: 'spy',
        types: ['order.confirmed'],
        handle: async (e) => void seen.push(`${e.aggregateId}:${e.sequence}`),
      }),
    );
    await database.transaction((session) =>
      outbox.write(session, [confirmed('a', 2), confirmed('b', 1), confirmed('a', 1)]),
    );
    expect(await relay.drain()).toBe(3);
    expect(await relay.drain()).toBe(0);
    expect(seen.filter((entry) => entry.startsWith('a'))).toEqual(['a:1', 'a:2']);
    expect(seen).toHaveLength(3);
  });

  it('should publish nothing of a transaction that was aborted', async () => {
    await expect(
      database.transaction(async (session) => {
        await outbox.write(session, [confirmed('a', 1)]);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await relay.drain()).toBe(0);
  });

  it('should hold back only the aggregate whose event failed, and try it again later', async () => {
    const seen: string[] = [];
    let broken = true;
    bus.consume(
      consumer({
        name: 'fragile',
        types: ['order.confirmed'],
        handle: async (e) => {
          if (broken && e.aggregateId === 'a') throw new Error('not now');
          seen.push(`${e.aggregateId}:${e.sequence}`);
        },
      }),
    );
    await database.transaction((session) =>
      outbox.write(session, [confirmed('a', 1), confirmed('a', 2), confirmed('b', 1)]),
    );
    await relay.drain();
    expect(seen).toEqual(['b:1']);
    broken = false;
    expect(await relay.drain()).toBe(0);
    clock.advance(1000);
    await relay.drain();
    expect(seen).toEqual(['b:1', 'a:1', 'a:2']);
  });

  it('should keep the order of each aggregate in a backlog of several batches, past one that is held back', async () => {
    const seen: Record<string, number[]> = { a: [], b: [], c: [] };
    bus.consume(
      consumer({
        name: 'spy',
        types: ['order.confirmed'],
        handle: async (e) => {
          if (e.aggregateId === 'c') throw new Error('not now');
          seen[e.aggregateId]?.push(e.sequence);
        },
      }),
    );
    const sequences = Array.from({ length: 150 }, (_, index) => index + 1);
    for (const aggregate of ['c', 'a', 'b']) {
      const events = sequences.map((sequence) => confirmed(aggregate, sequence));
      await database.transaction((session) => outbox.write(session, events.reverse()));
    }
    expect(await relay.drain()).toBe(300);
    expect(seen).toEqual({ a: sequences, b: sequences, c: [] });
  });

  it('should read once to publish what has gathered', async () => {
    await database.transaction((session) => outbox.write(session, [confirmed('a', 1), confirmed('b', 1)]));
    const sent: string[] = [];
    database.connection.set('debug', (collection: string, method: string) => void sent.push(`${collection}.${method}`));
    expect(await relay.drain()).toBe(2);
    database.connection.set('debug', false);
    // The last one finds nothing: how a drain knows that it is done.
    expect(sent).toEqual(['outbox.find', 'outbox.updateMany', 'outbox.find']);
  });

  it('should do a consumer’s work once however often its event arrives', async () => {
    const done: string[] = [];
    const once = () => inbox.once('counter', { id: 'evt_1' }, async () => void done.push('done'));
    await Promise.all(Array.from({ length: 10 }, once));
    await once();
    expect(await inbox.once('other', { id: 'evt_1' }, async () => undefined)).toBe(true);
    const repeated = await once();
    expect(repeated).toBe(false);
    // A transaction that met another runs its body again without effect, so the count is of commits.
    expect(done.length).toBeGreaterThanOrEqual(1);
    expect(await database.connection.collection('inbox').countDocuments({ _id: 'counter:evt_1' as never })).toBe(1);
  });

  it('should deliver again what was done but not marked, with one effect', async () => {
    let handled = 0;
    const counter = database.connection.collection<{ _id: string; count: number }>('counter');
    const count = async (e: { id: string }) => {
      handled += 1;
      await inbox.once('unmarked', e, async (session) => {
        await counter.updateOne({ _id: 'done' }, { $inc: { count: 1 } }, { upsert: true, session });
      });
    };
    await counter.insertOne({ _id: 'done', count: 0 });
    bus.consume(consumer({ name: 'unmarked', types: ['order.confirmed'], handle: count }));
    await database.transaction((session) => outbox.write(session, [confirmed('a', 1), confirmed('a', 2)]));
    const mark = jest.spyOn(OutboxStore.prototype, 'mark').mockRejectedValueOnce(new Error('killed'));
    await expect(relay.drain()).rejects.toThrow('killed');
    mark.mockRestore();
    expect(await openRelay().drain()).toBe(2);
    expect(handled).toBe(4);
    expect(await counter.findOne({ _id: 'done' })).toEqual({ _id: 'done', count: 2 });
  });

  it('should let one relay at a time work on a database', async () => {
    const seen: number[] = [];
    bus.consume(consumer({ name: 'spy', types: ['order.confirmed'], handle: async (e) => void seen.push(e.sequence) }));
    const other = openRelay();
    relay.start();
    other.start();
    await database.transaction((session) => outbox.write(session, [confirmed('z', 1)]));
    outbox.notify();
    const until = Date.now() + 5000;
    while (seen.length === 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all([relay.stop(), other.stop()]);
    expect(seen).toEqual([1]);
  });
});
