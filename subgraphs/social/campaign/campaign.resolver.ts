import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireAccount } from '../../../platform/graphql/authorization';
import { Internal, UniqueBy } from '../../../platform/graphql/directives';
import { PageArgs } from '../../../platform/pagination/connection.type';
import { mapPage, readPage } from '../../../platform/pagination/page';
import { payload } from '../../../platform/user-errors/user-error.type';
import type { SocialContext } from '../context';
import { GroupBuyStatus } from '../group-buy/group-buy';
import { GroupBuyConnection, toGroupBuyType } from '../group-buy/group-buy.type';
import { ProductStub, ProductVariantStub } from '../stubs';
import { type Campaign, CampaignStatus } from './campaign';
import {
  GroupBuyCampaign,
  GroupBuyCampaignCancelPayload,
  GroupBuyCampaignConnection,
  GroupBuyCampaignCreatePayload,
  toCampaignType,
} from './campaign.type';
import { GroupBuyCampaignCancelInput, GroupBuyCampaignCreateInput, toDraft } from './campaign-input.type';

// Nullable where it is added to what another subgraph owns: when this one fails, the rest must still be answered.
const RUNNING = 'Group buys running now, newest first; null when they cannot be told.';

const shown = (context: SocialContext) => (campaign: Campaign) =>
  toCampaignType(campaign, context.services.kernel.clock.now());

@Resolver(() => GroupBuyCampaign)
export class CampaignResolver {
  @Query(() => GroupBuyCampaign, { nullable: true, description: 'One campaign; null when there is none. Anyone.' })
  groupBuyCampaign(
    @Arg('id', () => ID, { description: 'Id of the campaign.' }) id: string,
    @Ctx() context: SocialContext,
  ): Promise<GroupBuyCampaign | null> {
    return context.loaders.campaign.load(id);
  }

  @Query(() => GroupBuyCampaignConnection, { description: 'Campaigns, newest first. Anyone.' })
  async groupBuyCampaigns(
    @Args(() => PageArgs) args: PageArgs,
    @Arg('status', () => CampaignStatus, { nullable: true, description: 'Only those that stand so now.' })
    status: CampaignStatus | null | undefined,
    @Ctx() context: SocialContext,
  ): Promise<unknown> {
    return mapPage(await context.services.campaigns.list(status ?? null, readPage(args)), shown(context));
  }

  @Internal()
  @Query(() => [ID], {
    description:
      'Those of the variants that nobody may buy alone now: a running campaign of theirs has soloPurchaseAllowed false.',
  })
  _soloRefused(
    @Arg('variantIds', () => [ID], { description: 'The variants of a plain order.' }) variantIds: string[],
    @Ctx() context: SocialContext,
  ): Promise<string[]> {
    return context.services.campaigns.soloRefused(variantIds);
  }

  @Authorized('MERCHANT', 'STAFF')
  @UniqueBy('idempotencyKey')
  @Mutation(() => GroupBuyCampaignCreatePayload, {
    description:
      'Creates a campaign. Merchants and staff; others FORBIDDEN. Campaigns of one variant may overlap. Refusals: INVALID, NOT_FOUND.',
  })
  groupBuyCampaignCreate(
    @Arg('input', () => GroupBuyCampaignCreateInput, { description: 'The terms.' }) input: GroupBuyCampaignCreateInput,
    @Ctx() context: SocialContext,
  ): Promise<object> {
    return payload(async () => ({
      campaign: shown(context)(
        await context.services.campaigns.create(
          requireAccount(context.identity),
          toDraft(input),
          input.idempotencyKey ?? null,
        ),
      ),
    }));
  }

  @Authorized('MERCHANT', 'STAFF')
  @UniqueBy('idempotencyKey')
  @Mutation(() => GroupBuyCampaignCancelPayload, {
    description:
      'Cancels a campaign: no new groups, and every open group is cancelled and refunded soon after. Merchants and staff; others FORBIDDEN. A campaign cancelled before stays as it is. Refusals: INVALID, NOT_FOUND.',
  })
  groupBuyCampaignCancel(
    @Arg('input', () => GroupBuyCampaignCancelInput, { description: 'Which and why.' })
    input: GroupBuyCampaignCancelInput,
    @Ctx() context: SocialContext,
  ): Promise<object> {
    return payload(async () => ({
      campaign: shown(context)(await context.services.campaigns.cancel(requireAccount(context.identity), { ...input })),
    }));
  }

  @FieldResolver(() => GroupBuyConnection, { description: 'Its groups, newest first.' })
  async groupBuys(
    @Root() campaign: GroupBuyCampaign,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('status', () => GroupBuyStatus, { nullable: true, description: 'Only those that stand so now.' })
    status: GroupBuyStatus | null | undefined,
    @Ctx() context: SocialContext,
  ): Promise<unknown> {
    const page = await context.services.groupBuys.ofCampaign(campaign.id, status ?? null, readPage(args));
    return mapPage(page, toGroupBuyType);
  }
}

@Resolver(() => ProductStub)
export class ProductCampaignsResolver {
  @FieldResolver(() => GroupBuyCampaignConnection, { nullable: true, description: RUNNING })
  groupBuyCampaigns(
    @Root() product: ProductStub,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: SocialContext,
  ): Promise<unknown> {
    return context.loaders.productCampaigns.load({ id: product.id, page: readPage(args) });
  }
}

@Resolver(() => ProductVariantStub)
export class VariantCampaignsResolver {
  @FieldResolver(() => GroupBuyCampaignConnection, { nullable: true, description: RUNNING })
  groupBuyCampaigns(
    @Root() variant: ProductVariantStub,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: SocialContext,
  ): Promise<unknown> {
    return context.loaders.variantCampaigns.load({ id: variant.id, page: readPage(args) });
  }
}
