import { parseMoney } from '../../../platform/money/money';
import type { Fakes } from '../../../test/support/subgraph-harness';

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly field: readonly string[] | null;
  readonly available: number | null;
  readonly alternatives: readonly string[] | null;
}

function refusal(code: string, data: { available?: number; alternatives?: readonly string[] } = {}): Refusal {
  return {
    code,
    message: `${code}.`,
    field: null,
    available: data.available ?? null,
    alternatives: data.alternatives ?? null,
  };
}

interface Variant {
  readonly productId: string;
  amount: string;
  currencyCode: string;
  published: boolean;
  stock: number;
}

interface Group {
  readonly campaignId: string;
  readonly size: number;
  status: string;
}

interface Seat {
  readonly orderId: string;
  readonly accountId: string;
  groupBuyId: string;
  status: string;
  quantity: number;
  /** Left on purpose: no payment takes the seat again. */
  left?: boolean;
}

interface SeatInput {
  readonly orderId: string;
  readonly accountId: string;
  readonly campaignId: string | null;
  readonly groupBuyId: string | null;
  readonly quantity: number;
}

/**
 * Catalog, social and accounts as an order meets them: small, stateful, idempotent as the real ones promise to be,
 * and breakable. `before` and `after` may throw around the k-th call: a neighbour that is down, or whose reply is lost.
 */
export class FakeNeighbours {
  readonly variants = new Map<string, Variant>([
    ['var_tea', { productId: 'prod_tea', amount: '12.50', currencyCode: 'HKD', published: true, stock: 100 }],
    ['var_rice', { productId: 'prod_rice', amount: '80.00', currencyCode: 'HKD', published: true, stock: 5 }],
    ['var_yen', { productId: 'prod_yen', amount: '500', currencyCode: 'JPY', published: true, stock: 5 }],
    ['var_gone', { productId: 'prod_gone', amount: '1.00', currencyCode: 'HKD', published: false, stock: 5 }],
  ]);
  readonly reservations = new Map<string, { status: string; lines: { variantId: string; quantity: number }[] }>();
  readonly groups = new Map<string, Group>([
    ['gbuy_open', { campaignId: 'gbc_tea', size: 3, status: 'OPEN' }],
    ['gbuy_full', { campaignId: 'gbc_tea', size: 0, status: 'OPEN' }],
  ]);
  readonly seats = new Map<string, Seat>();
  readonly ledger = new Map<string, { account: string; minor: number }[]>();
  /** Variants that no plain order may have. */
  readonly groupsOnly = new Set<string>();
  groupPrice = '10.00';
  /** Refuses every check and hold of a seat. */
  seatRefusal: Refusal | null = null;
  /** Refuses holds only: the seat went between the check and the hold. */
  holdRefusal: Refusal | null = null;
  stockRefusal: Refusal | null = null;
  calls: string[] = [];
  before: (call: number, operation: string) => void | Promise<void> = () => undefined;
  after: (call: number, operation: string) => void | Promise<void> = () => undefined;

  static readonly refusal = refusal;

  /** How often an operation was asked. */
  count(operation: string): number {
    return this.calls.filter((call) => call === operation).length;
  }

  /** Minor units of a ledger account. */
  balance(account: string): number {
    return [...this.ledger.values()]
      .flat()
      .filter((entry) => entry.account === account)
      .reduce((sum, entry) => sum + entry.minor, 0);
  }

  /** Units that are reserved or sold. */
  taken(variantId: string): number {
    return [...this.reservations.values()]
      .filter((reservation) => reservation.status !== 'RELEASED')
      .flatMap((reservation) => reservation.lines)
      .filter((line) => line.variantId === variantId)
      .reduce((sum, line) => sum + line.quantity, 0);
  }

  /** The group's seats that are held, paid or confirmed. */
  seated(groupBuyId: string): Seat[] {
    return [...this.seats.values()].filter(
      (seat) => seat.groupBuyId === groupBuyId && ['SEAT_HELD', 'PAID', 'CONFIRMED'].includes(seat.status),
    );
  }

  fakes(): Fakes {
    return {
      catalog: {
        _variants: this.asked('_variants', ({ ids }: { ids: string[] }) => this.findVariants(ids)),
        _stockReserve: this.asked('_stockReserve', ({ input }: { input: StockInput }) => this.reserve(input)),
        _stockCommit: this.asked('_stockCommit', ({ orderId }: { orderId: string }) => this.commit(orderId)),
        _stockRelease: this.asked('_stockRelease', ({ orderId }: { orderId: string }) => this.releaseStock(orderId)),
      },
      social: {
        _soloRefused: this.asked('_soloRefused', ({ variantIds }: { variantIds: string[] }) =>
          variantIds.filter((id) => this.groupsOnly.has(id)),
        ),
        _seatCheck: this.asked('_seatCheck', ({ input }: { input: SeatInput }) => ({
          seat: null,
          refusal: this.seatRefusal ?? this.whyNot(input),
        })),
        _seatHold: this.asked('_seatHold', ({ input }: { input: SeatInput }) => this.hold(input)),
        _seatPay: this.asked('_seatPay', ({ orderId }: { orderId: string }) => this.pay(orderId)),
        _seatRelease: this.asked('_seatRelease', ({ orderId }: { orderId: string }) => {
          const seat = this.seats.get(orderId);
          if (seat) seat.status = 'RELEASED';
          return { orderId, status: 'RELEASED' };
        }),
        _seatMove: this.asked('_seatMove', (move: { orderId: string; groupBuyId: string }) => this.move(move)),
        _seatRefunded: this.asked('_seatRefunded', ({ orderId }: { orderId: string }) => {
          const seat = this.seats.get(orderId);
          if (seat) seat.status = 'REFUNDED';
          return { orderId, status: 'REFUNDED' };
        }),
      },
      accounts: { _ledgerPost: this.asked('_ledgerPost', ({ input }: { input: LedgerInput }) => this.post(input)) },
    };
  }

  private asked<V>(operation: string, answer: (variables: V) => unknown): (variables: never) => unknown {
    return async (variables) => {
      this.calls.push(operation);
      const call = this.calls.length;
      await this.before(call, operation);
      const value = answer(variables as V);
      await this.after(call, operation);
      return value;
    };
  }

  private findVariants(ids: readonly string[]): unknown[] {
    return ids.flatMap((variantId) => {
      const variant = this.variants.get(variantId);
      if (!variant) return [];
      const { productId, amount, currencyCode, published, stock } = variant;
      return [
        {
          variantId,
          productId,
          productTitle: productId,
          title: variantId,
          price: { amount, currencyCode },
          published,
          available: stock - this.taken(variantId),
        },
      ];
    });
  }

  private reserve({ orderId, lines }: StockInput): unknown {
    const known = this.reservations.get(orderId);
    if (known && known.status !== 'RELEASED') return { reservation: { orderId, status: known.status }, refusal: null };
    if (known) return { reservation: null, refusal: refusal('RESERVATION_RELEASED') };
    if (this.stockRefusal) return { reservation: null, refusal: this.stockRefusal };
    for (const line of lines) {
      const available = (this.variants.get(line.variantId)?.stock ?? 0) - this.taken(line.variantId);
      if (available < line.quantity) return { reservation: null, refusal: refusal('SOLD_OUT', { available }) };
    }
    this.reservations.set(orderId, { status: 'HELD', lines });
    return { reservation: { orderId, status: 'HELD' }, refusal: null };
  }

  private commit(orderId: string): unknown {
    const reservation = this.reservations.get(orderId);
    if (reservation?.status === 'HELD') reservation.status = 'COMMITTED';
    return { orderId, status: reservation?.status ?? 'RELEASED' };
  }

  private releaseStock(orderId: string): unknown {
    const lines = this.reservations.get(orderId)?.lines ?? [];
    this.reservations.set(orderId, { status: 'RELEASED', lines });
    return { orderId, status: 'RELEASED' };
  }

  private whyNot({ orderId, accountId, groupBuyId }: SeatInput): Refusal | null {
    if (!groupBuyId) return null;
    const group = this.groups.get(groupBuyId);
    if (!group) return refusal('NOT_FOUND');
    if (group.status !== 'OPEN') return refusal('GROUP_CLOSED');
    const others = this.seated(groupBuyId).filter((seat) => seat.orderId !== orderId);
    if (others.some((seat) => seat.accountId === accountId)) return refusal('ALREADY_JOINED');
    return others.length < group.size ? null : refusal('GROUP_FULL', { alternatives: this.roomElsewhere(groupBuyId) });
  }

  private roomElsewhere(groupBuyId: string): string[] {
    return [...this.groups]
      .filter(([id, group]) => id !== groupBuyId && group.status === 'OPEN' && this.seated(id).length < group.size)
      .map(([id]) => id);
  }

  private hold(input: SeatInput): unknown {
    const known = this.seats.get(input.orderId);
    if (known?.status === 'RELEASED') return { seat: null, refusal: refusal('GROUP_CLOSED') };
    if (known) return { seat: this.seatOf(known), refusal: null };
    const no = this.seatRefusal ?? this.holdRefusal ?? this.whyNot(input);
    if (no) return { seat: null, refusal: no };
    const groupBuyId = input.groupBuyId ?? `gbuy_of_${input.orderId}`;
    if (!input.groupBuyId) this.groups.set(groupBuyId, { campaignId: 'gbc_tea', size: 3, status: 'OPEN' });
    const { orderId, accountId, quantity } = input;
    const seat = { orderId, accountId, groupBuyId, status: 'SEAT_HELD', quantity };
    this.seats.set(orderId, seat);
    return { seat: this.seatOf(seat), refusal: null };
  }

  private pay(orderId: string): unknown {
    const seat = this.seats.get(orderId);
    const group = seat && this.groups.get(seat.groupBuyId);
    if (!seat || !group) throw new Error('There is no such seat.');
    const room = this.seated(seat.groupBuyId).filter((other) => other !== seat).length < group.size;
    if (seat.status !== 'PAID' && (group.status !== 'OPEN' || !room || seat.left)) {
      const alternatives = seat.left ? [] : this.roomElsewhere(seat.groupBuyId);
      return { outcome: 'CLOSED', seat: null, alternatives };
    }
    seat.status = 'PAID';
    return { outcome: 'PAID', seat: this.seatOf(seat), alternatives: [] };
  }

  private move({ orderId, groupBuyId }: { orderId: string; groupBuyId: string }): unknown {
    const group = this.groups.get(groupBuyId);
    const seat = this.seats.get(orderId);
    const room = group && this.seated(groupBuyId).filter((other) => other !== seat).length < group.size;
    if (!seat || group?.status !== 'OPEN' || !room) return { seat: null, refusal: refusal('GROUP_FULL') };
    Object.assign(seat, { groupBuyId, status: 'SEAT_HELD' });
    return { seat: this.seatOf(seat), refusal: null };
  }

  private seatOf(seat: Seat): unknown {
    const campaignId = this.groups.get(seat.groupBuyId)?.campaignId;
    return { ...seat, campaignId, unitPrice: { amount: this.groupPrice, currencyCode: 'HKD' }, groupStatus: 'OPEN' };
  }

  private post({ key, entries }: LedgerInput): unknown {
    if (!this.ledger.has(key)) {
      this.ledger.set(
        key,
        entries.map(({ account, amount }) => ({
          account,
          minor: parseMoney(amount.amount, amount.currencyCode).minor,
        })),
      );
    }
    return { transactionId: `ltx_${key}`, refusal: null };
  }
}

interface StockInput {
  readonly orderId: string;
  readonly lines: { variantId: string; quantity: number }[];
}

interface LedgerInput {
  readonly key: string;
  readonly entries: { account: string; amount: { amount: string; currencyCode: string } }[];
}
