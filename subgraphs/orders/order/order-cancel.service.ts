import type { ClientSession } from 'mongoose';
import { hasRole, type Identity } from '../../../platform/context/identity';
import { requireAccount } from '../../../platform/graphql/authorization';
import type { Money } from '../../../platform/money/money';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { ApiError } from '../../../platform/user-errors/api-error';
import { invalid, notFound, Refusal } from '../../../platform/user-errors/refusal';
import type { PaymentModel } from '../payment/payment.model';
import { deadlineJobKey } from '../placing/order-hold.service';
import type { RefundService } from '../refund/refund.service';
import { cancelledUnpaid, isVisibleTo, type Order, type OrderChange, refundable, refundPart, seatLost } from './order';
import type { OrderDriveService } from './order-drive.service';
import { cancelledEvent } from './order-event';
import type { OrderTransitionService } from './order-transition.service';

export interface CancelInput {
  readonly orderId: string;
  readonly reason?: string | null;
  readonly idempotencyKey: string;
}

export interface RefundInput {
  readonly orderId: string;
  readonly amount: Money;
  readonly reason: string;
  readonly idempotencyKey: string;
}

const MAX_REASON = 500;

/** Ends orders that are not wanted: unpaid at the deadline or without a seat, cancelled by people, refunded by the shop. */
export class OrderCancelService {
  constructor(
    private readonly kernel: Kernel,
    private readonly transitions: OrderTransitionService,
    private readonly drive: OrderDriveService,
    private readonly payments: PaymentModel,
    private readonly refunds: RefundService,
  ) {}

  /** Buyer, merchant or staff. Unpaid orders end; confirmed ones are refunded in full and their stock given back. */
  async cancel(identity: Identity, input: CancelInput): Promise<Order> {
    const accountId = requireAccount(identity);
    const note = readReason(input.reason ?? null);
    await this.findOwn(identity, accountId, input.orderId);
    // A payment on its way into the ledger is booked first, so that the decision is made on where the money is.
    await this.drive.driveSoon(input.orderId);
    const { idempotencyKey, orderId } = input;
    const request = { accountId, mutation: 'orderCancel', key: idempotencyKey, body: { orderId, note } };
    await this.drive.exclusively(orderId, () =>
      this.kernel.idempotency.run(request, async (session) => {
        const order = await this.transitions.orders.get(orderId, session);
        await this.cancelInSession(session, order, order.accountId === accountId ? 'CUSTOMER' : 'MERCHANT', note);
        return null;
      }),
    );
    this.kernel.outbox.notify();
    return this.drive.driveSoon(orderId);
  }

  private async cancelInSession(
    session: ClientSession,
    order: Order,
    reason: string,
    note: string | null,
  ): Promise<Order> {
    switch (order.status) {
      case 'AWAITING_PAYMENT':
        if (await this.endUnpaid(session, order, reason, cancelledUnpaid(order, reason, note))) return order;
        throw stillWorking();
      case 'PAID':
        if (!order.group) throw stillWorking();
        throw new Refusal('AFTER_SALES_CLOSED', 'The group is still open: leave the group instead.', {
          field: ['input', 'orderId'],
        });
      case 'CONFIRMED':
        return this.refunds.requestAll(session, order, { reason, note }, { seat: false, stock: true });
      case 'PENDING':
      case 'CANCELLED':
      case 'REFUNDING':
      case 'REFUNDED':
        throw new Refusal('NOT_CANCELLABLE', `The order is ${order.status} and cannot be cancelled.`, {
          field: ['input', 'orderId'],
        });
    }
  }

  /** Merchant or staff: part or all of a confirmed order's money, never more than is left of it. */
  async refund(identity: Identity, input: RefundInput): Promise<{ order: Order; refundId: string }> {
    const accountId = requireAccount(identity);
    const reason = readReason(input.reason);
    if (input.amount.minor <= 0) throw invalid(['input', 'amount'], 'A refund is more than nothing.');
    const order = await this.transitions.orders.find(input.orderId);
    if (!order || order.refusal) throw notFound(['input', 'orderId'], 'order');
    const { idempotencyKey, orderId, amount } = input;
    const request = { accountId, mutation: 'orderRefund', key: idempotencyKey, body: { orderId, amount, reason } };
    const refundId = await this.drive.exclusively(orderId, () =>
      this.kernel.idempotency.run(request, (session) =>
        this.refundInSession(session, orderId, amount, reason ?? 'MERCHANT', `manual:${accountId}:${idempotencyKey}`),
      ),
    );
    return { order: await this.drive.driveSoon(orderId), refundId };
  }

  private async refundInSession(
    session: ClientSession,
    orderId: string,
    amount: Money,
    reason: string,
    key: string,
  ): Promise<string> {
    const order = await this.transitions.orders.get(orderId, session);
    if (amount.currencyCode !== order.total.currencyCode) {
      throw new Refusal('CURRENCY_MISMATCH', `The order was paid in ${order.total.currencyCode}.`, {
        field: ['input', 'amount', 'currencyCode'],
      });
    }
    if (!['CONFIRMED', 'REFUNDING', 'REFUNDED'].includes(order.status)) {
      throw new Refusal('NOT_REFUNDABLE', `The order is ${order.status}; only confirmed orders can be refunded.`, {
        field: ['input', 'orderId'],
      });
    }
    if (amount.minor > refundable(order).minor) {
      throw new Refusal('REFUND_EXCEEDS_PAYMENT', 'That is more than is left of the payment.', {
        field: ['input', 'amount'],
      });
    }
    const id = this.kernel.newId('rfnd');
    await this.refunds.request(session, order, { id, key, amount, reason });
    await this.transitions.apply(session, order, refundPart(order, id, amount));
    return id;
  }

  /** The `order.payment-deadline` job. Answers when to come back, if it came early. */
  async expire(orderId: string): Promise<Date | undefined> {
    const order = await this.transitions.orders.get(orderId);
    if (order.status !== 'AWAITING_PAYMENT') return undefined;
    if (order.payBy > this.kernel.clock.now()) return order.payBy;
    await this.drive.exclusively(orderId, () =>
      this.transitions.decide(orderId, async (current, session) => {
        if (current.status !== 'AWAITING_PAYMENT') return null;
        await this.endUnpaid(session, current, 'PAYMENT_EXPIRED', cancelledUnpaid(current, 'PAYMENT_EXPIRED'));
        return null;
      }),
    );
    await this.drive.driveSoon(orderId);
    return undefined;
  }

  /**
   * Social took the seat of an order it does not know to be paid. Does nothing to an order that is paid or whose money
   * has arrived: paying the seat will find it gone, and the money goes elsewhere or back. Safe to repeat.
   */
  async seatLeft(orderId: string, reason: string): Promise<void> {
    const known = await this.transitions.orders.find(orderId);
    if (!known) {
      this.kernel.log.warn({ orderId }, 'A group buy told of an order that is not here.');
      return;
    }
    // An order still being placed finds its seat gone, or is placed and then ended here.
    if (known.status === 'PENDING') await this.drive.drive(orderId);
    await this.drive.exclusively(orderId, () =>
      this.transitions.decide(orderId, async (order, session) => {
        if (order.status !== 'AWAITING_PAYMENT') return null;
        await this.endUnpaid(session, order, reason, seatLost(order, reason));
        return null;
      }),
    );
    await this.drive.driveSoon(orderId);
  }

  /** False, and nothing changed, when the provider's word came first. */
  private async endUnpaid(session: ClientSession, order: Order, reason: string, change: OrderChange): Promise<boolean> {
    if (!(await this.payments.become(session, order.paymentId, 'EXPIRED'))) return false;
    await this.kernel.jobs.cancel(session, deadlineJobKey(order._id));
    await this.transitions.apply(session, order, change, cancelledEvent(order, reason));
    return true;
  }

  private async findOwn(identity: Identity, accountId: string, orderId: string): Promise<Order> {
    const order = await this.transitions.orders.find(orderId);
    const viewer = { accountId, all: hasRole(identity, 'STAFF', 'MERCHANT') };
    if (!order || !isVisibleTo(order, viewer)) throw notFound(['input', 'orderId'], 'order');
    return order;
  }
}

function readReason(reason: string | null): string | null {
  const text = reason?.trim() ?? '';
  if (text.length > MAX_REASON) throw invalid(['input', 'reason'], `A reason has at most ${MAX_REASON} characters.`);
  return text === '' ? null : text;
}

function stillWorking(): ApiError {
  return new ApiError(
    'CONFLICT',
    'The payment of this order is being booked. Nothing changed; send the request again.',
  );
}
