import { type Money, parseMoney } from '../../../platform/money/money';
import type { InternalClient } from '../../../platform/subgraph/internal-client';
import type { Refusal } from '../../../platform/user-errors/refusal';
import {
  SeatCheckDocument,
  SeatHoldDocument,
  type SeatHoldInput,
  SeatMoveDocument,
  SeatPayDocument,
  SeatRefundedDocument,
  SeatReleaseDocument,
  SoloRefusedDocument,
} from '../generated/social';
import { refusalFrom } from './neighbour-refusal';

const FIELD = ['input', 'groupBuy'];

export interface SeatRequest {
  readonly orderId: string;
  readonly accountId: string;
  readonly campaignId: string | null;
  readonly groupBuyId: string | null;
  readonly variantId: string;
  readonly quantity: number;
  readonly holdUntil: Date;
}

export interface Seat {
  readonly groupBuyId: string;
  readonly campaignId: string;
  /** SEAT_HELD, PAID, CONFIRMED; anything else is no seat any more. */
  readonly status: string;
}

/** What this subgraph asks of social. Every operation that changes something is idempotent by order. */
export class SeatService {
  constructor(private readonly internal: InternalClient) {}

  /** Those of the variants that are sold in groups only now. */
  async soloRefused(variantIds: readonly string[]): Promise<readonly string[]> {
    const { _soloRefused } = await this.internal.request('social', SoloRefusedDocument, {
      variantIds: [...variantIds],
    });
    return _soloRefused;
  }

  /** Why a hold would be refused right now; reads only. */
  async check(request: SeatRequest): Promise<Refusal | null> {
    const { _seatCheck } = await this.internal.request('social', SeatCheckDocument, { input: toInput(request) });
    return _seatCheck.refusal ? refusalFrom(_seatCheck.refusal, FIELD) : null;
  }

  async hold(
    request: SeatRequest,
  ): Promise<{ seat: Seat & { unitPrice: Money }; refusal: null } | { seat: null; refusal: Refusal }> {
    const { _seatHold } = await this.internal.request('social', SeatHoldDocument, { input: toInput(request) });
    if (_seatHold.refusal) return { seat: null, refusal: refusalFrom(_seatHold.refusal, FIELD) };
    const seat = present(_seatHold.seat, '_seatHold');
    const unitPrice = parseMoney(seat.unitPrice.amount, seat.unitPrice.currencyCode);
    return { seat: { ...seat, unitPrice }, refusal: null };
  }

  /** The seat becomes PAID; null when the group has closed, with other open groups to try. */
  async pay(orderId: string): Promise<{ seat: Seat | null; alternatives: readonly string[] }> {
    const { _seatPay } = await this.internal.request('social', SeatPayDocument, { orderId });
    if (_seatPay.outcome === 'CLOSED') return { seat: null, alternatives: _seatPay.alternatives };
    return { seat: present(_seatPay.seat, '_seatPay'), alternatives: [] };
  }

  /** Holds a seat in another group for a late payer; null when that group refuses. */
  async move(orderId: string, groupBuyId: string, holdUntil: Date): Promise<Seat | null> {
    const { _seatMove } = await this.internal.request('social', SeatMoveDocument, {
      orderId,
      groupBuyId,
      holdUntil: holdUntil.toISOString(),
    });
    return _seatMove.refusal ? null : present(_seatMove.seat, '_seatMove');
  }

  async release(orderId: string): Promise<void> {
    await this.internal.request('social', SeatReleaseDocument, { orderId });
  }

  async refunded(orderId: string): Promise<void> {
    await this.internal.request('social', SeatRefundedDocument, { orderId });
  }
}

function toInput(request: SeatRequest): SeatHoldInput {
  return { ...request, holdUntil: request.holdUntil.toISOString() };
}

function present<T>(value: T | null, operation: string): T {
  if (value === null) throw new Error(`${operation} answered neither a seat nor a refusal.`);
  return value;
}
