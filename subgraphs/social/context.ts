import DataLoader from 'dataloader';
import type { Page, PageRequest } from '../../platform/pagination/page';
import { mapPage } from '../../platform/pagination/page';
import type { Kernel } from '../../platform/subgraph/kernel';
import type { SubgraphContext } from '../../platform/subgraph/subgraph-context';
import { CampaignModel } from './campaign/campaign.model';
import { CampaignService } from './campaign/campaign.service';
import { type GroupBuyCampaign, toCampaignType } from './campaign/campaign.type';
import { CustomerModel } from './campaign/customer.model';
import { DeadlineService } from './group-buy/deadline.service';
import { GroupBuyModel } from './group-buy/group-buy.model';
import { GroupBuyService } from './group-buy/group-buy.service';
import { type GroupBuy, toGroupBuyType } from './group-buy/group-buy.type';
import { OutcomeService } from './group-buy/outcome.service';
import { ProgressService } from './progress/progress.service';
import { BoardingService } from './seat/boarding.service';
import { type GroupSeat, SeatModel } from './seat/seat.model';
import { SeatService } from './seat/seat.service';
import { SeatPaymentService } from './seat/seat-payment.service';

export interface SocialServices {
  readonly kernel: Kernel;
  readonly campaigns: CampaignService;
  readonly groupBuys: GroupBuyService;
  readonly seats: SeatService;
  readonly payments: SeatPaymentService;
  readonly deadlines: DeadlineService;
  readonly progress: ProgressService;
}

export function createServices(kernel: Kernel): SocialServices {
  const { connection } = kernel.database;
  const campaigns = new CampaignModel(connection, kernel.clock);
  const customers = new CustomerModel(connection);
  const groups = new GroupBuyModel(connection, kernel.clock);
  const seats = new SeatModel(connection);
  const outcome = new OutcomeService(kernel, campaigns, customers, groups, seats);
  const groupBuys = new GroupBuyService(kernel, groups, seats, outcome);
  const boarding = new BoardingService(kernel, groups, seats, outcome);
  const taking = new SeatService(kernel, campaigns, customers, groups, seats, outcome, boarding);
  const payments = new SeatPaymentService(kernel, customers, groups, seats, outcome, groupBuys, taking);
  return {
    kernel,
    campaigns: new CampaignService(kernel, campaigns, groups, groupBuys, outcome),
    groupBuys,
    seats: taking,
    payments,
    deadlines: new DeadlineService(kernel, groups, seats, groupBuys, payments),
    progress: new ProgressService(kernel, campaigns, groups),
  };
}

export interface MembersRequest {
  readonly groupBuy: Pick<GroupBuy, 'id' | 'version' | 'joined'>;
  readonly first: number;
}

export interface RunningCampaignsRequest {
  readonly id: string;
  readonly page: PageRequest;
}

export interface SocialLoaders {
  readonly groupBuy: DataLoader<string, GroupBuy | null>;
  readonly campaign: DataLoader<string, GroupBuyCampaign | null>;
  readonly members: DataLoader<MembersRequest, readonly GroupSeat[], string>;
  readonly productCampaigns: DataLoader<RunningCampaignsRequest, Page<GroupBuyCampaign>, string>;
  readonly variantCampaigns: DataLoader<RunningCampaignsRequest, Page<GroupBuyCampaign>, string>;
}

export function createLoaders(services: SocialServices): SocialLoaders {
  const now = () => services.kernel.clock.now();
  const running = (by: 'PRODUCT' | 'VARIANT') =>
    new DataLoader(
      async (wanted: readonly RunningCampaignsRequest[]) =>
        (await services.campaigns.running(by, wanted)).map((page) => mapPage(page, (it) => toCampaignType(it, now()))),
      { cacheKeyFn: ({ id, page }: RunningCampaignsRequest) => `${id} ${page.first} ${page.after ?? ''}` },
    );
  return {
    groupBuy: new DataLoader(async (ids: readonly string[]) =>
      inOrder(ids, (await services.groupBuys.findMany(ids)).map(toGroupBuyType)),
    ),
    campaign: new DataLoader(async (ids: readonly string[]) =>
      inOrder(
        ids,
        (await services.campaigns.findMany(ids)).map((campaign) => toCampaignType(campaign, now())),
      ),
    ),
    members: new DataLoader(
      (wanted: readonly MembersRequest[]) =>
        services.groupBuys.members(wanted.map(({ groupBuy, first }) => ({ ...groupBuy, first }))),
      { cacheKeyFn: ({ groupBuy, first }: MembersRequest) => `${groupBuy.id} ${groupBuy.version} ${first}` },
    ),
    productCampaigns: running('PRODUCT'),
    variantCampaigns: running('VARIANT'),
  };
}

export type SocialContext = SubgraphContext<SocialServices, SocialLoaders>;

function inOrder<T extends { readonly id: string }>(ids: readonly string[], found: readonly T[]): (T | null)[] {
  const byId = new Map(found.map((value) => [value.id, value]));
  return ids.map((id) => byId.get(id) ?? null);
}
