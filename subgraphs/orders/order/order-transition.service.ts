import type { ClientSession } from 'mongoose';
import type { EventType } from '../../../platform/events/events';
import type { NewEvent } from '../../../platform/outbox/outbox';
import type { Kernel } from '../../../platform/subgraph/kernel';
import type { Order, OrderChange } from './order';
import type { OrderModel } from './order.model';

/** How long the request that made a decision has to carry it out before the job takes over. */
export const DRIVE_AFTER_MS = 5000;

export function driveJobKey(orderId: string, version: number): string {
  return `order.drive:${orderId}:${version}`;
}

/** One decision about an order: the change, its event and the job that carries out its list, in one transaction. */
export class OrderTransitionService {
  constructor(
    private readonly kernel: Kernel,
    readonly orders: OrderModel,
  ) {}

  /** In the caller's transaction. Throws StaleOrder when the order is past the version decided on. */
  async apply(
    session: ClientSession,
    order: Order,
    change: OrderChange,
    eventOf?: (sequence: number) => NewEvent<EventType>,
  ): Promise<Order> {
    const version = order.version + 1;
    const left = change.todo ?? order.todo;
    // Every decision has a job of its own: one that is waiting may be about to finish without having seen this list.
    const driveJob = left.length > 0 ? driveJobKey(order._id, version) : null;
    const changed = await this.orders.change(order, { ...change, driveJob }, session);
    if (driveJob) await this.scheduleDrive(session, order._id, driveJob);
    if (eventOf) await this.kernel.outbox.write(session, [eventOf(version)]);
    return changed;
  }

  async scheduleDrive(session: ClientSession, orderId: string, key: string): Promise<void> {
    await this.kernel.jobs.schedule(session, {
      kind: 'order.drive',
      key,
      dueAt: new Date(this.kernel.clock.now().getTime() + DRIVE_AFTER_MS),
      data: { orderId },
    });
  }

  /** Reads, decides and writes in one transaction; `decide` answers null to leave the order as it is. */
  async decide(
    orderId: string,
    decide: (order: Order, session: ClientSession) => Promise<Order | null> | Order | null,
  ): Promise<Order> {
    const order = await this.kernel.database.transaction(async (session) => {
      const current = await this.orders.get(orderId, session);
      return (await decide(current, session)) ?? current;
    });
    this.kernel.outbox.notify();
    return order;
  }
}
