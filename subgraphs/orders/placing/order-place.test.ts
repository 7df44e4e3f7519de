import { ANONYMOUS } from '../../../platform/context/identity';
import { account } from '../../../test/support/subgraph-harness';
import { FakeNeighbours } from '../testing/fake-neighbours';
import { Shop } from '../testing/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
beforeEach(() => shop.reset());
afterAll(() => shop.stop());

describe('orderPlace', () => {
  it('should hold stock, ask for payment and show the order to its buyer', async () => {
    const order = await shop.placed();
    expect(order).toEqual({
      id: expect.stringMatching(/^ord_/),
      number: expect.stringMatching(/^KT-50060108-[0-9A-HJKMNP-TV-Z]{6}$/),
      status: 'AWAITING_PAYMENT',
      total: { amount: '25.00', currencyCode: 'HKD' },
      refunded: { amount: '0.00' },
      cancelReason: null,
      cancelNote: null,
      payBy: '2050-06-01T08:15:00.000Z',
      paidAt: null,
      lines: [
        {
          variant: { id: 'var_tea' },
          product: { id: 'prod_tea' },
          quantity: 2,
          unitPrice: { amount: '12.50' },
          lineTotal: { amount: '25.00' },
        },
      ],
      groupBuy: null,
      payment: {
        id: expect.stringMatching(/^pay_/),
        status: 'PENDING',
        provider: 'SANDBOX',
        amount: { amount: '25.00' },
      },
      refunds: [],
      lateOffer: null,
      deliveryOption: { id: 'standard' },
      deliveryAddress: null,
    });
    expect(await shop.order(order.id)).toEqual(order);
    expect(shop.near.calls).toEqual(['_variants', '_soloRefused', '_stockReserve']);
    expect(await shop.events(order.id)).toEqual(['order.placed']);
  });

  it('should hold a seat before stock in a group order and charge the group price', async () => {
    const order = await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    expect(shop.near.calls).toEqual(['_seatCheck', '_variants', '_seatHold', '_stockReserve']);
    expect(order).toMatchObject({
      status: 'AWAITING_PAYMENT',
      total: { amount: '10.00' },
      groupBuy: { id: 'gbuy_open' },
    });
    expect(order.lines[0].unitPrice).toEqual({ amount: '10.00' });
  });

  it('should open a group when given a campaign', async () => {
    const order = await shop.placed(shop.groupInput({ campaignId: 'gbc_tea' }));
    expect(order.groupBuy).toEqual({ id: `gbuy_of_${order.id}` });
  });

  it('should add up lines of the same variant and keep the address', async () => {
    const order = await shop.placed(
      shop.input({
        lines: [
          { variantId: 'var_tea', quantity: 1 },
          { variantId: 'var_rice', quantity: 1 },
          { variantId: 'var_tea', quantity: 2 },
        ],
        deliveryAddress: {
          name: ' Ann ',
          line1: '1 Nathan Rd',
          city: 'Kowloon',
          countryCode: 'HK',
          phone: '+852 2123 4567',
        },
      }),
    );
    expect(order.lines.map((line: { quantity: number }) => line.quantity)).toEqual([3, 1]);
    expect(order.total.amount).toBe('117.50');
    expect(order.deliveryAddress).toEqual({ name: 'Ann', countryCode: 'HK' });
  });

  it('should be for signed-in accounts only', async () => {
    const answer = await shop.place(shop.input(), ANONYMOUS);
    expect(answer.errors[0].code).toBe('UNAUTHENTICATED');
    expect(await shop.documents('orders')).toEqual([]);
  });

  it.each([
    [{ lines: [] }, 'INVALID', ['input', 'lines']],
    [{ lines: [{ variantId: 'var_tea', quantity: 0 }] }, 'INVALID', ['input', 'lines', '0', 'quantity']],
    [{ lines: [{ variantId: 'var_tea', quantity: 1000 }] }, 'INVALID', ['input', 'lines', '0', 'quantity']],
    [
      { lines: Array.from({ length: 101 }, (_, i) => ({ variantId: `v${i}`, quantity: 1 })) },
      'INVALID',
      ['input', 'lines'],
    ],
    [{ groupBuy: {} }, 'INVALID', ['input', 'groupBuy']],
    [{ groupBuy: { campaignId: 'a', groupBuyId: 'b' } }, 'INVALID', ['input', 'groupBuy']],
    [{ deliveryOptionId: 'drone' }, 'NOT_FOUND', ['input', 'deliveryOptionId']],
    [{ idempotencyKey: '' }, 'INVALID', ['input', 'idempotencyKey']],
    [
      { deliveryAddress: { name: 'A', line1: 'B', city: 'C', countryCode: 'hk', phone: '21234567' } },
      'INVALID',
      ['input', 'deliveryAddress', 'countryCode'],
    ],
    [{ lines: [{ variantId: 'var_none', quantity: 1 }] }, 'NOT_FOUND', ['input', 'lines', '0', 'variantId']],
    [{ lines: [{ variantId: 'var_gone', quantity: 1 }] }, 'NOT_FOUND', ['input', 'lines', '0', 'variantId']],
    [
      {
        lines: [
          { variantId: 'var_tea', quantity: 1 },
          { variantId: 'var_yen', quantity: 1 },
        ],
      },
      'CURRENCY_MISMATCH',
      ['input', 'lines'],
    ],
  ])('should refuse %j with %s and change nothing', async (change, code, field) => {
    const answer = await shop.place(shop.input(change));
    expect(answer.order).toBeNull();
    expect(answer.userErrors).toEqual([expect.objectContaining({ code, field })]);
    expect(await shop.documents('orders')).toEqual([]);
    expect(shop.near.reservations.size).toBe(0);
  });

  it('should refuse a plain order of what is sold in groups only, remember it, and hold nothing', async () => {
    shop.near.groupsOnly.add('var_tea');
    const lines = ['var_rice', 'var_tea'].map((variantId) => ({ variantId, quantity: 1 }));
    const input = shop.input({ lines });
    const answer = await shop.place(input);
    expect(answer).toEqual({
      order: null,
      userErrors: [
        {
          __typename: 'SimpleUserError',
          code: 'SOLO_PURCHASE_NOT_ALLOWED',
          field: ['input', 'lines', '1', 'variantId'],
          message: expect.stringContaining('campaignId opens a group, groupBuyId joins one'),
        },
      ],
    });
    expect(await shop.documents('orders')).toEqual([]);
    expect(await shop.documents('jobs')).toEqual([]);
    expect(shop.near.reservations.size).toBe(0);
    // The campaign is over: the key keeps its answer, a new one is free to order.
    shop.near.groupsOnly.clear();
    expect(await shop.place(input)).toEqual(answer);
    expect(shop.near.count('_soloRefused')).toBe(1);
    expect((await shop.placed(shop.input({ lines }))).status).toBe('AWAITING_PAYMENT');
  });

  it('should sell in a group what is not sold alone, without asking', async () => {
    shop.near.groupsOnly.add('var_tea');
    await shop.placed(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    expect(shop.near.count('_soloRefused')).toBe(0);
  });

  it('should place no plain order while nobody can say whether it may be one', async () => {
    shop.near.before = (_call, operation) => {
      if (operation === '_soloRefused') throw new Error('social is down');
    };
    const input = shop.input();
    expect((await shop.place(input)).errors).toHaveLength(1);
    expect(await shop.documents('orders')).toEqual([]);
    shop.near.before = () => undefined;
    await shop.placed(input);
  });

  it('should refuse a group order of several lines', async () => {
    const lines = ['var_tea', 'var_rice'].map((variantId) => ({ variantId, quantity: 1 }));
    const answer = await shop.place(shop.groupInput({ groupBuyId: 'gbuy_open' }, { lines }));
    expect(answer.userErrors[0]).toMatchObject({ code: 'INVALID', field: ['input', 'lines'] });
  });

  it('should refuse more than there is with what is left', async () => {
    const answer = await shop.place(shop.input({ lines: [{ variantId: 'var_rice', quantity: 6 }] }));
    expect(answer.userErrors).toEqual([
      {
        __typename: 'SoldOutError',
        code: 'SOLD_OUT',
        field: ['input', 'lines'],
        message: 'Only 5 left.',
        available: 5,
      },
    ]);
  });

  it('should refuse a full group after one read and with one write', async () => {
    const input = shop.groupInput({ groupBuyId: 'gbuy_full' });
    const answer = await shop.place(input);
    expect(answer.userErrors).toEqual([
      {
        __typename: 'GroupFullError',
        code: 'GROUP_FULL',
        field: ['input', 'groupBuy'],
        message: 'GROUP_FULL.',
        alternatives: [{ id: 'gbuy_open' }],
      },
    ]);
    expect(shop.near.calls).toEqual(['_seatCheck']);
    expect(await shop.documents('orders')).toEqual([]);
    expect(await shop.documents('jobs')).toEqual([]);
    expect(await shop.documents('order_place_keys')).toHaveLength(1);
    // The refusal is the result of the key, even when there is room by now.
    shop.near.groups.set('gbuy_full', { campaignId: 'gbc_tea', size: 9, status: 'OPEN' });
    expect(await shop.place(input)).toEqual(answer);
    expect(shop.near.calls).toEqual(['_seatCheck']);
  });

  it.each([
    'GROUP_CLOSED',
    'ALREADY_JOINED',
    'LIMIT_REACHED',
    'CAMPAIGN_NOT_RUNNING',
    'NOT_RESIDENT',
    'NEW_CUSTOMERS_ONLY',
    'NOT_FOUND',
  ])('should pass on %s from social and change nothing', async (code) => {
    shop.near.seatRefusal = FakeNeighbours.refusal(code);
    const answer = await shop.place(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    expect(answer.userErrors[0]).toMatchObject({ code, field: ['input', 'groupBuy'] });
    expect(await shop.documents('orders')).toEqual([]);
    expect(shop.near.count('_seatHold')).toBe(0);
  });

  it('should pass on a refusal it has no code for as NOT_ALLOWED', async () => {
    shop.near.seatRefusal = FakeNeighbours.refusal('MOON_IN_WRONG_PHASE');
    const answer = await shop.place(shop.groupInput({ groupBuyId: 'gbuy_open' }));
    expect(answer.userErrors[0]).toMatchObject({ code: 'NOT_ALLOWED', message: 'MOON_IN_WRONG_PHASE.' });
  });

  it('should show no order when the seat goes between check and hold, and repeat the refusal', async () => {
    shop.near.holdRefusal = FakeNeighbours.refusal('GROUP_FULL', { alternatives: ['gbuy_x'] });
    const input = shop.groupInput({ groupBuyId: 'gbuy_open' });
    const answer = await shop.place(input);
    expect(answer.userErrors[0]).toMatchObject({ code: 'GROUP_FULL', alternatives: [{ id: 'gbuy_x' }] });
    shop.near.holdRefusal = null;
    expect(await shop.place(input)).toEqual(answer);
    const [order] = await shop.documents('orders');
    expect(await shop.order(order._id)).toBeNull();
    expect(await shop.order(order._id, shop.merchant)).toBeNull();
    expect(await shop.documents('outbox')).toEqual([]);
    expect(await shop.documents('jobs')).toEqual([]);
  });

  it('should give the seat back when stock refuses', async () => {
    shop.near.stockRefusal = FakeNeighbours.refusal('SOLD_OUT', { available: 0 });
    const input = shop.groupInput({ groupBuyId: 'gbuy_open' });
    const answer = await shop.place(input);
    expect(answer.userErrors[0]).toMatchObject({ __typename: 'SoldOutError', code: 'SOLD_OUT', available: 0 });
    expect(shop.near.seated('gbuy_open')).toEqual([]);
    shop.near.stockRefusal = null;
    expect(await shop.place(input)).toEqual(answer);
    expect(shop.near.seated('gbuy_open')).toEqual([]);
    expect(await shop.documents('jobs')).toEqual([]);
  });

  it('should answer ten parallel and ten later requests of one key with one order', async () => {
    const input = shop.groupInput({ groupBuyId: 'gbuy_open' });
    const parallel = await Promise.all(Array.from({ length: 10 }, () => shop.place(input)));
    for (let i = 0; i < 10; i += 1) parallel.push(await shop.place(input));
    expect(new Set(parallel.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(parallel[0].userErrors).toEqual([]);
    expect(await shop.documents('orders')).toHaveLength(1);
    expect(await shop.documents('payments')).toHaveLength(1);
    expect(shop.near.count('_seatHold')).toBe(1);
    expect(shop.near.count('_stockReserve')).toBe(1);
  });

  it('should refuse another body under a used key and let another account use the same key', async () => {
    const input = shop.input();
    const first = await shop.placed(input);
    const other = await shop.place({ ...input, lines: [{ variantId: 'var_tea', quantity: 3 }] });
    expect(other.userErrors[0].code).toBe('IDEMPOTENCY_KEY_REUSED');
    const neighbour = await shop.placed(input, account());
    expect(neighbour.id).not.toBe(first.id);
    expect(await shop.documents('orders')).toHaveLength(2);
  });

  it('should let a key be tried again with a corrected input after INVALID', async () => {
    const input = shop.input({ lines: [] });
    expect((await shop.place(input)).userErrors[0].code).toBe('INVALID');
    await shop.placed({ ...input, lines: [{ variantId: 'var_tea', quantity: 1 }] });
  });
});

describe('order', () => {
  it('should be seen by its buyer and by merchants, not by other customers or the signed-out', async () => {
    const { id } = await shop.placed();
    expect(await shop.order(id, account())).toBeNull();
    expect(await shop.order(id, ANONYMOUS)).toBeNull();
    expect((await shop.order(id, shop.merchant)).id).toBe(id);
    expect((await shop.order(id, account(['STAFF']))).id).toBe(id);
  });
});
