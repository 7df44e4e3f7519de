import type { ClientSession } from 'mongoose';
import { isDuplicateKey } from '../../../platform/mongo/database';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { invalid, notFound, Refusal } from '../../../platform/user-errors/refusal';
import { acceptsGroups, type Campaign, quotaRemaining, type Terms } from '../campaign/campaign';
import type { CampaignModel } from '../campaign/campaign.model';
import type { CustomerModel } from '../campaign/customer.model';
import { SocialIsResidentDocument } from '../generated/community';
import { SocialHasPaidOrderDocument } from '../generated/orders';
import { openGroup, seatFault } from '../group-buy/group-buy';
import type { GroupBuyModel, StoredGroup } from '../group-buy/group-buy.model';
import { type OutcomeService, perUserLimitReached, quotaReached } from '../group-buy/outcome.service';
import type { BoardingService } from './boarding.service';
import {
  alreadyJoined,
  checkRequest,
  groupClosed,
  groupFull,
  isLive,
  movedSeat,
  newSeat,
  type SeatRequest,
  type SeatView,
  seatGivenUp,
  viewOf,
} from './seat';
import { inGroup, type Seat, type SeatModel } from './seat.model';

const MAX_ALTERNATIVES = 5;
/** Where a request wants to go: a group to join, or the campaign to open one of. */
type Target =
  | { readonly kind: 'JOIN'; readonly group: StoredGroup; readonly terms: Terms; readonly campaignId: string }
  | { readonly kind: 'OPEN'; readonly campaign: Campaign; readonly terms: Terms; readonly campaignId: string };

/** Taking seats before money moves. What a seat is refused for is read first; the guarded write decides. */
export class SeatService {
  constructor(
    private readonly kernel: Kernel,
    private readonly campaigns: CampaignModel,
    private readonly customers: CustomerModel,
    private readonly groups: GroupBuyModel,
    private readonly seats: SeatModel,
    private readonly outcome: OutcomeService,
    private readonly boarding: BoardingService,
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
    const boarded = await this.boarding.board(target.group, {
      orderId: request.orderId,
      accountId: request.accountId,
      quantity: request.quantity,
      seat: (group) => newSeat(this.kernel.newId('gbm'), request, group, this.kernel.clock.now()),
      released: null,
    });
    if (boarded.kind === 'TAKEN') return viewOf(boarded.seat, 'OPEN');
    if (boarded.kind === 'KNOWN') return this.repeated(boarded.seat, request);
    throw await this.refusalOf(boarded.fault, target.group, request.accountId);
  }

  /** Takes a late payer's order, whose seat was released, to another open group of the campaign. */
  async move(orderId: string, groupBuyId: string, holdUntil: Date): Promise<SeatView> {
    const seat = await this.seats.findByOrder(orderId);
    if (!seat || !inGroup(seat)) throw notFound(['orderId'], 'seat');
    if (seat.status !== 'RELEASED') return this.moved(seat, groupBuyId);
    const group = await this.groups.find(groupBuyId);
    if (!group || group.campaignId !== seat.campaignId) throw notFound(['groupBuyId'], 'group of this campaign');
    const boarded = await this.boarding.board(group, {
      orderId,
      accountId: seat.accountId,
      quantity: seat.quantity,
      seat: () => movedSeat(seat, groupBuyId, holdUntil, this.kernel.clock.now()),
      released: seat,
    });
    if (boarded.kind === 'TAKEN') return viewOf(boarded.seat, 'OPEN');
    if (boarded.kind === 'KNOWN') return this.moved(boarded.seat, groupBuyId);
    throw await this.refusalOf(boarded.fault, group, seat.accountId);
  }

  /** Other open groups of the campaign with room, the fullest first. */
  async alternatives(campaignId: string, size: number, not: string): Promise<string[]> {
    const ids = await this.groups.withRoom(campaignId, size);
    return ids.filter((id) => id !== not).slice(0, MAX_ALTERNATIVES);
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
        // The same order was first, in another process or in another group.
        const seat = isDuplicateKey(error) ? await this.seats.findByOrder(request.orderId) : null;
        if (seat) return this.repeated(seat, request);
        throw error;
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
    await this.seats.insert(session, [seat]);
    await this.outcome.takeUnits(session, decision.group, accountId, quantity);
    await this.outcome.save(session, null, decision, quotaMove(campaign.terms, quantity));
    return viewOf(seat, 'OPEN');
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

  /** The answer to a move of an order that has a seat again: this move, if it was made before. */
  private async moved(seat: Seat, groupBuyId: string): Promise<SeatView> {
    if (!inGroup(seat)) throw notFound(['orderId'], 'seat');
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
