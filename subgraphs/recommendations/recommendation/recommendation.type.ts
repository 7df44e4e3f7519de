import { ArgsType, Field, Float, ID, ObjectType, registerEnumType } from 'type-graphql';
import { connectionType, PageArgs } from '../../../platform/pagination/connection.type';
import type { Reason, ReasonCode } from './recommendation';

export enum ReasonCodeEnum {
  BOUGHT_TOGETHER = 'BOUGHT_TOGETHER',
  SIMILAR = 'SIMILAR',
  POPULAR = 'POPULAR',
}

registerEnumType(ReasonCodeEnum, {
  name: 'RecommendationReasonCode',
  description: 'What kind of evidence speaks for a product. New kinds may be added: show the message.',
  valuesConfig: {
    BOUGHT_TOGETHER: { description: 'Paid orders held both products.' },
    SIMILAR: { description: 'The catalog places them close: same category, vendor or tags.' },
    POPULAR: { description: 'Many paid orders hold it.' },
  },
});

@ObjectType('RecommendationReason', { description: 'Why a product is recommended.' })
export class RecommendationReasonType {
  @Field(() => ReasonCodeEnum, { description: 'The kind of evidence.' })
  code!: ReasonCode;

  @Field(() => String, { description: 'One sentence for the shopper, in English.' })
  message!: string;

  // Served by a field resolver, as a reference to the catalog's entity.
  relatedId!: string | null;
}

@ObjectType('Recommendation', { description: 'A product worth a look, and why.' })
export class RecommendationType {
  @Field(() => Float, {
    description:
      'How strongly, from 0 up; lists are sorted by it. Above 2 bought together, from 1 to 2 similar, below 1 popular. Compare within one list only.',
  })
  score!: number;

  @Field(() => [RecommendationReasonType], { description: 'Why, strongest first: at least one, at most three.' })
  reasons!: Reason[];

  // Served by a field resolver, as a reference to the catalog's entity.
  productId!: string;
}

export const RecommendationConnection = connectionType(() => RecommendationType, 'Recommendation');

@ArgsType()
export class RecommendationsArgs extends PageArgs {
  @Field(() => [ID], {
    nullable: true,
    description: 'Products to go with, for example those in the cart; at most 20. They are not recommended themselves.',
  })
  productIds?: string[] | null;
}
