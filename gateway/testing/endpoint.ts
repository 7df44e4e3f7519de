import { buildSubgraphSchema } from '@apollo/subgraph';
import { type ExecutionResult, execute, GraphQLError, type GraphQLSchema, parse, subscribe, validate } from 'graphql';
import type { Identity } from '../../platform/context/identity';
import type {
  SubgraphEndpoint,
  SubgraphName,
  SubgraphRequest,
  TopicVisibility,
} from '../../platform/subgraph/subgraph-port';

/** What resolvers of these test subgraphs get. */
export interface TestContext {
  readonly identity: Identity;
  readonly requestId: string;
  readonly languages: readonly string[];
}

export interface TestEndpoint extends SubgraphEndpoint {
  readonly requests: SubgraphRequest[];
}

const HEADER = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3",
  import: ["@key", "@shareable", "@external", "@requires", "@inaccessible"])
`;

/** A subgraph in this process, made of SDL and resolvers; it remembers what it was asked. */
export function testEndpoint(
  name: SubgraphName,
  types: string,
  resolvers: object,
  topics: Readonly<Record<string, TopicVisibility>> = {},
): TestEndpoint {
  const sdl = HEADER + types;
  const schema: GraphQLSchema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers } as Parameters<
    typeof buildSubgraphSchema
  >[0]);
  const requests: SubgraphRequest[] = [];
  const argumentsOf = (request: SubgraphRequest) => {
    requests.push(request);
    const { identity, requestId, languages = [] } = request;
    return {
      schema,
      document: request.document,
      variableValues: request.variables ?? {},
      operationName: request.operationName ?? null,
      contextValue: { identity, requestId, languages } satisfies TestContext,
    };
  };
  const faultsOf = (request: SubgraphRequest): ExecutionResult | null => {
    const errors = validate(schema, request.document);
    return errors.length > 0 ? { errors } : null;
  };
  return {
    name,
    sdl,
    topics,
    requests,
    async execute(request) {
      return faultsOf(request) ?? (await execute(argumentsOf(request)));
    },
    async subscribe(request) {
      const events = faultsOf(request) ?? (await subscribe(argumentsOf(request)));
      return Symbol.asyncIterator in events ? (events as AsyncIterableIterator<ExecutionResult>) : events;
    },
  };
}

export function coded(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
