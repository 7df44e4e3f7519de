import { Shop } from '../testing/shop';

const MINUTE = 60_000;

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
beforeEach(() => shop.reset());
afterAll(() => shop.stop());

const joined = () => shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));

describe('a member who leaves before paying', () => {
  it('should have the order cancelled and its stock given back at once, however often it is told', async () => {
    const order = await joined();
    await Promise.all(Array.from({ length: 5 }, () => shop.leaveSeat(order.id)));
    const cancelled = await shop.order(order.id);
    expect(cancelled).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'MEMBER_LEFT',
      payment: { status: 'EXPIRED' },
    });
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(await shop.events(order.id)).toEqual(['order.placed', 'order.cancelled']);
    expect(await shop.documents('jobs')).toEqual([]);
    await shop.later(60 * MINUTE);
    await shop.leaveSeat(order.id);
    expect(await shop.order(order.id)).toEqual(cancelled);
    expect(shop.near.count('_stockRelease')).toBe(1);
    expect(shop.near.count('_seatRelease')).toBe(0);
  });

  it('should get money back that lands afterwards, without another seat or offer', async () => {
    const order = await joined();
    shop.near.groups.set('gbuy_next', { campaignId: 'gbc_tea', size: 3, status: 'OPEN' });
    await shop.leaveSeat(order.id);
    await shop.pay(order.payment.id);
    expect(await shop.order(order.id)).toMatchObject({
      status: 'REFUNDED',
      cancelReason: 'MEMBER_LEFT',
      lateOffer: null,
      refunded: { amount: '10.00' },
      payment: { status: 'REFUNDED' },
    });
    expect(shop.near.count('_seatPay')).toBe(0);
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
    expect(await shop.events(order.id)).toEqual(['order.placed', 'order.cancelled', 'order.refunded']);
  });

  it('should get the money back when the provider’s word came first', async () => {
    const order = await joined();
    shop.near.before = (_call, operation) => {
      if (operation === '_ledgerPost') throw new Error('accounts is down');
    };
    await shop.pay(order.payment.id);
    await shop.leaveSeat(order.id);
    expect(await shop.order(order.id)).toMatchObject({ status: 'AWAITING_PAYMENT', payment: { status: 'SUCCEEDED' } });
    shop.near.before = () => undefined;
    await shop.later(10_000);
    expect(await shop.order(order.id)).toMatchObject({ status: 'REFUNDED', cancelReason: 'GROUP_CLOSED' });
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
    expect(await shop.events(order.id)).toEqual(['order.placed', 'order.paid', 'order.refunded']);
    expect(await shop.documents('jobs')).toEqual([]);
  });

  it('should be cancelled or refunded when payment and leaving meet, and keep nothing either way', async () => {
    for (let round = 0; round < 5; round += 1) {
      const order = await joined();
      await Promise.all([shop.leaveSeat(order.id), shop.pay(order.payment.id), shop.leaveSeat(order.id)]);
      await shop.later(10_000);
      expect((await shop.order(order.id)).status).toBe('REFUNDED');
    }
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
    expect(shop.near.balance('escrow:orders')).toBe(0);
  });

  it('should leave a paid order alone, and one that is not known', async () => {
    const order = await joined();
    await shop.pay(order.payment.id);
    const paid = await shop.order(order.id);
    await shop.seatLeft(order.id, 'MEMBER_LEFT');
    await shop.seatLeft('ord_unknown', 'MEMBER_LEFT');
    expect(await shop.order(order.id)).toEqual(paid);
    expect(paid.status).toBe('PAID');
  });

  it('should have an order that is still being placed refused, and nothing held', async () => {
    const input = shop.groupInput({ groupBuyId: 'gbuy_open' });
    shop.near.before = (_call, operation) => {
      if (operation === '_stockReserve') throw new Error('catalog is down');
    };
    await shop.place(input);
    shop.near.before = () => undefined;
    const [order] = await shop.documents('orders');
    expect(order.status).toBe('PENDING');
    await shop.leaveSeat(order._id);
    expect((await shop.place(input)).userErrors[0].code).toBe('GROUP_CLOSED');
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(await shop.documents('payments')).toEqual([]);
    expect(await shop.documents('jobs')).toEqual([]);
  });

  it('should have an order cancelled that was placed a moment later', async () => {
    let leaving: Promise<void> = Promise.resolve();
    shop.near.before = async (_call, operation) => {
      if (operation !== '_stockReserve') return;
      const [order] = await shop.documents('orders');
      leaving = shop.leaveSeat(order._id);
    };
    const order = await joined();
    await leaving;
    expect(await shop.order(order.id)).toMatchObject({ status: 'CANCELLED', cancelReason: 'MEMBER_LEFT' });
    expect(shop.near.taken('var_tea')).toBe(0);
  });
});

describe.each(['SUCCEEDED', 'EXPIRED', 'CANCELLED'] as const)('a group that has %s before a member paid', (end) => {
  it('should have the order cancelled and its stock given back at once', async () => {
    const order = await joined();
    await shop.endGroup(order.id, end);
    expect(await shop.order(order.id)).toMatchObject({
      status: 'CANCELLED',
      cancelReason: `GROUP_${end}`,
      payment: { status: 'EXPIRED' },
    });
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(await shop.documents('jobs')).toEqual([]);
  });

  it('should send money back that lands afterwards when there is no other group', async () => {
    const order = await joined();
    await shop.endGroup(order.id, end);
    await shop.pay(order.payment.id);
    expect(await shop.order(order.id)).toMatchObject({ status: 'REFUNDED', cancelReason: 'GROUP_CLOSED' });
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
  });

  it('should have another group offered to a payer who comes afterwards', async () => {
    const order = await joined();
    await shop.endGroup(order.id, end);
    shop.near.groups.set('gbuy_next', { campaignId: 'gbc_tea', size: 3, status: 'OPEN' });
    await shop.pay(order.payment.id);
    expect(await shop.order(order.id)).toMatchObject({ status: 'PAID', lateOffer: { groupBuy: { id: 'gbuy_next' } } });
    // The old group's word comes once more: it is not about this seat.
    await shop.seatLeft(order.id, `GROUP_${end}`);
    const answer = await shop.lateOffer('Accept', order.id);
    expect(answer.order).toMatchObject({ status: 'PAID', groupBuy: { id: 'gbuy_next' } });
    expect(shop.near.taken('var_tea')).toBe(1);
  });
});
