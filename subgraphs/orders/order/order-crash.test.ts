import type { Database } from '../../../platform/mongo/database';
import { FakeNeighbours } from '../testing/fake-neighbours';
import { Shop } from '../testing/shop';

/**
 * Every boundary at which a process can stop: before and after each call to a neighbour, before and after each
 * transaction. Each journey is first walked without a fault to learn its boundaries, then once per boundary.
 */
let shop: Shop;
let transaction: Database['transaction'];
beforeAll(async () => {
  shop = await Shop.open();
  transaction = shop.kernel.database.transaction;
});
afterAll(() => shop.stop());

class Stopped extends Error {}

type Walk = () => Promise<unknown>;

interface Journey {
  readonly name: string;
  /** Answers the order's id. */
  walk(): Promise<string>;
  /** Everything that must be true at the end, whatever stopped on the way. */
  readonly expected: Outcome;
}

/** Goes on as the rest of the system would: the job comes by, the client or the relay asks again. */
async function insist(step: Walk): Promise<unknown> {
  await step().catch(stopped);
  await shop.later(10_000).catch(stopped);
  await shop.later(10_000);
  return step().catch((error: unknown) => {
    stopped(error);
    return step();
  });
}

function stopped(error: unknown): void {
  if (!(error instanceof Stopped) && !String(error).includes('consumer')) throw error;
}

async function placeAnd(input: object): Promise<{ id: string; payment: { id: string } }> {
  const answer = (await insist(() => shop.place(input))) as Awaited<ReturnType<Shop['place']>>;
  return answer.order;
}

async function outcomeOf(orderId: string) {
  const order = await shop.order(orderId);
  const { near } = shop;
  return {
    status: order.status,
    payment: order.payment.status,
    refunded: order.refunded.amount,
    events: await shop.events(orderId),
    posts: [...near.ledger.keys()].map((key) => key.split(':')[0]).sort(),
    balances: ['provider:SANDBOX', 'escrow:orders', 'revenue:sales'].map((account) => near.balance(account)),
    taken: near.taken('var_tea'),
    seat: near.seats.get(orderId)?.status ?? null,
    group: order.groupBuy?.id ?? null,
    orders: (await shop.documents('orders')).length,
    refunds: (await shop.documents('refunds')).map((refund) => refund.status),
    sandboxRefunds: (await shop.documents('sandbox_refunds')).length,
    jobs: (await shop.documents('jobs')).map((job) => job.kind),
  };
}

type Outcome = Awaited<ReturnType<typeof outcomeOf>>;

const NOTHING = {
  refunded: '0.00',
  balances: [0, 0, 0],
  taken: 0,
  seat: null,
  group: null,
  orders: 1,
  refunds: [],
  sandboxRefunds: 0,
  jobs: [],
};

const journeys: Journey[] = [
  {
    name: 'a plain order, paid and later cancelled',
    async walk() {
      const { id, payment } = await placeAnd(shop.input());
      await insist(() => shop.pay(payment.id));
      await insist(() => shop.cancel(id));
      return id;
    },
    expected: {
      ...NOTHING,
      status: 'REFUNDED',
      payment: 'REFUNDED',
      refunded: '25.00',
      events: ['order.placed', 'order.paid', 'order.confirmed', 'order.refunded'],
      posts: ['payment', 'refund', 'sale'],
      refunds: ['POSTED'],
      sandboxRefunds: 1,
    },
  },
  {
    name: 'a group order whose group succeeds at a better tier',
    async walk() {
      const { id, payment } = await placeAnd(shop.groupInput({ groupBuyId: 'gbuy_open' }));
      await insist(() => shop.pay(payment.id));
      await insist(() => shop.confirmMember(id, { minor: 150, currencyCode: 'HKD' }));
      return id;
    },
    expected: {
      ...NOTHING,
      status: 'CONFIRMED',
      payment: 'PARTIALLY_REFUNDED',
      refunded: '1.50',
      events: ['order.placed', 'order.paid', 'order.confirmed', 'order.refunded'],
      posts: ['payment', 'refund', 'sale'],
      balances: [-850, 0, 850],
      taken: 1,
      seat: 'PAID',
      group: 'gbuy_open',
      refunds: ['POSTED'],
      sandboxRefunds: 1,
    },
  },
  {
    name: 'a group order whose group fails',
    async walk() {
      const { id, payment } = await placeAnd(shop.groupInput({ groupBuyId: 'gbuy_open' }));
      await insist(() => shop.pay(payment.id));
      await insist(() => shop.refundMember(id));
      return id;
    },
    expected: {
      ...NOTHING,
      status: 'REFUNDED',
      payment: 'REFUNDED',
      refunded: '10.00',
      events: ['order.placed', 'order.paid', 'order.refunded'],
      posts: ['payment', 'refund'],
      seat: 'REFUNDED',
      group: 'gbuy_open',
      refunds: ['POSTED'],
      sandboxRefunds: 1,
    },
  },
  {
    name: 'a group order whose payment fails',
    async walk() {
      const { id, payment } = await placeAnd(shop.groupInput({ groupBuyId: 'gbuy_open' }));
      await insist(() => shop.pay(payment.id, 'FAIL'));
      return id;
    },
    expected: {
      ...NOTHING,
      status: 'CANCELLED',
      payment: 'FAILED',
      events: ['order.placed', 'order.cancelled'],
      posts: [],
      seat: 'RELEASED',
      group: 'gbuy_open',
    },
  },
  {
    name: 'a group order whose member leaves before the money lands',
    async walk() {
      const { id, payment } = await placeAnd(shop.groupInput({ groupBuyId: 'gbuy_open' }));
      await insist(() => shop.leaveSeat(id));
      await insist(() => shop.pay(payment.id));
      return id;
    },
    expected: {
      ...NOTHING,
      status: 'REFUNDED',
      payment: 'REFUNDED',
      refunded: '10.00',
      events: ['order.placed', 'order.cancelled', 'order.refunded'],
      posts: ['payment', 'refund'],
      seat: 'RELEASED',
      group: 'gbuy_open',
      refunds: ['POSTED'],
      sandboxRefunds: 1,
    },
  },
  {
    name: 'a group order whose group is cancelled before it is paid',
    async walk() {
      const { id } = await placeAnd(shop.groupInput({ groupBuyId: 'gbuy_open' }));
      await insist(() => shop.endGroup(id, 'CANCELLED'));
      return id;
    },
    expected: {
      ...NOTHING,
      status: 'CANCELLED',
      payment: 'EXPIRED',
      events: ['order.placed', 'order.cancelled'],
      posts: [],
      seat: 'RELEASED',
      group: 'gbuy_open',
    },
  },
  {
    name: 'late money, another group offered and accepted',
    async walk() {
      const { id, payment } = await placeAnd(shop.groupInput({ groupBuyId: 'gbuy_open' }));
      await shop.later(15 * 60_000).catch(stopped);
      await shop.later(10_000);
      shop.near.groups.set('gbuy_open', { campaignId: 'gbc_tea', size: 3, status: 'EXPIRED' });
      shop.near.groups.set('gbuy_next', { campaignId: 'gbc_tea', size: 3, status: 'OPEN' });
      await insist(() => shop.pay(payment.id));
      await insist(() => shop.lateOffer('Accept', id));
      return id;
    },
    expected: {
      ...NOTHING,
      status: 'PAID',
      payment: 'SUCCEEDED',
      events: ['order.placed', 'order.cancelled', 'order.paid'],
      posts: ['payment'],
      balances: [-1000, 1000, 0],
      taken: 1,
      seat: 'PAID',
      group: 'gbuy_next',
      jobs: ['order.late-offer'],
    },
  },
  {
    name: 'late money, another group offered and declined',
    async walk() {
      const { id, payment } = await placeAnd(shop.groupInput({ groupBuyId: 'gbuy_open' }));
      await shop.later(15 * 60_000).catch(stopped);
      await shop.later(10_000);
      shop.near.groups.set('gbuy_open', { campaignId: 'gbc_tea', size: 3, status: 'EXPIRED' });
      shop.near.groups.set('gbuy_next', { campaignId: 'gbc_tea', size: 3, status: 'OPEN' });
      await insist(() => shop.pay(payment.id));
      await insist(() => shop.lateOffer('Decline', id));
      return id;
    },
    expected: {
      ...NOTHING,
      status: 'REFUNDED',
      payment: 'REFUNDED',
      refunded: '10.00',
      events: ['order.placed', 'order.cancelled', 'order.paid', 'order.refunded'],
      posts: ['payment', 'refund'],
      seat: 'RELEASED',
      group: 'gbuy_open',
      refunds: ['POSTED'],
      sandboxRefunds: 1,
      jobs: ['order.late-offer'],
    },
  },
];

/** Counts transactions and stops at the one given, before it began or after it was durable. */
function stopAtTransaction(at: number, when: 'before' | 'after'): () => number {
  let count = 0;
  Object.assign(shop.kernel.database, {
    transaction: async <T>(work: Parameters<typeof transaction<T>>[0]): Promise<T> => {
      count += 1;
      const mine = count === at;
      if (mine && when === 'before') throw new Stopped('before a transaction');
      const result = await transaction(work);
      if (mine) throw new Stopped('after a transaction');
      return result;
    },
  });
  return () => count;
}

function stopAtCall(at: number, when: 'before' | 'after'): void {
  shop.near[when] = (call, operation) => {
    if (call === at) throw new Stopped(`${when} ${operation}`);
  };
}

/** Walks once without a fault, then once per boundary. */
async function everywhere(walk: () => Promise<unknown>): Promise<void> {
  await shop.reset();
  const transactions = stopAtTransaction(-1, 'before');
  await walk();
  const boundaries = { calls: shop.near.calls.length, transactions: transactions() };
  for (const when of ['before', 'after'] as const) {
    for (let at = 1; at <= boundaries.calls; at += 1) {
      await shop.reset();
      stopAtTransaction(-1, 'before');
      stopAtCall(at, when);
      await walk();
    }
    for (let at = 1; at <= boundaries.transactions; at += 1) {
      await shop.reset();
      stopAtTransaction(at, when);
      await walk();
    }
  }
  Object.assign(shop.kernel.database, { transaction });
}

describe.each(journeys)('$name', ({ walk, expected }) => {
  it('should end the same wherever it was stopped, with no step done twice', async () => {
    await everywhere(async () => expect(await outcomeOf(await walk())).toEqual(expected));
  });
});

describe('a group order that stock refuses', () => {
  it('should be refused wherever it was stopped, and hold nothing', async () => {
    await everywhere(async () => {
      shop.near.stockRefusal = FakeNeighbours.refusal('SOLD_OUT', { available: 0 });
      const input = shop.groupInput({ groupBuyId: 'gbuy_open' });
      const answer = (await insist(() => shop.place(input))) as Awaited<ReturnType<Shop['place']>>;
      expect(answer).toMatchObject({ order: null, userErrors: [{ code: 'SOLD_OUT', available: 0 }] });
      expect(shop.near.seated('gbuy_open')).toEqual([]);
      expect((await shop.documents('orders')).filter((order) => order.refusal === null)).toEqual([]);
      expect(await shop.documents('jobs')).toEqual([]);
    });
  });
});
