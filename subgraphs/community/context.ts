import DataLoader from 'dataloader';
import type { SubgraphContext } from '../../platform/subgraph/subgraph-context';
import type { Neighborhood } from './neighborhood/neighborhood';
import type { NeighborhoodService } from './neighborhood/neighborhood.service';

export interface CommunityServices {
  readonly neighborhoods: NeighborhoodService;
}

export interface CommunityLoaders {
  readonly neighborhood: DataLoader<string, Neighborhood | null>;
  /** By account id. */
  readonly homeNeighborhood: DataLoader<string, Neighborhood | null>;
}

export type CommunityContext = SubgraphContext<CommunityServices, CommunityLoaders>;

export function createLoaders({ neighborhoods }: CommunityServices): CommunityLoaders {
  const neighborhood = new DataLoader<string, Neighborhood | null>(async (ids) => {
    const found = new Map((await neighborhoods.findByIds(ids)).map((one) => [one.id, one]));
    return ids.map((id) => found.get(id) ?? null);
  });
  const homeNeighborhood = new DataLoader<string, Neighborhood | null>(async (accountIds) => {
    const residencies = await neighborhoods.findResidencies(accountIds);
    const homes = new Map(residencies.map((residency) => [residency.accountId, residency.neighborhoodId]));
    return Promise.all(
      accountIds.map((accountId) => {
        const home = homes.get(accountId);
        return home === undefined ? null : neighborhood.load(home);
      }),
    );
  });
  return { neighborhood, homeNeighborhood };
}
