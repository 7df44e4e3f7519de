import { defineSubgraph } from '../../platform/subgraph/define-subgraph';
import { createLoaders } from './context';
import { COMMUNITY_ERROR_CODES } from './errors';
import { AccountNeighborhoodResolver, NeighborhoodResolver } from './neighborhood/neighborhood.resolver';
import { NeighborhoodService } from './neighborhood/neighborhood.service';
import { AccountStub } from './stubs';

export const community = defineSubgraph({
  name: 'community',
  resolvers: [NeighborhoodResolver, AccountNeighborhoodResolver],
  orphanedTypes: [AccountStub],
  codes: COMMUNITY_ERROR_CODES,
  create: (kernel) => ({ neighborhoods: new NeighborhoodService(kernel) }),
  loaders: createLoaders,
  references: {
    Neighborhood: ({ id }, { loaders }) => loaders.neighborhood.load(id),
    Account: ({ id }) => ({ id }),
  },
});
