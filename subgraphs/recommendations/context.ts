import DataLoader from 'dataloader';
import type { SubgraphContext } from '../../platform/subgraph/subgraph-context';
import type { Pairing } from './affinity/affinity';
import type { AffinityService } from './affinity/affinity.service';
import type { Demand } from './affinity/demand.model';
import type { EvidenceLoading, RecommendationService } from './recommendation/recommendation.service';

export interface RecommendationsServices {
  readonly affinity: AffinityService;
  readonly recommendations: RecommendationService;
}

export type RecommendationsContext = SubgraphContext<RecommendationsServices, EvidenceLoading>;

export function createLoaders({ affinity, recommendations }: RecommendationsServices): EvidenceLoading {
  const pairings = new DataLoader<string, readonly Pairing[]>(async (productIds) => {
    const found = await affinity.findPairings(productIds);
    return productIds.map((productId) => found.get(productId) ?? []);
  });
  // The catalog answers for one product at a time: asked side by side, and once per product and request.
  const similar = new DataLoader<string, readonly string[]>((productIds) =>
    Promise.all(productIds.map((productId) => recommendations.findSimilar(productId))),
  );
  let popular: Promise<readonly Demand[]> | null = null;
  return {
    pairings: (productId) => pairings.load(productId),
    similar: (productId) => similar.load(productId),
    popular: () => {
      popular ??= recommendations.findPopular();
      return popular;
    },
  };
}
