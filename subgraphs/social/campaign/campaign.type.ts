import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Key } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { MoneyType, toMoneyType } from '../../../platform/money/money.type';
import { connectionType } from '../../../platform/pagination/connection.type';
import { UserError } from '../../../platform/user-errors/user-error.type';
import { NeighborhoodStub, ProductStub, ProductVariantStub } from '../stubs';
import { type Campaign, CampaignStatus, campaignStatus, quotaRemaining } from './campaign';

registerEnumType(CampaignStatus, {
  name: 'GroupBuyCampaignStatus',
  description: 'Where a campaign stands, by its times, its quota and whether it was cancelled.',
  valuesConfig: {
    SCHEDULED: { description: 'Before startsAt.' },
    RUNNING: { description: 'Groups can be opened.' },
    ENDED: { description: 'After endsAt, or its quota is sold. Open groups may still fill until they expire.' },
    CANCELLED: { description: 'The merchant cancelled it; its open groups are cancelled and refunded.' },
  },
});

@ObjectType({ description: 'A unit price that a group earns by having more people.' })
export class GroupBuyTier {
  @Field(() => Int, { description: 'From this many people on.' })
  people!: number;

  @Field(() => MoneyType, { description: 'Price of a unit; the difference to the price paid is refunded.' })
  price!: MoneyType;
}

@ObjectType({
  description:
    'The terms under which people buy a variant together. Anyone may read it; merchants and staff create and cancel it.',
})
@Key('id')
export class GroupBuyCampaign {
  @Field(() => ID, { description: 'Id of the campaign.' })
  id!: string;

  @Field(() => CampaignStatus, { description: 'Where the campaign stands now.' })
  status!: CampaignStatus;

  @Field(() => Int, { description: 'People a group needs, and at most has.' })
  size!: number;

  @Field(() => MoneyType, { description: 'What a member pays for a unit.' })
  groupPrice!: MoneyType;

  @Field(() => [GroupBuyTier], { description: 'Lower prices for more people, by rising people. Empty without tiers.' })
  tiers!: readonly GroupBuyTier[];

  @Field(() => Int, { description: 'Minutes a group has to fill, from its opening.' })
  windowMinutes!: number;

  @Field(() => DateTimeScalar, { description: 'Groups can be opened from then on.' })
  startsAt!: Date;

  @Field(() => DateTimeScalar, { description: 'Groups can be opened until then; open ones keep their own time.' })
  endsAt!: Date;

  @Field(() => Int, { nullable: true, description: 'Units one person may have in the campaign; null for no limit.' })
  perUserLimit!: number | null;

  @Field(() => Int, { nullable: true, description: 'Units of one order; null for no limit.' })
  perOrderLimit!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Units the campaign may sell, apart from stock; null for no limit.',
  })
  quota!: number | null;

  @Field(() => Int, { nullable: true, description: 'Units of the quota neither held nor paid; null without a quota.' })
  quotaRemaining!: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Paid people with which a group whose time is up succeeds all the same; null when only a full one does.',
  })
  minimumFill!: number | null;

  @Field(() => Boolean, { description: 'Only for people who have never paid an order.' })
  newCustomersOnly!: boolean;

  @Field(() => NeighborhoodStub, { nullable: true, description: 'Only for residents of it; null for everyone.' })
  neighborhood!: NeighborhoodStub | null;

  @Field(() => MoneyType, { nullable: true, description: 'Paid to the wallet of the leader when a group succeeds.' })
  leaderReward!: MoneyType | null;

  @Field(() => Boolean, {
    description:
      'Whether the variant is also sold outside groups while the campaign runs; if not, a plain order of it is refused (SOLO_PURCHASE_NOT_ALLOWED).',
  })
  soloPurchaseAllowed!: boolean;

  @Field(() => ProductVariantStub, { nullable: true, description: 'What is sold; null when catalog has it no more.' })
  variant!: ProductVariantStub | null;

  @Field(() => ProductStub, {
    nullable: true,
    description: 'Product of the variant; null when catalog has it no more.',
  })
  product!: ProductStub | null;

  @Field(() => Int, { description: 'Units paid for in groups that are open or succeeded.' })
  soldUnits!: number;

  @Field(() => Int, { description: 'People who paid for them.' })
  buyers!: number;

  @Field(() => Int, { description: 'Groups that are open.' })
  openGroups!: number;

  @Field(() => Int, { description: 'Groups that succeeded.' })
  succeededGroups!: number;

  @Field(() => Int, { description: 'Rises by one with every change of these numbers or of the status.' })
  version!: number;
}

export const GroupBuyCampaignConnection = connectionType(() => GroupBuyCampaign, 'GroupBuyCampaign');

@ObjectType({ description: 'The campaign, or why there is none.' })
export class GroupBuyCampaignCreatePayload {
  @Field(() => GroupBuyCampaign, { nullable: true, description: 'The campaign created; null when refused.' })
  campaign?: GroupBuyCampaign | null;

  @Field(() => [UserError], { description: 'Refusals; nothing changed when there are any.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'The campaign, or why it was not cancelled.' })
export class GroupBuyCampaignCancelPayload {
  @Field(() => GroupBuyCampaign, { nullable: true, description: 'The campaign, cancelled; null when refused.' })
  campaign?: GroupBuyCampaign | null;

  @Field(() => [UserError], { description: 'Refusals; nothing changed when there are any.' })
  userErrors!: UserError[];
}

/** Domain to GraphQL; the status is the one at `now`. */
export function toCampaignType(campaign: Campaign, now: Date): GroupBuyCampaign {
  const { terms } = campaign;
  return {
    id: campaign.id,
    status: campaignStatus(campaign, now),
    size: terms.size,
    groupPrice: toMoneyType(terms.groupPrice),
    tiers: terms.tiers.map(({ people, price }) => ({ people, price: toMoneyType(price) })),
    windowMinutes: campaign.windowMinutes,
    startsAt: campaign.startsAt,
    endsAt: campaign.endsAt,
    perUserLimit: terms.perUserLimit,
    perOrderLimit: terms.perOrderLimit,
    quota: terms.quota,
    quotaRemaining: quotaRemaining(campaign),
    minimumFill: terms.minimumFill,
    newCustomersOnly: terms.newCustomersOnly,
    neighborhood: terms.neighborhoodId === null ? null : { id: terms.neighborhoodId },
    leaderReward: terms.leaderReward && toMoneyType(terms.leaderReward),
    soloPurchaseAllowed: campaign.soloPurchaseAllowed,
    variant: { id: terms.variantId },
    product: { id: terms.productId },
    soldUnits: campaign.soldUnits,
    buyers: campaign.buyers,
    openGroups: campaign.openGroups,
    succeededGroups: campaign.succeededGroups,
    version: campaign.version,
  };
}
