import { Field, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { GroupBuyCampaign } from '../campaign/campaign.type';
import { GroupBuy } from '../group-buy/group-buy.type';

@ObjectType({ description: 'A group as it stood at one version.' })
export class GroupBuyProgress {
  @Field(() => Int, { description: 'Version of the group; each message has a higher one than the message before.' })
  version!: number;

  @Field(() => DateTimeScalar, { description: 'When it stood so.' })
  asOf!: Date;

  @Field(() => GroupBuy, { description: 'The group at that version.' })
  groupBuy!: GroupBuy;
}

@ObjectType({ description: 'A campaign as it stood at one version.' })
export class GroupBuyCampaignProgress {
  @Field(() => Int, { description: 'Version of the campaign; each message has a higher one than the message before.' })
  version!: number;

  @Field(() => DateTimeScalar, { description: 'When it stood so.' })
  asOf!: Date;

  @Field(() => GroupBuyCampaign, { description: 'The campaign at that version.' })
  campaign!: GroupBuyCampaign;
}
