import { defineSubgraph } from '../../platform/subgraph/define-subgraph';
import { CampaignResolver, ProductCampaignsResolver, VariantCampaignsResolver } from './campaign/campaign.resolver';
import { createLoaders, createServices, type SocialLoaders, type SocialServices } from './context';
import { SOCIAL_ERROR_CODES } from './errors';
import { AccountGroupBuysResolver, GroupBuyResolver } from './group-buy/group-buy.resolver';
import { ProgressResolver } from './progress/progress.resolver';
import { SeatResolver } from './seat/seat.resolver';
import { AccountStub, ProductStub, ProductVariantStub } from './stubs';

export const social = defineSubgraph<SocialServices, SocialLoaders>({
  name: 'social',
  resolvers: [
    CampaignResolver,
    ProductCampaignsResolver,
    VariantCampaignsResolver,
    GroupBuyResolver,
    AccountGroupBuysResolver,
    SeatResolver,
    ProgressResolver,
  ],
  orphanedTypes: [ProductStub, ProductVariantStub, AccountStub],
  codes: SOCIAL_ERROR_CODES,
  create: createServices,
  loaders: createLoaders,
  references: {
    GroupBuy: ({ id }, { loaders }) => loaders.groupBuy.load(id),
    GroupBuyCampaign: ({ id }, { loaders }) => loaders.campaign.load(id),
    Product: ({ id }) => ({ id }),
    ProductVariant: ({ id }) => ({ id }),
    Account: ({ id }) => ({ id }),
  },
  topics: { groupBuyProgress: 'PUBLIC', groupBuyCampaignProgress: 'PUBLIC' },
  jobs: ({ campaigns, deadlines }) => [...campaigns.jobs(), ...deadlines.jobs()],
  prepare: ({ deadlines }) => deadlines.prepare(),
});
