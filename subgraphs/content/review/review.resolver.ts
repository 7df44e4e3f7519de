import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireAccount } from '../../../platform/graphql/authorization';
import { UniqueBy } from '../../../platform/graphql/directives';
import { PageArgs } from '../../../platform/pagination/connection.type';
import { type Page, readPage } from '../../../platform/pagination/page';
import { payload } from '../../../platform/user-errors/user-error.type';
import type { ContentContext } from '../context';
import { ProductStub, ProfileStub } from '../stubs';
import { averageRating, type Review } from './review';
import {
  ProductRating,
  ReviewConnection,
  ReviewCreateInput,
  ReviewCreatePayload,
  ReviewDeleteInput,
  ReviewDeletePayload,
  ReviewType,
} from './review.type';

@Resolver(() => ReviewType)
export class ReviewResolver {
  @Query(() => ReviewType, { nullable: true, description: 'One published review, or null. Anyone.' })
  review(
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Ctx() { loaders }: ContentContext,
  ): Promise<Review | null> {
    return loaders.review.load(id);
  }

  @Authorized()
  @UniqueBy('idempotencyKey')
  @Mutation(() => ReviewCreatePayload, {
    description: 'Reviews a product: once per account and product, bought or not. Anyone signed in.',
  })
  reviewCreate(
    @Arg('input', () => ReviewCreateInput, { description: 'The review.' }) input: ReviewCreateInput,
    @Ctx() { services, identity }: ContentContext,
  ): Promise<object> {
    return payload(async () => ({ review: await services.reviews.create(requireAccount(identity), input) }));
  }

  @Authorized()
  @Mutation(() => ReviewDeletePayload, {
    description:
      'Erases the words of a review and takes it out of the rating; deleting again answers the same. Its author or staff; others get FORBIDDEN.',
  })
  reviewDelete(
    @Arg('input', () => ReviewDeleteInput, { description: 'Which one.' }) input: ReviewDeleteInput,
    @Ctx() { services, identity }: ContentContext,
  ): Promise<object> {
    return payload(async () => ({ review: await services.reviews.delete(identity, input.id) }));
  }

  @FieldResolver(() => ProfileStub, { nullable: true, description: 'Who wrote it; null when the account is gone.' })
  author(@Root() review: Review): ProfileStub {
    return { id: review.authorId };
  }

  @FieldResolver(() => ProductStub, {
    nullable: true,
    description: 'What it is about; null while the product is not on sale.',
  })
  product(@Root() review: Review): ProductStub {
    return { id: review.productId };
  }
}

@Resolver(() => ProductStub)
export class ProductReviewResolver {
  // What this subgraph adds to a product is nullable: when it fails, the product itself must still be answered.
  @FieldResolver(() => ReviewConnection, {
    nullable: true,
    description: 'Published reviews of the product, newest first; null only when they cannot be had right now.',
  })
  reviews(
    @Root() product: ProductStub,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { services, loaders }: ContentContext,
  ): Promise<Page<Review>> {
    return services.reviews.page(product.id, readPage(args), {
      summary: (id) => loaders.summary.load(id),
      reviews: (ids) => Promise.all(ids.map((id) => loaders.review.load(id))),
    });
  }

  @FieldResolver(() => ProductRating, {
    nullable: true,
    description: 'Average and number of the published reviews; null only when they cannot be had right now.',
  })
  async rating(@Root() product: ProductStub, @Ctx() { loaders }: ContentContext): Promise<ProductRating> {
    const summary = await loaders.summary.load(product.id);
    return { average: averageRating(summary), count: summary.count };
  }
}
