import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  parse,
  subscribe,
  validate,
} from 'graphql';
import { isId } from '../../platform/ids/id';
import type { SubgraphEndpoint, SubgraphRequest } from '../../platform/subgraph/subgraph-port';
import { LIMITS } from '../limits/limits';
import { NODE_TYPES, type NodeType } from './node-types';

/** The name of the subgraph that answers `node` and `nodes`. */
export const NODE_SUBGRAPH = 'node';

type Found = { readonly __typename: string; readonly id: string } | null;

/**
 * `node(id)` and `nodes(ids)` as a subgraph beside the others, in the gateway's process. It owns no object: the
 * prefix of an id says of which type it is, and the owner of that type is asked, as the same caller, whether there
 * is such an object for them. So what is not there, or not theirs to see, is null rather than an object of nulls;
 * the fields come from their owners by the plan, as for every entity.
 */
export function nodeEndpoint(
  endpoints: readonly SubgraphEndpoint[],
  types: readonly NodeType[] = NODE_TYPES,
): SubgraphEndpoint {
  const sdl = nodeSdl(types);
  const owners = new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
  const find = finder(owners, types);
  const resolvers = {
    Query: {
      node: async (_: unknown, { id }: { id: string }, request: SubgraphRequest) => (await find([id], request))[0],
      nodes: (_: unknown, { ids }: { ids: readonly string[] }, request: SubgraphRequest) => find(ids, request),
    },
    Node: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
  };
  let schema: GraphQLSchema | null = null;
  const built = (): GraphQLSchema => {
    schema ??= buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
    return schema;
  };
  const argumentsOf = (request: SubgraphRequest) => ({
    schema: built(),
    document: request.document,
    variableValues: request.variables ?? {},
    operationName: request.operationName ?? null,
    contextValue: request,
  });
  return {
    name: NODE_SUBGRAPH,
    sdl,
    topics: {},
    async execute(request) {
      const faults = validate(built(), request.document);
      return faults.length > 0 ? { errors: faults } : execute(argumentsOf(request));
    },
    async subscribe(request) {
      return (await subscribe(argumentsOf(request))) as ExecutionResult;
    },
  };
}

/** The endpoints with the one for `node` and `nodes` beside them. */
export function withNode(endpoints: readonly SubgraphEndpoint[]): readonly SubgraphEndpoint[] {
  return [...endpoints, nodeEndpoint(endpoints)];
}

/** The SDL alone, for composing without running. */
export function nodeSdl(types: readonly NodeType[] = NODE_TYPES): string {
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])

"""An object with an id of its own, which \`node\` finds."""
interface Node {
  """Opaque, and unique among all objects."""
  id: ID!
}

type Query {
  """
  The object with that id, of any type that is a Node; an account's id leads to its Profile. Null when there is none,
  when the id is malformed, and when the caller may not see the object.
  """
  node(
    """The id."""
    id: ID!
  ): Node

  """The objects with those ids, in their order, with null where \`node\` would answer null. At most ${LIMITS.listItems}."""
  nodes(
    """The ids; the same one may come again."""
    ids: [ID!]!
  ): [Node]!
}
${types.map(({ type }) => `\ntype ${type} implements Node @key(fields: "id", resolvable: false) {\n  id: ID!\n}`).join('\n')}
`;
}

/** Finds objects by id for one caller; each owner is asked once for all of its ids. */
function finder(
  owners: ReadonlyMap<string, SubgraphEndpoint>,
  types: readonly NodeType[],
): (ids: readonly string[], request: SubgraphRequest) => Promise<readonly Found[]> {
  const documents = new Map(types.map(({ owner }) => [owner, ownerDocument(owner, types)]));
  return async (ids, request) => {
    if (ids.length > LIMITS.listItems) {
      throw new GraphQLError(`At most ${LIMITS.listItems} ids may be asked for.`, {
        extensions: { code: 'BAD_USER_INPUT', limit: 'listItems', maximum: LIMITS.listItems },
      });
    }
    const wanted = new Map<string, Map<string, string>>();
    for (const id of ids) {
      const node = types.find(({ prefix }) => id.startsWith(`${prefix}_`) && isId(prefix, id));
      if (!node) continue;
      const ofOwner = wanted.get(node.owner) ?? new Map<string, string>();
      wanted.set(node.owner, ofOwner.set(id, node.type));
    }
    const found = new Map<string, Found>();
    await Promise.all(
      [...wanted].map(async ([owner, idTypes]) => {
        const references = [...idTypes].map(([id, __typename]) => ({ __typename, id }));
        const endpoint = owners.get(owner);
        const document = documents.get(owner);
        if (!endpoint || !document) throw new Error(`No endpoint for ${owner}, which owns nodes.`);
        const { data, errors } = await endpoint.execute({
          document,
          variables: { references },
          identity: request.identity,
          requestId: request.requestId,
          languages: request.languages,
          signal: request.signal,
          traceparent: request.traceparent,
        });
        const entities = data?.['_entities'] as readonly Found[] | null | undefined;
        if (!entities) throw ownerError(errors?.[0]);
        for (const entity of entities) if (entity) found.set(entity.id, entity);
      }),
    );
    return ids.map((id) => found.get(id) ?? null);
  };
}

/** Asks an owner which of its objects there are; only the key is selected, so nothing is read but the object itself. */
function ownerDocument(owner: string, types: readonly NodeType[]): DocumentNode {
  const fragments = types.filter((node) => node.owner === owner).map(({ type }) => `... on ${type} { id }`);
  return parse(
    `query NodeOwner($references: [_Any!]!) {
      _entities(representations: $references) { __typename ${fragments.join(' ')} }
    }`,
    { noLocation: true },
  );
}

/** What the owner said, with its code; the gateway masks whatever has none. */
function ownerError(error: GraphQLError | undefined): Error {
  if (!error) return new Error('The owner of a node answered nothing.');
  return new GraphQLError(error.message, { extensions: { ...error.extensions } });
}
