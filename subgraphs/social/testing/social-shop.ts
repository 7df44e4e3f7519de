import { consumer } from '../../../platform/bus/bus';
import { type Identity, serviceIdentity } from '../../../platform/context/identity';
import type { AnyEvent, EventType } from '../../../platform/events/events';
import { newId } from '../../../platform/ids/id';
import { account, type SubgraphHarness, startSubgraph } from '../../../test/support/subgraph-harness';
import type { SocialServices } from '../context';
import { social } from '../index';

/** What a test says of a seat; the rest has defaults. */
export interface SeatAsked {
  readonly orderId?: string;
  readonly accountId?: string;
  readonly campaignId?: string;
  readonly groupBuyId?: string;
  readonly variantId?: string;
  readonly quantity?: number;
  readonly holdMinutes?: number;
}

export interface SeatAnswer {
  readonly orderId: string;
  readonly accountId: string;
  readonly seat: {
    readonly groupBuyId: string;
    readonly campaignId: string;
    readonly status: string;
    readonly groupStatus: string;
    readonly quantity: number;
    readonly unitPrice: { readonly amount: string; readonly currencyCode: string };
  } | null;
  readonly refusal: {
    readonly code: string;
    readonly message: string;
    readonly field: readonly string[] | null;
    readonly alternatives: readonly string[] | null;
  } | null;
}

export interface LeaveAnswer {
  readonly groupBuy: {
    readonly id: string;
    readonly status: string;
    readonly joined: number;
    readonly version: number;
  } | null;
  readonly userErrors: readonly { readonly code: string; readonly field: readonly string[] | null }[];
}

interface LedgerPost {
  readonly key: string;
  readonly entries: readonly { readonly account: string; readonly amount: { readonly amount: string } }[];
}

const SEAT = 'seat { orderId groupBuyId campaignId status groupStatus quantity unitPrice { amount currencyCode } }';
const REFUSAL = 'refusal { code message field alternatives }';
export const HOLD = `mutation ($input: SeatHoldInput!) { _seatHold(input: $input) { ${SEAT} ${REFUSAL} } }`;
const CHECK = `query ($input: SeatHoldInput!) { _seatCheck(input: $input) { ${SEAT} ${REFUSAL} } }`;

export const LEAVE = `mutation ($input: GroupBuyLeaveInput!) { groupBuyLeave(input: $input) {
  groupBuy { id status joined version } userErrors { code field } } }`;

export const MERCHANT: Identity = account(['MERCHANT']);
export const ORDERS = serviceIdentity('orders');

/** Social alone, with neighbours that answer what a test decides. */
export class SocialShop {
  readonly events: AnyEvent[] = [];
  readonly paidBefore = new Set<string>();
  readonly residents = new Set<string>();
  readonly ledger: LedgerPost[] = [];
  ledgerRefusal: string | null = null;
  private harness: SubgraphHarness<SocialServices> | null = null;

  get it(): SubgraphHarness<SocialServices> {
    if (!this.harness) throw new Error('The shop is not open.');
    return this.harness;
  }

  async start(): Promise<void> {
    this.harness = await startSubgraph(social, {
      fakes: {
        catalog: {
          _variants: ({ ids }: { ids: string[] }) =>
            ids
              .filter((id) => id.startsWith('var_'))
              .map((variantId) => ({
                variantId,
                productId: variantId.replace(/^var_/, 'prod_').replace(/_[a-z]$/, ''),
                price: { amount: '20.00', currencyCode: 'HKD' },
              })),
        },
        orders: { _hasPaidOrder: ({ accountId }: { accountId: string }) => this.paidBefore.has(accountId) },
        community: {
          _isResident: ({ accountId }: { accountId: string }) => this.residents.has(accountId),
          _neighborhoodActive: ({ id }: { id: string }) => id === 'nbhd_1',
        },
        accounts: {
          _ledgerPost: ({ input }: { input: LedgerPost }) => {
            if (this.ledgerRefusal) {
              return { transactionId: null, refusal: { code: this.ledgerRefusal, message: 'Refused.' } };
            }
            this.ledger.push(input);
            return { transactionId: 'ltx_1', refusal: null };
          },
        },
      },
    });
    const types: EventType[] = [
      'group_buy.changed',
      'group_buy.member_confirmed',
      'group_buy.member_refund_due',
      'group_buy.seat_left',
      'group_buy_campaign.changed',
    ];
    this.it.services.kernel.bus.consume(
      consumer({
        name: 'test',
        types,
        handle: (event) => {
          this.events.push(event as AnyEvent);
          return Promise.resolve();
        },
      }),
    );
  }

  async stop(): Promise<void> {
    await this.harness?.stop();
    this.harness = null;
  }

  minutes(count: number): void {
    this.it.clock.advance(count * 60_000);
  }

  /** Creates a running campaign of five at 15.00 with a day to fill, changed by `input`, and answers its id. */
  async campaign(input: Record<string, unknown> = {}): Promise<string> {
    const { data, errors } = await this.create(input);
    if (errors.length > 0 || data.groupBuyCampaignCreate.userErrors.length > 0) {
      throw new Error(`No campaign: ${JSON.stringify({ data, errors })}`);
    }
    return data.groupBuyCampaignCreate.campaign.id;
  }

  create(
    input: Record<string, unknown>,
    identity: Identity = MERCHANT,
  ): ReturnType<SubgraphHarness<SocialServices>['graph']> {
    const now = this.it.clock.now().getTime();
    return this.it.graph(
      `mutation ($input: GroupBuyCampaignCreateInput!) { groupBuyCampaignCreate(input: $input) {
        campaign { id status size version groupPrice { amount currencyCode } variant { id } product { id } }
        userErrors { code field message } } }`,
      {
        input: {
          variantId: 'var_1',
          groupPrice: { amount: '15.00', currencyCode: 'HKD' },
          size: 5,
          windowMinutes: 1440,
          startsAt: new Date(now - 3600_000).toISOString(),
          endsAt: new Date(now + 30 * 24 * 3600_000).toISOString(),
          ...input,
        },
      },
      identity,
    );
  }

  async hold(asked: SeatAsked): Promise<SeatAnswer> {
    const input = this.input(asked);
    const { data, errors } = await this.it.graph(HOLD, { input }, ORDERS);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return { orderId: input.orderId, accountId: input.accountId, ...data._seatHold };
  }

  async check(asked: SeatAsked): Promise<SeatAnswer> {
    const input = this.input(asked);
    const { data, errors } = await this.it.graph(CHECK, { input }, ORDERS);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return { orderId: input.orderId, accountId: input.accountId, ...data._seatCheck };
  }

  async pay(orderId: string): Promise<{ outcome: string; seat: SeatAnswer['seat']; alternatives: string[] }> {
    return await this.internal(
      `mutation ($orderId: ID!) { it: _seatPay(orderId: $orderId) { outcome ${SEAT} alternatives } }`,
      { orderId },
    );
  }

  release(orderId: string): Promise<NonNullable<SeatAnswer['seat']>> {
    return this.seatCommand('_seatRelease', orderId);
  }

  refunded(orderId: string): Promise<NonNullable<SeatAnswer['seat']>> {
    return this.seatCommand('_seatRefunded', orderId);
  }

  move(orderId: string, groupBuyId: string): Promise<Pick<SeatAnswer, 'seat' | 'refusal'>> {
    const holdUntil = new Date(this.it.clock.now().getTime() + 15 * 60_000).toISOString();
    return this.internal(
      `mutation ($orderId: ID!, $groupBuyId: ID!, $holdUntil: DateTime!) {
        it: _seatMove(orderId: $orderId, groupBuyId: $groupBuyId, holdUntil: $holdUntil) { ${SEAT} ${REFUSAL} } }`,
      { orderId, groupBuyId, holdUntil },
    );
  }

  /** Opens a group of the campaign; its opener has paid unless `paid` is false. */
  async open(
    campaignId: string,
    options: Omit<SeatAsked, 'campaignId' | 'groupBuyId'> & { paid?: boolean } = {},
  ): Promise<{ id: string; orderId: string; accountId: string }> {
    const { paid = true, ...asked } = options;
    const held = await this.hold({ campaignId, ...asked });
    if (!held.seat) throw new Error(`Not opened: ${JSON.stringify(held.refusal)}`);
    if (paid) await this.pay(held.orderId);
    return { id: held.seat.groupBuyId, orderId: held.orderId, accountId: held.accountId };
  }

  /** Holds and pays a seat in a group. */
  async join(groupBuyId: string, asked: SeatAsked = {}): Promise<{ orderId: string; accountId: string }> {
    const held = await this.hold({ groupBuyId, ...asked });
    if (!held.seat) throw new Error(`Not joined: ${JSON.stringify(held.refusal)}`);
    const { outcome } = await this.pay(held.orderId);
    if (outcome !== 'PAID') throw new Error('Not paid.');
    return held;
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, field by field.
  async group(id: string): Promise<any> {
    const { data } = await this.it.graph(
      `query ($id: ID!) { groupBuy(id: $id) { id status size joined expiresAt version completedBy leader { id }
        members { profile { id } joinedAt role } campaign { id soldUnits buyers openGroups succeededGroups quotaRemaining version } } }`,
      { id },
    );
    return data.groupBuy;
  }

  /** The stored counters of a group beside its seats, counted one by one. */
  async counted(id: string): Promise<{ held: number; paid: number; refunding: number; seats: Record<string, number> }> {
    const { connection } = this.it.services.kernel.database;
    const group = await connection.collection('group_buys').findOne({ _id: id as never });
    const seats: Record<string, number> = {};
    for (const seat of await connection.collection('group_buy_members').find({ groupBuyId: id }).toArray()) {
      seats[String(seat['status'])] = (seats[String(seat['status'])] ?? 0) + 1;
    }
    return {
      held: Number(group?.['held']),
      paid: Number(group?.['paid']),
      refunding: Number(group?.['refunding']),
      seats,
    };
  }

  eventsOf<T extends EventType>(type: T): Extract<AnyEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<AnyEvent, { type: T }> => event.type === type);
  }

  /** Leaves a group as that person; answers the payload. */
  async leave(
    groupBuyId: string,
    accountId: string,
    idempotencyKey = `leave-${groupBuyId}-${accountId}`,
  ): Promise<LeaveAnswer> {
    const input = { groupBuyId, idempotencyKey };
    const { data, errors } = await this.it.graph(LEAVE, { input }, account(['CUSTOMER'], accountId));
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return data.groupBuyLeave;
  }

  /** The published changes of a group: version and what happened. */
  changesOf(id: string): [number, string][] {
    return this.eventsOf('group_buy.changed')
      .filter(({ aggregateId }) => aggregateId === id)
      .map(({ sequence, data }) => [sequence, data.change]);
  }

  /** The orders of a group whose refund was asked for, once for each time. */
  refundsDue(id: string): string[] {
    return this.eventsOf('group_buy.member_refund_due')
      .filter(({ data }) => data.groupBuyId === id)
      .map(({ data }) => data.orderId);
  }

  /** The orders of a group that lost a held seat, and why, once for each event. */
  seatsLeft(id: string): [string, string][] {
    return this.eventsOf('group_buy.seat_left')
      .filter(({ data }) => data.groupBuyId === id)
      .map(({ data }) => [data.orderId, data.reason]);
  }

  /** Runs `work` and answers how many commands it sent to each collection. */
  async commandsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
    const { connection } = this.it.services.kernel.database;
    const sent: Record<string, number> = {};
    connection.set('debug', (collection: string) => {
      sent[collection] = (sent[collection] ?? 0) + 1;
    });
    try {
      await work();
    } finally {
      connection.set('debug', false);
    }
    return sent;
  }

  newOrder(): string {
    return newId('ord');
  }

  private input(asked: SeatAsked) {
    const { holdMinutes = 15, ...rest } = asked;
    return {
      orderId: newId('ord'),
      accountId: newId('acct'),
      variantId: 'var_1',
      quantity: 1,
      holdUntil: new Date(this.it.clock.now().getTime() + holdMinutes * 60_000).toISOString(),
      ...rest,
    };
  }

  private seatCommand(name: string, orderId: string): Promise<NonNullable<SeatAnswer['seat']>> {
    return this.internal(
      `mutation ($orderId: ID!) { it: ${name}(orderId: $orderId) ${SEAT.slice(SEAT.indexOf('{'))} }`,
      { orderId },
    );
  }

  // biome-ignore lint/suspicious/noExplicitAny: the callers name the shape.
  private async internal(document: string, variables: Record<string, unknown>): Promise<any> {
    const { data, errors } = await this.it.graph(document, variables, ORDERS);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return data.it;
  }
}

/** Runs the same thing `count` times at once. */
export function atOnce<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}
