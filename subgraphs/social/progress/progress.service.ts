import { LiveIterator } from '../../../platform/bus/live-iterator';
import type { AnyEvent } from '../../../platform/events/events';
import { errorFields } from '../../../platform/logging/log';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { ApiError } from '../../../platform/user-errors/api-error';
import type { CampaignStatus } from '../campaign/campaign';
import type { CampaignModel } from '../campaign/campaign.model';
import { toCampaignType } from '../campaign/campaign.type';
import type { GroupBuyModel } from '../group-buy/group-buy.model';
import { fromGroupState, toGroupBuyType } from '../group-buy/group-buy.type';
import type { GroupBuyCampaignProgress, GroupBuyProgress } from './progress.type';

interface Versioned {
  readonly version: number;
}

/** Where one kind of progress comes from: its present state, and its events. */
interface Source<T extends Versioned> {
  readonly what: string;
  present(): Promise<T | null>;
  /** Null for events that tell nothing of it. */
  fromEvent(event: AnyEvent): T | null;
}

/** Live views: the present state first, then every change in order. Nothing here writes. */
export class ProgressService {
  constructor(
    private readonly kernel: Kernel,
    private readonly campaigns: CampaignModel,
    private readonly groups: GroupBuyModel,
  ) {}

  followGroup(id: string): Promise<AsyncIterableIterator<GroupBuyProgress>> {
    return this.follow<GroupBuyProgress>(id, {
      what: 'group',
      present: async () => {
        const group = await this.groups.find(id);
        return group && { version: group.version, asOf: this.kernel.clock.now(), groupBuy: toGroupBuyType(group) };
      },
      fromEvent: (event) =>
        event.type === 'group_buy.changed'
          ? { version: event.sequence, asOf: new Date(event.time), groupBuy: fromGroupState(event.data.groupBuy) }
          : null,
    });
  }

  async followCampaign(id: string): Promise<AsyncIterableIterator<GroupBuyCampaignProgress>> {
    // The terms never change: events carry the numbers alone, and are laid over the terms read once.
    const known = await this.campaigns.find(id);
    return this.follow<GroupBuyCampaignProgress>(id, {
      what: 'campaign',
      present: async () => {
        const campaign = await this.campaigns.find(id);
        const asOf = this.kernel.clock.now();
        return campaign && { version: campaign.version, asOf, campaign: toCampaignType(campaign, asOf) };
      },
      fromEvent: (event) => {
        if (event.type !== 'group_buy_campaign.changed' || !known) return null;
        const asOf = new Date(event.time);
        const { status, ...numbers } = event.data.campaign;
        const campaign = { ...toCampaignType(known, asOf), ...numbers, status: status as CampaignStatus };
        return { version: event.sequence, asOf, campaign };
      },
    });
  }

  /**
   * Follows before reading, so that no change falls between the two; whatever the reading already shows is left out.
   * A version that is missing (the bus promises no delivery) is made good by reading again.
   */
  private async follow<T extends Versioned>(id: string, source: Source<T>): Promise<AsyncIterableIterator<T>> {
    const arrived: T[] = [];
    let sent = 0;
    let ready = false;
    let working: Promise<void> | null = null;
    const live = new LiveIterator<T>(() => unfollow());
    const send = (value: T | null) => {
      if (!value || value.version <= sent) return;
      sent = value.version;
      live.push(value);
    };
    const work = async () => {
      for (let next = arrived.shift(); next; next = arrived.shift()) {
        if (next.version > sent + 1) send(await source.present());
        send(next);
      }
    };
    const wake = () => {
      if (!ready || working) return;
      working = work()
        .catch((error: unknown) =>
          this.kernel.log.warn(errorFields(error), `The ${source.what} could not be read again.`),
        )
        .finally(() => {
          working = null;
          if (arrived.length > 0) wake();
        });
    };
    const unfollow = this.kernel.bus.follow(id, (event) => {
      const value = source.fromEvent(event);
      if (!value) return;
      arrived.push(value);
      wake();
    });
    try {
      const present = await source.present();
      if (!present) throw new ApiError('NOT_FOUND', `There is no such ${source.what}.`);
      send(present);
    } catch (error) {
      unfollow();
      throw error;
    }
    ready = true;
    wake();
    return live;
  }
}
