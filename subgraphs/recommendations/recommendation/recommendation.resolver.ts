import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { PageArgs } from '../../../platform/pagination/connection.type';
import { type Page, readPage } from '../../../platform/pagination/page';
import type { RecommendationsContext } from '../context';
import { ProductStub } from '../stubs';
import type { Reason, Recommendation } from './recommendation';
import {
  RecommendationConnection,
  RecommendationReasonType,
  RecommendationsArgs,
  RecommendationType,
} from './recommendation.type';

@Resolver(() => RecommendationType)
export class RecommendationResolver {
  @Query(() => RecommendationConnection, {
    description:
      'Products for whoever asks, best first: bought together with what they bought or with `productIds`, then similar, then popular. Anyone; empty while nothing has been sold and nothing was named.',
  })
  recommendations(
    @Args(() => RecommendationsArgs) args: RecommendationsArgs,
    @Ctx() { services, loaders, identity }: RecommendationsContext,
  ): Promise<Page<Recommendation>> {
    const accountId = identity.kind === 'account' ? identity.accountId : null;
    return services.recommendations.forViewer(accountId, args.productIds ?? [], readPage(args), loaders);
  }

  @FieldResolver(() => ProductStub, {
    nullable: true,
    description: 'The product; null when it left the shelf a moment ago.',
  })
  product(@Root() recommendation: Recommendation): ProductStub {
    return { id: recommendation.productId };
  }
}

@Resolver(() => RecommendationReasonType)
export class RecommendationReasonResolver {
  @FieldResolver(() => ProductStub, {
    nullable: true,
    description: 'The product it goes with; null for POPULAR and when that product is no longer on sale.',
  })
  relatedTo(@Root() reason: Reason): ProductStub | null {
    return reason.relatedId === null ? null : { id: reason.relatedId };
  }
}

@Resolver(() => ProductStub)
export class ProductRecommendationResolver {
  // Nullable, so that a product is still answered when this subgraph fails.
  @FieldResolver(() => RecommendationConnection, {
    nullable: true,
    description:
      'What goes with the product, best first: bought together, then similar, then popular. Never itself. Null only when recommendations cannot be had right now.',
  })
  recommendations(
    @Root() product: ProductStub,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { services, loaders }: RecommendationsContext,
  ): Promise<Page<Recommendation>> {
    return services.recommendations.forProduct(product.id, readPage(args), loaders);
  }
}
