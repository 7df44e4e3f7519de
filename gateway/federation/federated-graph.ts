import { type Operation, operationFromDocument, type Schema, Supergraph } from '@apollo/federation-internals';
import { buildOperationContext } from '@apollo/gateway';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
} from 'graphql';
import type { Log } from '../../platform/logging/log';
import { compileCoercion, type VariableCoercion } from '../../platform/subgraph/compiled-coercion';
import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { type Answer, answerOf, resultOf } from '../answer';
import { BoundedCache } from '../bounded-cache';
import type { Caller } from '../caller';
import { clientError, maskError } from '../client-errors';
import { ClientOperation } from '../engine/client-operation';
import { CompiledOperation } from '../engine/compiled-operation';
import type { SourceByName } from '../engine/executable-plan';
import { PlanRun } from '../engine/plan-run';
import { ExtraSource, type PlanSource, SubgraphSource } from '../engine/plan-source';
import { type FieldNames, fieldNamesOf, givePrivateNames, type PrivateNames } from '../engine/private-names';
import { TypeConditions } from '../engine/type-conditions';
import { withoutIdleKeys } from './idle-keys';
import { asGraphQLError, type ServiceMap, StockExecutor } from './stock-executor';

/** A plan of the largest allowed document takes some 50 kB. */
const CACHED_PLANS = 500;

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

export interface FederatedGraphOptions {
  /** Errors of subgraphs reach the caller as they are, with the subgraph's name; otherwise they are masked. */
  readonly trustSubgraphErrors?: boolean;
}

/** Counted since the start. */
export interface FederatedGraphStats {
  /** Runs by our executor. */
  readonly compiled: number;
  /** Runs by Apollo's executor of plans ours does not cover. */
  readonly fallbacks: number;
  readonly compiles: number;
  readonly cachedPlans: number;
}

/** What is known of one document's operation; everything that needs no variables is done once. */
interface Prepared {
  readonly client: ClientOperation;
  /** What the planner gets: the client's operation, under private names where its own could be misunderstood. */
  readonly operation: Operation;
  readonly names: PrivateNames | null;
  readonly kind: OperationTypeNode;
  readonly context: ReturnType<typeof buildOperationContext>;
  readonly coerce: VariableCoercion;
  plan?: QueryPlan;
  /** For the operation under the client's own names, where that is another plan. */
  stockPlan?: QueryPlan;
}

/** The supergraph: its public schema, its query planner, and the execution of plans. */
export class FederatedGraph {
  readonly publicSchema: GraphQLSchema;
  private readonly apiSchema: Schema;
  private readonly planner: QueryPlanner;
  private readonly prepared = new BoundedCache<string, Prepared>(CACHED_PLANS);
  private readonly byDocument = new WeakMap<DocumentNode, { readonly key: string; readonly prepared: Prepared }>();
  /** Null for a plan our executor does not cover. */
  private readonly compiled = new WeakMap<QueryPlan, CompiledOperation | null>();
  private readonly sources: ReadonlyMap<string, PlanSource>;
  private readonly sourceOf: SourceByName;
  private readonly conditions: TypeConditions;
  private readonly fieldNames: FieldNames;
  private readonly stock: StockExecutor;
  private readonly counts = { compiled: 0, fallbacks: 0, compiles: 0 };

  constructor(
    readonly supergraphSdl: string,
    readonly endpoints: ReadonlyMap<string, SubgraphEndpoint>,
    private readonly log: Log,
    private readonly options: FederatedGraphOptions = {},
  ) {
    const supergraph = Supergraph.build(withoutIdleKeys(parse(supergraphSdl)));
    const missing = supergraph.subgraphsMetadata().filter(({ name }) => !endpoints.has(name));
    if (missing.length > 0) {
      throw new Error(`The supergraph names subgraphs without an endpoint: ${missing.map((m) => m.name).join(', ')}.`);
    }
    const supergraphSchema = supergraph.schema.toGraphQLJSSchema();
    this.apiSchema = supergraph.apiSchema();
    this.publicSchema = this.apiSchema.toGraphQLJSSchema();
    this.planner = new QueryPlanner(supergraph);
    this.conditions = new TypeConditions(supergraphSchema);
    this.fieldNames = fieldNamesOf(supergraphSchema);
    this.sources = new Map([...endpoints].map(([name, endpoint]) => [name, new SubgraphSource(name, endpoint)]));
    this.sourceOf = (name) => found(this.sources.get(name), name);
    this.stock = new StockExecutor(endpoints, supergraphSchema, this.apiSchema, log);
  }

  plan(operation: ValidOperation): QueryPlan {
    return this.planOf(this.prepare(operation));
  }

  /** Runs a query or mutation. Never rejects; errors are ready for the caller. */
  async execute(request: ExecutionRequest): Promise<ExecutionResult> {
    return resultOf(await this.answer(request));
  }

  /** The same, with the data already written as JSON. */
  answer(request: ExecutionRequest): Promise<Answer> {
    return this.answered(request, (prepared) => this.runPrepared(this.planOf(prepared), prepared, request, {}));
  }

  /** The same by Apollo's executor: the reference for ours. */
  stockAnswer(request: ExecutionRequest): Promise<Answer> {
    return this.answered(request, (prepared) => this.runStock(this.stockPlanOf(prepared, request), prepared, request));
  }

  /** Runs a plan made for this request; `extraSources` stand beside the subgraphs under names no subgraph has. */
  async runPlan(plan: QueryPlan, request: ExecutionRequest, extraSources: ServiceMap = {}): Promise<Answer> {
    return this.runPrepared(plan, this.prepare(request), request, extraSources);
  }

  stats(): FederatedGraphStats {
    return { ...this.counts, cachedPlans: this.prepared.size };
  }

  private async answered(request: ExecutionRequest, run: (prepared: Prepared) => Promise<Answer>): Promise<Answer> {
    try {
      const prepared = this.prepare(request);
      if (prepared.kind === OperationTypeNode.SUBSCRIPTION) {
        return refusal(
          clientError('BAD_USER_INPUT', 'Subscriptions are served on the WebSocket (graphql-transport-ws), not here.'),
        );
      }
      const { errors } = prepared.coerce(request.variables);
      if (errors) return refusal(...errors.map(({ message }) => clientError('BAD_USER_INPUT', message)));
      return await run(prepared);
    } catch (error) {
      return refusal(maskError(asGraphQLError(error), request.caller.requestId, this.log));
    }
  }

  private async runPrepared(
    plan: QueryPlan,
    prepared: Prepared,
    request: ExecutionRequest,
    extraSources: ServiceMap,
  ): Promise<Answer> {
    const { caller, variables } = request;
    const compiled = this.compiledOf(plan, prepared);
    const writer = compiled?.writerFor(variables);
    if (!compiled || !writer) {
      this.counts.fallbacks += 1;
      const stockPlan = plan === prepared.plan ? this.stockPlanOf(prepared, request) : plan;
      return this.runStock(stockPlan, prepared, request, extraSources);
    }
    this.counts.compiled += 1;
    const run = new PlanRun(variables, caller, this.log, request.deadlineMs, () => deadlineError(request));
    try {
      const { data, errors } = await compiled.run(run, writer, this.sourcesWith(extraSources));
      if (errors.length === 0) return { data, errors };
      return { data, errors: errors.map((error) => this.shown(error, caller.requestId)) };
    } finally {
      run.end();
    }
  }

  private async runStock(
    plan: QueryPlan,
    prepared: Prepared,
    request: ExecutionRequest,
    extraSources: ServiceMap = {},
  ): Promise<Answer> {
    const result = await this.stock.run(plan, request, prepared.context, () => deadlineError(request), extraSources);
    const { data, errors } = answerOf(result);
    return { data, errors: errors.map((error) => this.shown(error, request.caller.requestId)) };
  }

  private shown(error: GraphQLError, requestId: string): GraphQLError {
    return this.options.trustSubgraphErrors ? error : maskError(error, requestId, this.log);
  }

  private compiledOf(plan: QueryPlan, { client, operation, names }: Prepared): CompiledOperation | null {
    const known = this.compiled.get(plan);
    if (known !== undefined) return known;
    const context = { conditions: this.conditions, publicKeys: names?.publicKeys };
    const made = CompiledOperation.compile(client, operation, plan, context);
    if (made) this.counts.compiles += 1;
    this.compiled.set(plan, made);
    return made;
  }

  private sourcesWith(extraSources: ServiceMap): SourceByName {
    const extras = Object.entries(extraSources);
    if (extras.length === 0) return this.sourceOf;
    const sources = new Map<string, PlanSource>(extras.map(([name, source]) => [name, new ExtraSource(source)]));
    return (name) => sources.get(name) ?? this.sourceOf(name);
  }

  private planOf(prepared: Prepared): QueryPlan {
    prepared.plan ??= this.planner.buildQueryPlan(prepared.operation);
    return prepared.plan;
  }

  private stockPlanOf(prepared: Prepared, { document, operationName }: ValidOperation): QueryPlan {
    if (!prepared.names) return this.planOf(prepared);
    prepared.stockPlan ??= this.planner.buildQueryPlan(
      operationFromDocument(this.apiSchema, document, named(operationName)),
    );
    return prepared.stockPlan;
  }

  private prepare(operation: ValidOperation): Prepared {
    const key = `${operation.operationName ?? ''}\n${operation.documentKey}`;
    const last = this.byDocument.get(operation.document);
    if (last?.key === key) return last.prepared;
    const known = this.prepared.get(key) ?? this.prepareNew(operation);
    this.prepared.set(key, known);
    this.byDocument.set(operation.document, { key, prepared: known });
    return known;
  }

  private prepareNew({ document, operationName }: ValidOperation): Prepared {
    const context = buildOperationContext({
      schema: this.publicSchema,
      operationDocument: document,
      ...named(operationName),
    });
    const isLive = context.operation.operation === OperationTypeNode.SUBSCRIPTION;
    // The events of a subscription are read by others too, under the client's names.
    const names = isLive ? null : givePrivateNames(document, this.fieldNames);
    return {
      client: new ClientOperation(this.publicSchema, context.operation, document, names?.sourceKeys ?? new Map()),
      operation: operationFromDocument(this.apiSchema, names?.document ?? document, named(operationName)),
      names,
      kind: context.operation.operation,
      context,
      coerce: compileCoercion(this.publicSchema, context.operation.variableDefinitions ?? [], Number.POSITIVE_INFINITY),
    };
  }
}

function named(operationName: string | undefined): { readonly operationName?: string } {
  return operationName === undefined ? {} : { operationName };
}

function found(source: PlanSource | undefined, name: string): PlanSource {
  if (!source) throw new Error(`Couldn't find service with name "${name}"`);
  return source;
}

function refusal(...errors: readonly GraphQLError[]): Answer {
  return { data: undefined, errors };
}

function deadlineError({ caller: { requestId }, deadlineMs }: ExecutionRequest): GraphQLError {
  return clientError('INTERNAL', `The request took longer than ${deadlineMs / 1_000} s and was stopped.`, {
    requestId,
  });
}
