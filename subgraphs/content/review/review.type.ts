import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Key } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { connectionType } from '../../../platform/pagination/connection.type';
import { UserError } from '../../../platform/user-errors/user-error.type';
import type { Review, ReviewStatus } from './review';

export enum ReviewStatusEnum {
  PUBLISHED = 'PUBLISHED',
  DELETED = 'DELETED',
}

registerEnumType(ReviewStatusEnum, {
  name: 'ReviewStatus',
  description: 'Whether a review can be read.',
  valuesConfig: {
    PUBLISHED: { description: 'Everyone can read it and it counts in the rating.' },
    DELETED: { description: 'Its author or staff removed it: the words are gone and it no longer counts.' },
  },
});

@ObjectType('Review', { description: 'What a person thinks of a product, with a rating.' })
@Key('id')
export class ReviewType {
  @Field(() => ID, { description: 'Opaque id, starts with `rev_`.' })
  id!: string;

  @Field(() => Int, { description: 'Stars, 1 (worst) to 5 (best).' })
  rating!: number;

  @Field(() => String, { nullable: true, description: 'Headline in plain text; null when the author gave none.' })
  title!: string | null;

  @Field(() => String, { description: 'The review in plain text; empty once deleted.' })
  body!: string;

  @Field(() => Boolean, { description: 'Whether its author has paid for the product through this installation.' })
  verifiedPurchase!: boolean;

  @Field(() => ReviewStatusEnum, { description: 'Whether it can be read. Lists hold published reviews only.' })
  status!: ReviewStatus;

  @Field(() => DateTimeScalar, { description: 'When it was written; for imported reviews, where they came from.' })
  createdAt!: Date;

  // Served by field resolvers, as references to entities of other subgraphs.
  productId!: string;
  authorId!: string;
}

export const ReviewConnection = connectionType(() => ReviewType, 'Review');

@ObjectType({ description: 'What the published reviews of a product amount to.' })
export class ProductRating {
  @Field(() => Float, {
    nullable: true,
    description: 'Mean of the stars, 1 to 5, to two decimals; null while there are no reviews.',
  })
  average!: number | null;

  @Field(() => Int, { description: 'How many reviews there are.' })
  count!: number;
}

@InputType({ description: 'A review of a product.' })
export class ReviewCreateInput {
  @Field(() => ID, { description: 'The product, which must be on sale.' })
  productId!: string;

  @Field(() => Int, { description: 'Stars, 1 (worst) to 5 (best).' })
  rating!: number;

  @Field(() => String, { nullable: true, description: 'Headline in plain text, at most 150 characters.' })
  title?: string | null;

  @Field(() => String, { description: 'The review in plain text, 1 to 5000 characters.' })
  body!: string;

  @Field(() => String, {
    description: '1 to 128 printable ASCII characters; send the same one with a retry. Kept 72 hours.',
  })
  idempotencyKey!: string;
}

@InputType({ description: 'Which review to delete.' })
export class ReviewDeleteInput {
  @Field(() => ID, { description: 'The review.' })
  id!: string;
}

@ObjectType({ description: 'What came of reviewing a product.' })
export class ReviewCreatePayload {
  @Field(() => ReviewType, { nullable: true, description: 'The review; null when refused.' })
  review?: Review | null;

  @Field(() => [UserError], {
    description: 'Why it was refused: INVALID, NOT_FOUND, ALREADY_REVIEWED, IDEMPOTENCY_KEY_REUSED.',
  })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of deleting a review.' })
export class ReviewDeletePayload {
  @Field(() => ReviewType, { nullable: true, description: 'The review, now deleted; null when refused.' })
  review?: Review | null;

  @Field(() => [UserError], { description: 'Why it was refused: NOT_FOUND.' })
  userErrors!: UserError[];
}
