import type { ClientSession } from 'mongoose';
import type { Money } from '../../../platform/money/money';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { ESCROW, type LedgerService, providerAccount, REVENUE } from '../neighbours/ledger.service';
import { done, moneySource, type Order, type OrderChange, refundAll, refundable, refundPosted } from '../order/order';
import { refundedEvent } from '../order/order-event';
import type { OrderTransitionService } from '../order/order-transition.service';
import type { PaymentModel } from '../payment/payment.model';
import type { PaymentProvider } from '../payment/payment-provider';
import { fullRefundKey, type Refund } from './refund';
import type { RefundModel } from './refund.model';

/** Sends an order's money back: a record per refund, carried out by the order's drive. */
export class RefundService {
  constructor(
    private readonly kernel: Kernel,
    private readonly refunds: RefundModel,
    private readonly payments: PaymentModel,
    private readonly transitions: OrderTransitionService,
    private readonly ledger: LedgerService,
    private readonly providerOf: (name: string) => PaymentProvider | null,
  ) {}

  /** Writes the record beside the change of the order that asks for it. Unique by key. */
  async request(
    session: ClientSession,
    order: Order,
    refund: { readonly id: string; readonly key: string; readonly amount: Money; readonly reason: string },
  ): Promise<void> {
    await this.refunds.insert(session, {
      _id: refund.id,
      key: refund.key,
      orderId: order._id,
      paymentId: order.paymentId,
      provider: order.provider,
      amount: refund.amount,
      source: moneySource(order),
      reason: refund.reason,
      status: 'REQUESTED',
      createdAt: this.kernel.clock.now(),
    });
  }

  /** The order gives up what it holds and all that is left of its money goes back; once per order. */
  async requestAll(
    session: ClientSession,
    order: Order,
    why: { readonly reason: string; readonly note?: string | null },
    held: { readonly seat: boolean; readonly stock: boolean },
    also: OrderChange = {},
  ): Promise<Order> {
    const id = this.kernel.newId('rfnd');
    const { reason, note = null } = why;
    await this.request(session, order, { id, key: fullRefundKey(order._id), amount: refundable(order), reason });
    const change = refundAll(order, id, { reason, note, now: this.kernel.clock.now() }, held);
    return this.transitions.apply(session, order, { ...change, ...also });
  }

  /** Takes the refund at the head of the order's list to its end; safe to repeat from anywhere. */
  async perform(order: Order, refundId: string): Promise<Order> {
    const refund = await this.refunds.find(refundId);
    if (!refund) throw new Error(`There is no refund ${refundId}.`);
    if (refund.status === 'POSTED') return this.transitions.orders.change(order, done(order));
    if (refund.status === 'REQUESTED') {
      await this.askProvider(refund);
      await this.refunds.become(refundId, 'REQUESTED', 'PROVIDER_CONFIRMED');
    }
    await this.ledger.post({
      key: `refund:${refundId}`,
      kind: 'REFUND',
      reference: refundId,
      from: refund.source === 'ESCROW' ? ESCROW : REVENUE,
      to: providerAccount(refund.provider),
      amount: refund.amount,
    });
    return this.record(order, refund);
  }

  private async askProvider(refund: Refund): Promise<void> {
    const provider = this.providerOf(refund.provider);
    const payment = await this.payments.find(refund.paymentId);
    if (!provider || !payment) throw new Error(`Refund ${refund._id} has no provider or no payment.`);
    await provider.refund({
      refundId: refund._id,
      paymentId: refund.paymentId,
      reference: payment.reference,
      amount: refund.amount,
    });
  }

  private async record(order: Order, refund: Refund): Promise<Order> {
    const change = refundPosted(order, refund.amount);
    const full = change.status === 'REFUNDED';
    const changed = await this.kernel.database.transaction(async (session) => {
      await this.refunds.become(refund._id, 'PROVIDER_CONFIRMED', 'POSTED', session);
      await this.payments.become(session, refund.paymentId, full ? 'REFUNDED' : 'PARTIALLY_REFUNDED');
      return this.transitions.apply(session, order, change, refundedEvent(order, refund._id, refund.amount, full));
    });
    this.kernel.outbox.notify();
    return changed;
  }
}
