import { isDuplicateKey } from '../../../platform/mongo/database';
import { KeyQueue } from '../../../platform/mongo/key-queue';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { ApiError } from '../../../platform/user-errors/api-error';
import { invalid, notFound, Refusal } from '../../../platform/user-errors/refusal';
import type { Reservation, ReservationStatus, ReservationStore } from './reservation.model';
import { type Allocation, allocate, mergeLines, type StockLine } from './stock';
import type { LevelChange } from './stock.model';
import type { StockService } from './stock.service';

export interface StockReserve {
  readonly orderId: string;
  readonly expiresAt: Date;
  readonly lines: readonly StockLine[];
}

export interface ReservationRef {
  readonly orderId: string;
  readonly status: ReservationStatus;
}

export const RESERVATION_EXPIRE = 'stock.reservation-expire';
/** Orders end their own reservations; this is for those whose order never came back. */
const GRACE_MS = 60_000;
const MAX_QUANTITY = 1_000_000;
const MAX_TRIES = 20;

/** The stock moved between reading and writing: read again. */
class StockMoved extends Error {}

/**
 * Stock held for orders. Idempotent by order id; all lines or none. Whether there is enough is decided by the guard
 * of each write; reading first only spares the sold-out case a transaction, and the queue spares hot stock conflicts.
 */
export class ReservationService {
  private readonly queue = new KeyQueue();

  constructor(
    private readonly kernel: Kernel,
    private readonly store: ReservationStore,
    private readonly stock: StockService,
  ) {}

  /** Refused: SOLD_OUT with `available`, RESERVATION_RELEASED for an order that gave its stock back, NOT_FOUND. */
  async reserve(input: StockReserve): Promise<ReservationRef> {
    checkLines(input.lines);
    const lines = mergeLines(input.lines);
    const known = await this.store.find(input.orderId);
    if (known) return repeated(known, lines);
    await this.plan(input, lines);
    return this.inTurn(lines, () => this.reserveInTurn(input, lines));
  }

  /** The goods leave. A reservation released before stays so: look at the status. */
  async commit(orderId: string): Promise<ReservationRef> {
    const known = await this.store.find(orderId);
    if (!known) throw notFound(['orderId'], 'reservation');
    if (known.status !== 'HELD') return ref(known);
    await this.inTurn(known.allocations, () =>
      this.end(orderId, 'HELD', 'COMMITTED', ({ quantity }) => ({ onHand: -quantity, reserved: -quantity })),
    );
    return this.get(orderId);
  }

  /** Gives back what the order holds or had committed; an unknown order may not reserve any more. */
  async release(orderId: string): Promise<ReservationRef> {
    const known = (await this.store.find(orderId)) ?? (await this.mark(orderId));
    if (known.status === 'RELEASED') return ref(known);
    await this.inTurn(known.allocations, async () => {
      const held = await this.end(orderId, 'HELD', 'RELEASED', ({ quantity }) => ({ onHand: 0, reserved: -quantity }));
      if (!held)
        await this.end(orderId, 'COMMITTED', 'RELEASED', ({ quantity }) => ({ onHand: quantity, reserved: 0 }));
    });
    return this.get(orderId);
  }

  /** The job behind RESERVATION_EXPIRE: releases what is still held after its time. */
  async expire(orderId: string): Promise<Date | undefined> {
    const known = await this.store.find(orderId);
    if (known?.status !== 'HELD') return undefined;
    const due = dueAt(known.expiresAt);
    if (due > this.kernel.clock.now()) return due;
    await this.inTurn(known.allocations, () =>
      this.end(orderId, 'HELD', 'RELEASED', ({ quantity }) => ({ onHand: 0, reserved: -quantity })),
    );
    return undefined;
  }

  private async reserveInTurn(input: StockReserve, lines: readonly StockLine[]): Promise<ReservationRef> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      const allocations = await this.plan(input, lines);
      try {
        return await this.take(input, allocations);
      } catch (error) {
        if (isDuplicateKey(error, '_id')) return repeated(await this.getReservation(input.orderId), lines);
        if (!(error instanceof StockMoved)) throw error;
      }
    }
    throw new ApiError('CONFLICT', 'Too many changes met on the same stock. Nothing changed; send the request again.');
  }

  /** Reads the levels and decides; refuses when there is not enough. */
  private async plan(input: StockReserve, lines: readonly StockLine[]): Promise<readonly Allocation[]> {
    const result = allocate(lines, await this.stock.levelsOf(lines.map(({ variantId }) => variantId)));
    if (result.kind === 'ALLOCATED') return result.allocations;
    const { line, available } = result;
    const index = input.lines.findIndex(({ variantId }) => variantId === line.variantId);
    throw new Refusal(
      'SOLD_OUT',
      available === 0 ? 'This item is sold out.' : `Only ${available} of this item are left.`,
      { field: ['lines', String(index), 'quantity'], fields: { available } },
    );
  }

  private take(input: StockReserve, allocations: readonly Allocation[]): Promise<ReservationRef> {
    const { orderId, expiresAt } = input;
    return this.kernel.database.transaction(async (session) => {
      for (const { variantId, locationId, quantity } of allocations) {
        const taken = await this.stock.change(session, { variantId, locationId, onHand: 0, reserved: quantity });
        if (!taken) throw new StockMoved();
      }
      const createdAt = this.kernel.clock.now();
      await this.store.insert(session, { orderId, status: 'HELD', allocations, expiresAt, createdAt });
      await this.kernel.jobs.schedule(session, {
        kind: RESERVATION_EXPIRE,
        key: jobKey(orderId),
        dueAt: dueAt(expiresAt),
        data: { orderId },
      });
      return { orderId, status: 'HELD' as const };
    });
  }

  /** Ends a reservation that is in state `from`, with the stock's change in the same write; false when it is not. */
  private end(
    orderId: string,
    from: ReservationStatus,
    to: ReservationStatus,
    effect: (allocation: Allocation) => Pick<LevelChange, 'onHand' | 'reserved'>,
  ): Promise<boolean> {
    return this.kernel.database.transaction(async (session) => {
      const moved = await this.store.move(session, orderId, from, to);
      if (!moved) return false;
      for (const allocation of moved.allocations) {
        const { variantId, locationId } = allocation;
        const change = { variantId, locationId, ...effect(allocation) };
        if (!(await this.stock.change(session, change))) {
          throw new Error(`The stock of ${variantId} does not hold what order ${orderId} reserved.`);
        }
        if (change.onHand === 0) continue;
        const reason = change.onHand < 0 ? 'sold' : 'sale undone';
        await this.stock.log(session, [
          { variantId, locationId, delta: change.onHand, reason, actor: `order:${orderId}` },
        ]);
      }
      await this.kernel.jobs.cancel(session, jobKey(orderId));
      return true;
    });
  }

  /** Marks an order that has no reservation, so that a late one fails; answers the reservation if it came first. */
  private async mark(orderId: string): Promise<Reservation> {
    const now = this.kernel.clock.now();
    const mark: Reservation = { orderId, status: 'RELEASED', allocations: [], expiresAt: now, createdAt: now };
    try {
      await this.store.insert(null, mark);
      return mark;
    } catch (error) {
      if (isDuplicateKey(error, '_id')) return this.getReservation(orderId);
      throw error;
    }
  }

  private async getReservation(orderId: string): Promise<Reservation> {
    const found = await this.store.find(orderId);
    if (!found) throw notFound(['orderId'], 'reservation');
    return found;
  }

  private async get(orderId: string): Promise<ReservationRef> {
    return ref(await this.getReservation(orderId));
  }

  /** Waits for each variant's turn, in the order all orders wait in. */
  private inTurn<T>(lines: readonly Pick<StockLine, 'variantId'>[], work: () => Promise<T>): Promise<T> {
    const keys = [...new Set(lines.map(({ variantId }) => variantId))].sort();
    return keys.reduceRight<() => Promise<T>>((next, key) => () => this.queue.run(key, next), work)();
  }
}

function dueAt(expiresAt: Date): Date {
  return new Date(expiresAt.getTime() + GRACE_MS);
}

function jobKey(orderId: string): string {
  return `${RESERVATION_EXPIRE}:${orderId}`;
}

function ref({ orderId, status }: Reservation): ReservationRef {
  return { orderId, status };
}

/** What a repeated request gets: the first one's result, unless the order gave the stock back or asks for other goods. */
function repeated(known: Reservation, lines: readonly StockLine[]): ReservationRef {
  if (known.status === 'RELEASED') {
    throw new Refusal('RESERVATION_RELEASED', 'The stock of this order was given back. Place a new order.');
  }
  if (JSON.stringify(mergeLines(known.allocations)) !== JSON.stringify(lines)) {
    throw new Refusal('IDEMPOTENCY_KEY_REUSED', 'This order holds other goods already.', { field: ['orderId'] });
  }
  return ref(known);
}

function checkLines(lines: readonly StockLine[]): void {
  if (lines.length === 0) throw invalid(['lines'], 'An order has at least one line.');
  for (const [index, { quantity }] of lines.entries()) {
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY) {
      throw invalid(['lines', String(index), 'quantity'], `A quantity is a whole number from 1 to ${MAX_QUANTITY}.`);
    }
  }
}
