/**
 * Every event of the product, declared once. Owners: the first part of a type names the aggregate.
 * `MoneyValue` is minor units with a currency. Consumers ignore fields they do not know.
 */
export interface MoneyValue {
  readonly minor: number;
  readonly currencyCode: string;
}

export interface EventTypes {
  /** accounts: someone registered. */
  'account.registered': { readonly accountId: string };

  /** catalog: a product was created, changed or removed. */
  'product.changed': { readonly productId: string; readonly published: boolean };

  /** orders: seat and stock are held and payment is awaited. */
  'order.placed': {
    readonly orderId: string;
    readonly accountId: string;
    readonly total: MoneyValue;
    readonly groupBuyId: string | null;
  };
  /** orders: the ledger has the money. */
  'order.paid': {
    readonly orderId: string;
    readonly accountId: string;
    readonly total: MoneyValue;
    readonly lines: readonly { readonly variantId: string; readonly productId: string; readonly quantity: number }[];
    readonly groupBuyId: string | null;
  };
  /** orders: released to fulfilment (at once for a plain order, on success for a group order). */
  'order.confirmed': { readonly orderId: string; readonly accountId: string };
  'order.cancelled': { readonly orderId: string; readonly accountId: string; readonly reason: string };
  /** orders: the provider confirmed a refund; `full` when nothing of the order's payment is left. */
  'order.refunded': {
    readonly orderId: string;
    readonly refundId: string;
    readonly amount: MoneyValue;
    readonly full: boolean;
  };

  /** social: any change of a group that its viewers can see; `sequence` of the envelope is the group's version. */
  'group_buy.changed': { readonly change: GroupBuyChange; readonly groupBuy: GroupBuyState };
  /** social: the group succeeded; this member's order proceeds. `refund` is the tier difference, if any. */
  'group_buy.member_confirmed': {
    readonly groupBuyId: string;
    readonly orderId: string;
    readonly refund: MoneyValue | null;
  };
  /** social: this member's order is owed its money back (all of it). */
  'group_buy.member_refund_due': { readonly groupBuyId: string; readonly orderId: string; readonly reason: string };
  /**
   * social: a seat that was only held was taken from its order, which did not ask for it: the member left
   * (MEMBER_LEFT), or the group ended before the payment came (GROUP_SUCCEEDED, GROUP_EXPIRED, GROUP_CANCELLED). A seat
   * that lapses or that orders gives up itself is not told.
   */
  'group_buy.seat_left': {
    readonly groupBuyId: string;
    readonly orderId: string;
    readonly reason: 'MEMBER_LEFT' | 'GROUP_SUCCEEDED' | 'GROUP_EXPIRED' | 'GROUP_CANCELLED';
  };
  /** social: any change of a campaign's public numbers; `sequence` is the campaign's version. */
  'group_buy_campaign.changed': { readonly campaign: GroupBuyCampaignState };

  /** content: a review was published. */
  'review.published': { readonly reviewId: string; readonly productId: string; readonly rating: number };
}

export type GroupBuyChange =
  | 'OPENED'
  | 'MEMBER_PAID'
  | 'MEMBER_LEFT'
  | 'LEADER_CHANGED'
  | 'SUCCEEDED'
  | 'EXPIRED'
  | 'CANCELLED'
  | 'CLOSED';

export interface GroupBuyState {
  readonly id: string;
  readonly campaignId: string;
  readonly status: string;
  readonly size: number;
  readonly joined: number;
  readonly leaderId: string;
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly completedBy: string | null;
  readonly version: number;
}

export interface GroupBuyCampaignState {
  readonly id: string;
  readonly status: string;
  readonly soldUnits: number;
  readonly buyers: number;
  readonly openGroups: number;
  readonly succeededGroups: number;
  readonly quotaRemaining: number | null;
  readonly version: number;
}

export type EventType = keyof EventTypes;

export interface EventEnvelope<T extends EventType = EventType> {
  readonly id: string;
  readonly type: T;
  /** Version of the shape of `data`. */
  readonly version: 1;
  readonly aggregateId: string;
  /** Rises by at least one with every event of the aggregate. */
  readonly sequence: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly data: EventTypes[T];
}

export type AnyEvent = { [T in EventType]: EventEnvelope<T> }[EventType];
