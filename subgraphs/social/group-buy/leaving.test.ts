import { account } from '../../../test/support/subgraph-harness';
import { atOnce, LEAVE, MERCHANT, SocialShop } from '../testing/social-shop';

const shop = new SocialShop();
beforeAll(() => shop.start());
afterAll(() => shop.stop());
beforeEach(() => {
  shop.events.length = 0;
  shop.ledger.length = 0;
});

const CANCEL = `mutation ($input: GroupBuyCancelInput!) { groupBuyCancel(input: $input) {
  groupBuy { id status joined } userErrors { code field } } }`;

describe('leaving a group', () => {
  it('should refund the leader and let the longest-standing paid member lead, with the same end', async () => {
    const { id, accountId, orderId } = await shop.open(await shop.campaign({ size: 9 }));
    await shop.hold({ groupBuyId: id });
    const { expiresAt } = await shop.group(id);
    const second = await shop.join(id);
    await shop.join(id);
    for (const answer of await atOnce(10, () => shop.leave(id, accountId))) {
      expect(answer).toEqual({ groupBuy: { id, status: 'OPEN', joined: 2, version: 6 }, userErrors: [] });
    }
    await shop.it.settle();
    const group = await shop.group(id);
    expect(group).toMatchObject({ leader: { id: second.accountId }, expiresAt });
    expect(group.members.map(({ role }: { role: string }) => role)).toEqual(['LEADER', 'MEMBER']);
    expect(shop.changesOf(id).slice(-2)).toEqual([
      [5, 'MEMBER_LEFT'],
      [6, 'LEADER_CHANGED'],
    ]);
    expect(shop.refundsDue(id)).toEqual([orderId]);
    await shop.refunded(orderId);
    expect(await shop.group(id)).toMatchObject({ status: 'OPEN', version: 6 });
  });

  it('should cancel the group with its last member, and close it with the refund', async () => {
    const { id, accountId, orderId } = await shop.open(await shop.campaign());
    expect((await shop.leave(id, accountId)).groupBuy).toMatchObject({ status: 'CANCELLED', joined: 0 });
    await shop.it.settle();
    expect(shop.refundsDue(id)).toEqual([orderId]);
    await shop.refunded(orderId);
    expect((await shop.group(id)).status).toBe('CLOSED');
  });

  it('should give up a held seat for good: a late payment does not take it again', async () => {
    const { id } = await shop.open(await shop.campaign());
    const held = await shop.hold({ groupBuyId: id });
    for (const answer of await atOnce(5, () => shop.leave(id, held.accountId))) expect(answer.userErrors).toEqual([]);
    expect((await shop.pay(held.orderId)).outcome).toBe('CLOSED');
    expect(await shop.counted(id)).toMatchObject({ held: 0, paid: 1 });
    await shop.it.settle();
    expect(shop.refundsDue(id)).toEqual([]);
    expect(shop.seatsLeft(id)).toEqual([[held.orderId, 'MEMBER_LEFT']]);
  });

  it('should offer no other group to the money of somebody who left', async () => {
    const campaignId = await shop.campaign();
    const { id } = await shop.open(campaignId);
    await shop.open(campaignId);
    const held = await shop.hold({ groupBuyId: id });
    await shop.leave(id, held.accountId);
    expect(await shop.pay(held.orderId)).toMatchObject({ outcome: 'CLOSED', alternatives: [] });
  });

  it('should tell the order of the last seat too, whose group ends with it', async () => {
    const { id, orderId, accountId } = await shop.open(await shop.campaign(), { paid: false });
    await shop.leave(id, accountId);
    await shop.it.settle();
    expect((await shop.group(id)).status).toBe('CLOSED');
    expect(shop.seatsLeft(id)).toEqual([[orderId, 'MEMBER_LEFT']]);
  });

  it('should not tell an order that gives its seat up itself', async () => {
    const { id } = await shop.open(await shop.campaign());
    const given = await shop.hold({ groupBuyId: id });
    await shop.hold({ groupBuyId: id });
    await shop.release(given.orderId);
    shop.minutes(17);
    await shop.it.settle();
    expect(await shop.counted(id)).toMatchObject({ held: 0, seats: { PAID: 1, RELEASED: 2 } });
    expect(shop.seatsLeft(id)).toEqual([]);
  });

  it('should be refused after success, to strangers, signed-out people and for unknown groups', async () => {
    const { id, accountId } = await shop.open(await shop.campaign({ size: 2 }));
    await shop.join(id);
    expect((await shop.leave(id, accountId)).userErrors).toEqual([
      { code: 'GROUP_CLOSED', field: ['input', 'groupBuyId'] },
    ]);
    expect((await shop.leave(id, 'acct_stranger')).userErrors[0]?.code).toBe('NOT_A_MEMBER');
    expect((await shop.leave('gbuy_none', accountId)).userErrors[0]?.code).toBe('NOT_FOUND');
    const input = { groupBuyId: id, idempotencyKey: 'k' };
    expect((await shop.it.graph(LEAVE, { input })).errors[0]?.code).toBe('UNAUTHENTICATED');
    expect(await shop.counted(id)).toMatchObject({ paid: 2, refunding: 0 });
  });

  it('should refuse its key for another group', async () => {
    const campaignId = await shop.campaign();
    const { id, accountId } = await shop.open(campaignId);
    const other = await shop.open(campaignId, { accountId });
    await shop.leave(id, accountId, 'one-key');
    expect((await shop.leave(other.id, accountId, 'one-key')).userErrors[0]?.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await shop.counted(other.id)).toMatchObject({ paid: 1 });
  });

  it('should keep the seats true when members join, pay and leave at once', async () => {
    const { id } = await shop.open(await shop.campaign({ size: 8, quota: 100, perUserLimit: 1 }));
    await atOnce(20, async (index) => {
      const held = await shop.hold({ groupBuyId: id });
      if (!held.seat) return;
      if (index % 3 === 0) await shop.release(held.orderId);
      else if ((await shop.pay(held.orderId)).outcome === 'PAID' && index % 3 === 1)
        await shop.leave(id, held.accountId);
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
    const { orderId: unpaid } = await shop.hold({ groupBuyId: id });
    const answers = await atOnce(10, () => cancel(id));
    for (const { data } of answers) {
      expect(data.groupBuyCancel).toEqual({ groupBuy: { id, status: 'CANCELLED', joined: 0 }, userErrors: [] });
    }
    await shop.it.settle();
    expect(shop.refundsDue(id).sort()).toEqual([orderId, joined].sort());
    expect(shop.seatsLeft(id)).toEqual([[unpaid, 'GROUP_CANCELLED']]);
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
