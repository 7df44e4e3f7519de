import { ApolloServer, type ApolloServerOptions, type BaseContext } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { OperationTypeNode } from 'graphql';
import type { Log } from '../../platform/logging/log';
import type { Caller } from '../caller';
import { formatProtocolError } from '../client-errors';
import type { FederatedGraph } from '../federation/federated-graph';
import { documentLimits } from '../limits/document-limits';
import { LIMITS } from '../limits/limits';

export interface HttpContext extends BaseContext {
  readonly caller: Caller;
}

type GatewayOption = Extract<ApolloServerOptions<HttpContext>, { gateway: object }>['gateway'];

/** Apollo Server owns GraphQL over HTTP (status codes, CSRF, persisted queries); the graph executes. */
export function createApolloServer(
  graph: FederatedGraph,
  log: Log,
  options: { readonly introspection: boolean; readonly production: boolean },
): ApolloServer<HttpContext> {
  return new ApolloServer<HttpContext>({
    gateway: gatewayOf(graph),
    nodeEnv: options.production ? 'production' : 'development',
    introspection: options.introspection,
    hideSchemaDetailsFromClientErrors: !options.introspection,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    validationRules: [documentLimits],
    formatError: formatProtocolError,
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
function gatewayOf(graph: FederatedGraph): GatewayOption {
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
        executor: ({ document, operation, operationName, queryHash, request, context }) =>
          graph.execute({
            document,
            documentKey: queryHash,
            operationName: operationName ?? request.operationName,
            variables: request.variables ?? {},
            caller: (context as HttpContext).caller,
            deadlineMs:
              operation?.operation === OperationTypeNode.MUTATION ? LIMITS.mutationDeadlineMs : LIMITS.queryDeadlineMs,
          }),
      };
    },
    stop: () => Promise.resolve(),
  };
}
