import { isDuplicateKey } from '../../../platform/mongo/database';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { notFound, Refusal } from '../../../platform/user-errors/refusal';
import { freeSeats, type Group, holdSeats, seatFault } from '../group-buy/group-buy';
import type { GroupBuyModel, StoredGroup } from '../group-buy/group-buy.model';
import { type OutcomeService, StaleGroupError } from '../group-buy/outcome.service';
import { alreadyJoined } from './seat';
import type { GroupSeat, Seat, SeatModel } from './seat.model';

/** How many wait for one transaction at most. */
const MAX_TOGETHER = 64;
/** Another process may change the group between our reading and our writing; this often we decide again. */
const MAX_ATTEMPTS = 40;

/** Somebody who wants a seat in a group: a new one, or the released one of an order that moves. */
export interface Passenger {
  readonly orderId: string;
  readonly accountId: string;
  readonly quantity: number;
  readonly seat: (group: Group) => GroupSeat;
  readonly released: GroupSeat | null;
}

export type Boarded =
  | { readonly kind: 'TAKEN'; readonly seat: GroupSeat }
  /** The order has a seat already: this is a repeat. */
  | { readonly kind: 'KNOWN'; readonly seat: Seat }
  | { readonly kind: 'REFUSED'; readonly fault: 'GROUP_CLOSED' | 'GROUP_FULL' };

interface Waiting {
  readonly passenger: Passenger;
  readonly resolve: (boarded: Boarded) => void;
  readonly reject: (reason: unknown) => void;
}

type Destination = Pick<StoredGroup, 'id' | 'campaignId' | 'terms'>;

/**
 * Takes a crowd into one group. Whoever arrives while others are being written waits, and all who wait are written
 * together: one group, many seats, one transaction. If somebody's limit or second seat fails the many, each goes alone.
 */
export class BoardingService {
  private readonly waiting = new Map<string, Waiting[]>();

  constructor(
    private readonly kernel: Kernel,
    private readonly groups: GroupBuyModel,
    private readonly seats: SeatModel,
    private readonly outcome: OutcomeService,
  ) {}

  board(group: Destination, passenger: Passenger): Promise<Boarded> {
    return new Promise((resolve, reject) => {
      this.wait(group, [{ passenger, resolve, reject }]);
    });
  }

  private wait(group: Destination, arrivals: readonly Waiting[]): void {
    const queue = this.waiting.get(group.id);
    if (queue) {
      queue.push(...arrivals);
      return;
    }
    this.waiting.set(group.id, [...arrivals]);
    const keys = { campaignId: group.terms.quota === null ? null : group.campaignId, groupBuyId: group.id };
    void this.outcome.inLine(keys, () => this.next(group));
  }

  /** Never rejects: what fails is told to those who waited for it. */
  private async next(group: Destination): Promise<void> {
    const queue = this.waiting.get(group.id) ?? [];
    this.waiting.delete(group.id);
    const { together, later } = pick(queue);
    if (later.length > 0) this.wait(group, later);
    try {
      await this.take(group.id, together);
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  }

  private async take(groupBuyId: string, together: readonly Waiting[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const [group, known] = await Promise.all([
        this.groups.find(groupBuyId),
        this.seats.findByOrders(together.map(({ passenger }) => passenger.orderId)),
      ]);
      if (!group) throw notFound(['groupBuyId'], 'group');
      const now = this.kernel.clock.now();
      const boarding = this.sort(together, group, known, now);
      if (boarding.length === 0) return;
      try {
        await this.write(group, boarding, now);
        return;
      } catch (error) {
        if (error instanceof StaleGroupError && attempt < MAX_ATTEMPTS) continue;
        const ownFault = error instanceof Refusal || isDuplicateKey(error);
        if (boarding.length > 1 && ownFault) return this.takeOneByOne(groupBuyId, boarding);
        // The same order was first elsewhere: the next reading finds it.
        if (isDuplicateKey(error, 'orderId') && attempt < MAX_ATTEMPTS) continue;
        const reason = isDuplicateKey(error, 'accountId') ? alreadyJoined() : error;
        for (const { reject } of boarding) reject(reason);
        return;
      }
    }
  }

  private async takeOneByOne(groupBuyId: string, boarding: readonly Waiting[]): Promise<void> {
    for (const one of boarding) {
      try {
        await this.take(groupBuyId, [one]);
      } catch (error) {
        one.reject(error);
      }
    }
  }

  /** Answers those who need no seat or find none; returns the others. */
  private sort(
    together: readonly Waiting[],
    group: StoredGroup,
    known: ReadonlyMap<string, Seat>,
    now: Date,
  ): Waiting[] {
    const fault = seatFault(group, now);
    let free = freeSeats(group);
    return together.filter(({ passenger, resolve }) => {
      const seat = known.get(passenger.orderId);
      if (seat && (passenger.released === null || seat.status !== 'RELEASED')) resolve({ kind: 'KNOWN', seat });
      else if (fault === 'GROUP_CLOSED') resolve({ kind: 'REFUSED', fault });
      else if (free === 0) resolve({ kind: 'REFUSED', fault: 'GROUP_FULL' });
      else {
        free -= 1;
        return true;
      }
      return false;
    });
  }

  private async write(group: StoredGroup, boarding: readonly Waiting[], now: Date): Promise<void> {
    const seats = boarding.map(({ passenger }) => passenger.seat(group));
    const units = boarding.reduce((total, { passenger }) => total + passenger.quantity, 0);
    await this.kernel.database.transaction(async (session) => {
      const fresh = seats.filter((_, index) => boarding[index]?.passenger.released === null);
      if (fresh.length > 0) await this.seats.insert(session, fresh);
      for (const [index, { passenger }] of boarding.entries()) {
        const to = seats[index];
        if (passenger.released && to) await this.reseat(session, passenger.released, to);
        await this.outcome.takeUnits(session, group, passenger.accountId, passenger.quantity);
      }
      const own = group.terms.quota === null ? {} : { quotaUsed: units };
      await this.outcome.save(session, group, holdSeats(group, boarding.length, now), own);
    });
    this.kernel.outbox.notify();
    boarding.forEach(({ resolve }, index) => {
      const seat = seats[index];
      if (seat) resolve({ kind: 'TAKEN', seat });
    });
  }

  private async reseat(session: Parameters<SeatModel['change']>[0], from: GroupSeat, to: GroupSeat): Promise<void> {
    const { status, groupBuyId, live, left, heldAt, dueAt } = to;
    const changed = await this.seats.change(session, from, { status, groupBuyId, live, left, heldAt, dueAt });
    if (!changed) throw new StaleGroupError();
  }
}

/** Those who can be written together: no order and no person twice. */
function pick(queue: readonly Waiting[]): { together: Waiting[]; later: Waiting[] } {
  const together: Waiting[] = [];
  const later: Waiting[] = [];
  const seen = new Set<string>();
  for (const entry of queue) {
    const { orderId, accountId } = entry.passenger;
    if (together.length === MAX_TOGETHER || seen.has(orderId) || seen.has(accountId)) later.push(entry);
    else together.push(entry);
    seen.add(orderId).add(accountId);
  }
  return { together, later };
}
