import type { Money } from '../../../platform/money/money';
import { Refusal } from '../../../platform/user-errors/refusal';
import type { Terms } from '../campaign/campaign';
import { type Group, LIVE_SEATS } from '../group-buy/group-buy';
import type { GroupSeat, Seat } from './seat.model';

/** After the time orders gives a payment, a seat waits this much longer for news of one. */
export const GRACE_MS = 60_000;

/** What orders asks for: a seat in `groupBuyId`, or in a new group of `campaignId`. */
export interface SeatRequest {
  readonly orderId: string;
  readonly accountId: string;
  readonly campaignId: string | null;
  readonly groupBuyId: string | null;
  readonly variantId: string;
  readonly quantity: number;
  readonly holdUntil: Date;
}

/** A seat as orders sees it. */
export interface SeatView {
  readonly orderId: string;
  readonly groupBuyId: string;
  readonly campaignId: string;
  readonly status: string;
  readonly unitPrice: Money;
  readonly quantity: number;
  readonly groupStatus: string;
}

export function viewOf(seat: GroupSeat, groupStatus: string): SeatView {
  const { orderId, groupBuyId, campaignId, status, unitPrice, quantity } = seat;
  return { orderId, groupBuyId, campaignId, status, unitPrice, quantity, groupStatus };
}

/** An order that never had a seat: ids empty, nothing to pay. */
export function noSeat(orderId: string, currencyCode: string): SeatView {
  return {
    orderId,
    groupBuyId: '',
    campaignId: '',
    status: 'RELEASED',
    unitPrice: { minor: 0, currencyCode },
    quantity: 0,
    groupStatus: 'NONE',
  };
}

function lapsesAt(holdUntil: Date): Date {
  return new Date(holdUntil.getTime() + GRACE_MS);
}

export function newSeat(id: string, request: SeatRequest, group: Group, now: Date): GroupSeat {
  return {
    id,
    orderId: request.orderId,
    groupBuyId: group.id,
    campaignId: group.campaignId,
    accountId: request.accountId,
    variantId: request.variantId,
    quantity: request.quantity,
    unitPrice: group.terms.groupPrice,
    status: 'SEAT_HELD',
    live: true,
    heldAt: now,
    joinedAt: null,
    joinedVersion: null,
    leftVersion: null,
    left: false,
    dueAt: lapsesAt(request.holdUntil),
    told: 0,
    refundReason: null,
  };
}

/** A released seat, held again in another group. */
export function movedSeat(seat: GroupSeat, groupBuyId: string, holdUntil: Date, now: Date): GroupSeat {
  return {
    ...seat,
    status: 'SEAT_HELD',
    groupBuyId,
    live: true,
    left: false,
    heldAt: now,
    dueAt: lapsesAt(holdUntil),
  };
}

/** Remembers that an order was released, so that a hold which arrives after it fails. */
export function tombstone(id: string, orderId: string, now: Date): Seat {
  return {
    id,
    orderId,
    groupBuyId: null,
    campaignId: null,
    accountId: null,
    variantId: null,
    quantity: 0,
    unitPrice: null,
    status: 'RELEASED',
    live: false,
    heldAt: now,
    joinedAt: null,
    joinedVersion: null,
    leftVersion: null,
    left: true,
    dueAt: null,
    told: 0,
    refundReason: null,
  };
}

export function isLive(seat: Pick<Seat, 'status'>): boolean {
  return LIVE_SEATS.includes(seat.status);
}

/** Refuses what no state of a group can make right. */
export function checkRequest(request: SeatRequest, terms: Terms): void {
  const { quantity, variantId } = request;
  if (variantId !== terms.variantId) {
    throw new Refusal('VARIANT_MISMATCH', 'This group buy is for another variant.', { field: ['variantId'] });
  }
  if (!Number.isInteger(quantity) || quantity < 1) {
    throw new Refusal('INVALID', 'The quantity is a whole number from 1.', { field: ['quantity'] });
  }
  if (terms.perOrderLimit !== null && quantity > terms.perOrderLimit) {
    throw new Refusal('LIMIT_REACHED', `One order may have at most ${terms.perOrderLimit} of this campaign.`, {
      field: ['quantity'],
    });
  }
}

export function groupClosed(message = 'The group is not open any more.'): Refusal {
  return new Refusal('GROUP_CLOSED', message, { field: ['groupBuyId'] });
}

export function groupFull(alternatives: readonly string[]): Refusal {
  return new Refusal('GROUP_FULL', 'Every seat of this group is taken.', {
    field: ['groupBuyId'],
    errorType: 'GroupFullError',
    fields: { alternatives },
  });
}

export function alreadyJoined(): Refusal {
  return new Refusal('ALREADY_JOINED', 'This account already has a seat in the group.', { field: ['groupBuyId'] });
}

export function seatGivenUp(): Refusal {
  return groupClosed('The order has given its seat up; a new order may take another.');
}
