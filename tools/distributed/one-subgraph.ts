import type { Subgraph } from '../../platform/subgraph/define-subgraph';
import type { SubgraphName } from '../../platform/subgraph/subgraph-port';

/** One subgraph's code without the other six: what a process does not run it does not load. */
export async function loadSubgraph(name: SubgraphName): Promise<Subgraph> {
  switch (name) {
    case 'accounts':
      return (await import('../../subgraphs/accounts/index.js')).accounts as Subgraph;
    case 'catalog':
      return (await import('../../subgraphs/catalog/index.js')).catalog as Subgraph;
    case 'orders':
      return (await import('../../subgraphs/orders/index.js')).orders as Subgraph;
    case 'community':
      return (await import('../../subgraphs/community/index.js')).community as Subgraph;
    case 'social':
      return (await import('../../subgraphs/social/index.js')).social as Subgraph;
    case 'content':
      return (await import('../../subgraphs/content/index.js')).content as Subgraph;
    case 'recommendations':
      return (await import('../../subgraphs/recommendations/index.js')).recommendations as Subgraph;
  }
}
