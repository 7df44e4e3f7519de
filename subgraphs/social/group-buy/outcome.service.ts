import type { ClientSession } from 'mongoose';
import type { EventType, EventTypes, GroupBuyCampaignState, GroupBuyState } from '../../../platform/events/events';
import { KeyQueue } from '../../../platform/mongo/key-queue';
import { event, type NewEvent } from '../../../platform/outbox/outbox';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { Refusal } from '../../../platform/user-errors/refusal';
import { type Campaign, campaignStatus, quotaRemaining, tierRefund } from '../campaign/campaign';
import type { CampaignModel, CampaignMove } from '../campaign/campaign.model';
import type { CustomerModel, CustomerMove } from '../campaign/customer.model';
import type { GroupSeat, SeatModel } from '../seat/seat.model';
import type { Change, Decision, Group } from './group-buy';
import type { GroupBuyModel, StoredGroup } from './group-buy.model';

/** How long orders has to get a member's money back before it is asked again. */
export const REFUND_PATIENCE_MS = 10 * 60_000;

export const LEADER_REWARD_JOB = 'group_buy.leader_reward';
export const EXPIRE_JOB = 'group_buy.expire';

/** The group was changed by another process between reading and writing: read and decide again. */
export class StaleGroupError extends Error {
  override readonly name = 'StaleGroupError';
}

type GroupEnd = 'SUCCEEDED' | 'EXPIRED' | 'CANCELLED';

interface Counted {
  readonly campaign: CampaignMove;
  readonly events: readonly NewEvent<EventType>[];
}

/**
 * Writes what was decided about a group, in the caller's one transaction: the group itself, its other seats, what its
 * members have of the campaign, the campaign's numbers, the events and the jobs. The caller writes the one seat the
 * command was about.
 */
export class OutcomeService {
  private readonly queue = new KeyQueue();

  constructor(
    private readonly kernel: Kernel,
    private readonly campaigns: CampaignModel,
    private readonly customers: CustomerModel,
    private readonly groups: GroupBuyModel,
    private readonly seats: SeatModel,
  ) {}

  /** Writers of one group, and of one campaign's numbers where they touch them, stand in line within this process. */
  inLine<T>(keys: { campaignId: string | null; groupBuyId: string | null }, work: () => Promise<T>): Promise<T> {
    const { campaignId, groupBuyId } = keys;
    const grouped = () => (groupBuyId === null ? work() : this.queue.run(groupBuyId, work));
    return campaignId === null ? grouped() : this.queue.run(campaignId, grouped);
  }

  /** Saves a decision. `own` is how the command's own seat moves the campaign's numbers. Throws StaleGroupError. */
  async save(session: ClientSession, before: StoredGroup | null, decision: Decision, own: CampaignMove): Promise<void> {
    if (before === null) await this.opened(session, decision.group);
    else if (!(await this.groups.replace(session, before, decision.group))) throw new StaleGroupError();
    const others = await this.others(session, decision);
    const move = sum(own, others.campaign, groupsMoved(decision.changes));
    const events: NewEvent<EventType>[] = [...decision.changes.map(toEvent), ...others.events];
    const campaign = await this.moveCampaign(session, decision.group, move);
    if (campaign) events.push(this.campaignEvent(campaign));
    await this.kernel.outbox.write(session, events);
  }

  campaignEvent(campaign: Campaign): NewEvent<EventType> {
    const state = campaignState(campaign, this.kernel.clock.now());
    return event('group_buy_campaign.changed', campaign.id, campaign.version, { campaign: state });
  }

  /** `seat` as it was before its event was counted. */
  seatLeft(seat: GroupSeat, reason: EventTypes['group_buy.seat_left']['reason']): NewEvent<EventType> {
    const { groupBuyId, orderId } = seat;
    return event('group_buy.seat_left', seat.id, seat.told + 1, { groupBuyId, orderId, reason });
  }

  refundDue(
    seat: Pick<GroupSeat, 'id' | 'orderId' | 'groupBuyId'>,
    sequence: number,
    reason: string,
  ): NewEvent<EventType> {
    // Each seat is an aggregate of its own: one order that cannot be refunded holds nobody else's event back.
    return event('group_buy.member_refund_due', seat.id, sequence, {
      groupBuyId: seat.groupBuyId,
      orderId: seat.orderId,
      reason,
    });
  }

  /** The time at which a refund that was not confirmed is asked for again. */
  refundDeadline(): Date {
    return new Date(this.kernel.clock.now().getTime() + REFUND_PATIENCE_MS);
  }

  /** Units the person may not have beyond their limit; LIMIT_REACHED gives up the transaction. */
  async takeUnits(session: ClientSession, group: Group, accountId: string, quantity: number): Promise<void> {
    const { perUserLimit } = group.terms;
    if (perUserLimit === null) return;
    if (!(await this.customers.take(session, group.campaignId, accountId, quantity, perUserLimit))) {
      throw perUserLimitReached(perUserLimit);
    }
  }

  /** What a seat that is given up returns to its person. Answers how many buyers the campaign has lost (0 or 1). */
  giveBack(session: ClientSession, group: Group, seats: readonly GroupSeat[]): Promise<number> {
    return this.customers.giveBack(
      session,
      group.campaignId,
      seats.map(
        (seat): CustomerMove => ({
          accountId: seat.accountId,
          units: group.terms.perUserLimit === null ? 0 : seat.quantity,
          paidSeats: seat.status === 'PAID' ? 1 : 0,
        }),
      ),
    );
  }

  private async opened(session: ClientSession, group: Group): Promise<void> {
    await this.groups.insert(session, group);
    await this.kernel.jobs.schedule(session, {
      kind: EXPIRE_JOB,
      key: `${EXPIRE_JOB}:${group.id}`,
      dueAt: group.expiresAt,
      data: { groupBuyId: group.id },
    });
  }

  /** Carries the decision to every seat of the group that is still held or paid. */
  private async others(session: ClientSession, decision: Decision): Promise<Counted> {
    const { group, others } = decision;
    if (others === null) return { campaign: {}, events: [] };
    const seats = await this.seats.unsettled(session, group.id);
    const held = seats.filter((seat) => seat.status === 'SEAT_HELD');
    const paid = seats.filter((seat) => seat.status === 'PAID');
    const released = await this.release(session, decision, held);
    const settled =
      others === 'CONFIRM' ? await this.confirm(session, group, paid) : await this.refund(session, decision, paid);
    const givenUp = others === 'CONFIRM' ? held : seats;
    const buyers = await this.giveBack(session, group, givenUp);
    return {
      campaign: {
        quotaUsed: group.terms.quota === null ? 0 : -units(givenUp),
        soldUnits: others === 'CONFIRM' ? 0 : -units(paid),
        buyers: -buyers,
      },
      events: [...released, ...settled],
    };
  }

  /** The group has ended and these had not paid. */
  private async release(
    session: ClientSession,
    decision: Decision,
    held: readonly GroupSeat[],
  ): Promise<NewEvent<EventType>[]> {
    if (held.length === 0) return [];
    const reason = `GROUP_${endOf(decision).change}` as const;
    await this.seats.changeAll(session, decision.group.id, 'SEAT_HELD', {
      status: 'RELEASED',
      live: false,
      dueAt: null,
    });
    return held.map((seat) => this.seatLeft(seat, reason));
  }

  private async confirm(
    session: ClientSession,
    group: Group,
    paid: readonly GroupSeat[],
  ): Promise<NewEvent<EventType>[]> {
    const changed = await this.seats.changeAll(session, group.id, 'PAID', { status: 'CONFIRMED' });
    if (changed !== group.paid)
      throw new Error('Broken rule: every paid member of a group that succeeds is confirmed.');
    await this.kernel.jobs.cancel(session, `${EXPIRE_JOB}:${group.id}`);
    if (group.terms.leaderReward) {
      await this.kernel.jobs.schedule(session, {
        kind: LEADER_REWARD_JOB,
        key: `${LEADER_REWARD_JOB}:${group.id}`,
        dueAt: this.kernel.clock.now(),
        data: { groupBuyId: group.id },
      });
    }
    return paid.map((seat) =>
      event('group_buy.member_confirmed', seat.id, seat.told + 1, {
        groupBuyId: group.id,
        orderId: seat.orderId,
        refund: tierRefund(group.terms, group.paid, seat.quantity),
      }),
    );
  }

  private async refund(
    session: ClientSession,
    decision: Decision,
    paid: readonly GroupSeat[],
  ): Promise<NewEvent<EventType>[]> {
    const { group } = decision;
    const ended = endOf(decision);
    await this.kernel.jobs.cancel(session, `${EXPIRE_JOB}:${group.id}`);
    if (paid.length === 0) return [];
    const reason = `GROUP_${ended.change}`;
    await this.seats.changeAll(session, group.id, 'PAID', {
      status: 'REFUNDING',
      live: false,
      leftVersion: ended.group.version,
      dueAt: this.refundDeadline(),
      refundReason: reason,
    });
    return paid.map((seat) => this.refundDue(seat, seat.told + 1, reason));
  }

  private async moveCampaign(session: ClientSession, group: Group, move: CampaignMove): Promise<Campaign | null> {
    if (Object.keys(move).length === 0) return null;
    const campaign = await this.campaigns.move(session, group.campaignId, move, group.terms.quota);
    if (campaign) return campaign;
    if ((move.quotaUsed ?? 0) > 0) throw quotaReached();
    throw new Error('Broken rule: no number of a campaign falls below zero.');
  }
}

export function perUserLimitReached(limit: number): Refusal {
  return new Refusal('LIMIT_REACHED', `One person may have at most ${limit} of this campaign.`, {
    field: ['quantity'],
  });
}

export function quotaReached(): Refusal {
  return new Refusal('LIMIT_REACHED', 'The campaign has not that many units left.', { field: ['quantity'] });
}

/** A group as its events tell it. */
export function groupState(group: Group): GroupBuyState {
  return {
    id: group.id,
    campaignId: group.campaignId,
    status: group.status,
    size: group.terms.size,
    joined: group.paid,
    leaderId: group.leaderId,
    openedAt: group.openedAt.toISOString(),
    expiresAt: group.expiresAt.toISOString(),
    completedBy: group.completedBy,
    version: group.version,
  };
}

/** A campaign as its events tell it. */
export function campaignState(campaign: Campaign, now: Date): GroupBuyCampaignState {
  return {
    id: campaign.id,
    status: campaignStatus(campaign, now),
    soldUnits: campaign.soldUnits,
    buyers: campaign.buyers,
    openGroups: campaign.openGroups,
    succeededGroups: campaign.succeededGroups,
    quotaRemaining: quotaRemaining(campaign),
    version: campaign.version,
  };
}

/** The change with which the group stopped being open. */
function endOf(decision: Decision): Change & { readonly change: GroupEnd } {
  for (const { change, group } of decision.changes) {
    if (change === 'SUCCEEDED' || change === 'EXPIRED' || change === 'CANCELLED') return { change, group };
  }
  throw new Error('Broken rule: what becomes of all seats is decided when their group ends.');
}

function toEvent({ change, group }: Change): NewEvent<EventType> {
  return event('group_buy.changed', group.id, group.version, { change, groupBuy: groupState(group) });
}

function units(seats: readonly GroupSeat[]): number {
  return seats.reduce((total, seat) => total + seat.quantity, 0);
}

function groupsMoved(changes: readonly Change[]): CampaignMove {
  const is = (...names: readonly Change['change'][]) => changes.some(({ change }) => names.includes(change));
  return {
    openGroups: (is('OPENED') ? 1 : 0) - (is('SUCCEEDED', 'EXPIRED', 'CANCELLED') ? 1 : 0),
    succeededGroups: is('SUCCEEDED') ? 1 : 0,
  };
}

/** The sum of several moves, numbers that stay left out. */
function sum(...moves: readonly CampaignMove[]): CampaignMove {
  const total: Record<string, number> = {};
  for (const move of moves) {
    for (const [name, by] of Object.entries(move as Record<string, number>)) total[name] = (total[name] ?? 0) + by;
  }
  return Object.fromEntries(Object.entries(total).filter(([, by]) => by !== 0));
}
