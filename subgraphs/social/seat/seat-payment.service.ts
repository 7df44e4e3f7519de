import type { ClientSession } from 'mongoose';
import { isDuplicateKey } from '../../../platform/mongo/database';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { Refusal } from '../../../platform/user-errors/refusal';
import type { CustomerModel } from '../campaign/customer.model';
import { isOverdue, paySeat, refundSeat, seatFault } from '../group-buy/group-buy';
import type { GroupBuyModel, StoredGroup } from '../group-buy/group-buy.model';
import type { GroupBuyService } from '../group-buy/group-buy.service';
import type { OutcomeService } from '../group-buy/outcome.service';
import { noSeat, type SeatView, tombstone, viewOf } from './seat';
import { type GroupSeat, inGroup, type Seat, type SeatModel } from './seat.model';
import type { SeatService } from './seat.service';

export interface SeatPayment {
  /** PAID: the seat has its place. CLOSED: it has none any more, so the money goes to an alternative or back. */
  readonly outcome: 'PAID' | 'CLOSED';
  readonly seat: SeatView | null;
  readonly alternatives: readonly string[];
}

/** What orders tells of a seat it holds: paid, not to be paid, money back. Each is unique by the order. */
export class SeatPaymentService {
  constructor(
    private readonly kernel: Kernel,
    private readonly customers: CustomerModel,
    private readonly groups: GroupBuyModel,
    private readonly seats: SeatModel,
    private readonly outcome: OutcomeService,
    private readonly lifecycle: GroupBuyService,
    private readonly taking: SeatService,
  ) {}

  async pay(orderId: string): Promise<SeatPayment> {
    const seat = await this.seats.findByOrder(orderId);
    if (!seat || !inGroup(seat)) return { outcome: 'CLOSED', seat: null, alternatives: [] };
    const { campaignId, groupBuyId } = seat;
    if (tookPayment(seat)) return this.answer(orderId);
    const paid = await this.outcome.inLine({ campaignId, groupBuyId }, () => this.payInLine(orderId, groupBuyId));
    this.kernel.outbox.notify();
    return paid ? { outcome: 'PAID', seat: paid, alternatives: [] } : this.answer(orderId);
  }

  /** A seat that is paid stays: only a held one is given up. */
  async release(orderId: string): Promise<SeatView> {
    const seat = (await this.seats.findByOrder(orderId)) ?? (await this.bury(orderId));
    if (inGroup(seat) && seat.status === 'SEAT_HELD') await this.giveUp(seat, () => true);
    return this.view(orderId);
  }

  /** Releases a held seat whose deadline has passed. */
  async lapse(seat: GroupSeat): Promise<void> {
    const now = this.kernel.clock.now();
    await this.giveUp(seat, (current) => current.dueAt !== null && current.dueAt <= now);
  }

  async refunded(orderId: string): Promise<SeatView> {
    const seat = await this.seats.findByOrder(orderId);
    if (seat && inGroup(seat) && seat.status === 'REFUNDING') {
      const { campaignId, groupBuyId } = seat;
      await this.outcome.inLine({ campaignId, groupBuyId }, () =>
        this.inGroupOf(orderId, async (session, current, group) => {
          if (current.status !== 'REFUNDING') return;
          await this.seats.change(session, current, { status: 'REFUNDED', dueAt: null });
          await this.outcome.save(session, group, refundSeat(group), {});
        }),
      );
      this.kernel.outbox.notify();
    }
    return this.view(orderId);
  }

  /** Asks orders once more for a refund it has not confirmed in time. */
  async askAgain(seat: GroupSeat): Promise<void> {
    const now = this.kernel.clock.now();
    await this.kernel.database.transaction(async (session) => {
      const asked = await this.seats.askAgain(session, seat.id, now, this.outcome.refundDeadline());
      if (!asked) return;
      const reason = asked.refundReason ?? 'GROUP_CLOSED';
      await this.kernel.outbox.write(session, [this.outcome.refundDue(asked, asked.told, reason)]);
    });
    this.kernel.outbox.notify();
  }

  /** The seat as this payment left it; null when it was paid before or has no place. */
  private async payInLine(orderId: string, groupBuyId: string): Promise<SeatView | null> {
    try {
      const paid = await this.inGroupOf(orderId, (session, seat, group) => this.payIn(session, seat, group));
      if (paid !== 'OVERDUE') return paid;
      // The clock decides, not the moment at which the job comes round: who pays after the time finds the group ended.
      await this.lifecycle.expireInLine(groupBuyId);
    } catch (error) {
      // A released seat could not be taken again: a limit, or the person is back with another order.
      if (!(error instanceof Refusal) && !isDuplicateKey(error, 'accountId')) throw error;
    }
    return null;
  }

  private async payIn(
    session: ClientSession,
    seat: GroupSeat,
    group: StoredGroup,
  ): Promise<SeatView | 'OVERDUE' | null> {
    const now = this.kernel.clock.now();
    if (isOverdue(group, now)) return 'OVERDUE';
    const retaken = seat.status === 'RELEASED';
    const fits = retaken ? !seat.left && seatFault(group, now) === null : seat.status === 'SEAT_HELD';
    if (!fits || group.status !== 'OPEN') return null;
    const decision = paySeat(group, seat.status, now);
    const joinedVersion = decision.changes[0]?.group.version ?? decision.group.version;
    const to = { status: 'PAID', live: true, joinedAt: now, joinedVersion, dueAt: null } as const;
    if (!(await this.seats.change(session, seat, to))) throw new Error('Broken rule: a seat is paid once.');
    if (retaken) await this.outcome.takeUnits(session, group, seat.accountId, seat.quantity);
    const first = await this.customers.bought(session, group.campaignId, seat.accountId);
    await this.outcome.save(session, group, decision, {
      soldUnits: seat.quantity,
      buyers: first ? 1 : 0,
      quotaUsed: retaken && group.terms.quota !== null ? seat.quantity : 0,
    });
    return viewOf({ ...seat, status: decision.others === 'CONFIRM' ? 'CONFIRMED' : 'PAID' }, decision.group.status);
  }

  private async giveUp(seat: GroupSeat, when: (current: GroupSeat) => boolean): Promise<void> {
    const { campaignId, groupBuyId } = seat;
    await this.outcome.inLine({ campaignId, groupBuyId }, () =>
      this.inGroupOf(seat.orderId, async (session, current, group) => {
        if (current.status !== 'SEAT_HELD' || !when(current)) return;
        await this.lifecycle.releaseIn(session, group, current, false);
      }),
    );
    this.kernel.outbox.notify();
  }

  private async bury(orderId: string): Promise<Seat> {
    try {
      const seat = tombstone(this.kernel.newId('gbm'), orderId, this.kernel.clock.now());
      await this.seats.insert(null, [seat]);
      return seat;
    } catch (error) {
      // A hold or another release was first.
      const seat = isDuplicateKey(error) ? await this.seats.findByOrder(orderId) : null;
      if (seat) return seat;
      throw error;
    }
  }

  /** One transaction on the order's seat and its group, both as they stand in it. */
  private inGroupOf<T>(
    orderId: string,
    work: (session: ClientSession, seat: GroupSeat, group: StoredGroup) => Promise<T>,
  ): Promise<T | null> {
    return this.kernel.database.transaction(async (session) => {
      const seat = await this.seats.findByOrderIn(session, orderId);
      if (!seat || !inGroup(seat)) return null;
      const group = await this.groups.findIn(session, seat.groupBuyId);
      return group ? work(session, seat, group) : null;
    });
  }

  private async answer(orderId: string): Promise<SeatPayment> {
    const seat = await this.seats.findByOrder(orderId);
    if (!seat || !inGroup(seat)) return { outcome: 'CLOSED', seat: null, alternatives: [] };
    const group = await this.groups.find(seat.groupBuyId);
    const view = viewOf(seat, group?.status ?? 'CLOSED');
    if (tookPayment(seat)) return { outcome: 'PAID', seat: view, alternatives: [] };
    // Who left on purpose is not looking for another group.
    const alternatives =
      group && !seat.left ? await this.taking.alternatives(group.campaignId, group.terms.size, group.id) : [];
    return { outcome: 'CLOSED', seat: view, alternatives };
  }

  private async view(orderId: string): Promise<SeatView> {
    const seat = await this.seats.findByOrder(orderId);
    if (!seat || !inGroup(seat)) return noSeat(orderId, this.kernel.config.currencyCode);
    return viewOf(seat, (await this.groups.find(seat.groupBuyId))?.status ?? 'CLOSED');
  }
}

/** Whether the payment found its seat, whatever became of the group later. */
function tookPayment(seat: Pick<Seat, 'status'>): boolean {
  return seat.status !== 'SEAT_HELD' && seat.status !== 'RELEASED';
}
