import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '../../../embedded';
import { ManualClock } from '../../../platform/clock/clock';
import { Refusal } from '../../../platform/user-errors/refusal';
import { SocialProcess } from '../testing/social-process';

const clock = new ManualClock(new Date('2050-06-01T08:00:00.000Z'));
let dataDir = '';

/** One life of the process on the same data folder. */
async function live<T>(process: SocialProcess, work: (it: SocialProcess) => Promise<T>): Promise<T> {
  const database = await startEmbedded({ dataDir, durability: 'relaxed' });
  try {
    await process.start(database.uri, clock);
    return await work(process);
  } finally {
    await process.stop();
    await database.stop();
  }
}

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-restart-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

it('should do after a restart what fell due while nothing ran: lapse, expiry, refunds, reward, each once', async () => {
  const first = new SocialProcess();
  first.ledgerDown = true;
  const ids = await live(first, async (it) => {
    const campaignId = await it.campaign({ size: 2, leaderReward: { minor: 300, currencyCode: 'HKD' } });
    const full = await it.hold('ord_1', { campaignId });
    await it.hold('ord_2', { groupBuyId: full.groupBuyId });
    await it.services.payments.pay('ord_1');
    await it.services.payments.pay('ord_2');
    const waiting = await it.hold('ord_3', { campaignId });
    await it.services.payments.pay('ord_3');
    await it.hold('ord_4', { groupBuyId: waiting.groupBuyId });
    await it.settle();
    return { campaignId, full: full.groupBuyId, waiting: waiting.groupBuyId };
  });
  expect(first.posted).toEqual([]);

  clock.advance(20 * 60_000);
  await live(new SocialProcess(), async (it) => {
    await it.settle();
    expect(it.posted).toEqual([`leader-reward:${ids.full}`]);
    expect(await it.services.groupBuys.find(ids.waiting)).toMatchObject({ status: 'OPEN', held: 0, paid: 1 });
  });

  clock.advance(60 * 60_000);
  await live(new SocialProcess(), async (it) => {
    await it.settle();
    expect(await it.services.groupBuys.find(ids.waiting)).toMatchObject({ status: 'EXPIRED', paid: 0, refunding: 1 });
    const outbox = it.services.kernel.database.connection.collection('outbox');
    expect(await outbox.countDocuments({ type: 'group_buy.member_refund_due' })).toBe(1);
    expect(await outbox.countDocuments({ type: 'group_buy.member_confirmed' })).toBe(2);
    await it.services.payments.refunded('ord_3');
  });

  await live(new SocialProcess(), async (it) => {
    await it.settle();
    expect(await it.services.groupBuys.find(ids.waiting)).toMatchObject({ status: 'CLOSED', refunding: 0 });
    expect(await it.services.payments.pay('ord_1')).toMatchObject({ outcome: 'PAID', seat: { status: 'CONFIRMED' } });
    expect(it.posted).toEqual([]);
    expect((await it.services.campaigns.find(ids.campaignId))?.succeededGroups).toBe(1);
  });
}, 60_000);

it('should hold every limit when three processes write to one database at once', async () => {
  const database = await startEmbedded({ dataDir, durability: 'relaxed' });
  const processes = [new SocialProcess(), new SocialProcess(), new SocialProcess()];
  for (const process of processes) await process.start(database.uri, clock);
  const of = (index: number): SocialProcess => {
    const process = processes[index % processes.length];
    if (!process) throw new Error('no process');
    return process;
  };
  try {
    const campaignId = await of(0).campaign({ size: 8, quota: 40, perUserLimit: 2 });
    const { groupBuyId } = await of(0).hold('ord_first', { campaignId });
    const seats = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        of(index)
          .hold(`ord_many_${index}`, { groupBuyId })
          .catch((error: unknown) => (error instanceof Refusal ? error.code : Promise.reject(error))),
      ),
    );
    const taken = seats.flatMap((seat) => (typeof seat === 'string' ? [] : [seat.orderId]));
    expect(taken).toHaveLength(7);
    expect(seats.filter((seat) => seat === 'GROUP_FULL')).toHaveLength(23);
    // Every payment arrives in every process, as from a provider that repeats its webhook.
    const orders = ['ord_first', ...taken];
    const paid = await Promise.all(
      orders.flatMap((orderId) => processes.map((process) => process.services.payments.pay(orderId))),
    );
    expect(new Set(paid.map(({ outcome }) => outcome))).toEqual(new Set(['PAID']));
    expect(await of(1).services.groupBuys.find(groupBuyId)).toMatchObject({
      status: 'SUCCEEDED',
      held: 0,
      paid: 8,
      version: 10,
    });
    expect(await of(2).services.campaigns.find(campaignId)).toMatchObject({
      soldUnits: 8,
      buyers: 8,
      quotaUsed: 8,
      openGroups: 0,
      succeededGroups: 1,
    });
  } finally {
    for (const process of processes) await process.stop();
    await database.stop();
  }
}, 60_000);
