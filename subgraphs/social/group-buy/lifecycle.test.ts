import { account } from '../../../test/support/subgraph-harness';
import { atOnce, SocialShop } from '../testing/social-shop';

const shop = new SocialShop();
beforeAll(() => shop.start());
afterAll(() => shop.stop());
beforeEach(() => {
  shop.events.length = 0;
  shop.ledger.length = 0;
});

describe('a group that fills', () => {
  it('should succeed with the last payment and confirm every member once, with the tier difference', async () => {
    const campaignId = await shop.campaign({
      size: 3,
      tiers: [
        { people: 2, price: { amount: '14.00', currencyCode: 'HKD' } },
        { people: 3, price: { amount: '12.50', currencyCode: 'HKD' } },
      ],
    });
    const { id, orderId } = await shop.open(campaignId);
    const second = await shop.join(id, { quantity: 2 });
    const third = await shop.hold({ groupBuyId: id });
    const paid = await atOnce(10, () => shop.pay(third.orderId));
    for (const answer of paid) {
      expect(answer).toMatchObject({ outcome: 'PAID', seat: { status: 'CONFIRMED', groupStatus: 'SUCCEEDED' } });
    }
    await shop.it.settle();
    expect(shop.changesOf(id)).toEqual([
      [1, 'OPENED'],
      [2, 'MEMBER_PAID'],
      [3, 'MEMBER_PAID'],
      [4, 'MEMBER_PAID'],
      [5, 'SUCCEEDED'],
    ]);
    const confirmed = shop.eventsOf('group_buy.member_confirmed').map(({ data }) => [data.orderId, data.refund?.minor]);
    expect(confirmed.sort()).toEqual(
      [
        [orderId, 250],
        [second.orderId, 500],
        [third.orderId, 250],
      ].sort(),
    );
    expect(await shop.group(id)).toMatchObject({
      status: 'SUCCEEDED',
      joined: 3,
      completedBy: 'LAST_SEAT',
      version: 5,
      campaign: { openGroups: 0, succeededGroups: 1, soldUnits: 4, buyers: 3 },
    });
    expect((await shop.hold({ groupBuyId: id })).refusal?.code).toBe('GROUP_CLOSED');
  });

  it('should succeed once when its last two members pay in parallel', async () => {
    const { id } = await shop.open(await shop.campaign({ size: 3 }));
    const held = await atOnce(2, () => shop.hold({ groupBuyId: id }));
    const paid = await Promise.all(held.map(({ orderId }) => shop.pay(orderId)));
    expect(paid.map(({ outcome }) => outcome)).toEqual(['PAID', 'PAID']);
    await shop.it.settle();
    expect(shop.changesOf(id).filter(([, change]) => change === 'SUCCEEDED')).toEqual([[5, 'SUCCEEDED']]);
    expect(shop.eventsOf('group_buy.member_confirmed').filter(({ data }) => data.groupBuyId === id)).toHaveLength(3);
  });

  it('should count a person who buys in two groups as one buyer', async () => {
    const campaignId = await shop.campaign();
    const accountId = account().accountId;
    const first = await shop.open(campaignId, { accountId });
    const second = await shop.open(campaignId, { accountId });
    expect((await shop.group(first.id)).campaign).toMatchObject({ buyers: 1, soldUnits: 2 });
    await shop.leave(first.id, accountId);
    expect((await shop.group(first.id)).campaign).toMatchObject({ buyers: 1, soldUnits: 1 });
    await shop.leave(second.id, accountId);
    expect((await shop.group(first.id)).campaign).toMatchObject({ buyers: 0, soldUnits: 0 });
  });

  it('should reward its leader once, however often the job runs', async () => {
    const campaignId = await shop.campaign({ size: 2, leaderReward: { amount: '3.00', currencyCode: 'HKD' } });
    const { id, accountId } = await shop.open(campaignId);
    await shop.join(id);
    shop.ledgerRefusal = 'CONFLICT';
    await shop.it.settle();
    expect(shop.ledger).toEqual([]);
    shop.ledgerRefusal = null;
    shop.minutes(5);
    await shop.it.settle();
    shop.minutes(60);
    await shop.it.settle();
    expect(shop.ledger).toEqual([
      {
        key: `leader-reward:${id}`,
        kind: 'LEADER_REWARD',
        reference: id,
        description: 'Reward for leading a group that succeeded',
        entries: [
          { account: 'rewards:leaders', amount: { amount: '-3.00', currencyCode: 'HKD' } },
          { account: `wallet:${accountId}`, amount: { amount: '3.00', currencyCode: 'HKD' } },
        ],
      },
    ]);
  });
});

describe('a group whose time is up', () => {
  it('should refund every paid member once, even when the job runs twice, and close with the last refund', async () => {
    const { id, orderId } = await shop.open(await shop.campaign({ windowMinutes: 30 }));
    const { orderId: joined } = await shop.join(id);
    const { orderId: unpaid } = await shop.hold({ groupBuyId: id, holdMinutes: 60 });
    shop.minutes(30);
    await atOnce(5, () => shop.it.services.groupBuys.expire(id));
    await shop.it.settle();
    expect(shop.changesOf(id).slice(3)).toEqual([[4, 'EXPIRED']]);
    expect(shop.refundsDue(id).sort()).toEqual([orderId, joined].sort());
    expect(shop.seatsLeft(id)).toEqual([[unpaid, 'GROUP_EXPIRED']]);
    expect(await shop.group(id)).toMatchObject({ status: 'EXPIRED', joined: 0, members: [] });
    expect(await shop.counted(id)).toEqual({
      held: 0,
      paid: 0,
      refunding: 2,
      seats: { REFUNDING: 2, RELEASED: 1 },
    });
    await atOnce(5, () => shop.refunded(orderId));
    expect(await shop.group(id)).toMatchObject({ status: 'EXPIRED', version: 4 });
    await atOnce(5, () => shop.refunded(joined));
    expect(await shop.group(id)).toMatchObject({ status: 'CLOSED', version: 5 });
    expect(await shop.pay(unpaid)).toMatchObject({ outcome: 'CLOSED', seat: { status: 'RELEASED' } });
  });

  it('should stay EXPIRED while a refund fails, and ask for it again until it is confirmed', async () => {
    const { id, orderId } = await shop.open(await shop.campaign({ windowMinutes: 30 }));
    shop.minutes(30);
    await shop.it.settle();
    expect(shop.refundsDue(id)).toEqual([orderId]);
    shop.minutes(9);
    await shop.it.settle();
    expect(shop.refundsDue(id)).toEqual([orderId]);
    shop.minutes(2);
    await shop.it.settle();
    expect(shop.refundsDue(id)).toEqual([orderId, orderId]);
    expect((await shop.group(id)).status).toBe('EXPIRED');
    shop.minutes(11);
    await shop.it.settle();
    const asks = shop.eventsOf('group_buy.member_refund_due').filter(({ data }) => data.groupBuyId === id);
    expect(asks.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    await shop.refunded(orderId);
    shop.minutes(30);
    await shop.it.settle();
    expect(shop.refundsDue(id)).toHaveLength(3);
    expect((await shop.group(id)).status).toBe('CLOSED');
  });

  it('should succeed with the minimum fill at the price of the people it has, led by somebody who paid', async () => {
    const campaignId = await shop.campaign({
      windowMinutes: 10,
      minimumFill: 2,
      tiers: [{ people: 2, price: { amount: '14.00', currencyCode: 'HKD' } }],
    });
    const { id } = await shop.open(campaignId, { paid: false });
    const first = await shop.join(id);
    const second = await shop.join(id);
    const unpaid = await shop.hold({ groupBuyId: id, holdMinutes: 60 });
    shop.minutes(10);
    await shop.it.settle();
    expect(shop.seatsLeft(id)).toContainEqual([unpaid.orderId, 'GROUP_SUCCEEDED']);
    expect(await shop.group(id)).toMatchObject({
      status: 'SUCCEEDED',
      completedBy: 'MINIMUM_FILL',
      joined: 2,
      size: 5,
      leader: { id: first.accountId },
      members: [{ role: 'LEADER' }, { role: 'MEMBER' }],
    });
    expect(shop.changesOf(id).slice(-2)).toEqual([
      [4, 'LEADER_CHANGED'],
      [5, 'SUCCEEDED'],
    ]);
    const confirmed = shop.eventsOf('group_buy.member_confirmed').filter(({ data }) => data.groupBuyId === id);
    expect(confirmed.map(({ data }) => [data.orderId, data.refund?.minor]).sort()).toEqual(
      [
        [first.orderId, 100],
        [second.orderId, 100],
      ].sort(),
    );
  });

  it('should expire below the minimum fill', async () => {
    const { id, orderId } = await shop.open(await shop.campaign({ windowMinutes: 10, minimumFill: 2 }));
    shop.minutes(10);
    await shop.it.settle();
    expect((await shop.group(id)).status).toBe('EXPIRED');
    expect(shop.refundsDue(id)).toEqual([orderId]);
  });

  it('should be found by the watch when its job is lost, and at the next start', async () => {
    const { id } = await shop.open(await shop.campaign({ windowMinutes: 10 }));
    const jobs = shop.it.services.kernel.database.connection.collection('jobs');
    await jobs.deleteMany({ kind: 'group_buy.expire' });
    shop.minutes(12);
    await shop.it.services.deadlines.prepare();
    expect(await jobs.countDocuments({ _id: `group_buy.expire:${id}` as never })).toBe(1);
    await jobs.deleteMany({ kind: 'group_buy.expire' });
    await shop.it.settle();
    shop.minutes(1);
    await shop.it.settle();
    expect((await shop.group(id)).status).toBe('EXPIRED');
  });

  it('should be told by the clock, not by the job: a payment after the end finds it ended', async () => {
    const { id, orderId } = await shop.open(await shop.campaign({ windowMinutes: 10 }));
    const late = await shop.hold({ groupBuyId: id, holdMinutes: 60 });
    shop.minutes(10);
    expect(await shop.pay(late.orderId)).toMatchObject({ outcome: 'CLOSED', seat: { status: 'RELEASED' } });
    expect(await shop.group(id)).toMatchObject({ status: 'EXPIRED', joined: 0 });
    await shop.it.settle();
    expect(shop.refundsDue(id)).toEqual([orderId]);
  });
});

describe('the events of one seat', () => {
  it('should rise in sequence through every group it was in', async () => {
    const campaignId = await shop.campaign({ size: 2, windowMinutes: 30 });
    const { id } = await shop.open(campaignId);
    const { orderId } = await shop.hold({ groupBuyId: id, holdMinutes: 60 });
    shop.minutes(30);
    await shop.it.settle();
    const other = await shop.open(campaignId);
    await shop.move(orderId, other.id);
    await shop.pay(orderId);
    await shop.it.settle();
    const told = shop.events.flatMap(({ type, sequence, data }) =>
      'orderId' in data && data.orderId === orderId ? [[type, sequence]] : [],
    );
    expect(told).toEqual([
      ['group_buy.seat_left', 1],
      ['group_buy.member_confirmed', 2],
    ]);
  });
});

describe('a seat that is not paid in time', () => {
  it('should lapse a minute after its deadline, and not before', async () => {
    const { id } = await shop.open(await shop.campaign({ size: 2 }));
    await shop.hold({ groupBuyId: id });
    shop.minutes(15.9);
    await shop.it.settle();
    expect(await shop.counted(id)).toMatchObject({ held: 1 });
    shop.minutes(0.2);
    await shop.it.settle();
    expect(await shop.counted(id)).toMatchObject({ held: 0, seats: { PAID: 1, RELEASED: 1 } });
    expect((await shop.hold({ groupBuyId: id })).seat?.status).toBe('SEAT_HELD');
  });

  it('should be taken again by a late payment while there is room', async () => {
    const campaignId = await shop.campaign({ size: 3, quota: 10, perUserLimit: 1 });
    const { id } = await shop.open(campaignId);
    const late = await shop.hold({ groupBuyId: id });
    shop.minutes(17);
    await shop.it.settle();
    expect((await shop.group(id)).campaign.quotaRemaining).toBe(9);
    expect(await shop.pay(late.orderId)).toMatchObject({ outcome: 'PAID', seat: { status: 'PAID' } });
    expect(await shop.group(id)).toMatchObject({ joined: 2, campaign: { quotaRemaining: 8, soldUnits: 2 } });
  });

  it('should be CLOSED with other groups when the late payment finds it full, and movable to one', async () => {
    const campaignId = await shop.campaign({ size: 2 });
    const { id } = await shop.open(campaignId);
    const late = await shop.hold({ groupBuyId: id });
    shop.minutes(17);
    await shop.it.settle();
    await shop.join(id);
    const other = await shop.open(campaignId);
    expect(await shop.pay(late.orderId)).toMatchObject({
      outcome: 'CLOSED',
      seat: { status: 'RELEASED', groupStatus: 'SUCCEEDED' },
      alternatives: [other.id],
    });
    expect((await shop.move(late.orderId, id)).refusal?.code).toBe('GROUP_CLOSED');
    expect((await shop.move(late.orderId, (await shop.open(await shop.campaign())).id)).refusal?.code).toBe(
      'NOT_FOUND',
    );
    expect((await shop.move(late.orderId, other.id)).seat).toMatchObject({ status: 'SEAT_HELD', groupBuyId: other.id });
    expect(await shop.pay(late.orderId)).toMatchObject({ outcome: 'PAID', seat: { groupStatus: 'SUCCEEDED' } });
    expect(await shop.group(other.id)).toMatchObject({ status: 'SUCCEEDED', joined: 2 });
  });

  it('should not be taken again past a limit, nor beside a seat the person has by now', async () => {
    const campaignId = await shop.campaign({ perUserLimit: 1 });
    const { id } = await shop.open(campaignId);
    const late = await shop.hold({ groupBuyId: id });
    shop.minutes(17);
    await shop.it.settle();
    await shop.open(campaignId, { accountId: late.accountId });
    expect((await shop.pay(late.orderId)).outcome).toBe('CLOSED');

    const { id: free } = await shop.open(await shop.campaign());
    const first = await shop.hold({ groupBuyId: free });
    await shop.release(first.orderId);
    await shop.join(free, { accountId: first.accountId });
    expect((await shop.pay(first.orderId)).outcome).toBe('CLOSED');
    expect(await shop.counted(free)).toMatchObject({ held: 0, paid: 2 });
  });

  it('should cancel a group that nobody has paid for when its only seat lapses', async () => {
    const { id } = await shop.open(await shop.campaign(), { paid: false });
    shop.minutes(17);
    await shop.it.settle();
    expect(await shop.group(id)).toMatchObject({ status: 'CLOSED', version: 3, campaign: { openGroups: 0 } });
    expect(shop.changesOf(id)).toEqual([
      [1, 'OPENED'],
      [2, 'CANCELLED'],
      [3, 'CLOSED'],
    ]);
  });
});
