import { consumer } from '../../platform/bus/bus';
import { defineSubgraph } from '../../platform/subgraph/define-subgraph';
import { AffinityService } from './affinity/affinity.service';
import { createLoaders, type RecommendationsServices } from './context';
import {
  ProductRecommendationResolver,
  RecommendationReasonResolver,
  RecommendationResolver,
} from './recommendation/recommendation.resolver';
import { RecommendationService } from './recommendation/recommendation.service';
import { ProductStub } from './stubs';

export const recommendations = defineSubgraph({
  name: 'recommendations',
  resolvers: [RecommendationResolver, RecommendationReasonResolver, ProductRecommendationResolver],
  orphanedTypes: [ProductStub],
  create: (kernel): RecommendationsServices => {
    const affinity = new AffinityService(kernel);
    return { affinity, recommendations: new RecommendationService(kernel, affinity) };
  },
  loaders: createLoaders,
  references: { Product: ({ id }) => ({ id }) },
  consumers: ({ affinity }) => [
    consumer({
      name: 'recommendations.affinity',
      types: ['order.paid'],
      handle: (event) => affinity.orderPaid(event),
    }),
    consumer({
      name: 'recommendations.listings',
      types: ['product.changed'],
      handle: (event) => affinity.productChanged(event),
    }),
  ],
});
