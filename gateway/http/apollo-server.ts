import { ApolloServer, type ApolloServerOptions, type BaseContext, HeaderMap } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Log } from '../../platform/logging/log';
import { resultOf } from '../answer';
import { formatProtocolError } from '../client-errors';
import type { KnownDocuments } from '../documents/known-documents';
import type { FederatedGraph } from '../federation/federated-graph';
import { LIMITS } from '../limits/limits';
import type { Visitor } from './entrance';
import type { HttpOperations, Outcome } from './http-operations';
import type { PersistedQueries } from './persisted-queries';

export interface HttpContext extends BaseContext {
  readonly visitor: Visitor;
  readonly surroundings: string;
  readonly fresh: boolean;
}

export interface ApolloServerParts {
  readonly graph: FederatedGraph;
  readonly documents: KnownDocuments;
  readonly operations: HttpOperations;
  readonly persisted: PersistedQueries;
  readonly log: Log;
  readonly introspection: boolean;
  readonly production: boolean;
}

type GatewayOption = Extract<ApolloServerOptions<HttpContext>, { gateway: object }>['gateway'];

/**
 * Apollo Server answers what is out of the ordinary (GET, unusual media types, envelopes at fault, persisted queries
 * that are not known) and is what our own lane for ordinary requests is compared with; the graph executes for both.
 */
export function createApolloServer(options: ApolloServerParts): ApolloServer<HttpContext> {
  const { log } = options;
  return new ApolloServer<HttpContext>({
    gateway: gatewayOf(options),
    nodeEnv: options.production ? 'production' : 'development',
    introspection: options.introspection,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    persistedQueries: { cache: options.persisted.forApollo() },
    // Our executor checks documents, by the same rules and the same cache as the socket; it also keeps them parsed.
    dangerouslyDisableValidation: true,
    documentStore: null,
    formatError: formatProtocolError,
    // Its own would add a line end.
    stringifyResult: (value) => JSON.stringify(value),
    plugins: [ApolloServerPluginLandingPageDisabled()],
    stopOnTerminationSignals: false,
    logger: {
      debug: (message) => log.debug({}, String(message)),
      info: (message) => log.debug({}, String(message)),
      warn: (message) => log.warn({}, String(message)),
      error: (message) => log.error({}, String(message)),
    },
  });
}

/** Stands where an ApolloGateway would: the planner and the executor inside are Apollo's, the rest is our own. */
function gatewayOf({ graph, documents, operations }: ApolloServerParts): GatewayOption {
  const listeners = new Set<Parameters<GatewayOption['onSchemaLoadOrUpdate']>[0]>();
  return {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load() {
      for (const listener of listeners) {
        listener({ apiSchema: graph.publicSchema, coreSupergraphSdl: graph.supergraphSdl });
      }
      return {
        async executor({ source, request, response, context, overallCachePolicy }) {
          const outcome = await operations.run({
            known: documents.read(source),
            operationName: request.operationName,
            variables: request.variables ?? {},
            ...(context as HttpContext),
          });
          if (outcome.policy) overallCachePolicy?.restrict(outcome.policy);
          if (outcome.age !== undefined) response?.http?.headers.set('age', String(outcome.age));
          return resultWithStatus(outcome);
        },
      };
    },
    stop: () => Promise.resolve(),
  };
}

/** Apollo Server takes the status and headers of a refusal from its first error. */
function resultWithStatus({ answer, status, extensions, retryAfter }: Outcome): ExecutionResult {
  const result: ExecutionResult = {
    ...resultOf(answer),
    ...(extensions === '' ? {} : { extensions: JSON.parse(extensions) as Record<string, unknown> }),
  };
  const [first, ...others] = answer.errors;
  if (!first || status === 200) return result;
  const headers = new HeaderMap(retryAfter === undefined ? [] : [['retry-after', String(retryAfter)]]);
  return { ...result, errors: [withExtension(first, { http: { status, headers } }), ...others] };
}

function withExtension(error: GraphQLError, extension: Readonly<Record<string, unknown>>): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.source ? { source: error.source } : {}),
    ...(error.positions ? { positions: error.positions } : {}),
    ...(error.path ? { path: error.path } : {}),
    extensions: { ...error.extensions, ...extension },
  });
}
