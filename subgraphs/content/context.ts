import DataLoader from 'dataloader';
import type { SubgraphContext } from '../../platform/subgraph/subgraph-context';
import type { ListingService } from './listing/listing.service';
import type { RatingSummary, Review } from './review/review';
import type { ReviewService } from './review/review.service';
import type { ReviewImportService } from './review/review-import.service';

export interface ContentServices {
  readonly listings: ListingService;
  readonly reviews: ReviewService;
  readonly reviewImport: ReviewImportService;
}

export interface ContentLoaders {
  /** Published reviews by id. */
  readonly review: DataLoader<string, Review | null>;
  /** By product id; zeros for a product nobody reviewed. */
  readonly summary: DataLoader<string, RatingSummary>;
}

export type ContentContext = SubgraphContext<ContentServices, ContentLoaders>;

export function createLoaders({ reviews }: ContentServices): ContentLoaders {
  return {
    review: new DataLoader<string, Review | null>(async (ids) => {
      const found = new Map((await reviews.findPublished(ids)).map((review) => [review.id, review]));
      return ids.map((id) => found.get(id) ?? null);
    }),
    summary: new DataLoader<string, RatingSummary>(async (productIds) => {
      const found = new Map((await reviews.findSummaries(productIds)).map((summary) => [summary.productId, summary]));
      return productIds.map((productId) => found.get(productId) ?? { productId, count: 0, sum: 0, newest: [] });
    }),
  };
}
