import type { ClientSession } from 'mongoose';
import { decodeCursor, encodeCursor, type Page, type PageRequest, pageOf } from '../../../platform/pagination/page';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { notFound, Refusal } from '../../../platform/user-errors/refusal';
import { checkReason } from '../campaign/campaign';
import { groupClosed } from '../seat/seat';
import type { GroupSeat, SeatModel } from '../seat/seat.model';
import { cancelGroup, expireGroup, type GroupBuyStatus, isOverdue, leaveSeat, releaseSeat } from './group-buy';
import type { GroupBuyModel, StoredGroup } from './group-buy.model';
import type { OutcomeService } from './outcome.service';

/** Groups at or below this many members are read together, larger ones each by itself. */
const SMALL_GROUP = 100;

/** The life of a group after seats are taken: members leave, time runs out, the merchant cancels. */
export class GroupBuyService {
  constructor(
    private readonly kernel: Kernel,
    private readonly groups: GroupBuyModel,
    private readonly seats: SeatModel,
    private readonly outcome: OutcomeService,
  ) {}

  find(id: string): Promise<StoredGroup | null> {
    return this.groups.find(id);
  }

  findMany(ids: readonly string[]): Promise<StoredGroup[]> {
    return this.groups.findMany(ids);
  }

  /** Members as the public saw them at each group's version, the first `first` of each. */
  async members(
    wanted: readonly {
      readonly id: string;
      readonly version: number;
      readonly joined: number;
      readonly first: number;
    }[],
  ): Promise<GroupSeat[][]> {
    const small = wanted.filter((group) => group.joined <= SMALL_GROUP);
    const together =
      small.length > 1 ? await this.seats.everJoined([...new Set(small.map((group) => group.id))]) : null;
    return Promise.all(
      wanted.map(async ({ id, version, joined, first }) => {
        if (!together || joined > SMALL_GROUP) return this.seats.visible(id, version, first);
        return together.filter((seat) => seat.groupBuyId === id && isVisible(seat, version)).slice(0, first);
      }),
    );
  }

  async ofCampaign(
    campaignId: string,
    status: GroupBuyStatus | null,
    request: PageRequest,
  ): Promise<Page<StoredGroup>> {
    const after = request.after === null ? null : decodeCursor(request.after, 1);
    const rows = await this.groups.page({ campaignId, status, after, limit: request.first + 1 });
    return pageOf(
      rows,
      request,
      (group) => [group.id],
      () => this.groups.count(campaignId, status),
    );
  }

  /** Groups a person has or had a seat in, by the newest seat first. */
  async ofAccount(accountId: string, request: PageRequest): Promise<Page<StoredGroup>> {
    const after = request.after === null ? null : decodeCursor(request.after, 1);
    const seats = await this.seats.ofAccount(accountId, after, request.first + 1);
    const page = pageOf(seats, request, (seat) => [seat.id]);
    const groups = new Map(
      (await this.groups.findMany(page.nodes.map((seat) => seat.groupBuyId))).map((g) => [g.id, g]),
    );
    const seen = new Set<string>();
    const edges = page.nodes.flatMap((seat) => {
      const node = groups.get(seat.groupBuyId);
      // Who left a group and came back has two seats in it: the newer one stands for both.
      if (!node || seen.has(node.id)) return [];
      seen.add(node.id);
      return [{ cursor: encodeCursor([seat.id]), node }];
    });
    return { edges, nodes: edges.map((edge) => edge.node), pageInfo: page.pageInfo };
  }

  /** Leaves a group that is still open. A held seat is given up; a paid one is refunded. Unique by the key. */
  async leave(accountId: string, input: { groupBuyId: string; idempotencyKey: string }): Promise<StoredGroup> {
    const { idempotencyKey: key, ...body } = input;
    const group = await this.mustFind(body.groupBuyId);
    await this.outcome.inLine({ campaignId: group.campaignId, groupBuyId: group.id }, () =>
      this.kernel.idempotency.run({ accountId, mutation: 'groupBuyLeave', key, body }, async (session) => {
        await this.leaveIn(session, group.id, accountId);
        return { groupBuyId: group.id };
      }),
    );
    this.kernel.outbox.notify();
    return this.mustFind(group.id);
  }

  /** The merchant cancels one open group: every member gets the money back. Unique by the key. */
  async cancel(
    accountId: string,
    input: { groupBuyId: string; reason: string; idempotencyKey: string },
  ): Promise<StoredGroup> {
    const { idempotencyKey: key, ...body } = input;
    checkReason(body.reason);
    const group = await this.mustFind(body.groupBuyId);
    await this.outcome.inLine({ campaignId: group.campaignId, groupBuyId: group.id }, () =>
      this.kernel.idempotency.run({ accountId, mutation: 'groupBuyCancel', key, body }, async (session) => {
        const current = await this.groups.findIn(session, group.id);
        if (current?.status !== 'OPEN') throw groupClosed('Only an open group can be cancelled.');
        await this.outcome.save(session, current, cancelGroup(current), {});
        return { groupBuyId: group.id };
      }),
    );
    this.kernel.outbox.notify();
    return this.mustFind(group.id);
  }

  /** Cancels a group if it is still open; for a campaign that was cancelled. */
  async cancelIfOpen(id: string): Promise<void> {
    const group = await this.groups.find(id);
    if (group?.status !== 'OPEN') return;
    await this.outcome.inLine({ campaignId: group.campaignId, groupBuyId: id }, () =>
      this.kernel.database.transaction(async (session) => {
        const current = await this.groups.findIn(session, id);
        if (current?.status === 'OPEN') await this.outcome.save(session, current, cancelGroup(current), {});
      }),
    );
    this.kernel.outbox.notify();
  }

  /** Ends a group whose time is up; does nothing to any other. Answers when to come again, if it is too early. */
  async expire(id: string): Promise<Date | undefined> {
    const group = await this.groups.find(id);
    if (group?.status !== 'OPEN') return undefined;
    if (!isOverdue(group, this.kernel.clock.now())) return group.expiresAt;
    await this.outcome.inLine({ campaignId: group.campaignId, groupBuyId: id }, () => this.expireInLine(id));
    return undefined;
  }

  /** As `expire`, for a caller who already stands in the group's line. */
  async expireInLine(id: string): Promise<void> {
    await this.kernel.database.transaction(async (session) => {
      const now = this.kernel.clock.now();
      const group = await this.groups.findIn(session, id);
      if (!group || !isOverdue(group, now)) return;
      const decision = expireGroup(group, now, await this.paidLeader(session, group));
      await this.outcome.save(session, group, decision, {});
    });
    this.kernel.outbox.notify();
  }

  /** Gives a held seat up, in the caller's transaction. `left`: by the member, so that the order is told. */
  async releaseIn(session: ClientSession, group: StoredGroup, seat: GroupSeat, left: boolean): Promise<void> {
    const decision = releaseSeat(group, seat.accountId, await this.heirOf(session, group, seat.accountId));
    const told = left ? seat.told + 1 : seat.told;
    await this.mustChange(
      this.seats.change(session, seat, { status: 'RELEASED', live: false, left, dueAt: null, told }),
    );
    if (left) await this.kernel.outbox.write(session, [this.outcome.seatLeft(seat, 'MEMBER_LEFT')]);
    await this.outcome.giveBack(session, group, [seat]);
    await this.outcome.save(session, group, decision, {
      quotaUsed: group.terms.quota === null ? 0 : -seat.quantity,
    });
  }

  private async leaveIn(session: ClientSession, groupBuyId: string, accountId: string): Promise<void> {
    const group = await this.groups.findIn(session, groupBuyId);
    const seat = await this.seats.findLiveIn(session, groupBuyId, accountId);
    if (!group || !seat) {
      throw new Refusal('NOT_A_MEMBER', 'This account has no seat in the group.', { field: ['input', 'groupBuyId'] });
    }
    if (group.status !== 'OPEN' || isOverdue(group, this.kernel.clock.now())) {
      throw new Refusal('GROUP_CLOSED', 'Members leave a group only while it is open.', {
        field: ['input', 'groupBuyId'],
      });
    }
    if (seat.status === 'SEAT_HELD') return this.releaseIn(session, group, seat, true);
    const decision = leaveSeat(group, accountId, await this.heirOf(session, group, accountId));
    const leftVersion = decision.changes[0]?.group.version ?? decision.group.version;
    await this.mustChange(
      this.seats.change(session, seat, {
        status: 'REFUNDING',
        live: false,
        left: true,
        leftVersion,
        dueAt: this.outcome.refundDeadline(),
        refundReason: 'MEMBER_LEFT',
        told: seat.told + 1,
      }),
    );
    const buyers = await this.outcome.giveBack(session, group, [seat]);
    await this.kernel.outbox.write(session, [this.outcome.refundDue(seat, seat.told + 1, 'MEMBER_LEFT')]);
    await this.outcome.save(session, group, decision, {
      soldUnits: -seat.quantity,
      buyers: -buyers,
      quotaUsed: group.terms.quota === null ? 0 : -seat.quantity,
    });
  }

  private async heirOf(session: ClientSession, group: StoredGroup, accountId: string): Promise<string | null> {
    return group.leaderId === accountId ? this.seats.heir(session, group.id, accountId) : null;
  }

  /** The leader if paid, else the longest-standing paid member. */
  private async paidLeader(session: ClientSession, group: StoredGroup): Promise<string | null> {
    if (group.paid === 0) return null;
    const leader = await this.seats.findLiveIn(session, group.id, group.leaderId);
    return leader?.status === 'PAID' ? group.leaderId : this.seats.heir(session, group.id, group.leaderId);
  }

  private async mustChange(change: Promise<boolean>): Promise<void> {
    if (!(await change)) throw new Error('Broken rule: a seat read in a transaction is still as it was read.');
  }

  private async mustFind(id: string): Promise<StoredGroup> {
    const group = await this.groups.find(id);
    if (!group) throw notFound(['input', 'groupBuyId'], 'group');
    return group;
  }
}

function isVisible(seat: GroupSeat, version: number): boolean {
  return (
    seat.joinedVersion !== null &&
    seat.joinedVersion <= version &&
    (seat.leftVersion === null || seat.leftVersion > version)
  );
}
