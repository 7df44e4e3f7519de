import fc from 'fast-check';
import type { Terms } from '../campaign/campaign';
import {
  cancelGroup,
  canMove,
  type Decision,
  expireGroup,
  GROUP_TRANSITIONS,
  type Group,
  type GroupBuyStatus,
  holdSeats,
  isOverdue,
  leaveSeat,
  openGroup,
  paySeat,
  refundSeat,
  releaseSeat,
  SEAT_TRANSITIONS,
  type SeatStatus,
  seatFault,
} from './group-buy';

const NOW = new Date('2026-06-01T08:00:00.000Z');
const LATER = new Date('2026-06-01T09:00:00.000Z');

function terms(size: number, minimumFill: number | null = null): Terms {
  return {
    variantId: 'var_1',
    productId: 'prod_1',
    groupPrice: { minor: 1000, currencyCode: 'HKD' },
    size,
    tiers: [],
    minimumFill,
    perUserLimit: null,
    perOrderLimit: null,
    quota: null,
    newCustomersOnly: false,
    neighborhoodId: null,
    leaderReward: null,
  };
}

function opened(size: number, minimumFill: number | null = null): Group {
  return openGroup({
    id: 'gbuy_1',
    campaignId: 'gbc_1',
    terms: terms(size, minimumFill),
    leaderId: 'leader',
    windowMinutes: 60,
    now: NOW,
  }).group;
}

const names = (decision: Decision) => decision.changes.map(({ change }) => change);

describe('a group', () => {
  it('should be open and joinable before its opener has paid', () => {
    const group = opened(2);
    expect(group).toMatchObject({ status: 'OPEN', held: 1, paid: 0, version: 1, leaderId: 'leader' });
    expect(group.expiresAt).toEqual(LATER);
    expect(seatFault(group, NOW)).toBeNull();
  });

  it('should count held seats towards being full', () => {
    const group = holdSeats(opened(2), 1, NOW).group;
    expect(seatFault(group, NOW)).toBe('GROUP_FULL');
    expect(() => holdSeats(group, 1, NOW)).toThrow('Broken rule');
  });

  it('should be closed from the moment its time is up, before anything has run', () => {
    expect(seatFault(opened(2), new Date(LATER.getTime() - 1))).toBeNull();
    expect(seatFault(opened(2), LATER)).toBe('GROUP_CLOSED');
  });

  it('should show the last payment and the success as two versions', () => {
    const one = paySeat(holdSeats(opened(2), 1, NOW).group, 'SEAT_HELD', NOW).group;
    const two = paySeat(one, 'SEAT_HELD', NOW);
    expect(two.changes.map(({ change, group }) => [change, group.version, group.status, group.paid])).toEqual([
      ['MEMBER_PAID', 3, 'OPEN', 2],
      ['SUCCEEDED', 4, 'SUCCEEDED', 2],
    ]);
    expect(two.group.completedBy).toBe('LAST_SEAT');
    expect(two.others).toBe('CONFIRM');
  });

  it('should complete even if it were overfull, because full is never tested by equality', () => {
    const overfull: Group = { ...opened(2), held: 1, paid: 2 };
    expect(paySeat(overfull, 'SEAT_HELD', NOW).group).toMatchObject({ status: 'SUCCEEDED', paid: 3 });
  });

  it('should not take a released seat again when it is full', () => {
    const full: Group = { ...opened(2), held: 1, paid: 1 };
    expect(() => paySeat(full, 'RELEASED', NOW)).toThrow('Broken rule');
  });

  it('should pass to the heir when the leader leaves, with the same end', () => {
    const two = paySeat(holdSeats(opened(3), 1, NOW).group, 'SEAT_HELD', NOW).group;
    const left = releaseSeat(two, 'leader', 'next');
    expect(names(left)).toEqual(['LEADER_CHANGED']);
    expect(left.group).toMatchObject({ status: 'OPEN', leaderId: 'next', held: 0, paid: 1 });
    expect(left.group.expiresAt).toEqual(two.expiresAt);
  });

  it('should be cancelled when its last member leaves, and close when the money is back', () => {
    const paid = paySeat(opened(2), 'SEAT_HELD', NOW).group;
    const left = leaveSeat(paid, 'leader', null);
    expect(names(left)).toEqual(['MEMBER_LEFT', 'CANCELLED']);
    expect(left.group).toMatchObject({ status: 'CANCELLED', paid: 0, refunding: 1 });
    expect(names(refundSeat(left.group))).toEqual(['CLOSED']);
  });

  it('should close at once when nobody had paid', () => {
    expect(names(releaseSeat(opened(2), 'leader', null))).toEqual(['CANCELLED', 'CLOSED']);
    expect(names(expireGroup(opened(2), LATER, null))).toEqual(['EXPIRED', 'CLOSED']);
  });

  it('should stay EXPIRED until every refund is in', () => {
    const two: Group = { ...opened(3), held: 1, paid: 2 };
    const expired = expireGroup(two, LATER, 'leader');
    expect(names(expired)).toEqual(['EXPIRED']);
    expect(expired.group).toMatchObject({ held: 0, paid: 0, refunding: 2 });
    const first = refundSeat(expired.group);
    expect(first.changes).toEqual([]);
    expect(first.group.status).toBe('EXPIRED');
    expect(refundSeat(first.group).group.status).toBe('CLOSED');
  });

  it('should succeed at its end with the minimum fill, led by somebody who paid', () => {
    const two: Group = { ...opened(5, 2), held: 1, paid: 2 };
    const done = expireGroup(two, LATER, 'payer');
    expect(names(done)).toEqual(['LEADER_CHANGED', 'SUCCEEDED']);
    expect(done.group).toMatchObject({ completedBy: 'MINIMUM_FILL', leaderId: 'payer', held: 0, paid: 2 });
    expect(names(expireGroup({ ...two, paid: 1 }, LATER, 'payer'))).toEqual(['EXPIRED']);
  });

  it('should not expire early', () => {
    expect(() => expireGroup(opened(2), NOW, null)).toThrow('Broken rule');
  });
});

/** What the services do around the rules, without a database: the one seat of a command, and every other. */
class World {
  group: Group;
  now = NOW.getTime();
  readonly seats = new Map<number, { status: SeatStatus; order: number }>();
  readonly confirmed = new Map<number, number>();
  readonly refundsDue = new Map<number, number>();
  readonly statuses: GroupBuyStatus[] = ['OPEN'];
  readonly versions: number[] = [1];
  private joins = 0;

  constructor(size: number, minimumFill: number | null) {
    this.group = { ...opened(size, minimumFill), leaderId: '0' };
    this.seats.set(0, { status: 'SEAT_HELD', order: 0 });
  }

  get time(): Date {
    return new Date(this.now);
  }

  count(status: SeatStatus): number {
    return [...this.seats.values()].filter((seat) => seat.status === status).length;
  }

  hold(who: number): void {
    if (this.seats.has(who) || seatFault(this.group, this.time)) return;
    this.take(holdSeats(this.group, 1, this.time));
    this.seats.set(who, { status: 'SEAT_HELD', order: this.seats.size });
  }

  pay(who: number): void {
    const seat = this.seats.get(who);
    if (!seat || (seat.status !== 'SEAT_HELD' && seat.status !== 'RELEASED')) return;
    if (this.group.status !== 'OPEN' || isOverdue(this.group, this.time)) return;
    if (seat.status === 'RELEASED' && seatFault(this.group, this.time)) return;
    const decision = paySeat(this.group, seat.status, this.time);
    this.move(who, 'PAID');
    this.joins += 1;
    seat.order = this.joins - 1000;
    this.take(decision);
  }

  release(who: number): void {
    if (this.seats.get(who)?.status !== 'SEAT_HELD') return;
    const decision = releaseSeat(this.group, String(who), this.heir(who));
    this.move(who, 'RELEASED');
    this.take(decision);
  }

  leave(who: number): void {
    if (this.seats.get(who)?.status !== 'PAID' || this.group.status !== 'OPEN') return;
    const decision = leaveSeat(this.group, String(who), this.heir(who));
    this.move(who, 'REFUNDING');
    this.take(decision);
  }

  expire(): void {
    if (isOverdue(this.group, this.time)) this.take(expireGroup(this.group, this.time, this.paidLeader()));
  }

  cancel(): void {
    if (this.group.status === 'OPEN') this.take(cancelGroup(this.group));
  }

  refunded(who: number): void {
    if (this.seats.get(who)?.status !== 'REFUNDING') return;
    this.move(who, 'REFUNDED');
    this.take(refundSeat(this.group));
  }

  private paidLeader(): string | null {
    const leader = Number(this.group.leaderId);
    return this.seats.get(leader)?.status === 'PAID' ? this.group.leaderId : this.heir(leader);
  }

  private heir(who: number): string | null {
    const others = [...this.seats].filter(([id]) => id !== who);
    const of = (status: SeatStatus) =>
      others.filter(([, seat]) => seat.status === status).sort((a, b) => a[1].order - b[1].order)[0];
    const heir = of('PAID') ?? of('SEAT_HELD');
    return heir ? String(heir[0]) : null;
  }

  private move(who: number, to: SeatStatus): void {
    const seat = this.seats.get(who);
    if (!seat) throw new Error('no such seat');
    expect(canMove(SEAT_TRANSITIONS, seat.status, to)).toBe(true);
    if (to === 'CONFIRMED') this.confirmed.set(who, (this.confirmed.get(who) ?? 0) + 1);
    if (to === 'REFUNDING') this.refundsDue.set(who, (this.refundsDue.get(who) ?? 0) + 1);
    seat.status = to;
  }

  private take(decision: Decision): void {
    for (const { group } of decision.changes) {
      this.versions.push(group.version);
      const last = this.statuses.at(-1);
      if (last !== undefined && last !== group.status) {
        expect(canMove(GROUP_TRANSITIONS, last, group.status)).toBe(true);
        this.statuses.push(group.status);
      }
    }
    if (decision.others) {
      for (const [who, seat] of this.seats) {
        if (seat.status === 'SEAT_HELD') this.move(who, 'RELEASED');
        else if (seat.status === 'PAID') this.move(who, decision.others === 'CONFIRM' ? 'CONFIRMED' : 'REFUNDING');
      }
    }
    this.group = decision.group;
  }
}

type Command = readonly ['hold' | 'pay' | 'release' | 'leave' | 'refunded' | 'expire' | 'cancel' | 'wait', number];

const command: fc.Arbitrary<Command> = fc.tuple(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant('hold' as const) },
    { weight: 8, arbitrary: fc.constant('pay' as const) },
    { weight: 2, arbitrary: fc.constantFrom('release' as const, 'leave' as const) },
    { weight: 3, arbitrary: fc.constant('refunded' as const) },
    { weight: 1, arbitrary: fc.constantFrom('expire' as const, 'cancel' as const, 'wait' as const, 'wait' as const) },
  ),
  fc.nat(9),
);

function perform(world: World, [name, who]: Command): void {
  if (name === 'wait') world.now += 40 * 60_000;
  else if (name === 'expire' || name === 'cancel') world[name]();
  else world[name](who);
}

describe('any sequence of commands, with duplicates and out of order', () => {
  const cases = fc.record({
    size: fc.integer({ min: 2, max: 6 }),
    minimumFill: fc.option(fc.integer({ min: 1, max: 6 })),
    commands: fc.array(command, { maxLength: 80, size: 'max' }),
  });

  it('should keep every counter true, joined <= size, and every transition and refund single', () => {
    const reached = new Set<GroupBuyStatus>();
    fc.assert(
      fc.property(cases, ({ size, minimumFill, commands }) => {
        const world = new World(size, minimumFill);
        for (const step of commands) {
          perform(world, step);
          const { group } = world;
          expect(group.held).toBe(world.count('SEAT_HELD'));
          expect(group.paid).toBe(world.count('PAID') + world.count('CONFIRMED'));
          expect(group.refunding).toBe(world.count('REFUNDING'));
          expect(group.held + group.paid).toBeLessThanOrEqual(size);
          expect(group.paid >= size ? group.status : 'SUCCEEDED').toBe('SUCCEEDED');
          if (group.status === 'OPEN') {
            expect(group.held + group.paid).toBeGreaterThan(0);
            expect(['SEAT_HELD', 'PAID']).toContain(world.seats.get(Number(group.leaderId))?.status);
          }
          if (group.status === 'SUCCEEDED') {
            expect(world.seats.get(Number(group.leaderId))?.status).toBe('CONFIRMED');
            expect(group.completedBy).not.toBeNull();
          }
          expect(group.status === 'CLOSED' ? group.refunding : 0).toBe(0);
          reached.add(group.status);
        }
        expect(world.versions).toEqual(world.versions.map((_, index) => index + 1));
        expect(world.group.version).toBe(world.versions.length);
        for (const [who, seat] of world.seats) {
          expect(world.confirmed.get(who) ?? 0).toBe(seat.status === 'CONFIRMED' ? 1 : 0);
          const owed = seat.status === 'REFUNDING' || seat.status === 'REFUNDED';
          expect(world.refundsDue.get(who) ?? 0).toBe(owed ? 1 : 0);
        }
      }),
      { numRuns: 400 },
    );
    expect([...reached].sort()).toEqual(['CANCELLED', 'CLOSED', 'EXPIRED', 'OPEN', 'SUCCEEDED']);
  });

  it('should change nothing when a whole sequence is repeated command by command', () => {
    fc.assert(
      fc.property(cases, ({ size, minimumFill, commands }) => {
        const once = new World(size, minimumFill);
        const twice = new World(size, minimumFill);
        for (const step of commands.filter(([name]) => name !== 'wait')) {
          perform(once, step);
          perform(twice, step);
          perform(twice, step);
        }
        // A release followed by its own repeat must not free two seats, nor a payment count twice.
        expect(twice.group).toEqual(once.group);
      }),
      { numRuns: 200 },
    );
  });
});
