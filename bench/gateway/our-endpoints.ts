import { execute } from 'graphql';
import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { fixtureSubgraphs } from './shop';

/** The fixture's subgraphs called without HTTP, executed as the product executes its own. */
export function endpointsInProcess(): readonly SubgraphEndpoint[] {
  return fixtureSubgraphs().map(({ name, sdl, schema }) => ({
    name,
    sdl,
    topics: {},
    execute: async ({ document, variables, operationName }) =>
      execute({ schema, document, variableValues: variables ?? {}, operationName: operationName ?? null }),
    subscribe: () => Promise.resolve({ errors: [] }),
  }));
}

export function endpointsOverHttp(subgraphs: readonly { name: string; url: string }[]): readonly SubgraphEndpoint[] {
  throw new Error(`Not yet: ${subgraphs.length}`);
}
