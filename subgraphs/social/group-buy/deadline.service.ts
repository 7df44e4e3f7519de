import type { JobHandler } from '../../../platform/jobs/jobs';
import { toMoneyType } from '../../../platform/money/money.type';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { SocialLeaderRewardDocument } from '../generated/accounts';
import type { SeatModel } from '../seat/seat.model';
import type { SeatPaymentService } from '../seat/seat-payment.service';
import type { GroupBuyModel } from './group-buy.model';
import type { GroupBuyService } from './group-buy.service';
import { EXPIRE_JOB, LEADER_REWARD_JOB } from './outcome.service';

const SEATS_JOB = 'group_buy.seat_deadlines';
const WATCH_JOB = 'group_buy.watch';
const SEATS_EVERY_MS = 5000;
const WATCH_EVERY_MS = 60_000;
const BATCH = 100;

/**
 * What happens to groups and seats by the clock. A group's end is a job of its own. Seats need none: a held seat
 * carries its deadline, and one recurring job looks for those that have passed, so holding a seat costs no job.
 */
export class DeadlineService {
  constructor(
    private readonly kernel: Kernel,
    private readonly groups: GroupBuyModel,
    private readonly seats: SeatModel,
    private readonly lifecycle: GroupBuyService,
    private readonly payments: SeatPaymentService,
  ) {}

  /** Makes sure that the recurring jobs exist and that no group past its time lacks one. */
  async prepare(): Promise<void> {
    const dueAt = this.kernel.clock.now();
    for (const kind of [SEATS_JOB, WATCH_JOB]) {
      await this.kernel.jobs.schedule(null, { kind, key: kind, dueAt, data: {} });
    }
    await this.scheduleOverdue();
  }

  jobs(): JobHandler[] {
    return [
      { kind: EXPIRE_JOB, run: (data) => this.lifecycle.expire(String(data['groupBuyId'])) },
      { kind: LEADER_REWARD_JOB, run: (data) => this.reward(String(data['groupBuyId'])) },
      { kind: SEATS_JOB, run: () => this.lapseSeats() },
      { kind: WATCH_JOB, run: () => this.watch() },
    ];
  }

  private async lapseSeats(): Promise<Date> {
    const now = this.kernel.clock.now();
    const seats = await this.seats.due('SEAT_HELD', now, BATCH);
    for (const seat of seats) await this.payments.lapse(seat);
    return seats.length === BATCH ? now : new Date(now.getTime() + SEATS_EVERY_MS);
  }

  private async watch(): Promise<Date> {
    const now = this.kernel.clock.now();
    await this.scheduleOverdue();
    const seats = await this.seats.due('REFUNDING', now, BATCH);
    for (const seat of seats) await this.payments.askAgain(seat);
    return seats.length === BATCH ? now : new Date(now.getTime() + WATCH_EVERY_MS);
  }

  private async scheduleOverdue(): Promise<void> {
    const now = this.kernel.clock.now();
    for (const groupBuyId of await this.groups.overdueIds(now, BATCH)) {
      const key = `${EXPIRE_JOB}:${groupBuyId}`;
      await this.kernel.jobs.schedule(null, { kind: EXPIRE_JOB, key, dueAt: now, data: { groupBuyId } });
    }
  }

  /** Pays the leader of a group that succeeded. The ledger takes the key once, however often this runs. */
  private async reward(groupBuyId: string): Promise<undefined> {
    const group = await this.groups.find(groupBuyId);
    const reward = group?.terms.leaderReward;
    if (group?.status !== 'SUCCEEDED' || !reward) return;
    const cost = { minor: -reward.minor, currencyCode: reward.currencyCode };
    const { _ledgerPost } = await this.kernel.internal.request('accounts', SocialLeaderRewardDocument, {
      input: {
        key: `leader-reward:${groupBuyId}`,
        kind: 'LEADER_REWARD',
        reference: groupBuyId,
        description: 'Reward for leading a group that succeeded',
        entries: [
          { account: 'rewards:leaders', amount: toMoneyType(cost) },
          { account: `wallet:${group.leaderId}`, amount: toMoneyType(reward) },
        ],
      },
    });
    if (_ledgerPost.refusal) {
      throw new Error(`The ledger refused a leader reward: ${_ledgerPost.refusal.code}.`);
    }
  }
}
