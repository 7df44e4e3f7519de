import { account } from '../../../test/support/subgraph-harness';
import { Shop } from '../testing/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
beforeEach(() => shop.reset());
afterAll(() => shop.stop());

async function paidInGroup() {
  const order = await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
  await shop.pay(order.payment.id);
  return order;
}

async function confirmedPlain() {
  const order = await shop.placed();
  await shop.pay(order.payment.id);
  return order;
}

const refundPosts = () => [...shop.near.ledger.keys()].filter((key) => key.startsWith('refund:'));

describe('a group that succeeds', () => {
  it('should confirm the order and turn escrow into revenue', async () => {
    const order = await paidInGroup();
    await shop.confirmMember(order.id);
    expect(await shop.order(order.id)).toMatchObject({
      status: 'CONFIRMED',
      refunds: [],
      refunded: { amount: '0.00' },
    });
    expect(shop.near.balance('escrow:orders')).toBe(0);
    expect(shop.near.balance('revenue:sales')).toBe(1000);
    expect(await shop.events(order.id)).toEqual(['order.placed', 'order.paid', 'order.confirmed']);
    expect(await shop.documents('jobs')).toEqual([]);
  });

  it('should give back the difference to a better tier exactly once under repeated and parallel events', async () => {
    const order = await paidInGroup();
    const refund = { minor: 150, currencyCode: 'HKD' };
    await Promise.all(Array.from({ length: 5 }, () => shop.confirmMember(order.id, refund)));
    await shop.confirmMember(order.id, refund);
    expect(await shop.order(order.id)).toMatchObject({
      status: 'CONFIRMED',
      refunded: { amount: '1.50' },
      payment: { status: 'PARTIALLY_REFUNDED' },
      refunds: [{ status: 'POSTED', amount: { amount: '1.50' }, reason: 'TIER' }],
    });
    expect(shop.near.balance('escrow:orders')).toBe(0);
    expect(shop.near.balance('revenue:sales')).toBe(850);
    expect(shop.near.balance('provider:SANDBOX')).toBe(-850);
    expect(refundPosts()).toHaveLength(1);
    expect(shop.near.count('_seatRefunded')).toBe(0);
  });

  it('should not count an empty tier difference as a refund', async () => {
    const order = await paidInGroup();
    await shop.confirmMember(order.id, { minor: 0, currencyCode: 'HKD' });
    expect(await shop.order(order.id)).toMatchObject({ status: 'CONFIRMED', refunds: [] });
  });
});

describe('a group that fails', () => {
  it('should refund each member in full exactly once, and tell the group when the money is back', async () => {
    const order = await paidInGroup();
    await Promise.all(Array.from({ length: 5 }, () => shop.refundMember(order.id)));
    await shop.refundMember(order.id);
    expect(await shop.order(order.id)).toMatchObject({
      status: 'REFUNDED',
      cancelReason: 'GROUP_EXPIRED',
      refunded: { amount: '10.00' },
      payment: { status: 'REFUNDED' },
    });
    expect(shop.near.balance('escrow:orders')).toBe(0);
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
    expect(refundPosts()).toHaveLength(1);
    expect(shop.near.seats.get(order.id)?.status).toBe('REFUNDED');
    expect(shop.near.count('_seatRefunded')).toBe(1);
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(await shop.events(order.id)).toEqual(['order.placed', 'order.paid', 'order.refunded']);
    expect(await shop.documents('jobs')).toEqual([]);
  });

  it('should ask the provider until it confirms, the order REFUNDING meanwhile', async () => {
    const order = await paidInGroup();
    shop.failRefunds = 3;
    await shop.refundMember(order.id);
    expect(await shop.order(order.id)).toMatchObject({ status: 'REFUNDING', refunds: [{ status: 'REQUESTED' }] });
    expect(shop.near.count('_seatRefunded')).toBe(0);
    for (let i = 0; i < 4; i += 1) await shop.later(10_000);
    expect(shop.failRefunds).toBe(0);
    expect(await shop.order(order.id)).toMatchObject({ status: 'REFUNDED', refunds: [{ status: 'POSTED' }] });
    expect(refundPosts()).toHaveLength(1);
    const [payment] = await shop.documents('sandbox_payments');
    expect(payment.refundedMinor).toBe(1000);
  });

  it('should leave orders it does not know and unpaid ones alone', async () => {
    const order = await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    await shop.refundMember(order.id);
    await shop.confirmMember(order.id);
    await shop.refundMember('ord_unknown');
    expect((await shop.order(order.id)).status).toBe('AWAITING_PAYMENT');
    expect(shop.near.ledger.size).toBe(0);
  });
});

describe('orderRefund', () => {
  it('should give back parts, then the rest, and no more', async () => {
    const order = await confirmedPlain();
    const first = await shop.refund(order.id, '10.00', 'r1');
    expect(first).toMatchObject({
      order: { status: 'CONFIRMED', refunded: { amount: '10.00' }, payment: { status: 'PARTIALLY_REFUNDED' } },
      refund: { amount: { amount: '10.00' }, status: 'POSTED' },
      userErrors: [],
    });
    const over = await shop.refund(order.id, '15.01', 'r2');
    expect(over).toMatchObject({
      order: null,
      userErrors: [{ code: 'REFUND_EXCEEDS_PAYMENT', field: ['input', 'amount'] }],
    });
    const rest = await shop.refund(order.id, '15.00', 'r3');
    expect(rest.order).toMatchObject({ status: 'REFUNDED', payment: { status: 'REFUNDED' } });
    expect((await shop.refund(order.id, '0.01', 'r4')).userErrors[0].code).toBe('REFUND_EXCEEDS_PAYMENT');
    expect(shop.near.balance('revenue:sales')).toBe(0);
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
    expect(shop.near.reservations.get(order.id)?.status).toBe('COMMITTED');
    expect(await shop.events(order.id)).toEqual([
      'order.placed',
      'order.paid',
      'order.confirmed',
      'order.refunded',
      'order.refunded',
    ]);
  });

  it('should never exceed the payment under ten parallel refunds', async () => {
    const order = await confirmedPlain();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => shop.refund(order.id, '6.00', `p${i}`)));
    const codes = answers.map((answer) => answer.userErrors[0]?.code ?? 'OK').sort();
    expect(codes).toEqual([...Array(4).fill('OK'), ...Array(6).fill('REFUND_EXCEEDS_PAYMENT')]);
    await shop.later(10_000);
    expect(await shop.order(order.id)).toMatchObject({ status: 'CONFIRMED', refunded: { amount: '24.00' } });
    expect(shop.near.balance('revenue:sales')).toBe(100);
  });

  it('should have one effect under ten parallel and ten later repeats of a key', async () => {
    const order = await confirmedPlain();
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.refund(order.id, '5.00', 'same')));
    for (let i = 0; i < 10; i += 1) answers.push(await shop.refund(order.id, '5.00', 'same'));
    expect(new Set(answers.map((answer) => answer.refund.id)).size).toBe(1);
    expect((await shop.order(order.id)).refunded.amount).toBe('5.00');
    expect((await shop.refund(order.id, '6.00', 'same')).userErrors[0].code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('should be for the shop only, for confirmed orders, in their currency', async () => {
    const order = await confirmedPlain();
    const buyer = await shop.refund(order.id, '1.00', 'k', shop.buyer);
    expect(buyer.errors[0].code).toBe('FORBIDDEN');
    const unpaid = await shop.placed();
    expect((await shop.refund(unpaid.id, '1.00', 'a')).userErrors[0].code).toBe('NOT_REFUNDABLE');
    expect((await shop.refund(order.id, '0.00', 'b')).userErrors[0].code).toBe('INVALID');
    expect((await shop.refund(order.id, '1.001', 'c')).userErrors[0].code).toBe('INVALID');
    expect((await shop.refund('ord_none', '1.00', 'd')).userErrors[0].code).toBe('NOT_FOUND');
    const yen = await shop.mutate(
      'orderRefund',
      'OrderRefundInput',
      { orderId: order.id, amount: { amount: '1', currencyCode: 'JPY' }, reason: 'x', idempotencyKey: 'e' },
      'order { id }',
      shop.merchant,
    );
    expect(yen.userErrors[0].code).toBe('CURRENCY_MISMATCH');
    expect(await shop.documents('refunds')).toEqual([]);
  });
});

describe('orderCancel', () => {
  it('should end an unpaid order and give back what it holds', async () => {
    const order = await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    const answer = await shop.cancel(order.id);
    expect(answer.order).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'CUSTOMER',
      cancelNote: 'changed my mind',
      payment: { status: 'EXPIRED' },
    });
    expect(shop.near.seated('gbuy_open')).toEqual([]);
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(await shop.documents('jobs')).toEqual([]);
  });

  it('should refund a confirmed order in full from revenue and put its stock back', async () => {
    const order = await confirmedPlain();
    const answer = await shop.cancel(order.id);
    expect(answer.order).toMatchObject({ status: 'REFUNDED', cancelReason: 'CUSTOMER', refunded: { amount: '25.00' } });
    expect(shop.near.balance('revenue:sales')).toBe(0);
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
    expect(shop.near.taken('var_tea')).toBe(0);
  });

  it('should give back only what is left after a part was refunded', async () => {
    const order = await confirmedPlain();
    await shop.refund(order.id, '10.00', 'part');
    const answer = await shop.cancel(order.id, shop.merchant);
    expect(answer.order).toMatchObject({ status: 'REFUNDED', cancelReason: 'MERCHANT', refunded: { amount: '25.00' } });
    expect(answer.order.refunds.map((refund: { amount: { amount: string } }) => refund.amount.amount)).toEqual([
      '10.00',
      '15.00',
    ]);
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
  });

  it('should be closed while the group is open', async () => {
    const order = await paidInGroup();
    const answer = await shop.cancel(order.id);
    expect(answer).toMatchObject({ order: null, userErrors: [{ code: 'AFTER_SALES_CLOSED' }] });
    expect((await shop.order(order.id)).status).toBe('PAID');
    expect(shop.near.seats.get(order.id)?.status).toBe('PAID');
  });

  it('should be open again once the group has succeeded', async () => {
    const order = await paidInGroup();
    await shop.confirmMember(order.id, { minor: 150, currencyCode: 'HKD' });
    expect((await shop.cancel(order.id)).order).toMatchObject({ status: 'REFUNDED', refunded: { amount: '10.00' } });
    expect(shop.near.balance('provider:SANDBOX')).toBe(0);
    expect(shop.near.balance('revenue:sales')).toBe(0);
    expect(shop.near.balance('escrow:orders')).toBe(0);
    expect(shop.near.count('_seatRefunded')).toBe(0);
  });

  it('should repeat its result and refuse a second cancellation', async () => {
    const order = await confirmedPlain();
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.cancel(order.id)));
    for (let i = 0; i < 10; i += 1) answers.push(await shop.cancel(order.id));
    for (const answer of answers) expect(answer).toMatchObject({ order: { status: 'REFUNDED' }, userErrors: [] });
    expect(refundPosts()).toHaveLength(1);
    expect((await shop.cancel(order.id, shop.buyer, 'again')).userErrors[0].code).toBe('NOT_CANCELLABLE');
  });

  it("should be nobody else's", async () => {
    const order = await shop.placed();
    expect((await shop.cancel(order.id, account())).userErrors[0].code).toBe('NOT_FOUND');
    expect((await shop.order(order.id)).status).toBe('AWAITING_PAYMENT');
  });
});
