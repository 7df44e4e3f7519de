import { errorFields } from '../../../platform/logging/log';
import { KeyQueue } from '../../../platform/mongo/key-queue';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { type NextStep, nextStep, type Order } from './order';
import { type OrderModel, StaleOrder } from './order.model';

/** Does one step and writes that it is done; answers the order as it is then. */
export type PerformStep = (order: Order, step: NextStep) => Promise<Order>;

/**
 * The process manager: takes an order through its list, step by step, until it waits for someone else. Requests,
 * events and the `order.drive` job all come here, so a crash at any point only changes who goes on.
 */
export class OrderDriveService {
  private readonly queue = new KeyQueue();

  constructor(
    private readonly kernel: Kernel,
    private readonly orders: OrderModel,
    private readonly perform: PerformStep,
  ) {}

  /**
   * Throws what a step threw; the order's job then tries again. `known` is the order as a decision just committed left
   * it, and saves reading it: should it be stale, the first write finds out.
   */
  async drive(orderId: string, known: Order | null = null): Promise<Order> {
    return this.queue.run(orderId, () => this.driveAlone(orderId, known));
  }

  /** Drives, and is content with less when the order has reached what the caller needs: its job does the rest. */
  async driveFor(orderId: string, isEnough: (order: Order) => boolean, known: Order | null = null): Promise<Order> {
    try {
      return await this.drive(orderId, known);
    } catch (error) {
      const order = await this.orders.get(orderId);
      if (!isEnough(order)) throw error;
      this.kernel.log.warn(
        { ...errorFields(error), orderId },
        'An order is not driven to its end; its job will go on.',
      );
      return order;
    }
  }

  /** Drives as far as it goes. */
  driveSoon(orderId: string, known: Order | null = null): Promise<Order> {
    return this.driveFor(orderId, () => true, known);
  }

  /** Runs a decision about this order while nobody else of this process decides or drives. Must not drive itself. */
  exclusively<T>(orderId: string, work: () => Promise<T>): Promise<T> {
    return this.queue.run(orderId, work);
  }

  private async driveAlone(orderId: string, known: Order | null): Promise<Order> {
    const jobs = new Set<string>();
    let order = known ?? (await this.orders.get(orderId));
    for (;;) {
      if (order.driveJob !== null) jobs.add(order.driveJob);
      const step = nextStep(order);
      if (step === null) break;
      try {
        order = await this.perform(order, step);
      } catch (error) {
        if (!(error instanceof StaleOrder)) throw error;
        order = await this.orders.get(orderId);
      }
    }
    await this.kernel.jobs.cancel(null, ...jobs);
    return order;
  }
}
