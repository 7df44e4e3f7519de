import { ManualClock } from '../clock/clock';
import { silentLog } from '../logging/log';
import { ensureIndexes } from '../mongo/database';
import { openTestDatabase } from '../testing/test-database';
import { Jobs } from './jobs';

describe('Jobs', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let clock: ManualClock;
  const worker = () => new Jobs(database.connection, clock, silentLog);
  const inSeconds = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    clock = new ManualClock();
    worker();
    await ensureIndexes(database.connection);
    await database.connection.collection('jobs').deleteMany({});
  });
  afterAll(() => database.remove());

  it('should run a job once it is due, and only then', async () => {
    const ran: unknown[] = [];
    const jobs = worker();
    jobs.handle({ kind: 'k', run: async (data) => void ran.push(data) });
    await jobs.schedule(null, { kind: 'k', key: 'k:1', dueAt: inSeconds(60), data: { id: 1 } });
    expect(await jobs.runDue()).toBe(0);
    clock.advance(60_000);
    expect(await jobs.runDue()).toBe(1);
    expect(await jobs.runDue()).toBe(0);
    expect(ran).toEqual([{ id: 1 }]);
  });

  it('should keep the first of two jobs with one key, and forget cancelled ones', async () => {
    const ran: unknown[] = [];
    const jobs = worker();
    jobs.handle({ kind: 'k', run: async (data) => void ran.push(data['n']) });
    await jobs.schedule(null, { kind: 'k', key: 'k:1', dueAt: inSeconds(1), data: { n: 1 } });
    await jobs.schedule(null, { kind: 'k', key: 'k:1', dueAt: inSeconds(0), data: { n: 2 } });
    await jobs.schedule(null, { kind: 'k', key: 'k:2', dueAt: inSeconds(1), data: { n: 3 } });
    await jobs.schedule(null, { kind: 'k', key: 'k:3', dueAt: inSeconds(1), data: { n: 4 } });
    await jobs.schedule(null, { kind: 'k', key: 'k:4', dueAt: inSeconds(1), data: { n: 5 } });
    await jobs.cancel(null);
    await jobs.cancel(null, 'k:2');
    await jobs.cancel(null, 'k:3', 'k:4');
    clock.advance(1000);
    await jobs.runDue();
    expect(ran).toEqual([1]);
  });

  it('should not schedule what an aborted transaction asked for', async () => {
    const jobs = worker();
    jobs.handle({ kind: 'k', run: async () => undefined });
    await expect(
      database.transaction(async (session) => {
        await jobs.schedule(session, { kind: 'k', key: 'k:1', dueAt: clock.now(), data: {} });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await jobs.runDue()).toBe(0);
  });

  it('should give each of many due jobs to one of three workers', async () => {
    const ran: unknown[] = [];
    const workers = [worker(), worker(), worker()];
    for (const jobs of workers) jobs.handle({ kind: 'k', run: async (data) => void ran.push(data['n']) });
    for (let n = 0; n < 60; n += 1) {
      await workers[0]?.schedule(null, { kind: 'k', key: `k:${n}`, dueAt: clock.now(), data: { n } });
    }
    await Promise.all(workers.map((jobs) => jobs.runDue()));
    expect([...ran].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 60 }, (_, n) => n));
  });

  it('should try a failing job again after a pause that grows', async () => {
    let tries = 0;
    const jobs = worker();
    jobs.handle({
      kind: 'k',
      run: async () => {
        tries += 1;
        if (tries < 3) throw new Error('not yet');
        return undefined;
      },
    });
    await jobs.schedule(null, { kind: 'k', key: 'k:1', dueAt: clock.now(), data: {} });
    await jobs.runDue();
    clock.advance(499);
    await jobs.runDue();
    expect(tries).toBe(1);
    clock.advance(1);
    await jobs.runDue();
    clock.advance(1000);
    await jobs.runDue();
    expect(tries).toBe(3);
    clock.advance(3_600_000);
    expect(await jobs.runDue()).toBe(0);
  });

  it('should take over the job of a worker that died, after its lease', async () => {
    await worker().schedule(null, { kind: 'k', key: 'k:1', dueAt: clock.now(), data: {} });
    // As a process leaves it that claimed the job and was killed.
    await database.connection
      .collection('jobs')
      .updateOne({ _id: 'k:1' as never }, { $set: { owner: 'the dead', leaseUntil: inSeconds(6) } });
    const heir = worker();
    const ran: string[] = [];
    heir.handle({ kind: 'k', run: async () => void ran.push('ran') });
    expect(await heir.runDue()).toBe(0);
    clock.advance(6000);
    await heir.runDue();
    expect(ran).toEqual(['ran']);
  });

  it('should run a job again when it asks to be', async () => {
    let ran = 0;
    const jobs = worker();
    jobs.handle({ kind: 'k', run: async () => (++ran < 2 ? inSeconds(10) : undefined) });
    await jobs.schedule(null, { kind: 'k', key: 'k:1', dueAt: clock.now(), data: {} });
    await jobs.runDue();
    clock.advance(10_000);
    await jobs.runDue();
    clock.advance(10_000);
    expect(await jobs.runDue()).toBe(0);
    expect(ran).toBe(2);
  });
});
