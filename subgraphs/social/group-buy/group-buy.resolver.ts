import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireAccount } from '../../../platform/graphql/authorization';
import { UniqueBy } from '../../../platform/graphql/directives';
import { PageArgs } from '../../../platform/pagination/connection.type';
import { mapPage, readPage } from '../../../platform/pagination/page';
import { forbidden } from '../../../platform/user-errors/api-error';
import { payload } from '../../../platform/user-errors/user-error.type';
import { GroupBuyCampaign } from '../campaign/campaign.type';
import type { SocialContext } from '../context';
import { AccountStub, ProfileStub } from '../stubs';
import {
  GroupBuy,
  GroupBuyCancelInput,
  GroupBuyCancelPayload,
  GroupBuyConnection,
  GroupBuyLeaveInput,
  GroupBuyLeavePayload,
  GroupBuyMember,
  toGroupBuyType,
} from './group-buy.type';

@Resolver(() => GroupBuy)
export class GroupBuyResolver {
  @Query(() => GroupBuy, { nullable: true, description: 'One group; null when there is none. Anyone.' })
  groupBuy(
    @Arg('id', () => ID, { description: 'Id of the group.' }) id: string,
    @Ctx() context: SocialContext,
  ): Promise<GroupBuy | null> {
    return context.loaders.groupBuy.load(id);
  }

  @Authorized()
  @UniqueBy('idempotencyKey')
  @Mutation(() => GroupBuyLeavePayload, {
    description:
      'Leaves a group while it is open. A held seat is given up, a paid one is refunded in full; if the leader leaves, the longest-standing member leads; the last to leave cancels the group. Signed-in members. Refusals: GROUP_CLOSED, NOT_A_MEMBER, NOT_FOUND.',
  })
  groupBuyLeave(
    @Arg('input', () => GroupBuyLeaveInput, { description: 'Which group.' }) input: GroupBuyLeaveInput,
    @Ctx() context: SocialContext,
  ): Promise<object> {
    return payload(async () => ({
      groupBuy: toGroupBuyType(await context.services.groupBuys.leave(requireAccount(context.identity), { ...input })),
    }));
  }

  @Authorized('MERCHANT', 'STAFF')
  @UniqueBy('idempotencyKey')
  @Mutation(() => GroupBuyCancelPayload, {
    description:
      'Cancels one open group; every member is refunded. Merchants and staff; others FORBIDDEN. Refusals: GROUP_CLOSED, INVALID, NOT_FOUND.',
  })
  groupBuyCancel(
    @Arg('input', () => GroupBuyCancelInput, { description: 'Which and why.' }) input: GroupBuyCancelInput,
    @Ctx() context: SocialContext,
  ): Promise<object> {
    return payload(async () => ({
      groupBuy: toGroupBuyType(await context.services.groupBuys.cancel(requireAccount(context.identity), { ...input })),
    }));
  }

  @FieldResolver(() => ProfileStub, {
    nullable: true,
    description: 'Who leads the group; null when the person is gone.',
  })
  leader(@Root() groupBuy: GroupBuy): ProfileStub {
    return { id: groupBuy.leaderId };
  }

  @FieldResolver(() => GroupBuyCampaign, { description: 'The campaign it was opened under.' })
  campaign(@Root() groupBuy: GroupBuy, @Ctx() context: SocialContext): Promise<GroupBuyCampaign | null> {
    return context.loaders.campaign.load(groupBuy.campaignId);
  }

  @FieldResolver(() => [GroupBuyMember], {
    description: 'Members who have paid, in the order they joined: the first 100, or fewer.',
  })
  async members(
    @Root() groupBuy: GroupBuy,
    @Arg('first', () => Int, { defaultValue: 100, description: 'How many, at most 100.' }) first: number,
    @Ctx() context: SocialContext,
  ): Promise<GroupBuyMember[]> {
    const seats = await context.loaders.members.load({ groupBuy, first: readPage({ first }).first });
    return seats.map(({ accountId, joinedAt, heldAt }) => ({
      profile: { id: accountId },
      joinedAt: joinedAt ?? heldAt,
      role: accountId === groupBuy.leaderId ? 'LEADER' : 'MEMBER',
    }));
  }
}

@Resolver(() => AccountStub)
export class AccountGroupBuysResolver {
  @FieldResolver(() => GroupBuyConnection, {
    nullable: true,
    description: 'Groups the person has or had a seat in, the newest seat first. Only the person; others FORBIDDEN.',
  })
  async groupBuys(
    @Root() account: AccountStub,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: SocialContext,
  ): Promise<unknown> {
    if (requireAccount(context.identity) !== account.id) throw forbidden();
    return mapPage(await context.services.groupBuys.ofAccount(account.id, readPage(args)), toGroupBuyType);
  }
}
