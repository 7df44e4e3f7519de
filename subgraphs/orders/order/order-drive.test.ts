import type { Payment } from '../payment/payment';
import type { PlaceInput } from '../placing/place-request';
import { createServices, type OrdersServices } from '../services';
import { FakeNeighbours } from '../testing/fake-neighbours';
import { Shop } from '../testing/shop';

const MINUTE = 60_000;

let shop: Shop;
/** The same subgraph in three processes: one database, but no queue in common. */
let processes: OrdersServices[];
beforeAll(async () => {
  shop = await Shop.open();
  const deliver = async (_url: string, headers: Readonly<Record<string, string>>, body: string) =>
    (await shop.webhook({ headers, body })).status;
  processes = [
    shop.harness.services,
    createServices(shop.kernel, { deliver }),
    createServices(shop.kernel, { deliver }),
  ];
});
beforeEach(() => shop.reset());
afterAll(() => shop.stop());

function inEach<T>(times: number, work: (services: OrdersServices) => Promise<T>): Promise<T[]> {
  return Promise.all(processes.flatMap((services) => Array.from({ length: times }, () => work(services))));
}

describe('several processes', () => {
  it('should place one order for one key', async () => {
    const input = shop.groupInput({ groupBuyId: 'gbuy_open' }) as unknown as PlaceInput;
    const orders = await inEach(3, (services) => services.placing.place(shop.buyer, input));
    expect(new Set(orders.map((order) => order._id)).size).toBe(1);
    expect(orders.map((order) => order.status)).toEqual(Array(9).fill('AWAITING_PAYMENT'));
    expect(await shop.documents('orders')).toHaveLength(1);
    expect(await shop.documents('payments')).toHaveLength(1);
    expect(shop.near.seated('gbuy_open')).toHaveLength(1);
    expect(shop.near.taken('var_tea')).toBe(1);
  });

  it('should keep one refusal for one key', async () => {
    const input = shop.groupInput({ groupBuyId: 'gbuy_full' }) as unknown as PlaceInput;
    const refusals = await inEach(3, (services) =>
      services.placing.place(shop.buyer, input).catch((error) => error.code),
    );
    expect(refusals).toEqual(Array(9).fill('GROUP_FULL'));
    expect(await shop.documents('order_place_keys')).toHaveLength(1);
  });

  it('should book one payment and one refund', async () => {
    const { id, payment } = await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    const settled = await inEach(2, (services) => services.sandbox.settle(shop.buyer, payment.id, 'SUCCEED'));
    expect(settled.map((each: Payment) => each.status)).toEqual(Array(6).fill('SUCCEEDED'));
    await inEach(2, (services) => services.groups.memberRefundDue(id, 'GROUP_CANCELLED'));
    await shop.later(10_000);
    expect(await shop.order(id)).toMatchObject({ status: 'REFUNDED', cancelReason: 'GROUP_CANCELLED' });
    expect(await shop.events(id)).toEqual(['order.placed', 'order.paid', 'order.refunded']);
    expect([...shop.near.ledger.keys()].map((key) => key.split(':')[0])).toEqual(['payment', 'refund']);
    expect(await shop.documents('sandbox_refunds')).toHaveLength(1);
  });

  it('should let the payment or the deadline win, never both', async () => {
    const { id, payment } = await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    shop.harness.clock.advance(15 * MINUTE);
    const [first, second] = processes;
    await Promise.all([
      first?.sandbox.settle(shop.buyer, payment.id, 'SUCCEED'),
      second?.cancelling.expire(id),
      second?.cancelling.expire(id),
    ]);
    await shop.later(10_000);
    // If the deadline won, the late money took a seat again: the same end by another way.
    expect(await shop.order(id)).toMatchObject({ status: 'PAID', payment: { status: 'SUCCEEDED' } });
    expect(shop.near.seats.get(id)?.status).toBe('PAID');
    expect(shop.near.taken('var_tea')).toBe(1);
    expect(shop.near.balance('escrow:orders')).toBe(1000);
  });

  it('should not refund more than was paid', async () => {
    const { id, payment } = await shop.placed();
    await shop.pay(payment.id);
    let key = 0;
    const outcomes = await inEach(3, (services) => {
      key += 1;
      const input = {
        orderId: id,
        amount: { minor: 600, currencyCode: 'HKD' },
        reason: 'x',
        idempotencyKey: `k${key}`,
      };
      return services.cancelling.refund(shop.merchant, input).then(
        () => 'OK',
        (error) => error.code,
      );
    });
    expect(outcomes.sort()).toEqual([...Array(4).fill('OK'), ...Array(5).fill('REFUND_EXCEEDS_PAYMENT')]);
    await shop.later(10_000);
    expect((await shop.order(id)).refunded.amount).toBe('24.00');
    expect(shop.near.balance('provider:SANDBOX')).toBe(-100);
  });

  it('should give back what one took for an order that another had refused meanwhile', async () => {
    // The other process finds the group full; a moment later there is room, and this one gets a seat.
    shop.near.before = async (_call, operation) => {
      if (operation !== '_seatHold') return;
      shop.near.before = () => undefined;
      shop.near.holdRefusal = FakeNeighbours.refusal('GROUP_FULL');
      const [order] = await shop.documents('orders');
      await processes[1]?.drive.drive(order._id);
      shop.near.holdRefusal = null;
    };
    const answer = await shop.place(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    expect(answer.userErrors[0].code).toBe('GROUP_FULL');
    expect(shop.near.count('_stockReserve')).toBe(1);
    expect(shop.near.seated('gbuy_open')).toEqual([]);
    expect(shop.near.taken('var_tea')).toBe(0);
    expect(await shop.documents('payments')).toEqual([]);
  });

  it('should end an order past its time once, while another is still reserving for it', async () => {
    shop.near.before = async (_call, operation) => {
      if (operation !== '_stockReserve') return;
      shop.near.before = () => undefined;
      shop.harness.clock.advance(15 * MINUTE);
      const [order] = await shop.documents('orders');
      await processes[1]?.drive.drive(order._id);
    };
    const answer = await shop.place(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    expect(answer.userErrors[0].code).toBe('ORDER_TIMED_OUT');
    expect(shop.near.seated('gbuy_open')).toEqual([]);
    expect(shop.near.taken('var_tea')).toBe(0);
  });
});

describe('an order that cannot be placed in time', () => {
  it('should be refused for good, hold nothing and stay invisible', async () => {
    const input = shop.groupInput({ groupBuyId: 'gbuy_open' });
    shop.near.before = (_call, operation) => {
      if (operation === '_stockReserve') throw new Error('catalog is down');
    };
    expect((await shop.place(input)).errors[0].code).toBe('INTERNAL');
    const [order] = await shop.documents('orders');
    expect((await shop.order(order._id)).status).toBe('PENDING');
    expect(shop.near.seated('gbuy_open')).toHaveLength(1);
    await shop.later(10_000);
    expect((await shop.order(order._id)).status).toBe('PENDING');
    await shop.later(15 * MINUTE);
    expect(await shop.order(order._id)).toBeNull();
    expect(shop.near.seated('gbuy_open')).toEqual([]);
    shop.near.before = () => undefined;
    expect((await shop.place(input)).userErrors[0].code).toBe('ORDER_TIMED_OUT');
    expect(await shop.documents('jobs')).toEqual([]);
  });

  it('should be placed by its job when the neighbour is back before that', async () => {
    const input = shop.groupInput({ groupBuyId: 'gbuy_open' });
    shop.near.before = (_call, operation) => {
      if (operation === '_stockReserve') throw new Error('catalog is down');
    };
    await shop.place(input);
    shop.near.before = () => undefined;
    await shop.later(10_000);
    const [order] = await shop.documents('orders');
    expect((await shop.order(order._id)).status).toBe('AWAITING_PAYMENT');
    expect((await shop.placed(input)).id).toBe(order._id);
  });

  it('should answer a refusal although giving back has to wait', async () => {
    shop.near.stockRefusal = FakeNeighbours.refusal('SOLD_OUT', { available: 1 });
    shop.near.before = (_call, operation) => {
      if (operation === '_seatRelease') throw new Error('social is down');
    };
    const answer = await shop.place(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    expect(answer.userErrors[0].code).toBe('SOLD_OUT');
    expect(shop.near.seated('gbuy_open')).toHaveLength(1);
    shop.near.before = () => undefined;
    await shop.later(10_000);
    expect(shop.near.seated('gbuy_open')).toEqual([]);
  });
});

describe('order numbers', () => {
  it('should stay unique when two ids share their random end', async () => {
    const { newId } = shop.kernel;
    const first = await shop.placed();
    let clashes = 1;
    Object.assign(shop.kernel, {
      newId: (prefix: string) => {
        const id = newId(prefix);
        if (prefix !== 'ord' || clashes === 0) return id;
        clashes -= 1;
        return id.slice(0, -6) + first.id.slice(-6);
      },
    });
    const second = await shop.placed();
    Object.assign(shop.kernel, { newId });
    expect(clashes).toBe(0);
    expect(second.number).not.toBe(first.number);
    expect(await shop.documents('orders')).toHaveLength(2);
  });
});
