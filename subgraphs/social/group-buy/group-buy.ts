import type { GroupBuyChange } from '../../../platform/events/events';
import type { Terms } from '../campaign/campaign';

export const GroupBuyStatus = {
  OPEN: 'OPEN',
  SUCCEEDED: 'SUCCEEDED',
  EXPIRED: 'EXPIRED',
  CANCELLED: 'CANCELLED',
  CLOSED: 'CLOSED',
} as const;
export type GroupBuyStatus = keyof typeof GroupBuyStatus;

export const SeatStatus = {
  SEAT_HELD: 'SEAT_HELD',
  PAID: 'PAID',
  CONFIRMED: 'CONFIRMED',
  RELEASED: 'RELEASED',
  REFUNDING: 'REFUNDING',
  REFUNDED: 'REFUNDED',
} as const;
export type SeatStatus = keyof typeof SeatStatus;

export const GroupCompletion = { LAST_SEAT: 'LAST_SEAT', MINIMUM_FILL: 'MINIMUM_FILL' } as const;
export type GroupCompletion = keyof typeof GroupCompletion;

export const GROUP_TRANSITIONS: Readonly<Record<GroupBuyStatus, readonly GroupBuyStatus[]>> = {
  OPEN: ['SUCCEEDED', 'EXPIRED', 'CANCELLED'],
  EXPIRED: ['CLOSED'],
  CANCELLED: ['CLOSED'],
  SUCCEEDED: [],
  CLOSED: [],
};

/** RELEASED goes back: a payment that comes late takes its seat again while there is room. */
export const SEAT_TRANSITIONS: Readonly<Record<SeatStatus, readonly SeatStatus[]>> = {
  SEAT_HELD: ['PAID', 'RELEASED'],
  RELEASED: ['SEAT_HELD', 'PAID'],
  PAID: ['CONFIRMED', 'REFUNDING'],
  CONFIRMED: [],
  REFUNDING: ['REFUNDED'],
  REFUNDED: [],
};

/** Statuses in which a person counts as being in the group: one such seat per person and group. */
export const LIVE_SEATS: readonly SeatStatus[] = ['SEAT_HELD', 'PAID', 'CONFIRMED'];

export interface Group {
  readonly id: string;
  readonly campaignId: string;
  readonly terms: Terms;
  readonly status: GroupBuyStatus;
  /** Seats held before payment. */
  readonly held: number;
  /** Seats PAID or CONFIRMED: what the public calls `joined`. */
  readonly paid: number;
  /** Members whose money is on its way back. */
  readonly refunding: number;
  /** Rises by one with every change the public can see; a seat held or released is none. */
  readonly version: number;
  readonly leaderId: string;
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly completedBy: GroupCompletion | null;
}

export interface Change {
  readonly change: GroupBuyChange;
  /** The group as it stood after this change. */
  readonly group: Group;
}

/** What a command makes of a group. Every public change is a version of its own, in order. */
export interface Decision {
  readonly group: Group;
  readonly changes: readonly Change[];
  /**
   * What becomes of every other seat: CONFIRM makes PAID seats CONFIRMED, REFUND makes them REFUNDING, and either
   * releases the seats still held. Null leaves them as they are.
   */
  readonly others: 'CONFIRM' | 'REFUND' | null;
}

export function openGroup(input: {
  id: string;
  campaignId: string;
  terms: Terms;
  leaderId: string;
  windowMinutes: number;
  now: Date;
}): Decision {
  const group: Group = {
    id: input.id,
    campaignId: input.campaignId,
    terms: input.terms,
    status: 'OPEN',
    held: 1,
    paid: 0,
    refunding: 0,
    version: 0,
    leaderId: input.leaderId,
    openedAt: input.now,
    expiresAt: new Date(input.now.getTime() + input.windowMinutes * 60_000),
    completedBy: null,
  };
  return changed(unchanged(group), 'OPENED', {});
}

/** Why nobody can take a seat now; null when somebody can. */
export function seatFault(
  group: Pick<Group, 'status' | 'expiresAt' | 'held' | 'paid' | 'terms'>,
  now: Date,
): 'GROUP_CLOSED' | 'GROUP_FULL' | null {
  if (group.status !== 'OPEN' || group.expiresAt <= now) return 'GROUP_CLOSED';
  return freeSeats(group) === 0 ? 'GROUP_FULL' : null;
}

/** Whether the group's time is up and it still waits to be told so. */
export function isOverdue(group: Pick<Group, 'status' | 'expiresAt'>, now: Date): boolean {
  return group.status === 'OPEN' && group.expiresAt <= now;
}

/** Seats that nobody holds or has paid for. */
export function freeSeats(group: Pick<Group, 'held' | 'paid' | 'terms'>): number {
  return Math.max(0, group.terms.size - group.held - group.paid);
}

/** Seats for people who have not paid yet. Ask `seatFault` and `freeSeats` first. */
export function holdSeats(group: Group, count: number, now: Date): Decision {
  mustBe(seatFault(group, now) === null, 'seats are held only in an open group');
  mustBe(count <= freeSeats(group), 'no more seats are held than are free');
  return unchanged({ ...group, held: group.held + count });
}

/**
 * The seat's payment arrived. A held seat has its place; a released one takes a free place again (ask `seatFault`
 * first). Whoever pays when the group is complete completes it, `>=` so that no miscount can keep it open.
 */
export function paySeat(group: Group, seat: SeatStatus, now: Date): Decision {
  mustMove(SEAT_TRANSITIONS, seat, 'PAID');
  mustBe(group.status === 'OPEN' && group.expiresAt > now, 'only an open group takes a payment');
  mustBe(
    seat !== 'RELEASED' || seatFault(group, now) === null,
    'a released seat is taken again only where there is room',
  );
  const held = seat === 'SEAT_HELD' ? group.held - 1 : group.held;
  const paid = changed(unchanged(group), 'MEMBER_PAID', { held, paid: group.paid + 1 });
  return paid.group.paid >= group.terms.size ? succeed(paid, 'LAST_SEAT') : paid;
}

/** A held seat is given up or lapses. `heir` leads if the leader goes: see `leaveSeat`. */
export function releaseSeat(group: Group, accountId: string, heir: string | null): Decision {
  mustBe(group.status === 'OPEN', 'a held seat belongs to an open group');
  return without(unchanged({ ...group, held: group.held - 1 }), accountId, heir);
}

/**
 * A paid member leaves and is owed the money. If it was the leader, `heir` leads: the longest-standing paid member
 * left, or else the longest-standing one who holds a seat. The last one to leave cancels the group.
 */
export function leaveSeat(group: Group, accountId: string, heir: string | null): Decision {
  mustBe(group.status === 'OPEN', 'members leave only an open group');
  const left = changed(unchanged(group), 'MEMBER_LEFT', { paid: group.paid - 1, refunding: group.refunding + 1 });
  return without(left, accountId, heir);
}

/**
 * The group's time is up: with enough paid members it succeeds, else they all get their money back. `paidLeader` is
 * the leader if paid, else the longest-standing paid member; null when nobody has paid.
 */
export function expireGroup(group: Group, now: Date, paidLeader: string | null): Decision {
  mustBe(isOverdue(group, now), 'only an open group past its time expires');
  const { minimumFill } = group.terms;
  if (minimumFill === null || group.paid < minimumFill || paidLeader === null) return end(unchanged(group), 'EXPIRED');
  const led =
    paidLeader === group.leaderId
      ? unchanged(group)
      : changed(unchanged(group), 'LEADER_CHANGED', { leaderId: paidLeader });
  return succeed(led, 'MINIMUM_FILL');
}

export function cancelGroup(group: Group): Decision {
  return end(unchanged(group), 'CANCELLED');
}

/** One member's money is back with the payer; the last one closes a group that failed. */
export function refundSeat(group: Group): Decision {
  const decision = unchanged({ ...group, refunding: group.refunding - 1 });
  return closeWhenRefunded(decision);
}

export function canMove<S extends string>(table: Readonly<Record<S, readonly S[]>>, from: S, to: S): boolean {
  return table[from].includes(to);
}

function without(decision: Decision, accountId: string, heir: string | null): Decision {
  const { group } = decision;
  if (group.held + group.paid === 0) return end(decision, 'CANCELLED');
  if (group.leaderId !== accountId) return decision;
  if (heir === null) throw new Error('Broken rule: a group with seats left has an heir.');
  return changed(decision, 'LEADER_CHANGED', { leaderId: heir });
}

function succeed(decision: Decision, completedBy: GroupCompletion): Decision {
  mustMove(GROUP_TRANSITIONS, decision.group.status, 'SUCCEEDED');
  return { ...changed(decision, 'SUCCEEDED', { status: 'SUCCEEDED', completedBy, held: 0 }), others: 'CONFIRM' };
}

function end(decision: Decision, status: 'EXPIRED' | 'CANCELLED'): Decision {
  const { group } = decision;
  mustMove(GROUP_TRANSITIONS, group.status, status);
  const refunding = group.refunding + group.paid;
  const ended = changed(decision, status, { status, held: 0, paid: 0, refunding });
  return closeWhenRefunded({ ...ended, others: 'REFUND' });
}

function closeWhenRefunded(decision: Decision): Decision {
  const { status, refunding } = decision.group;
  if ((status !== 'EXPIRED' && status !== 'CANCELLED') || refunding > 0) return decision;
  return changed(decision, 'CLOSED', { status: 'CLOSED' });
}

function unchanged(group: Group): Decision {
  mustBe(group.held >= 0 && group.paid >= 0 && group.refunding >= 0, 'no counter falls below zero');
  return { group, changes: [], others: null };
}

function changed(decision: Decision, change: GroupBuyChange, to: Partial<Group>): Decision {
  const { group } = unchanged({ ...decision.group, ...to, version: decision.group.version + 1 });
  return { ...decision, group, changes: [...decision.changes, { change, group }] };
}

function mustMove<S extends string>(table: Readonly<Record<S, readonly S[]>>, from: S, to: S): void {
  mustBe(canMove(table, from, to), `${from} does not become ${to}`);
}

/** Left on in production: a decision that would break a rule is never written. */
function mustBe(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Error(`Broken rule: ${rule}.`);
}
