import type { MoneyValue } from '../../../platform/events/events';
import type { Kernel } from '../../../platform/subgraph/kernel';
import type { RefundService } from '../refund/refund.service';
import { groupSucceeded, type Order } from './order';
import type { OrderDriveService } from './order-drive.service';
import type { OrderTransitionService } from './order-transition.service';

/** What becomes of a paid order when its group ends. Both are safe to repeat: the order's state decides. */
export class OrderGroupService {
  constructor(
    private readonly kernel: Kernel,
    private readonly transitions: OrderTransitionService,
    private readonly drive: OrderDriveService,
    private readonly refunds: RefundService,
  ) {}

  /** The group succeeded: the sale is posted, a tier difference goes back, the order is CONFIRMED. */
  memberConfirmed(orderId: string, refund: MoneyValue | null): Promise<void> {
    return this.decide(orderId, async (order, session) => {
      if (order.status !== 'PAID' || order.group?.seat === 'CONFIRMED') return null;
      return this.transitions.apply(session, order, groupSucceeded(order, refund));
    });
  }

  /** The group failed, or the member left it: all the money goes back and the stock too. */
  memberRefundDue(orderId: string, reason: string): Promise<void> {
    return this.decide(orderId, async (order, session) => {
      if (order.status !== 'PAID' && order.status !== 'CONFIRMED') return null;
      const group = order.group && { ...order.group, seat: 'REFUND_DUE' as const };
      const held = { seat: false, stock: true };
      return this.refunds.requestAll(session, order, { reason }, held, { group });
    });
  }

  private async decide(orderId: string, decide: Parameters<OrderTransitionService['decide']>[1]): Promise<void> {
    const known: Order | null = await this.transitions.orders.find(orderId);
    if (!known) {
      this.kernel.log.warn({ orderId }, 'A group buy told of an order that is not here.');
      return;
    }
    // Money that is half-way into the sale must arrive before it can be sent back.
    if (known.group?.seat === 'CONFIRMED') await this.drive.drive(orderId);
    const decided = await this.drive.exclusively(orderId, () => this.transitions.decide(orderId, decide));
    await this.drive.driveSoon(orderId, decided);
  }
}
