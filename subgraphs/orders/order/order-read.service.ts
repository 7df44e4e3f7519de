import type { Identity } from '../../../platform/context/identity';
import { type Page, type PageRequest, pageOf } from '../../../platform/pagination/page';
import type { Payment } from '../payment/payment';
import type { PaymentModel } from '../payment/payment.model';
import type { Refund } from '../refund/refund';
import type { RefundModel } from '../refund/refund.model';
import { isVisibleTo, type Order } from './order';
import type { OrderModel } from './order.model';
import { orderViewer } from './order-viewer';

/** Reading orders, in batches and only what the caller may see. Answers are in the order of the ids asked. */
export class OrderReadService {
  constructor(
    private readonly orders: OrderModel,
    private readonly payments: PaymentModel,
    private readonly refunds: RefundModel,
  ) {}

  async findVisible(identity: Identity, ids: readonly string[]): Promise<(Order | null)[]> {
    const viewer = orderViewer(identity);
    const found = new Map((await this.orders.findMany(ids)).map((order) => [order._id, order]));
    return ids.map((id) => {
      const order = found.get(id);
      return order && isVisibleTo(order, viewer) ? order : null;
    });
  }

  async findPayments(ids: readonly string[]): Promise<(Payment | null)[]> {
    const found = new Map((await this.payments.findMany(ids)).map((payment) => [payment._id, payment]));
    return ids.map((id) => found.get(id) ?? null);
  }

  async findRefunds(orderIds: readonly string[]): Promise<Refund[][]> {
    const found = await this.refunds.findByOrders(orderIds);
    return orderIds.map((id) => found.filter((refund) => refund.orderId === id));
  }

  /** The account's orders, newest first; null when the caller may not see them. */
  async page(identity: Identity, accountId: string, request: PageRequest): Promise<Page<Order> | null> {
    const viewer = orderViewer(identity);
    if (!viewer.all && viewer.accountId !== accountId) return null;
    const rows = await this.orders.page(accountId, request);
    return pageOf(
      rows,
      request,
      (order) => [order._id],
      () => this.orders.count(accountId),
    );
  }

  hasPaid(accountId: string): Promise<boolean> {
    return this.orders.hasPaid(accountId);
  }
}
