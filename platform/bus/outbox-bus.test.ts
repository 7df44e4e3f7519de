import mongoose from 'mongoose';
import { systemClock } from '../clock/clock';
import type { AnyEvent } from '../events/events';
import { silentLog } from '../logging/log';
import { BusProcess, type BusProcessOptions, eventually } from '../testing/bus-process';
import { changed, numbers, paid, sequencesOf } from '../testing/sample-events';
import { openTestDatabase } from '../testing/test-database';
import { createBus } from './create-bus';

describe('events between processes, by the outbox alone', () => {
  let server: Awaited<ReturnType<typeof openTestDatabase>>;
  const processes: BusProcess[] = [];
  const open = async (...hosts: BusProcessOptions['hosts']): Promise<BusProcess> => {
    const process = await BusProcess.open({ uri: server.uri, hosts });
    processes.push(process);
    return process;
  };

  beforeEach(async () => {
    server = await openTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((process) => process.stop()));
    await server.remove();
  });

  it('should do each event’s work once per consumer and in order, with two processes of everybody', async () => {
    const orders = [await open('orders'), await open('orders')];
    const consumers = [];
    for (const name of ['content', 'content', 'recommendations', 'recommendations'] as const) {
      const process = await open(name);
      process.consume(name, ['order.paid']);
      consumers.push(process);
    }
    await Promise.all(processes.map((process) => process.bus.start()));
    const aggregates = ['a', 'b', 'c', 'd'];
    for (const sequence of numbers(20)) {
      for (const [index, id] of aggregates.entries()) await orders[index % 2]?.write('orders', [paid(id, sequence)]);
    }
    await eventually('nothing waits', async () => (await orders[0]?.waiting('orders')) === 0);
    const [content, , recommendations] = consumers;
    for (const effects of [await content?.effects('content'), await recommendations?.effects('recommendations')]) {
      expect(effects).toHaveLength(80);
      for (const id of aggregates) expect(sequencesOf(effects ?? [], id)).toEqual(numbers(20));
    }
  });

  it('should hold back only the aggregate and only the group that fails', async () => {
    const orders = await open('orders');
    const content = await open('content');
    const recommendations = await open('recommendations');
    let broken = true;
    content.consume('content', ['order.paid']);
    recommendations.consume('recommendations', ['order.paid'], ({ aggregateId }) => {
      if (broken && aggregateId === 'a') throw new Error('not now');
    });
    await Promise.all(processes.map((process) => process.bus.start()));
    await orders.write('orders', [paid('a', 1), paid('a', 2), paid('b', 1)]);
    const count = async (process: BusProcess, name: 'content' | 'recommendations') =>
      (await process.effects(name)).length;
    await eventually('content did all', async () => (await count(content, 'content')) === 3);
    await eventually('b was not held back', async () => (await count(recommendations, 'recommendations')) === 1);
    const stuck = await orders.database('orders').connection.collection('outbox').find({ publishedAt: null }).toArray();
    expect(stuck.map(({ aggregateId, pending }) => [aggregateId, pending])).toEqual([
      ['a', ['recommendations']],
      ['a', ['recommendations']],
    ]);
    broken = false;
    await eventually('the rest was done', async () => (await orders.waiting('orders')) === 0);
    expect(sequencesOf(await recommendations.effects('recommendations'), 'a')).toEqual([1, 2]);
    expect(sequencesOf(await content.effects('content'), 'a')).toEqual([1, 2]);
  });

  it('should let a slow consumer hold up neither other aggregates nor other groups', async () => {
    const gateway = await open('orders', 'content', 'recommendations');
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    gateway.consume('content', ['order.paid'], ({ aggregateId }) => (aggregateId === 'slow' ? slow : undefined));
    gateway.consume('recommendations', ['order.paid']);
    await gateway.bus.start();
    await gateway.write('orders', [paid('slow', 1)]);
    await gateway.write('orders', [paid('slow', 2), paid('quick', 1)]);
    await eventually('the others went on', async () => {
      const [content, others] = [await gateway.effects('content'), await gateway.effects('recommendations')];
      return content.length === 1 && others.length === 3;
    });
    finish();
    await eventually('the slow one was done too', async () => (await gateway.waiting('orders')) === 0);
    expect(sequencesOf(await gateway.effects('content'), 'slow')).toEqual([1, 2]);
  });

  it('should take over from a process that died with the lease', async () => {
    const orders = await open('orders');
    const content = await open('content');
    content.consume('content', ['order.paid']);
    // As a process leaves it that was killed a moment ago.
    await content
      .database('content')
      .connection.collection('leases')
      .insertOne({ _id: 'events:orders' as never, owner: 'the dead', until: new Date(Date.now() + 1000) });
    await content.bus.start();
    await orders.bus.start();
    await orders.write('orders', [paid('a', 1)]);
    await eventually('the heir did it', async () => (await content.effects('content')).length === 1);
  });

  it('should deliver what a version without groups left behind', async () => {
    const orders = await open('orders');
    const content = await open('content');
    const old = { version: 1, aggregateId: 'a', time: new Date(), attempts: 0, nextAttemptAt: new Date(), data: {} };
    const collection = orders.database('orders').connection.collection('outbox');
    await collection.insertMany([
      { ...old, _id: 'evt_2' as never, type: 'order.paid', sequence: 2, publishedAt: null },
      { ...old, _id: 'evt_1' as never, type: 'order.paid', sequence: 1, publishedAt: null },
      { ...old, _id: 'evt_0' as never, type: 'order.placed', sequence: 0, publishedAt: new Date() },
    ]);
    content.consume('content', ['order.paid']);
    await Promise.all(processes.map((process) => process.bus.start()));
    await eventually('both came', async () => (await content.effects('content')).length === 2);
    expect(sequencesOf(await content.effects('content'), 'a')).toEqual([1, 2]);
    const pending = async () => JSON.stringify((await collection.findOne({ _id: 'evt_2' as never }))?.['pending']);
    await eventually('content took itself out', async () => (await pending()) === '["recommendations"]');
  });

  it('should tell followers in every process, and ask nothing while nothing is followed', async () => {
    const writer = await open('social');
    const viewer = await open('social');
    await Promise.all(processes.map((process) => process.bus.start()));
    await writer.write('social', [changed('camp_1', 1), changed('camp_1', 2)]);
    await eventually('it is announced', async () => (await writer.waiting('social')) === 0);
    const seen: number[] = [];
    const unfollow = viewer.follow('social', 'camp_1', (e: AnyEvent) => void seen.push(e.sequence));
    await eventually('the newest came first', () => seen.length === 1);
    for (const sequence of [3, 4, 5])
      await writer.write('social', [changed('camp_1', sequence), changed('other', sequence)]);
    await eventually('the newest came', () => seen.at(-1) === 5);
    expect(seen).toEqual([2, 3, 4, 5]);
    unfollow();
    await writer.write('social', [changed('camp_1', 6)]);
    await eventually('it is announced', async () => (await writer.waiting('social')) === 0);
    const asked: string[] = [];
    mongoose.set('debug', (_collection: string, method: string, filter: object) => {
      if (method === 'find' && '$or' in filter) asked.push(method);
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    mongoose.set('debug', false);
    expect(asked).toEqual([]);
    expect(seen).toEqual([2, 3, 4, 5]);
  });

  it('should drain ten thousand events within a minute', async () => {
    const gateway = await open('orders', 'content', 'recommendations');
    const done = new Map<string, number[]>();
    const outOfPlace: string[] = [];
    for (let from = 0; from < 10_000; from += 500) {
      await gateway.write(
        'orders',
        numbers(500).map((n) => paid(`order_${(from + n) % 250}`, Math.floor((from + n) / 250))),
      );
    }
    gateway.consume('content', ['order.paid'], ({ aggregateId, sequence }) => {
      const before = done.get(aggregateId) ?? [];
      if ((before.at(-1) ?? -1) >= sequence) outOfPlace.push(`${aggregateId}:${sequence}`);
      done.set(aggregateId, [...before, sequence]);
    });
    const began = Date.now();
    await gateway.bus.drain();
    expect(Date.now() - began).toBeLessThan(60_000);
    expect(await gateway.waiting('orders')).toBe(0);
    expect(outOfPlace).toEqual([]);
    expect(await gateway.database('content').connection.collection('effects').countDocuments()).toBe(10_000);
  }, 120_000);

  it('should refuse a consumer of events that nobody would bring', () => {
    const bus = createBus({ redisUrl: null, shared: true, clock: systemClock, log: silentLog });
    const { bus: social } = bus.host('social', server, silentLog);
    expect(() =>
      social.consume({ name: 'social.stray', types: ['order.paid'], handle: async () => undefined }),
    ).toThrow('social.stray consumes order.paid, which EVENT_ROUTES does not bring to social.');
  });
});
