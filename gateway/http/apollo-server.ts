import { ApolloServer, type ApolloServerOptions, type BaseContext } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { OperationTypeNode } from 'graphql';
import type { Log } from '../../platform/logging/log';
import type { Caller } from '../caller';
import { formatProtocolError } from '../client-errors';
import type { FederatedGraph } from '../federation/federated-graph';
import { type DocumentCheck, unknownOperation } from '../limits/document-check';
import { LIMITS } from '../limits/limits';

export interface HttpContext extends BaseContext {
  readonly caller: Caller;
}

export interface ApolloServerParts {
  readonly graph: FederatedGraph;
  readonly check: DocumentCheck;
  readonly log: Log;
  readonly introspection: boolean;
  readonly production: boolean;
}

type GatewayOption = Extract<ApolloServerOptions<HttpContext>, { gateway: object }>['gateway'];

/** Apollo Server owns GraphQL over HTTP (status codes, CSRF, persisted queries); the graph executes. */
export function createApolloServer(options: ApolloServerParts): ApolloServer<HttpContext> {
  const { log } = options;
  return new ApolloServer<HttpContext>({
    gateway: gatewayOf(options),
    nodeEnv: options.production ? 'production' : 'development',
    introspection: options.introspection,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    // Our executor checks documents, by the same rules and the same cache as the socket.
    dangerouslyDisableValidation: true,
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
function gatewayOf({ graph, check }: ApolloServerParts): GatewayOption {
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
        async executor({ document, operation, operationName, queryHash, request, context }) {
          const faults = check.faults(queryHash, document);
          if (faults.length > 0) return { errors: faults };
          if (!operation) return { errors: [unknownOperation(request.operationName)] };
          return graph.execute({
            document,
            documentKey: queryHash,
            operationName: operationName ?? request.operationName,
            variables: request.variables ?? {},
            caller: (context as HttpContext).caller,
            deadlineMs:
              operation.operation === OperationTypeNode.MUTATION ? LIMITS.mutationDeadlineMs : LIMITS.queryDeadlineMs,
          });
        },
      };
    },
    stop: () => Promise.resolve(),
  };
}
