import fc from 'fast-check';
import {
  canBecome,
  cancelledUnpaid,
  confirmed,
  done,
  groupSucceeded,
  isOfferOpen,
  isVisibleTo,
  isWanted,
  moneyArrived,
  nextStep,
  ORDER_STATUS,
  type Order,
  type OrderChange,
  offerAccepted,
  offerElsewhere,
  paid,
  placed,
  refundAll,
  refundable,
  refundPart,
  refundPosted,
  refused,
  saleAmount,
  stockKey,
} from './order';
import { orderNumber } from './order-number';

const NOW = new Date('2026-06-01T12:34:56.000Z');
const hkd = (minor: number) => ({ minor, currencyCode: 'HKD' });

function order(change: Partial<Order> = {}): Order {
  return {
    _id: 'ord_1',
    number: 'KT-1',
    accountId: 'acct_1',
    status: 'PENDING',
    version: 1,
    lines: [],
    total: hkd(1000),
    refundRequested: hkd(0),
    refunded: hkd(0),
    group: null,
    stock: { attempt: 1, state: 'RESERVING' },
    paymentId: 'pay_1',
    provider: 'SANDBOX',
    payBy: NOW,
    deliveryOptionId: 'standard',
    deliveryAddress: null,
    todo: [],
    driveJob: null,
    tierRefund: null,
    lateOffer: null,
    refusal: null,
    refusedAt: null,
    cancelReason: null,
    cancelNote: null,
    createdAt: NOW,
    paidAt: null,
    ...change,
  };
}

const seat = (state: NonNullable<Order['group']>['seat']) => ({
  askedCampaignId: null,
  askedGroupBuyId: 'gbuy_1',
  campaignId: 'gbc_1',
  groupBuyId: 'gbuy_1',
  seat: state,
});

const kinds = (change: OrderChange) => change.todo?.map((step) => step.kind);

describe('order transitions', () => {
  it('should allow exactly the table', () => {
    const allowed = Object.keys(ORDER_STATUS).flatMap((from) =>
      Object.keys(ORDER_STATUS)
        .filter((to) => canBecome(from as Order['status'], to as Order['status']))
        .map((to) => `${from}>${to}`),
    );
    expect(allowed).toEqual([
      'PENDING>AWAITING_PAYMENT',
      'PENDING>CANCELLED',
      'AWAITING_PAYMENT>PAID',
      'AWAITING_PAYMENT>CANCELLED',
      'PAID>CONFIRMED',
      'PAID>REFUNDING',
      'CONFIRMED>REFUNDING',
      'CANCELLED>PAID',
      'CANCELLED>REFUNDING',
      'REFUNDING>REFUNDED',
    ]);
  });

  it('should treat any other change as a bug', () => {
    const forbidden: [Order['status'], (from: Order) => OrderChange][] = [
      ['PENDING', (from) => paid(from, NOW)],
      [
        'REFUNDED',
        (from) => refundAll(from, 'rfnd_1', { reason: 'x', note: null, now: NOW }, { seat: false, stock: false }),
      ],
      ['CONFIRMED', (from) => cancelledUnpaid(from, 'x')],
      ['PAID', (from) => placed(from, { group: null, lines: [], total: hkd(1) })],
      ['CANCELLED', (from) => confirmed(from, null)],
    ];
    for (const [status, decide] of forbidden) expect(() => decide(order({ status }))).toThrow(`from ${status} to`);
  });
});

describe('order decisions', () => {
  it('should place until placed, then do the list in order', () => {
    expect(nextStep(order())).toEqual({ kind: 'PLACE' });
    expect(nextStep(order({ status: 'AWAITING_PAYMENT' }))).toBeNull();
    const todo = [{ kind: 'RELEASE_SEAT' as const }, { kind: 'RELEASE_STOCK' as const }];
    expect(nextStep(order({ status: 'CANCELLED', todo }))).toEqual({ kind: 'RELEASE_SEAT' });
    expect(done(order({ todo }))).toEqual({ todo: [{ kind: 'RELEASE_STOCK' }] });
  });

  it('should release a seat only where there is one', () => {
    const both = { seat: true, stock: true };
    const value = { code: 'X', message: '', field: null, errorType: null, fields: {} };
    expect(kinds(refused(order(), value, NOW, both))).toEqual(['RELEASE_STOCK']);
    expect(kinds(refused(order({ group: seat('ASKED') }), value, NOW, both))).toEqual([
      'RELEASE_SEAT',
      'RELEASE_STOCK',
    ]);
  });

  it('should release before it books money that arrived meanwhile', () => {
    const waiting = order({ status: 'AWAITING_PAYMENT', group: seat('HELD') });
    const cancelled = { ...waiting, ...cancelledUnpaid(waiting, 'PAYMENT_EXPIRED') } as Order;
    expect(kinds(moneyArrived(cancelled))).toEqual(['RELEASE_SEAT', 'RELEASE_STOCK', 'POST_PAYMENT']);
  });

  it('should want late money after a lapse or a failure, not after a cancellation', () => {
    const ended = (cancelReason: string) => isWanted(order({ status: 'CANCELLED', cancelReason }));
    expect(['PAYMENT_EXPIRED', 'PAYMENT_FAILED', 'CUSTOMER', 'MERCHANT'].map(ended)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isWanted(order({ status: 'AWAITING_PAYMENT' }))).toBe(true);
  });

  it('should secure stock first, then pay the seat or post the sale', () => {
    expect(kinds(paid(order({ status: 'AWAITING_PAYMENT' }), NOW))).toEqual(['SECURE_STOCK', 'POST_SALE']);
    expect(kinds(paid(order({ status: 'AWAITING_PAYMENT', group: seat('HELD') }), NOW))).toEqual([
      'SECURE_STOCK',
      'PAY_SEAT',
    ]);
  });

  it('should leave a tier difference in escrow until it is refunded', () => {
    const before = order({ status: 'PAID', group: seat('PAID') });
    const succeeded = { ...before, ...groupSucceeded(before, hkd(150)) } as Order;
    expect(saleAmount(succeeded)).toEqual(hkd(850));
    const after = { ...succeeded, ...confirmed(succeeded, 'rfnd_1') } as Order;
    expect(after).toMatchObject({ status: 'CONFIRMED', refundRequested: hkd(150), todo: [{ kind: 'REFUND' }] });
    expect(refundable(after)).toEqual(hkd(850));
  });

  it('should tell the group of a full refund only when the group asked for it', () => {
    const refunding = (state: 'REFUND_DUE' | 'CONFIRMED') =>
      order({ status: 'REFUNDING', group: seat(state), todo: [{ kind: 'REFUND', refundId: 'rfnd_1' }] });
    expect(kinds(refundPosted(refunding('REFUND_DUE'), hkd(1000)))).toEqual(['TELL_SEAT_REFUNDED']);
    expect(kinds(refundPosted(refunding('CONFIRMED'), hkd(1000)))).toEqual([]);
  });

  it('should never ask for, nor give back, more than was paid, however a payment is cut up', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1200 }), { maxLength: 20 }), (amounts) => {
        let current = order({ status: 'CONFIRMED' });
        const accepted: number[] = [];
        for (const amount of amounts) {
          if (amount > refundable(current).minor || current.status !== 'CONFIRMED') continue;
          current = { ...current, ...refundPart(current, `rfnd_${accepted.length}`, hkd(amount)) } as Order;
          accepted.push(amount);
        }
        for (const amount of accepted) current = { ...current, ...refundPosted(current, hkd(amount)) } as Order;
        const sum = accepted.reduce((total, amount) => total + amount, 0);
        expect(current.refunded.minor).toBe(sum);
        expect(sum).toBeLessThanOrEqual(1000);
        expect(current.status).toBe(sum === 1000 ? 'REFUNDED' : 'CONFIRMED');
        expect(current.todo).toEqual([]);
      }),
    );
  });

  it('should keep an offer open until its end and take it once', () => {
    const expiresAt = new Date(NOW.getTime() + 1);
    const base = order({ status: 'PAID', group: seat('HELD'), todo: [{ kind: 'PAY_SEAT' }] });
    const holding = { ...base, ...offerElsewhere(base, ['gbuy_2'], expiresAt) } as Order;
    expect(holding.todo).toEqual([{ kind: 'HOLD_OFFER' }]);
    expect(isOfferOpen(holding, NOW)).toBe(false);
    const open = order({ lateOffer: { state: 'OPEN', groupBuyId: 'gbuy_2', candidates: [], expiresAt } });
    expect(isOfferOpen(open, NOW)).toBe(true);
    expect(isOfferOpen(open, expiresAt)).toBe(false);
    expect(offerAccepted(open)).toMatchObject({ lateOffer: { state: 'ACCEPTED' }, todo: [{ kind: 'PAY_SEAT' }] });
  });

  it('should be seen by its owner and by those who see all, and by nobody when it was refused', () => {
    const refusal = { code: 'X', message: '', field: null, errorType: null, fields: {} };
    expect(isVisibleTo(order(), { accountId: 'acct_1', all: false })).toBe(true);
    expect(isVisibleTo(order(), { accountId: 'acct_2', all: false })).toBe(false);
    expect(isVisibleTo(order(), { accountId: null, all: false })).toBe(false);
    expect(isVisibleTo(order(), { accountId: null, all: true })).toBe(true);
    expect(isVisibleTo(order({ refusal }), { accountId: 'acct_1', all: true })).toBe(false);
  });

  it('should name each reservation anew', () => {
    expect(stockKey(order())).toBe('ord_1');
    expect(stockKey(order({ stock: { attempt: 3, state: 'RESERVING' } }))).toBe('ord_1.3');
  });

  it('should number orders by hour and the random end of their id', () => {
    expect(orderNumber('ord_01k9zq3v5ee2q9y8m6w0h2n4rt', NOW)).toBe('KT-26060112-H2N4RT');
  });
});
