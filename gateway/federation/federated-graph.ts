import { operationFromDocument, type Schema, Supergraph } from '@apollo/federation-internals';
import { buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLSchema, getVariableValues } from 'graphql';
import type { Log } from '../../platform/logging/log';
import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { type Answer, answerOf, resultOf } from '../answer';
import { BoundedCache } from '../bounded-cache';
import type { Caller } from '../caller';
import { clientError, maskResult } from '../client-errors';
import { type ExecutionContext, SubgraphEndpointDataSource } from './subgraph-endpoint-data-source';

/** A plan of the largest allowed document takes some 50 kB. */
const CACHED_PLANS = 500;

type StockRequestContext = Parameters<typeof executeQueryPlan>[2];
type ServiceMap = Record<string, GraphQLDataSource>;

/** A parsed document that is valid for the public schema, with the one operation to run. */
export interface ValidOperation {
  readonly document: DocumentNode;
  readonly operationName?: string | undefined;
  /** Equal for equal documents: the key under which plans are kept. */
  readonly documentKey: string;
}

export interface ExecutionRequest extends ValidOperation {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly deadlineMs: number;
}

/** The supergraph: its public schema, its query planner, and execution of plans by Apollo's own executor. */
export class FederatedGraph {
  readonly publicSchema: GraphQLSchema;
  private readonly supergraphSchema: GraphQLSchema;
  private readonly apiSchema: Schema;
  private readonly planner: QueryPlanner;
  private readonly plans = new BoundedCache<string, QueryPlan>(CACHED_PLANS);
  private readonly dataSources: Readonly<ServiceMap>;

  constructor(
    readonly supergraphSdl: string,
    readonly endpoints: ReadonlyMap<string, SubgraphEndpoint>,
    private readonly log: Log,
  ) {
    const supergraph = Supergraph.build(supergraphSdl);
    const missing = supergraph.subgraphsMetadata().filter(({ name }) => !endpoints.has(name));
    if (missing.length > 0) {
      throw new Error(`The supergraph names subgraphs without an endpoint: ${missing.map((m) => m.name).join(', ')}.`);
    }
    this.apiSchema = supergraph.apiSchema();
    this.publicSchema = this.apiSchema.toGraphQLJSSchema();
    this.supergraphSchema = supergraph.schema.toGraphQLJSSchema();
    this.planner = new QueryPlanner(supergraph);
    this.dataSources = Object.fromEntries(
      [...endpoints].map(([name, endpoint]) => [name, new SubgraphEndpointDataSource(name, endpoint, log)]),
    );
  }

  plan(operation: ValidOperation): QueryPlan {
    const key = `${operation.operationName ?? ''}\n${operation.documentKey}`;
    const known = this.plans.get(key);
    if (known) return known;
    const plan = this.planner.buildQueryPlan(
      operationFromDocument(
        this.apiSchema,
        operation.document,
        operation.operationName === undefined ? {} : { operationName: operation.operationName },
      ),
    );
    this.plans.set(key, plan);
    return plan;
  }

  /** Runs a query or mutation. Never rejects; errors are ready for the caller. */
  async execute(request: ExecutionRequest): Promise<ExecutionResult> {
    return resultOf(await this.answer(request));
  }

  /** The same, with the data already written as JSON. */
  async answer(request: ExecutionRequest): Promise<Answer> {
    try {
      const { operation } = this.operationContextOf(request);
      if (operation.operation === 'subscription') {
        return refusal(
          clientError('BAD_USER_INPUT', 'Subscriptions are served on the WebSocket (graphql-transport-ws), not here.'),
        );
      }
      const { errors } = getVariableValues(this.publicSchema, operation.variableDefinitions ?? [], request.variables);
      if (errors) return refusal(...errors.map(({ message }) => clientError('BAD_USER_INPUT', message)));
      return await this.runPlan(this.plan(request), request);
    } catch (error) {
      return refusal(
        ...(maskResult({ errors: [asGraphQLError(error)] }, request.caller.requestId, this.log).errors ?? []),
      );
    }
  }

  /** Runs a plan made for this request; `extraSources` stand beside the subgraphs under names no subgraph has. */
  async runPlan(plan: QueryPlan, request: ExecutionRequest, extraSources: ServiceMap = {}): Promise<Answer> {
    return answerOf(await this.run(plan, request, extraSources));
  }

  private async run(plan: QueryPlan, request: ExecutionRequest, extraSources: ServiceMap): Promise<ExecutionResult> {
    const { requestId } = request.caller;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(deadlineError(requestId, request.deadlineMs)), request.deadlineMs);
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
        this.operationContextOf(request),
        this.supergraphSchema,
        this.apiSchema,
      );
      return maskResult(withCompletionErrors(result, requestId), requestId, this.log);
    } finally {
      clearTimeout(timer);
    }
  }

  private operationContextOf(operation: ValidOperation): ReturnType<typeof buildOperationContext> {
    return buildOperationContext({
      schema: this.publicSchema,
      operationDocument: operation.document,
      ...(operation.operationName === undefined ? {} : { operationName: operation.operationName }),
    });
  }
}

/**
 * The stock executor reports a null it had to carry upwards (a non-null field its subgraph could not fill) in an
 * extension instead of `errors`. GraphQL wants an error where a null is not allowed, and clients look there.
 */
function withCompletionErrors(result: ExecutionResult, requestId: string): ExecutionResult {
  const faults = result.extensions?.['valueCompletion'];
  if (!Array.isArray(faults)) return result;
  const { extensions: _, ...rest } = result;
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

function refusal(...errors: readonly GraphQLError[]): Answer {
  return { data: undefined, errors };
}

function deadlineError(requestId: string, deadlineMs: number): GraphQLError {
  return clientError('INTERNAL', `The request took longer than ${deadlineMs / 1_000} s and was stopped.`, {
    requestId,
  });
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('Execution failed.', {
    originalError: error instanceof Error ? error : new Error(String(error)),
  });
}
