import type { ClientSession } from 'mongoose';
import { isDuplicateKey } from '../../../platform/mongo/database';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { invalid, notFound, Refusal } from '../../../platform/user-errors/refusal';
import { acceptsGroups, type Campaign, quotaRemaining, type Terms } from '../campaign/campaign';
import type { CampaignModel } from '../campaign/campaign.model';
import type { CustomerModel } from '../campaign/customer.model';
import { SocialIsResidentDocument } from '../generated/community';
import { SocialHasPaidOrderDocument } from '../generated/orders';
import { holdSeat, openGroup, seatFault } from '../group-buy/group-buy';
import type { GroupBuyModel, StoredGroup } from '../group-buy/group-buy.model';
import { type OutcomeService, perUserLimitReached, quotaReached, StaleGroupError } from '../group-buy/outcome.service';
import {
  alreadyJoined,
  checkRequest,
  groupClosed,
  groupFull,
  isLive,
  lapsesAt,
  newSeat,
  type SeatRequest,
  type SeatView,
  seatGivenUp,
  viewOf,
} from './seat';
import { type GroupSeat, inGroup, type Seat, type SeatModel } from './seat.model';

const MAX_ALTERNATIVES = 5;
/** Another process may change the group between our reading and our writing; this often we decide again. */
const MAX_ATTEMPTS = 40;

/** Where a request wants to go: a group to join, or the campaign to open one of. */
type Target =
  | { readonly kind: 'JOIN'; readonly group: StoredGroup; readonly terms: Terms; readonly campaignId: string }
  | { readonly kind: 'OPEN'; readonly campaign: Campaign; readonly terms: Terms; readonly campaignId: string };

/** What joining writes besides the group: a new seat, or a released one that moves. Null: decide again. */
type SeatWrite = (session: ClientSession, group: StoredGroup) => Promise<GroupSeat | null>;

type Joined = { readonly view: SeatView } | { readonly fault: 'GROUP_CLOSED' | 'GROUP_FULL' };

/** Taking seats before money moves. What a seat is refused for is read first; the guarded write decides. */
export class SeatService {
  constructor(
    private readonly kernel: Kernel,
    private readonly campaigns: CampaignModel,
    private readonly customers: CustomerModel,
    private readonly groups: GroupBuyModel,
    private readonly seats: SeatModel,
    private readonly outcome: OutcomeService,
  ) {}

  /** What a hold would answer now, without holding: the price of the seat, or the refusal. */
  async check(request: SeatRequest): Promise<SeatView> {
    const known = await this.seats.findByOrder(request.orderId);
    if (known) return this.repeated(known, request);
    const target = await this.target(request);
    await this.admit(request, target);
    if (target.kind === 'JOIN' && (await this.seats.findLive(target.group.id, request.accountId)))
      throw alreadyJoined();
    return {
      orderId: request.orderId,
      groupBuyId: target.kind === 'JOIN' ? target.group.id : '',
      campaignId: target.campaignId,
      status: 'AVAILABLE',
      unitPrice: target.terms.groupPrice,
      quantity: request.quantity,
      groupStatus: 'OPEN',
    };
  }

  /** Holds a seat until `holdUntil` and a minute more. Unique by order: a repeat answers the seat it has. */
  async hold(request: SeatRequest): Promise<SeatView> {
    const known = await this.seats.findByOrder(request.orderId);
    if (known) return this.repeated(known, request);
    const target = await this.target(request);
    await this.admit(request, target);
    if (target.kind === 'OPEN') return this.open(request, target.campaign);
    const { orderId, accountId } = request;
    return this.join(accountId, target.group, {
      quantity: request.quantity,
      repeated: async () => {
        const seat = await this.seats.findByOrder(orderId);
        return seat && this.repeated(seat, request);
      },
      write: async (session, group) => {
        const seat = newSeat(this.kernel.newId('gbm'), request, group, this.kernel.clock.now());
        await this.seats.insert(session, seat);
        return seat;
      },
    });
  }

  /** Takes a late payer's order, whose seat was released, to another open group of the campaign. */
  async move(orderId: string, groupBuyId: string, holdUntil: Date): Promise<SeatView> {
    const seat = await this.seats.findByOrder(orderId);
    if (!seat || !inGroup(seat)) throw notFound(['orderId'], 'seat');
    const already = await this.moved(seat, groupBuyId);
    if (already) return already;
    const group = await this.groups.find(groupBuyId);
    if (!group || group.campaignId !== seat.campaignId) throw notFound(['groupBuyId'], 'group of this campaign');
    return this.join(seat.accountId, group, {
      quantity: seat.quantity,
      repeated: async () => {
        const now = await this.seats.findByOrder(orderId);
        return now && this.moved(now, groupBuyId);
      },
      write: async (session) => {
        const to = {
          status: 'SEAT_HELD',
          groupBuyId,
          live: true,
          left: false,
          heldAt: this.kernel.clock.now(),
          dueAt: lapsesAt(holdUntil),
        } as const;
        return (await this.seats.change(session, seat, to)) ? { ...seat, ...to } : null;
      },
    });
  }

  /** Other open groups of the campaign with room, the fullest first. */
  async alternatives(campaignId: string, size: number, not: string): Promise<string[]> {
    const groups = await this.groups.withRoom(campaignId, size, this.kernel.clock.now(), MAX_ALTERNATIVES + 1);
    return groups
      .map((group) => group.id)
      .filter((id) => id !== not)
      .slice(0, MAX_ALTERNATIVES);
  }

  private async target(request: SeatRequest): Promise<Target> {
    const { campaignId, groupBuyId } = request;
    if ((campaignId === null) === (groupBuyId === null)) {
      throw invalid(['groupBuyId'], 'Name either the campaign to open a group of or the group to join.');
    }
    if (groupBuyId !== null) {
      const group = await this.groups.find(groupBuyId);
      if (!group) throw notFound(['groupBuyId'], 'group');
      return { kind: 'JOIN', group, terms: group.terms, campaignId: group.campaignId };
    }
    const campaign = await this.campaigns.find(campaignId ?? '');
    if (!campaign) throw notFound(['campaignId'], 'campaign');
    return { kind: 'OPEN', campaign, terms: campaign.terms, campaignId: campaign.id };
  }

  /** Refuses by reading alone whatever can be refused so: nobody waits in line or opens a transaction for it. */
  private async admit(request: SeatRequest, target: Target): Promise<void> {
    const { terms } = target;
    checkRequest(request, terms);
    if (target.kind === 'OPEN') this.mustRun(target.campaign);
    else await this.mustHaveRoom(target.group, request.accountId);
    await this.mustBeWelcome(request.accountId, terms);
    if (terms.perUserLimit !== null) {
      const units = await this.customers.units(target.campaignId, request.accountId);
      if (units + request.quantity > terms.perUserLimit) throw perUserLimitReached(terms.perUserLimit);
    }
    if (terms.quota !== null) {
      const campaign = target.kind === 'OPEN' ? target.campaign : await this.campaigns.find(target.campaignId);
      if (campaign && request.quantity > (quotaRemaining(campaign) ?? 0)) throw quotaReached();
    }
  }

  private mustRun(campaign: Campaign): void {
    if (acceptsGroups(campaign, this.kernel.clock.now())) return;
    throw new Refusal('CAMPAIGN_NOT_RUNNING', 'The campaign has not begun or is over.', { field: ['campaignId'] });
  }

  private async mustHaveRoom(group: StoredGroup, accountId: string): Promise<void> {
    const fault = seatFault(group, this.kernel.clock.now());
    if (fault) throw await this.refusalOf(fault, group, accountId);
  }

  private async refusalOf(
    fault: 'GROUP_CLOSED' | 'GROUP_FULL',
    group: StoredGroup,
    accountId: string,
  ): Promise<Refusal> {
    if (fault === 'GROUP_CLOSED') return groupClosed();
    if (await this.seats.findLive(group.id, accountId)) return alreadyJoined();
    return groupFull(await this.alternatives(group.campaignId, group.terms.size, group.id));
  }

  private async mustBeWelcome(accountId: string, terms: Terms): Promise<void> {
    if (terms.newCustomersOnly) {
      const { _hasPaidOrder } = await this.kernel.internal.request('orders', SocialHasPaidOrderDocument, { accountId });
      if (_hasPaidOrder) throw new Refusal('NEW_CUSTOMERS_ONLY', 'This campaign is for new customers.');
    }
    if (terms.neighborhoodId !== null) {
      const { _isResident } = await this.kernel.internal.request('community', SocialIsResidentDocument, {
        accountId,
        neighborhoodId: terms.neighborhoodId,
      });
      if (!_isResident) throw new Refusal('NOT_RESIDENT', 'This campaign is for residents of its neighborhood.');
    }
  }

  private open(request: SeatRequest, campaign: Campaign): Promise<SeatView> {
    return this.outcome.inLine({ campaignId: campaign.id, groupBuyId: null }, async () => {
      const known = await this.seats.findByOrder(request.orderId);
      if (known) return this.repeated(known, request);
      try {
        const view = await this.kernel.database.transaction(async (session) => {
          const current = await this.campaigns.find(campaign.id, session);
          if (!current) throw notFound(['campaignId'], 'campaign');
          this.mustRun(current);
          return this.openIn(session, request, current);
        });
        this.kernel.outbox.notify();
        return view;
      } catch (error) {
        return this.lostRace(error, async () => {
          const seat = await this.seats.findByOrder(request.orderId);
          return seat && this.repeated(seat, request);
        });
      }
    });
  }

  private async openIn(session: ClientSession, request: SeatRequest, campaign: Campaign): Promise<SeatView> {
    const now = this.kernel.clock.now();
    const { accountId, quantity } = request;
    const decision = openGroup({
      id: this.kernel.newId('gbuy'),
      campaignId: campaign.id,
      terms: campaign.terms,
      leaderId: accountId,
      windowMinutes: campaign.windowMinutes,
      now,
    });
    const seat = newSeat(this.kernel.newId('gbm'), request, decision.group, now);
    await this.seats.insert(session, seat);
    await this.outcome.takeUnits(session, decision.group, accountId, quantity);
    await this.outcome.save(session, null, decision, quotaMove(campaign.terms, quantity));
    return viewOf(seat, 'OPEN');
  }

  private async join(
    accountId: string,
    target: StoredGroup,
    how: { quantity: number; repeated: () => Promise<SeatView | null>; write: SeatWrite },
  ): Promise<SeatView> {
    const { id, campaignId, terms } = target;
    const keys = { campaignId: terms.quota === null ? null : campaignId, groupBuyId: id };
    const joined = await this.outcome.inLine(keys, () => this.joinInLine(accountId, id, how));
    if ('view' in joined) return joined.view;
    // The reads behind a refusal are made out of line: whoever comes next need not wait for them.
    throw await this.refusalOf(joined.fault, target, accountId);
  }

  private async joinInLine(
    accountId: string,
    groupBuyId: string,
    how: { quantity: number; repeated: () => Promise<SeatView | null>; write: SeatWrite },
  ): Promise<Joined> {
    for (let attempt = 1; ; attempt += 1) {
      const [group, repeated] = await Promise.all([this.groups.find(groupBuyId), how.repeated()]);
      if (repeated) return { view: repeated };
      if (!group) throw notFound(['groupBuyId'], 'group');
      const now = this.kernel.clock.now();
      const fault = seatFault(group, now);
      if (fault) return { fault };
      try {
        const seat = await this.kernel.database.transaction(async (session) => {
          const written = await how.write(session, group);
          if (!written) throw new StaleGroupError();
          await this.outcome.takeUnits(session, group, accountId, how.quantity);
          await this.outcome.save(session, group, holdSeat(group, now), quotaMove(group.terms, how.quantity));
          return written;
        });
        this.kernel.outbox.notify();
        return { view: viewOf(seat, 'OPEN') };
      } catch (error) {
        if (error instanceof StaleGroupError && attempt < MAX_ATTEMPTS) continue;
        return { view: await this.lostRace(error, how.repeated) };
      }
    }
  }

  /** A unique index decided against us: the same order was first, or the same person with another order. */
  private async lostRace(error: unknown, repeated: () => Promise<SeatView | null>): Promise<SeatView> {
    if (!isDuplicateKey(error)) throw error;
    const view = await repeated();
    if (view) return view;
    if (isDuplicateKey(error, 'accountId')) throw alreadyJoined();
    throw error;
  }

  /** The answer to an order that is known: its seat, if this is the same request and it still has one. */
  private async repeated(seat: Seat, request: SeatRequest): Promise<SeatView> {
    if (!inGroup(seat)) throw seatGivenUp();
    const same =
      seat.accountId === request.accountId &&
      seat.variantId === request.variantId &&
      seat.quantity === request.quantity &&
      (request.campaignId === null || request.campaignId === seat.campaignId);
    if (!same) {
      throw new Refusal('IDEMPOTENCY_KEY_REUSED', 'The order has another seat.', { field: ['orderId'] });
    }
    if (!isLive(seat)) throw seatGivenUp();
    return viewOf(seat, await this.statusOf(seat.groupBuyId));
  }

  /** The answer to a move that was already made; null while the order still waits for one. */
  private async moved(seat: Seat, groupBuyId: string): Promise<SeatView | null> {
    if (!inGroup(seat)) throw notFound(['orderId'], 'seat');
    if (seat.status === 'RELEASED') return null;
    if (!isLive(seat)) throw seatGivenUp();
    if (seat.groupBuyId !== groupBuyId) throw alreadyJoined();
    return viewOf(seat, await this.statusOf(groupBuyId));
  }

  private async statusOf(groupBuyId: string): Promise<string> {
    return (await this.groups.find(groupBuyId))?.status ?? 'CLOSED';
  }
}

function quotaMove(terms: Terms, quantity: number): { quotaUsed?: number } {
  return terms.quota === null ? {} : { quotaUsed: quantity };
}
