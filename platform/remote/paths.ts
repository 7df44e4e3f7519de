/** Where a subgraph server answers calls and takes sockets. */
export const GRAPHQL_PATH = '/graphql';
