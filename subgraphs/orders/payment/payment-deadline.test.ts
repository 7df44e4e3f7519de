import { account } from '../../../test/support/subgraph-harness';
import { FakeNeighbours } from '../testing/fake-neighbours';
import { Shop } from '../testing/shop';

const MINUTE = 60_000;

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
beforeEach(() => shop.reset());
afterAll(() => shop.stop());

/** A group order whose payment deadline has passed. */
async function lapsed() {
  const order = await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
  await shop.later(15 * MINUTE);
  expect((await shop.order(order.id)).status).toBe('CANCELLED');
  return order;
}

/** Someone else in the group. */
async function fill(groupBuyId: string, seats: number) {
  for (let i = 0; i < seats; i += 1) await shop.placed(shop.groupInput({ groupBuyId }), account());
}

function closeOpenGroup() {
  const group = shop.near.groups.get('gbuy_open');
  if (group) group.status = 'EXPIRED';
}

describe('the payment deadline', () => {
  it('should cancel an unpaid order and give back what it holds, not before', async () => {
    const order = await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    await shop.later(15 * MINUTE - 1);
    expect((await shop.order(order.id)).status).toBe('AWAITING_PAYMENT');
    await shop.later(1);
    expect(await shop.order(order.id)).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'PAYMENT_EXPIRED',
      payment: { status: 'EXPIRED' },
    });
    expect(shop.near.seated('gbuy_open')).toEqual([]);
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(await shop.events(order.id)).toEqual(['order.placed', 'order.cancelled']);
    expect(await shop.documents('jobs')).toEqual([]);
  });

  it('should leave a paid order alone', async () => {
    const order = await shop.placed();
    await shop.pay(order.payment.id);
    await shop.later(60 * MINUTE);
    expect((await shop.order(order.id)).status).toBe('CONFIRMED');
  });
});

describe('money that lands late', () => {
  it('should revive a plain order while there is stock', async () => {
    const order = await shop.placed();
    await shop.later(15 * MINUTE);
    await shop.pay(order.payment.id);
    expect(await shop.order(order.id)).toMatchObject({ status: 'CONFIRMED', cancelReason: null });
    expect(shop.near.reservations.get(order.id)?.status).toBe('RELEASED');
    expect(shop.near.reservations.get(`${order.id}.2`)?.status).toBe('COMMITTED');
    expect(shop.near.balance('revenue:sales')).toBe(2500);
  });

  it('should go back when a plain order has no stock any more', async () => {
    const order = await shop.placed();
    await shop.later(15 * MINUTE);
    shop.near.stockRefusal = FakeNeighbours.refusal('SOLD_OUT', { available: 0 });
    await shop.pay(order.payment.id);
    expect(await shop.order(order.id)).toMatchObject({
      status: 'REFUNDED',
      cancelReason: 'SOLD_OUT',
      refunded: { amount: '25.00' },
      payment: { status: 'REFUNDED' },
    });
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
    expect(await shop.events(order.id)).toEqual(['order.placed', 'order.cancelled', 'order.paid', 'order.refunded']);
  });

  it('should take a seat of the same group again while it has room', async () => {
    const order = await lapsed();
    await shop.pay(order.payment.id);
    expect(await shop.order(order.id)).toMatchObject({ status: 'PAID', groupBuy: { id: 'gbuy_open' } });
    expect(shop.near.seats.get(order.id)?.status).toBe('PAID');
    expect(shop.near.taken('var_tea')).toBe(1);
  });

  it('should go back when the group has closed and there is no other', async () => {
    const order = await lapsed();
    closeOpenGroup();
    await shop.pay(order.payment.id);
    expect(await shop.order(order.id)).toMatchObject({
      status: 'REFUNDED',
      cancelReason: 'GROUP_CLOSED',
      refunds: [{ status: 'POSTED', amount: { amount: '10.00' }, reason: 'GROUP_CLOSED' }],
    });
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(shop.near.balance('escrow:orders')).toBe(0);
    expect(shop.near.count('_seatRefunded')).toBe(0);
  });

  it('should go back when the stock of a group order is gone, without taking a seat', async () => {
    const order = await lapsed();
    shop.near.stockRefusal = FakeNeighbours.refusal('SOLD_OUT', { available: 0 });
    await shop.pay(order.payment.id);
    expect((await shop.order(order.id)).status).toBe('REFUNDED');
    expect(shop.near.count('_seatPay')).toBe(0);
    expect(shop.near.seated('gbuy_open')).toEqual([]);
  });

  it('should go back when its buyer had cancelled', async () => {
    const order = await shop.placed();
    await shop.cancel(order.id);
    await shop.pay(order.payment.id);
    expect(await shop.order(order.id)).toMatchObject({ status: 'REFUNDED', cancelReason: 'CUSTOMER' });
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(await shop.events(order.id)).toEqual(['order.placed', 'order.cancelled', 'order.refunded']);
  });

  it('should keep a payment that lands in time although its holds had just lapsed', async () => {
    const order = await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    shop.near.reservations.set(order.id, { status: 'RELEASED', lines: [] });
    await shop.pay(order.payment.id);
    expect((await shop.order(order.id)).status).toBe('PAID');
    expect(shop.near.reservations.get(`${order.id}.2`)?.status).toBe('COMMITTED');
  });
});

describe('stock that lapses while catalog or the process is away', () => {
  it('should be reserved anew until it is kept', async () => {
    const order = await shop.placed();
    shop.near.reservations.set(order.id, { status: 'RELEASED', lines: [] });
    // The second reservation is made, its reply is lost, and it lapses before anyone comes back.
    shop.near.after = (_call, operation) => {
      if (operation !== '_stockReserve') return;
      shop.near.after = () => undefined;
      const second = shop.near.reservations.get(`${order.id}.2`);
      if (second) second.status = 'RELEASED';
      throw new Error('The reply is lost.');
    };
    await shop.pay(order.payment.id);
    expect((await shop.order(order.id)).status).toBe('PAID');
    await shop.later(10_000);
    expect((await shop.order(order.id)).status).toBe('CONFIRMED');
    expect(shop.near.reservations.get(`${order.id}.3`)?.status).toBe('COMMITTED');
    expect(shop.near.taken('var_tea')).toBe(2);
  });
});

describe('an offer of another group', () => {
  async function offered() {
    const order = await lapsed();
    closeOpenGroup();
    shop.near.groups.set('gbuy_next', { campaignId: 'gbc_tea', size: 2, status: 'OPEN' });
    await shop.pay(order.payment.id);
    expect(await shop.order(order.id)).toMatchObject({
      status: 'PAID',
      groupBuy: { id: 'gbuy_open' },
      lateOffer: { groupBuy: { id: 'gbuy_next' }, expiresAt: '2050-06-01T08:30:00.000Z' },
    });
    expect(shop.near.seats.get(order.id)).toMatchObject({ groupBuyId: 'gbuy_next', status: 'SEAT_HELD' });
    return order;
  }

  it('should be taken, once, however often it is accepted', async () => {
    const order = await offered();
    const answers = await Promise.all(Array.from({ length: 5 }, () => shop.lateOffer('Accept', order.id)));
    for (const answer of answers) expect(answer.userErrors).toEqual([]);
    expect(await shop.order(order.id)).toMatchObject({
      status: 'PAID',
      groupBuy: { id: 'gbuy_next' },
      lateOffer: null,
    });
    expect(shop.near.seats.get(order.id)?.status).toBe('PAID');
    expect(shop.near.count('_seatPay')).toBe(2);
    await shop.later(60 * MINUTE);
    expect((await shop.order(order.id)).status).toBe('PAID');
    expect((await shop.lateOffer('Decline', order.id)).userErrors[0].code).toBe('LATE_OFFER_CLOSED');
  });

  it('should send the money back when declined', async () => {
    const order = await offered();
    const answer = await shop.lateOffer('Decline', order.id);
    expect(answer.order).toMatchObject({ status: 'REFUNDED', cancelReason: 'LATE_OFFER_DECLINED', lateOffer: null });
    expect((await shop.lateOffer('Decline', order.id)).order.status).toBe('REFUNDED');
    expect((await shop.lateOffer('Accept', order.id)).userErrors[0].code).toBe('LATE_OFFER_CLOSED');
    expect(shop.near.seated('gbuy_next')).toEqual([]);
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
  });

  it('should send the money back when nobody answers in time', async () => {
    const order = await offered();
    await shop.later(15 * MINUTE - 1);
    expect((await shop.order(order.id)).status).toBe('PAID');
    await shop.later(1);
    expect(await shop.order(order.id)).toMatchObject({ status: 'REFUNDED', cancelReason: 'LATE_OFFER_EXPIRED' });
    expect(shop.near.seated('gbuy_next')).toEqual([]);
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(await shop.documents('jobs')).toEqual([]);
  });

  it('should be refused after its end even before the job has come by', async () => {
    const order = await offered();
    shop.harness.clock.advance(15 * MINUTE);
    expect((await shop.lateOffer('Accept', order.id)).userErrors[0].code).toBe('LATE_OFFER_CLOSED');
    expect((await shop.order(order.id)).status).toBe('PAID');
  });

  it('should be nobody else’s to answer', async () => {
    const order = await offered();
    const stranger = await shop.lateOffer('Decline', order.id, account());
    expect(stranger.userErrors[0].code).toBe('NOT_FOUND');
    expect((await shop.order(order.id)).status).toBe('PAID');
  });

  it('should pass over groups that fill up meanwhile, and refund when all have', async () => {
    const order = await lapsed();
    closeOpenGroup();
    shop.near.groups.set('gbuy_a', { campaignId: 'gbc_tea', size: 1, status: 'OPEN' });
    shop.near.groups.set('gbuy_b', { campaignId: 'gbc_tea', size: 1, status: 'OPEN' });
    // Both look open when they are named; a fills before it is held.
    shop.near.after = (_call, operation) => {
      const group = shop.near.groups.get('gbuy_a');
      if (operation === '_seatPay' && group) group.status = 'SUCCEEDED';
    };
    await shop.pay(order.payment.id);
    expect((await shop.order(order.id)).lateOffer.groupBuy.id).toBe('gbuy_b');
    // Taken too late: b is closed when the buyer accepts, and nothing else is open.
    const b = shop.near.groups.get('gbuy_b');
    if (b) b.status = 'EXPIRED';
    const answer = await shop.lateOffer('Accept', order.id);
    expect(answer.order).toMatchObject({ status: 'REFUNDED', cancelReason: 'GROUP_CLOSED' });
    expect(shop.near.count('_seatMove')).toBe(2);
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
  });

  it('should not take a late payer into a full group', async () => {
    const order = await lapsed();
    await fill('gbuy_open', 3);
    await shop.pay(order.payment.id);
    expect((await shop.order(order.id)).status).toBe('REFUNDED');
    expect(shop.near.seated('gbuy_open')).toHaveLength(3);
  });
});
