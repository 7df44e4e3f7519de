import { consumer } from '../../platform/bus/bus';
import { defineSubgraph } from '../../platform/subgraph/define-subgraph';
import { type ContentServices, createLoaders } from './context';
import { CONTENT_ERROR_CODES } from './errors';
import { ListingService } from './listing/listing.service';
import { ProductReviewResolver, ReviewResolver } from './review/review.resolver';
import { ReviewService } from './review/review.service';
import { ReviewImportService } from './review/review-import.service';
import { ProductStub } from './stubs';

export type { ReviewRow } from './review/review-import';
export type { ReviewImportResult } from './review/review-import.service';

export const content = defineSubgraph({
  name: 'content',
  resolvers: [ReviewResolver, ProductReviewResolver],
  orphanedTypes: [ProductStub],
  codes: CONTENT_ERROR_CODES,
  create: (kernel): ContentServices => {
    const reviews = new ReviewService(kernel);
    return { listings: new ListingService(kernel), reviews, reviewImport: new ReviewImportService(kernel, reviews) };
  },
  loaders: createLoaders,
  references: {
    Review: ({ id }, { loaders }) => loaders.review.load(id),
    Product: ({ id }) => ({ id }),
  },
  consumers: ({ listings, reviews }) => [
    consumer({
      name: 'content.listings',
      types: ['product.changed'],
      handle: (event) => listings.productChanged(event),
    }),
    consumer({ name: 'content.purchases', types: ['order.paid'], handle: (event) => reviews.orderPaid(event) }),
  ],
});
