import type { Schema } from '@apollo/federation-internals';
import { type buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Log } from '../../platform/logging/log';
import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import type { Caller } from '../caller';
import { type ExecutionContext, SubgraphEndpointDataSource } from './subgraph-endpoint-data-source';

type StockRequestContext = Parameters<typeof executeQueryPlan>[2];
export type ServiceMap = Readonly<Record<string, GraphQLDataSource>>;

export interface StockRequest {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly deadlineMs: number;
}

/** Runs plans by Apollo's own executor: what ours is measured against, and what plans it does not cover run on. */
export class StockExecutor {
  private readonly dataSources: ServiceMap;

  constructor(
    endpoints: ReadonlyMap<string, SubgraphEndpoint>,
    private readonly supergraphSchema: GraphQLSchema,
    private readonly apiSchema: Schema,
    private readonly log: Log,
  ) {
    this.dataSources = Object.fromEntries(
      [...endpoints].map(([name, endpoint]) => [name, new SubgraphEndpointDataSource(name, endpoint, log)]),
    );
  }

  async run(
    plan: QueryPlan,
    request: StockRequest,
    operationContext: ReturnType<typeof buildOperationContext>,
    deadlineError: () => GraphQLError,
    extraSources: ServiceMap,
  ): Promise<ExecutionResult> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(deadlineError()), request.deadlineMs);
    const context: ExecutionContext = { caller: request.caller, signal: deadline.signal };
    try {
      const result = await executeQueryPlan(
        plan,
        { ...this.dataSources, ...extraSources },
        // The stock executor reads these four and nothing else of Apollo Server's request context.
        {
          request: { variables: request.variables },
          context,
          metrics: {},
          logger: this.log,
        } as unknown as StockRequestContext,
        operationContext,
        this.supergraphSchema,
        this.apiSchema,
      );
      return withCompletionErrors(result, request.caller.requestId);
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * The stock executor reports a null it had to carry upwards (a non-null field its subgraph could not fill) in an
 * extension instead of `errors`. GraphQL wants an error where a null is not allowed, and clients look there.
 */
function withCompletionErrors(result: ExecutionResult, requestId: string): ExecutionResult {
  const { extensions, ...rest } = result;
  const faults = extensions?.['valueCompletion'];
  // What its own code threw stands among the errors as it was thrown.
  if (!Array.isArray(faults)) return rest.errors ? { ...rest, errors: rest.errors.map(asGraphQLError) } : rest;
  return {
    ...rest,
    errors: faults.map(
      (fault: GraphQLError) =>
        new GraphQLError(fault.message, {
          ...(fault.path ? { path: fault.path } : {}),
          extensions: { code: 'INTERNAL', requestId },
        }),
    ),
  };
}

export function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('Execution failed.', {
    originalError: error instanceof Error ? error : new Error(String(error)),
  });
}
