import type { Money } from '../../../platform/money/money';
import type { RefusalValue } from '../../../platform/user-errors/refusal';

/** An order as this subgraph keeps it, and every decision about what may become of it. Pure: the clock is an argument. */
export const ORDER_STATUS = {
  PENDING: 'PENDING',
  AWAITING_PAYMENT: 'AWAITING_PAYMENT',
  PAID: 'PAID',
  CONFIRMED: 'CONFIRMED',
  CANCELLED: 'CANCELLED',
  REFUNDING: 'REFUNDING',
  REFUNDED: 'REFUNDED',
} as const;
export type OrderStatus = keyof typeof ORDER_STATUS;

const TRANSITIONS: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PENDING: ['AWAITING_PAYMENT', 'CANCELLED'],
  AWAITING_PAYMENT: ['PAID', 'CANCELLED'],
  PAID: ['CONFIRMED', 'REFUNDING'],
  CONFIRMED: ['REFUNDING'],
  // Money may land after the deadline: the order revives, or the money goes back.
  CANCELLED: ['PAID', 'REFUNDING'],
  REFUNDING: ['REFUNDED'],
  REFUNDED: [],
};

/**
 * What an order still owes the rest of the system after a decision. The decision and its list are one write; the
 * drive then does the list in order, each entry safe to repeat, and strikes each off with a guarded write.
 */
export type Step =
  | {
      readonly kind:
        | 'RELEASE_SEAT'
        | 'RELEASE_STOCK'
        | 'POST_PAYMENT'
        | 'SECURE_STOCK'
        | 'PAY_SEAT'
        | 'HOLD_OFFER'
        | 'POST_SALE'
        | 'TELL_SEAT_REFUNDED';
    }
  | { readonly kind: 'REFUND'; readonly refundId: string };

export interface OrderLine {
  readonly id: string;
  readonly variantId: string;
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly lineTotal: Money;
}

/** The order's place in a group: asked for at first (one of the two ids), then the seat that social gave. */
export interface GroupPart {
  readonly askedCampaignId: string | null;
  readonly askedGroupBuyId: string | null;
  readonly campaignId: string | null;
  readonly groupBuyId: string | null;
  /** REFUND_DUE: social asked for the money back and waits to hear that it is. */
  readonly seat: 'ASKED' | 'HELD' | 'PAID' | 'CONFIRMED' | 'REFUND_DUE' | 'RELEASED';
}

/** The reservation that stands for this order at catalog. A released one is never revived: the next has its own key. */
export interface StockPart {
  readonly attempt: number;
  readonly state: 'RESERVING' | 'HELD' | 'COMMITTED' | 'RELEASED';
}

/** Another open group, offered to someone whose money landed after their own group had closed. */
export interface LateOffer {
  readonly state: 'HOLDING' | 'OPEN' | 'ACCEPTED' | 'DECLINED' | 'EXPIRED';
  readonly groupBuyId: string | null;
  /** Groups not tried yet, best first. */
  readonly candidates: readonly string[];
  readonly expiresAt: Date;
}

export interface DeliveryAddress {
  readonly name: string;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly province: string | null;
  readonly postalCode: string | null;
  readonly countryCode: string;
  readonly phone: string;
}

export interface Order {
  readonly _id: string;
  readonly number: string;
  readonly accountId: string;
  readonly status: OrderStatus;
  /** Rises with every write; each write is guarded by the version it decided on. */
  readonly version: number;
  readonly lines: readonly OrderLine[];
  readonly total: Money;
  /** Refunds asked for so far; never more than `total`. */
  readonly refundRequested: Money;
  /** Refunds that the provider confirmed and the ledger holds. */
  readonly refunded: Money;
  readonly group: GroupPart | null;
  readonly stock: StockPart;
  readonly paymentId: string;
  readonly provider: string;
  readonly payBy: Date;
  readonly deliveryOptionId: string;
  readonly deliveryAddress: DeliveryAddress | null;
  readonly todo: readonly Step[];
  /** The waiting job that drives `todo` should this process stop. */
  readonly driveJob: string | null;
  /** The difference to a better tier, owed when the group has succeeded. */
  readonly tierRefund: Money | null;
  readonly lateOffer: LateOffer | null;
  /** Why placing failed: such an order is the stored answer to its key and no client sees it. */
  readonly refusal: RefusalValue | null;
  readonly refusedAt: Date | null;
  readonly cancelReason: string | null;
  readonly cancelNote: string | null;
  readonly createdAt: Date;
  readonly paidAt: Date | null;
}

/** The fields a decision changes. */
export type OrderChange = Partial<
  Omit<Order, '_id' | 'number' | 'accountId' | 'version' | 'paymentId' | 'createdAt' | 'driveJob'>
>;

export function canBecome(from: OrderStatus, to: OrderStatus): boolean {
  return TRANSITIONS[from].includes(to);
}

/** A change of status that the table does not allow is a bug of ours, never an answer. */
function become(order: Order, to: OrderStatus): { status: OrderStatus } {
  if (!canBecome(order.status, to)) throw new Error(`An order cannot go from ${order.status} to ${to}.`);
  return { status: to };
}

export type NextStep = Step | { readonly kind: 'PLACE' };

/** What the drive has to do next, or null when the order waits for someone else. */
export function nextStep(order: Order): NextStep | null {
  if (order.status === 'PENDING') return { kind: 'PLACE' };
  return order.todo[0] ?? null;
}

/** The name of the order's present reservation; the first is the order's own id. */
export function stockKey(order: Order): string {
  return order.stock.attempt === 1 ? order._id : `${order._id}.${order.stock.attempt}`;
}

export function isVisibleTo(
  order: Order,
  viewer: { readonly accountId: string | null; readonly all: boolean },
): boolean {
  return order.refusal === null && (viewer.all || order.accountId === viewer.accountId);
}

const withoutFirst = (order: Order): readonly Step[] => order.todo.slice(1);

/** The first entry of the list is done. */
export function done(order: Order, change: OrderChange = {}): OrderChange {
  return { ...change, todo: withoutFirst(order) };
}

/** Seat and stock are held: the payer may pay. */
export function placed(
  order: Order,
  held: { readonly group: GroupPart | null; readonly lines: readonly OrderLine[]; readonly total: Money },
): OrderChange {
  const none = { minor: 0, currencyCode: held.total.currencyCode };
  return {
    ...become(order, 'AWAITING_PAYMENT'),
    ...held,
    refundRequested: none,
    refunded: none,
    stock: { ...order.stock, state: 'HELD' },
  };
}

/** Placing failed. `held` says what may have been taken and is to be given back. */
export function refused(
  order: Order,
  refusal: RefusalValue,
  now: Date,
  held: { readonly seat: boolean; readonly stock: boolean },
): OrderChange {
  return { ...become(order, 'CANCELLED'), refusal, refusedAt: now, todo: releases(order, held) };
}

function releases(order: Order, held: { readonly seat: boolean; readonly stock: boolean }): Step[] {
  return [
    ...(held.seat && order.group ? [{ kind: 'RELEASE_SEAT' as const }] : []),
    ...(held.stock ? [{ kind: 'RELEASE_STOCK' as const }] : []),
  ];
}

/** The order will not be paid: its deadline passed, the payment failed or the buyer cancelled. */
export function cancelledUnpaid(order: Order, reason: string, note: string | null = null): OrderChange {
  return {
    ...become(order, 'CANCELLED'),
    cancelReason: reason,
    cancelNote: note,
    todo: [...order.todo, ...releases(order, { seat: true, stock: true })],
  };
}

/** The order's seat was taken from it before it was paid: its stock goes back too. */
export function seatLost(order: Order, reason: string): OrderChange {
  return {
    ...become(order, 'CANCELLED'),
    group: order.group && { ...order.group, seat: 'RELEASED' },
    cancelReason: reason,
    todo: [...order.todo, ...releases(order, { seat: false, stock: true })],
  };
}

/** The provider has the money; the ledger is to hear of it after whatever is still to be released. */
export function moneyArrived(order: Order): OrderChange {
  return { todo: [...order.todo, { kind: 'POST_PAYMENT' }] };
}

/** Reasons after which late money revives the order; after any other the buyer no longer wants it. */
const REVIVABLE: readonly string[] = [
  'PAYMENT_EXPIRED',
  'PAYMENT_FAILED',
  'GROUP_SUCCEEDED',
  'GROUP_EXPIRED',
  'GROUP_CANCELLED',
];

export function isWanted(order: Order): boolean {
  return order.status === 'AWAITING_PAYMENT' || (order.cancelReason !== null && REVIVABLE.includes(order.cancelReason));
}

/** The ledger has the money of a wanted order: stock is made sure of first, then the seat or the sale. */
export function paid(order: Order, now: Date): OrderChange {
  return {
    ...become(order, 'PAID'),
    paidAt: now,
    cancelReason: null,
    todo: [{ kind: 'SECURE_STOCK' }, { kind: order.group ? 'PAY_SEAT' : 'POST_SALE' }],
  };
}

/** Where an order's money lies: escrow until it is confirmed, then revenue. */
export function moneySource(order: Order): 'ESCROW' | 'REVENUE' {
  return order.status === 'CONFIRMED' ? 'REVENUE' : 'ESCROW';
}

export function refundable(order: Order): Money {
  return { ...order.total, minor: order.total.minor - order.refundRequested.minor };
}

/** Everything not refunded yet goes back; `held` says what the order gives up. */
export function refundAll(
  order: Order,
  refundId: string,
  why: { readonly reason: string; readonly note: string | null; readonly now: Date },
  held: { readonly seat: boolean; readonly stock: boolean },
): OrderChange {
  return {
    ...become(order, 'REFUNDING'),
    refundRequested: order.total,
    cancelReason: why.reason,
    cancelNote: why.note,
    paidAt: order.paidAt ?? why.now,
    // Confirmed orders may still owe an earlier refund; whatever else was to be done is overtaken.
    todo: [
      ...order.todo.filter((step) => step.kind === 'REFUND'),
      ...releases(order, held),
      { kind: 'REFUND', refundId },
    ],
  };
}

/** A part of a confirmed order's money goes back; when nothing is left the order is on its way to REFUNDED. */
export function refundPart(order: Order, refundId: string, amount: Money): OrderChange {
  const refundRequested = { ...order.total, minor: order.refundRequested.minor + amount.minor };
  return {
    ...(refundRequested.minor === order.total.minor ? become(order, 'REFUNDING') : {}),
    refundRequested,
    todo: [...order.todo, { kind: 'REFUND', refundId }],
  };
}

/** A refund is with the payer and in the ledger; its entry is the first of the list. */
export function refundPosted(order: Order, amount: Money): OrderChange {
  const refunded = { ...order.refunded, minor: order.refunded.minor + amount.minor };
  const full = refunded.minor === order.total.minor;
  const tell: Step[] = full && order.group?.seat === 'REFUND_DUE' ? [{ kind: 'TELL_SEAT_REFUNDED' }] : [];
  return { ...(full ? become(order, 'REFUNDED') : {}), refunded, todo: [...withoutFirst(order), ...tell] };
}

/** The group succeeded: the sale is posted, less the difference to the tier it reached. */
export function groupSucceeded(order: Order, tierRefund: Money | null): OrderChange {
  return {
    group: order.group && { ...order.group, seat: 'CONFIRMED' },
    tierRefund: tierRefund && tierRefund.minor > 0 ? tierRefund : null,
    todo: [{ kind: 'POST_SALE' }],
  };
}

/** What of the order's money becomes revenue. */
export function saleAmount(order: Order): Money {
  return { ...order.total, minor: order.total.minor - (order.tierRefund?.minor ?? 0) };
}

/** The sale is in the ledger; a tier difference is refunded from what stayed in escrow. */
export function confirmed(order: Order, tierRefundId: string | null): OrderChange {
  const status = become(order, 'CONFIRMED');
  if (!order.tierRefund || tierRefundId === null) return { ...status, todo: withoutFirst(order) };
  return {
    ...status,
    refundRequested: { ...order.total, minor: order.refundRequested.minor + order.tierRefund.minor },
    todo: [...withoutFirst(order), { kind: 'REFUND', refundId: tierRefundId }],
  };
}

/** The reservation lapsed before it was committed: another is asked for. */
export function reserveAgain(order: Order): OrderChange {
  return { stock: { attempt: order.stock.attempt + 1, state: 'RESERVING' } };
}

/** The group closed before the money came: other groups are tried in turn. */
export function offerElsewhere(order: Order, candidates: readonly string[], expiresAt: Date): OrderChange {
  return {
    lateOffer: { state: 'HOLDING', groupBuyId: null, candidates, expiresAt },
    todo: [{ kind: 'HOLD_OFFER' }, ...withoutFirst(order)],
  };
}

/** Whether the buyer may still take the offer. */
export function isOfferOpen(order: Order, now: Date): order is Order & { lateOffer: LateOffer } {
  return order.lateOffer?.state === 'OPEN' && order.lateOffer.expiresAt > now;
}

export function offerAccepted(order: Order): OrderChange {
  return {
    lateOffer: order.lateOffer && { ...order.lateOffer, state: 'ACCEPTED' },
    todo: [...order.todo, { kind: 'PAY_SEAT' }],
  };
}
