import type { Kernel } from '../../../platform/subgraph/kernel';
import { ESCROW, type LedgerService, providerAccount, REVENUE } from '../neighbours/ledger.service';
import type { SeatService } from '../neighbours/seat.service';
import { LAPSED, type StockService } from '../neighbours/stock.service';
import { deadlineJobKey, type OrderHoldService } from '../placing/order-hold.service';
import { tierRefundKey } from '../refund/refund';
import type { RefundService } from '../refund/refund.service';
import {
  confirmed,
  done,
  isWanted,
  type NextStep,
  type Order,
  offerElsewhere,
  paid,
  reserveAgain,
  saleAmount,
  stockKey,
} from './order';
import { confirmedEvent, paidEvent } from './order-event';
import type { OrderTransitionService } from './order-transition.service';

export interface StepNeighbours {
  readonly seats: SeatService;
  readonly stock: StockService;
  readonly ledger: LedgerService;
}

/** The steps of an order's list. Each asks a neighbour something idempotent, then writes on the version it began from. */
export class OrderStepService {
  constructor(
    private readonly kernel: Kernel,
    private readonly transitions: OrderTransitionService,
    private readonly neighbours: StepNeighbours,
    private readonly hold: OrderHoldService,
    private readonly refunds: RefundService,
  ) {}

  perform(order: Order, step: NextStep): Promise<Order> {
    switch (step.kind) {
      case 'PLACE':
        return this.hold.place(order);
      case 'RELEASE_SEAT':
        return this.releaseSeat(order);
      case 'RELEASE_STOCK':
        return this.releaseStock(order);
      case 'POST_PAYMENT':
        return this.postPayment(order);
      case 'SECURE_STOCK':
        return this.secureStock(order);
      case 'PAY_SEAT':
        return this.paySeat(order);
      case 'HOLD_OFFER':
        return this.holdOffer(order);
      case 'POST_SALE':
        return this.postSale(order);
      case 'REFUND':
        return this.refunds.perform(order, step.refundId);
      case 'TELL_SEAT_REFUNDED':
        return this.tellSeatRefunded(order);
    }
  }

  private async releaseSeat(order: Order): Promise<Order> {
    await this.neighbours.seats.release(order._id);
    const group = order.group && { ...order.group, seat: 'RELEASED' as const };
    return this.transitions.orders.change(order, done(order, { group }));
  }

  private async releaseStock(order: Order): Promise<Order> {
    if (order.stock.state !== 'RELEASED') await this.neighbours.stock.release(stockKey(order));
    return this.transitions.orders.change(order, done(order, { stock: { ...order.stock, state: 'RELEASED' } }));
  }

  private async postPayment(order: Order): Promise<Order> {
    await this.neighbours.ledger.post({
      key: `payment:${order.paymentId}`,
      kind: 'PAYMENT',
      reference: order.paymentId,
      from: providerAccount(order.provider),
      to: ESCROW,
      amount: order.total,
    });
    if (!isWanted(order)) return this.refundEverything(order, order.cancelReason ?? 'CANCELLED', order.cancelNote);
    const change = paid(order, this.kernel.clock.now());
    const changed = await this.kernel.database.transaction(async (session) => {
      await this.kernel.jobs.cancel(session, deadlineJobKey(order._id));
      return this.transitions.apply(session, order, change, paidEvent(order));
    });
    this.kernel.outbox.notify();
    return changed;
  }

  /** Makes the reservation final, so that it cannot lapse while the group fills; one that has lapsed is made anew. */
  private async secureStock(order: Order): Promise<Order> {
    const { stock } = this.neighbours;
    const { orders } = this.transitions;
    switch (order.stock.state) {
      case 'COMMITTED':
        return orders.change(order, done(order));
      case 'HELD':
        if (!(await stock.commit(stockKey(order)))) return orders.change(order, reserveAgain(order));
        return orders.change(order, done(order, { stock: { ...order.stock, state: 'COMMITTED' } }));
      case 'RELEASED':
        return orders.change(order, reserveAgain(order));
      case 'RESERVING': {
        const refusal = await stock.reserve(stockKey(order), this.holdEnd(), order.lines);
        if (refusal?.code === LAPSED) return orders.change(order, reserveAgain(order));
        if (refusal) return this.refundEverything(order, 'SOLD_OUT', null, { seat: true, stock: false });
        return orders.change(order, { stock: { ...order.stock, state: 'HELD' } });
      }
    }
  }

  private async paySeat(order: Order): Promise<Order> {
    const { seat, alternatives } = await this.neighbours.seats.pay(order._id);
    if (!seat) {
      if (alternatives.length === 0) return this.groupClosed(order);
      return this.transitions.orders.change(order, offerElsewhere(order, alternatives, this.holdEnd()));
    }
    const group = order.group && {
      ...order.group,
      groupBuyId: seat.groupBuyId,
      campaignId: seat.campaignId,
      seat: 'PAID' as const,
    };
    return this.transitions.orders.change(order, done(order, { group }));
  }

  /** Tries the groups of the offer in turn; the first with room is offered to the buyer until the offer's end. */
  private async holdOffer(order: Order): Promise<Order> {
    const offer = order.lateOffer;
    const [groupBuyId, ...candidates] = offer?.candidates ?? [];
    if (!offer || groupBuyId === undefined) return this.groupClosed(order);
    // The neighbour was away for longer than the offer was to last.
    if (offer.expiresAt <= this.kernel.clock.now()) {
      return this.transitions.orders.change(order, { lateOffer: { ...offer, expiresAt: this.holdEnd() } });
    }
    const seat = await this.neighbours.seats.move(order._id, groupBuyId, offer.expiresAt);
    if (!seat) return this.transitions.orders.change(order, { lateOffer: { ...offer, candidates } });
    return this.kernel.database.transaction(async (session) => {
      await this.kernel.jobs.schedule(session, {
        kind: 'order.late-offer',
        key: `order.late-offer:${order._id}:${order.version}`,
        dueAt: offer.expiresAt,
        data: { orderId: order._id },
      });
      const lateOffer = { ...offer, state: 'OPEN' as const, groupBuyId, candidates };
      return this.transitions.apply(session, order, done(order, { lateOffer }));
    });
  }

  private async postSale(order: Order): Promise<Order> {
    await this.neighbours.ledger.post({
      key: `sale:${order._id}`,
      kind: 'SALE',
      reference: order._id,
      from: ESCROW,
      to: REVENUE,
      amount: saleAmount(order),
    });
    const tierRefundId = order.tierRefund && this.kernel.newId('rfnd');
    const changed = await this.kernel.database.transaction(async (session) => {
      if (tierRefundId !== null && order.tierRefund) {
        const key = tierRefundKey(order._id);
        const refund = { id: tierRefundId, key, amount: order.tierRefund, reason: 'TIER' };
        await this.refunds.request(session, order, refund);
      }
      return this.transitions.apply(session, order, confirmed(order, tierRefundId), confirmedEvent(order));
    });
    this.kernel.outbox.notify();
    return changed;
  }

  private async tellSeatRefunded(order: Order): Promise<Order> {
    await this.neighbours.seats.refunded(order._id);
    return this.transitions.orders.change(order, done(order));
  }

  private groupClosed(order: Order): Promise<Order> {
    return this.refundEverything(order, 'GROUP_CLOSED', null, { seat: false, stock: true });
  }

  private refundEverything(
    order: Order,
    reason: string,
    note: string | null,
    held = { seat: false, stock: false },
  ): Promise<Order> {
    return this.kernel.database.transaction((session) =>
      this.refunds.requestAll(session, order, { reason, note }, held),
    );
  }

  private holdEnd(): Date {
    return new Date(this.kernel.clock.now().getTime() + this.kernel.config.seatHoldMinutes * 60_000);
  }
}
