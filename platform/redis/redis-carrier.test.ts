import { describeWithRedis, TestRedis } from '../../test/support/redis-server';
import { BusProcess, type BusProcessOptions, eventually } from '../testing/bus-process';
import { changed, numbers, paid, sequencesOf } from '../testing/sample-events';
import { openTestDatabase } from '../testing/test-database';

describeWithRedis('events between processes, carried by Redis', () => {
  let server: Awaited<ReturnType<typeof openTestDatabase>>;
  let redis: TestRedis;
  const processes: BusProcess[] = [];
  const open = async (...hosts: BusProcessOptions['hosts']): Promise<BusProcess> => {
    const process = await BusProcess.open({ uri: server.uri, hosts, redisUrl: redis.url });
    processes.push(process);
    return process;
  };
  const start = async () => {
    await Promise.all(processes.map((process) => process.bus.start()));
    await eventually('all reach Redis', () => processes.every(({ bus }) => bus.health() === 'up'));
  };

  beforeEach(async () => {
    server = await openTestDatabase();
    redis = await TestRedis.start();
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((process) => process.stop()));
    await redis.stop();
    await server.remove();
  });

  it('should do each event’s work once per consumer and in order, with two processes of everybody', async () => {
    const orders = [await open('orders'), await open('orders')];
    const workers = new Map<string, Set<number>>([
      ['content', new Set()],
      ['recommendations', new Set()],
    ]);
    const consumers: BusProcess[] = [];
    for (const [index, name] of (['content', 'content', 'recommendations', 'recommendations'] as const).entries()) {
      const process = await open(name);
      process.consume(name, ['order.paid'], () => void workers.get(name)?.add(index));
      consumers.push(process);
    }
    await start();
    const aggregates = numbers(12).map((n) => `order_${n}`);
    for (const sequence of numbers(8)) {
      for (const [index, id] of aggregates.entries()) await orders[index % 2]?.write('orders', [paid(id, sequence)]);
    }
    await eventually('nothing waits', async () => (await orders[0]?.waiting('orders')) === 0);
    const [content, , recommendations] = consumers;
    for (const effects of [await content?.effects('content'), await recommendations?.effects('recommendations')]) {
      expect(effects).toHaveLength(96);
      for (const id of aggregates) expect(sequencesOf(effects ?? [], id)).toEqual(numbers(8));
    }
    // Not one alone: the partitions are shared out.
    expect([...workers.values()].map(({ size }) => size)).toEqual([2, 2]);
  });

  it('should lose nothing when Redis is killed and comes back empty, again and again', async () => {
    const orders = await open('orders');
    const content = [await open('content'), await open('content')];
    for (const process of content) process.consume('content', ['order.paid']);
    await start();
    for (const round of numbers(4)) {
      for (const sequence of numbers(5)) {
        await orders.write(
          'orders',
          numbers(5).map((n) => paid(`order_${n}`, round * 10 + sequence)),
        );
        if (sequence === 2) await redis.kill();
        if (sequence === 4) await redis.restart();
      }
    }
    await eventually('content did all', async () => (await content[0]?.effects('content'))?.length === 100, 30_000);
    const effects = (await content[0]?.effects('content')) ?? [];
    const expected = numbers(4).flatMap((round) => numbers(5).map((sequence) => round * 10 + sequence));
    for (const n of numbers(5)) expect(sequencesOf(effects, `order_${n}`)).toEqual(expected);
  });

  it('should go on when Redis forgets everything without going away', async () => {
    const orders = await open('orders');
    const content = await open('content');
    content.consume('content', ['order.paid']);
    await start();
    await orders.write('orders', [paid('a', 1)]);
    await eventually('it is done', async () => (await content.effects('content')).length === 1);
    await redis.send('FLUSHALL');
    await orders.write('orders', [paid('a', 2), paid('b', 1)]);
    await eventually('the rest is done', async () => (await content.effects('content')).length === 3);
    expect(sequencesOf(await content.effects('content'), 'a')).toEqual([1, 2]);
  });

  it('should try a failing event again in its place, and hold up nothing else', async () => {
    const orders = await open('orders');
    const content = await open('content');
    const recommendations = await open('recommendations');
    let broken = true;
    content.consume('content', ['order.paid']);
    recommendations.consume('recommendations', ['order.paid'], ({ aggregateId }) => {
      if (broken && aggregateId === 'a') throw new Error('not now');
    });
    await start();
    await orders.write('orders', [paid('a', 1), paid('a', 2), paid('b', 1)]);
    await eventually('content did all', async () => (await content.effects('content')).length === 3);
    await eventually('b was done', async () => (await recommendations.effects('recommendations')).length === 1);
    broken = false;
    await eventually('the rest was done', async () => (await orders.waiting('orders')) === 0);
    expect(sequencesOf(await recommendations.effects('recommendations'), 'a')).toEqual([1, 2]);
  });

  it('should keep live views going while Redis is gone, and push again within three seconds of its return', async () => {
    const writer = await open('social');
    const viewer = await open('social');
    await start();
    const seen: number[] = [];
    viewer.follow('social', 'camp_1', (event) => void seen.push(event.sequence));
    const shows = (sequence: number) => eventually(`change ${sequence} is seen`, () => seen.at(-1) === sequence, 3000);
    await writer.write('social', [changed('camp_1', 1)]);
    await shows(1);
    await redis.kill();
    await writer.write('social', [changed('camp_1', 2)]);
    await shows(2);
    await redis.restart();
    await eventually('both are back', () => processes.every(({ bus }) => bus.health() === 'up'), 3000);
    await writer.write('social', [changed('camp_1', 3)]);
    await shows(3);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('should neither wait for nor lose anything to a Redis that hangs', async () => {
    const orders = await open('orders', 'social');
    const content = await open('content');
    content.consume('content', ['order.paid']);
    await start();
    const seen: number[] = [];
    orders.follow('social', 'camp_1', (event) => void seen.push(event.sequence));
    redis.freeze();
    await orders.write('orders', [paid('a', 1)]);
    await orders.write('social', [changed('camp_1', 1)]);
    await eventually('it is done all the same', async () => (await content.effects('content')).length === 1);
    await eventually('it is seen all the same', () => seen.at(-1) === 1);
    redis.thaw();
    await eventually('Redis is back', () => processes.every(({ bus }) => bus.health() === 'up'));
    await orders.write('orders', [paid('a', 2)]);
    await eventually('the next is done', async () => (await content.effects('content')).length === 2);
    expect(sequencesOf(await content.effects('content'), 'a')).toEqual([1, 2]);
  });

  it('should start without Redis and use it once it is there', async () => {
    await redis.kill();
    const orders = await open('orders');
    const content = await open('content');
    content.consume('content', ['order.paid']);
    await Promise.all(processes.map((process) => process.bus.start()));
    expect(processes.map(({ bus }) => bus.health())).toEqual(['down', 'down']);
    await orders.write('orders', [paid('a', 1)]);
    await eventually('it is done', async () => (await content.effects('content')).length === 1);
    await redis.restart();
    await eventually('Redis is used', () => processes.every(({ bus }) => bus.health() === 'up'), 5000);
  });
});
