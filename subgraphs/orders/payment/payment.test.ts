import { account } from '../../../test/support/subgraph-harness';
import { Shop } from '../testing/shop';
import { signedHeaders } from './webhook-signature';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
beforeEach(() => shop.reset());
afterAll(() => shop.stop());

describe('a paid plain order', () => {
  it('should go through the ledger and be confirmed when the settling returns', async () => {
    const placed = await shop.placed();
    const answer = await shop.pay(placed.payment.id);
    expect(answer).toEqual({ payment: { id: placed.payment.id, status: 'SUCCEEDED' }, userErrors: [] });
    expect(await shop.order(placed.id)).toMatchObject({
      status: 'CONFIRMED',
      paidAt: '2050-06-01T08:00:00.000Z',
      payment: { status: 'SUCCEEDED' },
    });
    expect([...shop.near.ledger]).toEqual([
      [
        `payment:${placed.payment.id}`,
        [
          { account: 'provider:SANDBOX', minor: -2500 },
          { account: 'escrow:orders', minor: 2500 },
        ],
      ],
      [
        `sale:${placed.id}`,
        [
          { account: 'escrow:orders', minor: -2500 },
          { account: 'revenue:sales', minor: 2500 },
        ],
      ],
    ]);
    expect(shop.near.reservations.get(placed.id)?.status).toBe('COMMITTED');
    expect(await shop.events(placed.id)).toEqual(['order.placed', 'order.paid', 'order.confirmed']);
    expect(await shop.documents('jobs')).toEqual([]);
    expect(shop.deliveries.map((delivery) => delivery.url)).toEqual([
      `${shop.kernel.publicUrl()}/webhooks/payments/sandbox`,
    ]);
  });

  it('should count as having bought, from then on', async () => {
    const { id, payment } = await shop.placed();
    const hasPaid = () => shop.harness.services.reading.hasPaid(shop.buyer.accountId);
    expect(await hasPaid()).toBe(false);
    await shop.pay(payment.id);
    expect(await hasPaid()).toBe(true);
    await shop.cancel(id);
    expect(await shop.order(id)).toMatchObject({ status: 'REFUNDED' });
    expect(await hasPaid()).toBe(true);
  });
});

describe('a paid group order', () => {
  it('should be PAID with its seat when the settling returns, its stock no longer lapsing', async () => {
    const placed = await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    await shop.pay(placed.payment.id);
    expect(await shop.order(placed.id)).toMatchObject({ status: 'PAID', groupBuy: { id: 'gbuy_open' } });
    expect(shop.near.seats.get(placed.id)?.status).toBe('PAID');
    expect(shop.near.reservations.get(placed.id)?.status).toBe('COMMITTED');
    expect(shop.near.balance('escrow:orders')).toBe(1000);
    expect(shop.near.balance('revenue:sales')).toBe(0);
    expect(await shop.events(placed.id)).toEqual(['order.placed', 'order.paid']);
    expect(await shop.documents('jobs')).toEqual([]);
  });
});

describe('a failed payment', () => {
  it('should cancel the order and give seat and stock back', async () => {
    const placed = await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    const answer = await shop.pay(placed.payment.id, 'FAIL');
    expect(answer.payment.status).toBe('FAILED');
    expect(await shop.order(placed.id)).toMatchObject({ status: 'CANCELLED', cancelReason: 'PAYMENT_FAILED' });
    expect(shop.near.seated('gbuy_open')).toEqual([]);
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(shop.near.ledger.size).toBe(0);
    expect(await shop.events(placed.id)).toEqual(['order.placed', 'order.cancelled']);
    expect(await shop.documents('jobs')).toEqual([]);
  });
});

describe('paymentSandboxSettle', () => {
  it('should repeat the result of one outcome and refuse the other, ten times in parallel', async () => {
    const { id, payment } = await shop.placed();
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.pay(payment.id)));
    for (let i = 0; i < 10; i += 1) answers.push(await shop.pay(payment.id));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0].payment.status).toBe('SUCCEEDED');
    const other = await shop.pay(payment.id, 'FAIL');
    expect(other).toMatchObject({ payment: null, userErrors: [{ code: 'PAYMENT_ALREADY_SETTLED' }] });
    expect((await shop.order(id)).status).toBe('CONFIRMED');
    expect(shop.deliveries).toHaveLength(1);
    expect(shop.near.count('_ledgerPost')).toBe(2);
  });

  it("should be for the payer and the shop's people, and change nothing for others", async () => {
    const { id, payment } = await shop.placed();
    const stranger = await shop.pay(payment.id, 'SUCCEED', account());
    expect(stranger).toMatchObject({
      payment: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['input', 'paymentId'] }],
    });
    expect((await shop.order(id)).payment.status).toBe('PENDING');
    expect(shop.deliveries).toEqual([]);
    expect((await shop.pay(payment.id, 'SUCCEED', account(['STAFF']))).payment.status).toBe('SUCCEEDED');
  });

  it('should be refused where sandbox payments are switched off', async () => {
    const closed = await Shop.open({ sandboxPayments: false });
    const { payment } = await closed.placed();
    expect((await closed.pay(payment.id)).userErrors[0].code).toBe('SANDBOX_DISABLED');
    expect(closed.deliveries).toEqual([]);
    await closed.stop();
  });

  it('should answer PENDING when the webhook is not taken, and send it again until it is', async () => {
    const { id, payment } = await shop.placed();
    shop.webhookStatus = 503;
    expect((await shop.pay(payment.id)).payment.status).toBe('PENDING');
    await shop.later(10_000);
    expect((await shop.order(id)).status).toBe('AWAITING_PAYMENT');
    shop.webhookStatus = null;
    await shop.later(10_000);
    expect((await shop.order(id)).status).toBe('CONFIRMED');
    expect(shop.deliveries).toHaveLength(3);
    expect(new Set(shop.deliveries.map((delivery) => delivery.headers['webhook-id'])).size).toBe(1);
    expect(await shop.documents('jobs')).toEqual([]);
  });
});

describe('_paymentWebhook', () => {
  async function settledDelivery() {
    const order = await shop.placed();
    shop.webhookStatus = 503;
    await shop.pay(order.payment.id);
    shop.webhookStatus = null;
    const [delivery] = shop.deliveries;
    if (!delivery) throw new Error('Nothing was sent.');
    return { order, delivery };
  }

  it('should take a signed message once, however often it comes', async () => {
    const { order, delivery } = await settledDelivery();
    const answers = await Promise.all(Array.from({ length: 5 }, () => shop.webhook(delivery)));
    expect(answers).toEqual(Array.from({ length: 5 }, () => ({ status: 200, message: 'Taken.' })));
    expect((await shop.order(order.id)).status).toBe('CONFIRMED');
    expect(shop.near.count('_ledgerPost')).toBe(2);
  });

  it.each([
    ['without a signature', 401, (headers: Record<string, string>) => ({ ...headers, 'webhook-signature': '' })],
    [
      'with a signature of another secret',
      401,
      (headers: Record<string, string>, body: string) => ({
        ...headers,
        ...signedHeaders(Buffer.alloc(32, 1).toString('base64'), 'evt_1', shop.harness.clock.now(), body),
      }),
    ],
    [
      'without a readable time',
      401,
      (headers: Record<string, string>) => ({ ...headers, 'webhook-timestamp': 'soon' }),
    ],
    ['under another id', 401, (headers: Record<string, string>) => ({ ...headers, 'webhook-id': 'evt_other' })],
  ])('should refuse a message %s', async (_name, status, change) => {
    const { order, delivery } = await settledDelivery();
    const answer = await shop.webhook({ body: delivery.body, headers: change({ ...delivery.headers }, delivery.body) });
    expect(answer.status).toBe(status);
    expect((await shop.order(order.id)).payment.status).toBe('PENDING');
  });

  it('should refuse a body that was changed on the way', async () => {
    const { order, delivery } = await settledDelivery();
    const body = delivery.body.replace('25.00', '0.01');
    expect(body).not.toBe(delivery.body);
    expect((await shop.webhook({ ...delivery, body })).status).toBe(401);
    expect((await shop.order(order.id)).payment.status).toBe('PENDING');
  });

  it('should refuse a message older than five minutes, or newer', async () => {
    const { order, delivery } = await settledDelivery();
    shop.harness.clock.advance(5 * 60_000 + 1000);
    expect((await shop.webhook(delivery)).status).toBe(401);
    shop.harness.clock.advance(-2 * (5 * 60_000 + 1000));
    expect((await shop.webhook(delivery)).status).toBe(401);
    expect((await shop.order(order.id)).payment.status).toBe('PENDING');
  });

  it('should refuse what it cannot read, does not know, or did not ask for', async () => {
    const { order, delivery } = await settledDelivery();
    const secret = shop.kernel.secrets.get('sandbox-webhook-secret');
    const sign = (body: string) => ({ headers: signedHeaders(secret, 'evt_9', shop.harness.clock.now(), body), body });
    expect((await shop.webhook(sign('{"type":"payment.teleported"}'))).status).toBe(400);
    expect((await shop.webhook(sign('not json'))).status).toBe(400);
    expect((await shop.webhook(sign(delivery.body.replace(order.payment.id, 'pay_none')))).status).toBe(404);
    expect((await shop.webhook(sign(delivery.body.replace('25.00', '24.00')))).status).toBe(409);
    expect((await shop.webhook(delivery, 'stripe')).status).toBe(404);
    expect((await shop.order(order.id)).payment.status).toBe('PENDING');
  });

  it('should be refused to clients', async () => {
    const { errors } = await shop.harness.graph(
      'mutation { _paymentWebhook(provider: "sandbox", headers: "{}", body: "") { status } }',
      {},
      shop.merchant,
    );
    expect(errors[0]?.code).toBe('FORBIDDEN');
  });
});
