import { Field, ID, InputType, Int } from 'type-graphql';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { fromMoneyInput, MoneyInput } from '../../../platform/money/money.type';
import type { CampaignDraft } from './campaign.service';

@InputType({ description: 'A lower price for groups with more people.' })
export class GroupBuyTierInput {
  @Field(() => Int, { description: 'From this many people on: 2 to the size, rising from tier to tier.' })
  people!: number;

  @Field(() => MoneyInput, { description: 'Price of a unit: below the group price, falling from tier to tier.' })
  price!: MoneyInput;
}

@InputType({ description: 'The terms of a new campaign. All amounts are in the currency of the variant.' })
export class GroupBuyCampaignCreateInput {
  @Field(() => ID, { description: 'The variant to sell.' })
  variantId!: string;

  @Field(() => MoneyInput, {
    description: 'What a member pays for a unit: above zero, not above the price of the variant.',
  })
  groupPrice!: MoneyInput;

  @Field(() => Int, { description: 'People a group needs: 2 to 10,000.' })
  size!: number;

  @Field(() => Int, { description: 'Minutes a group has to fill: 1 to 43,200 (30 days).' })
  windowMinutes!: number;

  @Field(() => DateTimeScalar, { description: 'When groups can first be opened; may be past.' })
  startsAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When groups can no longer be opened; after startsAt.' })
  endsAt!: Date;

  @Field(() => Int, { nullable: true, description: 'Units one person may have in the campaign.' })
  perUserLimit?: number | null;

  @Field(() => Int, { nullable: true, description: 'Units of one order.' })
  perOrderLimit?: number | null;

  @Field(() => Int, { nullable: true, description: 'Units the campaign may sell, apart from stock.' })
  quota?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Paid people with which a group whose time is up succeeds all the same: 1 to the size.',
  })
  minimumFill?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Only for people who have never paid an order. Default: false.',
  })
  newCustomersOnly?: boolean | null;

  @Field(() => [GroupBuyTierInput], { nullable: true, description: 'Lower prices for more people, at most 20.' })
  tiers?: GroupBuyTierInput[] | null;

  @Field(() => ID, { nullable: true, description: 'Only for residents of this neighborhood.' })
  neighborhoodId?: string | null;

  @Field(() => MoneyInput, { nullable: true, description: 'Paid to the leader of each group that succeeds.' })
  leaderReward?: MoneyInput | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether the variant is also sold outside groups while the campaign runs. Default: true. False refuses plain orders of it (SOLO_PURCHASE_NOT_ALLOWED); one campaign that says false is enough.',
  })
  soloPurchaseAllowed?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'With it, a repeat of the same input answers the first campaign instead of creating another.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Which campaign to cancel and why.' })
export class GroupBuyCampaignCancelInput {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => String, { description: 'Why, for the record: 1 to 500 characters.' })
  reason!: string;

  @Field(() => String, { description: 'Unique per request: 1 to 128 printable ASCII characters.' })
  idempotencyKey!: string;
}

/** GraphQL to domain; a malformed amount is refused with its path. */
export function toDraft(input: GroupBuyCampaignCreateInput): CampaignDraft {
  const { leaderReward } = input;
  return {
    terms: {
      variantId: input.variantId,
      groupPrice: fromMoneyInput(input.groupPrice, ['input', 'groupPrice']),
      size: input.size,
      tiers: (input.tiers ?? []).map(({ people, price }, index) => ({
        people,
        price: fromMoneyInput(price, ['input', 'tiers', String(index), 'price']),
      })),
      minimumFill: input.minimumFill ?? null,
      perUserLimit: input.perUserLimit ?? null,
      perOrderLimit: input.perOrderLimit ?? null,
      quota: input.quota ?? null,
      newCustomersOnly: input.newCustomersOnly ?? false,
      neighborhoodId: input.neighborhoodId ?? null,
      leaderReward: leaderReward ? fromMoneyInput(leaderReward, ['input', 'leaderReward']) : null,
    },
    windowMinutes: input.windowMinutes,
    startsAt: input.startsAt,
    endsAt: input.endsAt,
    soloPurchaseAllowed: input.soloPurchaseAllowed ?? true,
  };
}
