import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { SocialContext } from '../context';
import { GroupBuyCampaignProgress, GroupBuyProgress } from './progress.type';

@Resolver()
export class ProgressResolver {
  @Subscription(() => GroupBuyProgress, {
    description:
      'The present state of a group, then every change, each with a higher version. Public. NOT_FOUND for an unknown id.',
    subscribe: ({ args, context }) =>
      (context as SocialContext).services.progress.followGroup(String(args['groupBuyId'])) as never,
  })
  groupBuyProgress(
    @Arg('groupBuyId', () => ID, { description: 'Id of the group.' }) _groupBuyId: string,
    @Root() progress: GroupBuyProgress,
  ): GroupBuyProgress {
    return progress;
  }

  @Subscription(() => GroupBuyCampaignProgress, {
    description:
      'The present numbers of a campaign, all its groups together, then every change, each with a higher version. Public. NOT_FOUND for an unknown id.',
    subscribe: ({ args, context }) =>
      (context as SocialContext).services.progress.followCampaign(String(args['campaignId'])) as never,
  })
  groupBuyCampaignProgress(
    @Arg('campaignId', () => ID, { description: 'Id of the campaign.' }) _campaignId: string,
    @Root() progress: GroupBuyCampaignProgress,
  ): GroupBuyCampaignProgress {
    return progress;
  }
}
