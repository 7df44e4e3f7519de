import type { Kernel } from '../../../platform/subgraph/kernel';
import { Refusal } from '../../../platform/user-errors/refusal';
import type { Seat, SeatRequest, SeatService } from '../neighbours/seat.service';
import type { StockService } from '../neighbours/stock.service';
import { type GroupPart, type Order, type OrderLine, placed, refused, stockKey } from '../order/order';
import { StaleOrder } from '../order/order.model';
import { placedEvent } from '../order/order-event';
import type { OrderTransitionService } from '../order/order-transition.service';
import type { PaymentModel } from '../payment/payment.model';
import type { PaymentProvider } from '../payment/payment-provider';
import { orderLine, totalOf } from './place-request';

export function deadlineJobKey(orderId: string): string {
  return `order.payment-deadline:${orderId}`;
}

interface Held {
  readonly group: GroupPart | null;
  readonly lines: readonly OrderLine[];
}

/**
 * Takes a PENDING order forward: the seat, the stock, the payment. Each is idempotent by order, so whoever drives the
 * order after a crash simply does it again; only the last write decides.
 */
export class OrderHoldService {
  constructor(
    private readonly kernel: Kernel,
    private readonly transitions: OrderTransitionService,
    private readonly payments: PaymentModel,
    private readonly seats: SeatService,
    private readonly stock: StockService,
    private readonly providerOf: (name: string) => PaymentProvider | null,
  ) {}

  /** Answers the order AWAITING_PAYMENT, or CANCELLED with the refusal that its key will answer from now on. */
  async place(order: Order): Promise<Order> {
    if (order.payBy <= this.kernel.clock.now()) return this.refuse(order, timedOut(), { seat: true, stock: true });
    const held = order.group ? await this.holdSeat(order, order.group) : { group: null, lines: order.lines };
    if (held instanceof Refusal) return this.refuse(order, held, { seat: false, stock: false });
    const refusal = await this.stock.reserve(stockKey(order), order.payBy, order.lines);
    if (refusal) return this.refuse(order, refusal, { seat: true, stock: false });
    try {
      return await this.awaitPayment(order, held);
    } catch (error) {
      if (error instanceof StaleOrder) await this.giveBackIfLost(order);
      throw error;
    }
  }

  private async holdSeat(order: Order, group: GroupPart): Promise<Held | Refusal> {
    const request = seatRequest(order, group);
    const { seat, refusal } = await this.seats.hold(request);
    if (refusal) return refusal;
    if (!isHeld(seat)) return timedOut();
    const lines = order.lines.map((line) =>
      orderLine(line.id, line.variantId, line.productId, line.quantity, seat.unitPrice),
    );
    return { group: { ...group, campaignId: seat.campaignId, groupBuyId: seat.groupBuyId, seat: 'HELD' }, lines };
  }

  private async awaitPayment(order: Order, held: Held): Promise<Order> {
    const total = totalOf(held.lines);
    const provider = this.providerOf(order.provider);
    if (!provider) throw new Error(`There is no payment provider ${order.provider}.`);
    const { reference } = await provider.create({ paymentId: order.paymentId, amount: total });
    const change = placed(order, { ...held, total });
    const placedOrder = await this.kernel.database.transaction(async (session) => {
      await this.payments.insert(session, {
        _id: order.paymentId,
        orderId: order._id,
        accountId: order.accountId,
        provider: order.provider,
        reference,
        amount: total,
        status: 'PENDING',
        createdAt: this.kernel.clock.now(),
        settledAt: null,
      });
      const event = placedEvent(order, total, held.group?.groupBuyId ?? null);
      const changed = await this.transitions.apply(session, order, change, event);
      await this.kernel.jobs.schedule(session, {
        kind: 'order.payment-deadline',
        key: deadlineJobKey(order._id),
        dueAt: order.payBy,
        data: { orderId: order._id },
      });
      return changed;
    });
    this.kernel.outbox.notify();
    return placedOrder;
  }

  private refuse(order: Order, refusal: Refusal, held: { seat: boolean; stock: boolean }): Promise<Order> {
    const change = refused(order, refusal.toValue(), this.kernel.clock.now(), held);
    return this.kernel.database.transaction((session) => this.transitions.apply(session, order, change));
  }

  /** Another process decided against this order while we were holding for it. */
  private async giveBackIfLost(order: Order): Promise<void> {
    const now = await this.transitions.orders.get(order._id);
    if (now.refusal === null) return;
    if (order.group) await this.seats.release(order._id);
    await this.stock.release(stockKey(order));
  }
}

export function seatRequest(order: Order, group: GroupPart): SeatRequest {
  const [line] = order.lines;
  if (!line) throw new Error(`Order ${order._id} has no line.`);
  return {
    orderId: order._id,
    accountId: order.accountId,
    campaignId: group.askedCampaignId,
    groupBuyId: group.askedGroupBuyId,
    variantId: line.variantId,
    quantity: line.quantity,
    holdUntil: order.payBy,
  };
}

function isHeld(seat: Seat): boolean {
  return ['SEAT_HELD', 'PAID', 'CONFIRMED'].includes(seat.status);
}

function timedOut(): Refusal {
  return new Refusal('ORDER_TIMED_OUT', 'The order could not be completed in time and nothing is held. Order again.');
}
