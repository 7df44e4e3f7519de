import type { Identity } from '../../../platform/context/identity';
import { requireAccount } from '../../../platform/graphql/authorization';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { notFound, Refusal } from '../../../platform/user-errors/refusal';
import { isOfferOpen, isVisibleTo, type LateOffer, type Order, offerAccepted } from '../order/order';
import type { OrderDriveService } from '../order/order-drive.service';
import type { OrderTransitionService } from '../order/order-transition.service';
import type { RefundService } from '../refund/refund.service';

/** Another group for someone who paid too late for their own: taken, declined or left to lapse. Once per offer. */
export class LateOfferService {
  constructor(
    private readonly kernel: Kernel,
    private readonly transitions: OrderTransitionService,
    private readonly drive: OrderDriveService,
    private readonly refunds: RefundService,
  ) {}

  async accept(identity: Identity, orderId: string): Promise<Order> {
    await this.checkOwn(identity, orderId);
    await this.drive.exclusively(orderId, () =>
      this.transitions.decide(orderId, (order, session) => {
        if (order.lateOffer?.state === 'ACCEPTED') return null;
        if (!isOfferOpen(order, this.kernel.clock.now())) throw offerClosed();
        return this.transitions.apply(session, order, offerAccepted(order));
      }),
    );
    return this.drive.driveSoon(orderId);
  }

  async decline(identity: Identity, orderId: string): Promise<Order> {
    await this.checkOwn(identity, orderId);
    await this.close(orderId, 'DECLINED', (order) => {
      if (order.lateOffer?.state === 'DECLINED') return false;
      if (order.lateOffer?.state !== 'OPEN') throw offerClosed();
      return true;
    });
    return this.drive.driveSoon(orderId);
  }

  /** The `order.late-offer` job. Answers when to come back, if it came early. */
  async expire(orderId: string): Promise<Date | undefined> {
    const { lateOffer } = await this.transitions.orders.get(orderId);
    if (lateOffer?.state !== 'OPEN') return undefined;
    const now = this.kernel.clock.now();
    if (lateOffer.expiresAt > now) return lateOffer.expiresAt;
    await this.close(orderId, 'EXPIRED', (order) => order.lateOffer?.state === 'OPEN' && !isOfferOpen(order, now));
    await this.drive.driveSoon(orderId);
    return undefined;
  }

  private async close(
    orderId: string,
    state: LateOffer['state'] & ('DECLINED' | 'EXPIRED'),
    isDue: (order: Order) => boolean,
  ): Promise<void> {
    await this.drive.exclusively(orderId, () =>
      this.transitions.decide(orderId, (order, session) => {
        if (!isDue(order)) return null;
        const lateOffer = order.lateOffer && { ...order.lateOffer, state };
        const held = { seat: true, stock: true };
        return this.refunds.requestAll(session, order, { reason: `LATE_OFFER_${state}` }, held, { lateOffer });
      }),
    );
  }

  private async checkOwn(identity: Identity, orderId: string): Promise<void> {
    const accountId = requireAccount(identity);
    const order = await this.transitions.orders.find(orderId);
    if (!order || !isVisibleTo(order, { accountId, all: false })) throw notFound(['input', 'orderId'], 'order');
  }
}

function offerClosed(): Refusal {
  return new Refusal('LATE_OFFER_CLOSED', 'There is no offer of another group that is still open.', {
    field: ['input', 'orderId'],
  });
}
