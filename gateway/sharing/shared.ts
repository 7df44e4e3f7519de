import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { batchedEntities } from './batched-entities';
import { Changes } from './changes';
import { sharedReads } from './shared-reads';

/**
 * All subgraphs of one gateway, asked as seldom as possible: identical queries in flight once, entities together. For
 * subgraphs in other processes, where a call costs more than a copy of its answer. A change at one of them counts for
 * all: what one subgraph changes it may have told the others.
 */
export function shared(endpoints: readonly SubgraphEndpoint[]): SubgraphEndpoint[] {
  const changes = new Changes();
  return endpoints.map((endpoint) => sharedReads(batchedEntities(endpoint), changes));
}
