import { type DocumentNode, visit } from 'graphql';
import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { hashOf } from './random';

/**
 * The same subgraph, at fault for some of what it is asked: decided by the fields asked for, so that both executors meet
 * the same though they name fields differently.
 */
export function unreliable(seed: number): (endpoint: SubgraphEndpoint) => SubgraphEndpoint {
  return (endpoint) => ({
    ...endpoint,
    async execute(request) {
      switch (hashOf(`${seed} ${endpoint.name} ${fieldsOf(request.document)}`) % 24) {
        case 0:
          throw new Error('connect ECONNREFUSED');
        case 1:
          return { data: null };
        case 2:
          return {};
        case 3:
          return JSON.parse('{"errors":[{"message":"plain words"}]}');
        case 4:
          return JSON.parse('{"data":null,"errors":[{"message":"coded","extensions":{"code":"NOT_FOUND"}}]}');
        case 5:
          return { data: { _entities: [] } };
        case 6:
          return { data: { _entities: 'garbage' } };
        case 7: {
          const result = await endpoint.execute(request);
          const entities = result.data?.['_entities'];
          return Array.isArray(entities) ? { ...result, data: { _entities: entities.map(() => null) } } : result;
        }
        default:
          return endpoint.execute(request);
      }
    },
  });
}

function fieldsOf(document: DocumentNode): string {
  const names = new Set<string>();
  visit(document, {
    Field(node) {
      if (node.name.value !== '__typename') names.add(node.name.value);
    },
  });
  return [...names].sort().join();
}
