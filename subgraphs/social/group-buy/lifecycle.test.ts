import { account } from '../../../test/support/subgraph-harness';
import { atOnce, MERCHANT, SocialShop } from '../testing/social-shop';

const shop = new SocialShop();
beforeAll(() => shop.start());
afterAll(() => shop.stop());
beforeEach(() => {
  shop.events.length = 0;
  shop.ledger.length = 0;
});

const LEAVE = `mutation ($input: GroupBuyLeaveInput!) { groupBuyLeave(input: $input) {
  groupBuy { id status joined version } userErrors { code field } } }`;
const CANCEL = `mutation ($input: GroupBuyCancelInput!) { groupBuyCancel(input: $input) {
  groupBuy { id status joined } userErrors { code field } } }`;

async function leave(groupBuyId: string, accountId: string, idempotencyKey = `leave-${groupBuyId}-${accountId}`) {
  const { data, errors } = await shop.it.graph(
    LEAVE,
    { input: { groupBuyId, idempotencyKey } },
    account(['CUSTOMER'], accountId),
  );
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return data.groupBuyLeave;
}

const changesOf = (id: string) =>
  shop
    .eventsOf('group_buy.changed')
    .filter(({ aggregateId }) => aggregateId === id)
    .map(({ sequence, data }) => [sequence, data.change]);
const refundsDue = (id: string) =>
  shop
    .eventsOf('group_buy.member_refund_due')
    .filter(({ data }) => data.groupBuyId === id)
    .map(({ data }) => data.orderId);

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
    expect(changesOf(id)).toEqual([
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
    expect(changesOf(id).filter(([, change]) => change === 'SUCCEEDED')).toEqual([[5, 'SUCCEEDED']]);
    expect(shop.eventsOf('group_buy.member_confirmed').filter(({ data }) => data.groupBuyId === id)).toHaveLength(3);
  });

  it('should count a person who buys in two groups as one buyer', async () => {
    const campaignId = await shop.campaign();
    const accountId = account().accountId;
    const first = await shop.open(campaignId, { accountId });
    const second = await shop.open(campaignId, { accountId });
    expect((await shop.group(first.id)).campaign).toMatchObject({ buyers: 1, soldUnits: 2 });
    await leave(first.id, accountId);
    expect((await shop.group(first.id)).campaign).toMatchObject({ buyers: 1, soldUnits: 1 });
    await leave(second.id, accountId);
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
    expect(changesOf(id).slice(3)).toEqual([[4, 'EXPIRED']]);
    expect(refundsDue(id).sort()).toEqual([orderId, joined].sort());
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
    expect(refundsDue(id)).toEqual([orderId]);
    shop.minutes(9);
    await shop.it.settle();
    expect(refundsDue(id)).toEqual([orderId]);
    shop.minutes(2);
    await shop.it.settle();
    expect(refundsDue(id)).toEqual([orderId, orderId]);
    expect((await shop.group(id)).status).toBe('EXPIRED');
    shop.minutes(11);
    await shop.it.settle();
    const asks = shop.eventsOf('group_buy.member_refund_due').filter(({ data }) => data.groupBuyId === id);
    expect(asks.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    await shop.refunded(orderId);
    shop.minutes(30);
    await shop.it.settle();
    expect(refundsDue(id)).toHaveLength(3);
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
    shop.minutes(10);
    await shop.it.settle();
    expect(await shop.group(id)).toMatchObject({
      status: 'SUCCEEDED',
      completedBy: 'MINIMUM_FILL',
      joined: 2,
      size: 5,
      leader: { id: first.accountId },
      members: [{ role: 'LEADER' }, { role: 'MEMBER' }],
    });
    expect(changesOf(id).slice(-2)).toEqual([
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
    expect(refundsDue(id)).toEqual([orderId]);
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
    expect(refundsDue(id)).toEqual([orderId]);
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
    expect(changesOf(id)).toEqual([
      [1, 'OPENED'],
      [2, 'CANCELLED'],
      [3, 'CLOSED'],
    ]);
  });
});

describe('leaving a group', () => {
  it('should refund the leader and let the longest-standing paid member lead, with the same end', async () => {
    const { id, accountId, orderId } = await shop.open(await shop.campaign({ size: 9 }));
    await shop.hold({ groupBuyId: id });
    const { expiresAt } = await shop.group(id);
    const second = await shop.join(id);
    await shop.join(id);
    for (const answer of await atOnce(10, () => leave(id, accountId))) {
      expect(answer).toEqual({ groupBuy: { id, status: 'OPEN', joined: 2, version: 6 }, userErrors: [] });
    }
    await shop.it.settle();
    const group = await shop.group(id);
    expect(group).toMatchObject({ leader: { id: second.accountId }, expiresAt });
    expect(group.members.map(({ role }: { role: string }) => role)).toEqual(['LEADER', 'MEMBER']);
    expect(changesOf(id).slice(-2)).toEqual([
      [5, 'MEMBER_LEFT'],
      [6, 'LEADER_CHANGED'],
    ]);
    expect(refundsDue(id)).toEqual([orderId]);
    await shop.refunded(orderId);
    expect(await shop.group(id)).toMatchObject({ status: 'OPEN', version: 6 });
  });

  it('should cancel the group with its last member, and close it with the refund', async () => {
    const { id, accountId, orderId } = await shop.open(await shop.campaign());
    expect((await leave(id, accountId)).groupBuy).toMatchObject({ status: 'CANCELLED', joined: 0 });
    await shop.it.settle();
    expect(refundsDue(id)).toEqual([orderId]);
    await shop.refunded(orderId);
    expect((await shop.group(id)).status).toBe('CLOSED');
  });

  it('should give up a held seat for good: a late payment does not take it again', async () => {
    const { id } = await shop.open(await shop.campaign());
    const held = await shop.hold({ groupBuyId: id });
    expect((await leave(id, held.accountId)).userErrors).toEqual([]);
    expect((await shop.pay(held.orderId)).outcome).toBe('CLOSED');
    expect(await shop.counted(id)).toMatchObject({ held: 0, paid: 1 });
    await shop.it.settle();
    expect(refundsDue(id)).toEqual([]);
  });

  it('should be refused after success, to strangers, signed-out people and for unknown groups', async () => {
    const { id, accountId } = await shop.open(await shop.campaign({ size: 2 }));
    await shop.join(id);
    expect((await leave(id, accountId)).userErrors).toEqual([{ code: 'GROUP_CLOSED', field: ['input', 'groupBuyId'] }]);
    expect((await leave(id, 'acct_stranger')).userErrors[0].code).toBe('NOT_A_MEMBER');
    expect((await leave('gbuy_none', accountId)).userErrors[0].code).toBe('NOT_FOUND');
    const input = { groupBuyId: id, idempotencyKey: 'k' };
    expect((await shop.it.graph(LEAVE, { input })).errors[0]?.code).toBe('UNAUTHENTICATED');
    expect(await shop.counted(id)).toMatchObject({ paid: 2, refunding: 0 });
  });

  it('should refuse its key for another group', async () => {
    const campaignId = await shop.campaign();
    const { id, accountId } = await shop.open(campaignId);
    const other = await shop.open(campaignId, { accountId });
    await leave(id, accountId, 'one-key');
    expect((await leave(other.id, accountId, 'one-key')).userErrors[0].code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await shop.counted(other.id)).toMatchObject({ paid: 1 });
  });

  it('should keep the seats true when members join, pay and leave at once', async () => {
    const { id } = await shop.open(await shop.campaign({ size: 8, quota: 100, perUserLimit: 1 }));
    await atOnce(20, async (index) => {
      const held = await shop.hold({ groupBuyId: id });
      if (!held.seat) return;
      if (index % 3 === 0) await shop.release(held.orderId);
      else if ((await shop.pay(held.orderId)).outcome === 'PAID' && index % 3 === 1) await leave(id, held.accountId);
    });
    const { held, paid, refunding, seats } = await shop.counted(id);
    expect(held).toBe(seats['SEAT_HELD'] ?? 0);
    expect(paid).toBe((seats['PAID'] ?? 0) + (seats['CONFIRMED'] ?? 0));
    expect(refunding).toBe(seats['REFUNDING'] ?? 0);
    expect(paid).toBeLessThanOrEqual(8);
    const { campaign } = await shop.group(id);
    expect(campaign).toMatchObject({ soldUnits: paid, buyers: paid, quotaRemaining: 100 - paid - held });
  }, 60_000);
});

describe('a merchant who cancels', () => {
  const cancel = (groupBuyId: string, identity = MERCHANT, idempotencyKey = `cancel-${groupBuyId}`) =>
    shop.it.graph(CANCEL, { input: { groupBuyId, reason: 'Supplier failed', idempotencyKey } }, identity);

  it('should refund every member of the group, once', async () => {
    const { id, orderId } = await shop.open(await shop.campaign());
    const { orderId: joined } = await shop.join(id);
    await shop.hold({ groupBuyId: id });
    const answers = await atOnce(10, () => cancel(id));
    for (const { data } of answers) {
      expect(data.groupBuyCancel).toEqual({ groupBuy: { id, status: 'CANCELLED', joined: 0 }, userErrors: [] });
    }
    await shop.it.settle();
    expect(refundsDue(id).sort()).toEqual([orderId, joined].sort());
    await shop.refunded(orderId);
    await shop.refunded(joined);
    expect((await shop.group(id)).status).toBe('CLOSED');
    expect((await cancel(id, MERCHANT, 'again')).data.groupBuyCancel.userErrors[0].code).toBe('GROUP_CLOSED');
  });

  it('should not be anybody else, and then nothing changes', async () => {
    const { id } = await shop.open(await shop.campaign());
    const before = await shop.group(id);
    expect((await cancel(id, account())).errors[0]?.code).toBe('FORBIDDEN');
    expect((await cancel(id, account(['LEADER', 'HOST']))).errors[0]?.code).toBe('FORBIDDEN');
    expect(await shop.group(id)).toEqual(before);
  });
});
