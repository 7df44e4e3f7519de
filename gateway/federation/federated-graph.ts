import { type Operation, operationFromDocument, type Schema, Supergraph } from '@apollo/federation-internals';
import { buildOperationContext } from '@apollo/gateway';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';
import type { Log } from '../../platform/logging/log';
import { compileCoercion, type VariableCoercion } from '../../platform/subgraph/compiled-coercion';
import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { type Answer, answerOf, resultOf } from '../answer';
import { BoundedCache } from '../bounded-cache';
import type { Caller } from '../caller';
import { clientError, maskError, maskResult } from '../client-errors';
import { CompiledOperation } from '../engine/compiled-operation';
import type { SourceByName } from '../engine/executable-plan';
import { PlanRun } from '../engine/plan-run';
import { ExtraSource, type PlanSource, SubgraphSource } from '../engine/plan-source';
import { TypeConditions } from '../engine/type-conditions';
import { asGraphQLError, type ServiceMap, StockExecutor } from './stock-executor';

/** A plan of the largest allowed document takes some 50 kB. */
const CACHED_PLANS = 500;
/** Compiling a plan costs a few of its executions by Apollo's executor. */
const COMPILE_AFTER = 2;

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
  /** How often a plan runs on Apollo's executor before it is compiled for ours. */
  readonly compileAfter?: number;
}

/** Counted since the start. */
export interface FederatedGraphStats {
  /** Runs by our executor. */
  readonly compiled: number;
  /** Runs by Apollo's executor of plans not met often enough. */
  readonly interpreted: number;
  /** Runs by Apollo's executor of plans ours does not cover. */
  readonly fallbacks: number;
  readonly compiles: number;
  readonly cachedPlans: number;
}

/** What is known of one document's operation; everything that needs no variables is done once. */
interface Prepared {
  readonly operation: Operation;
  readonly kind: OperationTypeNode;
  readonly context: ReturnType<typeof buildOperationContext>;
  readonly coerce: VariableCoercion;
  plan?: QueryPlan;
}

/** One plan and what our executor made of it: nothing yet, or null when it is not covered. */
interface PlanState {
  hits: number;
  compiled?: CompiledOperation | null;
}

/** The supergraph: its public schema, its query planner, and the execution of plans. */
export class FederatedGraph {
  readonly publicSchema: GraphQLSchema;
  private readonly apiSchema: Schema;
  private readonly planner: QueryPlanner;
  private readonly prepared = new BoundedCache<string, Prepared>(CACHED_PLANS);
  private readonly byDocument = new WeakMap<DocumentNode, { readonly key: string; readonly prepared: Prepared }>();
  private readonly planStates = new WeakMap<QueryPlan, PlanState>();
  private readonly sources: ReadonlyMap<string, PlanSource>;
  private readonly sourceOf: SourceByName;
  private readonly conditions: TypeConditions;
  private readonly stock: StockExecutor;
  private readonly compileAfter: number;
  private readonly counts = { compiled: 0, interpreted: 0, fallbacks: 0, compiles: 0 };

  constructor(
    readonly supergraphSdl: string,
    readonly endpoints: ReadonlyMap<string, SubgraphEndpoint>,
    private readonly log: Log,
    options: FederatedGraphOptions = {},
  ) {
    const supergraph = Supergraph.build(supergraphSdl);
    const missing = supergraph.subgraphsMetadata().filter(({ name }) => !endpoints.has(name));
    if (missing.length > 0) {
      throw new Error(`The supergraph names subgraphs without an endpoint: ${missing.map((m) => m.name).join(', ')}.`);
    }
    const supergraphSchema = supergraph.schema.toGraphQLJSSchema();
    this.apiSchema = supergraph.apiSchema();
    this.publicSchema = this.apiSchema.toGraphQLJSSchema();
    this.planner = new QueryPlanner(supergraph);
    this.conditions = new TypeConditions(supergraphSchema);
    this.sources = new Map([...endpoints].map(([name, endpoint]) => [name, new SubgraphSource(name, endpoint)]));
    this.sourceOf = (name) => found(this.sources.get(name), name);
    this.stock = new StockExecutor(endpoints, supergraphSchema, this.apiSchema, log);
    this.compileAfter = options.compileAfter ?? COMPILE_AFTER;
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
    return this.answered(request, (prepared) => this.runStock(this.planOf(prepared), prepared, request, {}));
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
      if (compiled === undefined) this.counts.interpreted += 1;
      else this.counts.fallbacks += 1;
      return this.runStock(plan, prepared, request, extraSources);
    }
    this.counts.compiled += 1;
    const run = new PlanRun(variables, caller, this.log, request.deadlineMs, () => deadlineError(request));
    try {
      const { data, errors } = await compiled.run(run, writer, this.sourcesWith(extraSources));
      if (errors.length === 0) return { data, errors };
      return { data, errors: errors.map((error) => maskError(error, caller.requestId, this.log)) };
    } finally {
      run.end();
    }
  }

  private async runStock(
    plan: QueryPlan,
    prepared: Prepared,
    request: ExecutionRequest,
    extraSources: ServiceMap,
  ): Promise<Answer> {
    const result = await this.stock.run(plan, request, prepared.context, () => deadlineError(request), extraSources);
    return answerOf(maskResult(result, request.caller.requestId, this.log));
  }

  /** Undefined while the plan is too new to be worth compiling. */
  private compiledOf(plan: QueryPlan, { operation }: Prepared): CompiledOperation | null | undefined {
    let state = this.planStates.get(plan);
    if (!state) {
      state = { hits: 0 };
      this.planStates.set(plan, state);
    }
    if (state.compiled !== undefined) return state.compiled;
    state.hits += 1;
    if (state.hits <= this.compileAfter) return undefined;
    state.compiled = CompiledOperation.compile(operation, plan, this.conditions);
    if (state.compiled) this.counts.compiles += 1;
    return state.compiled;
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
    const named = operationName === undefined ? {} : { operationName };
    const context = buildOperationContext({ schema: this.publicSchema, operationDocument: document, ...named });
    return {
      operation: operationFromDocument(this.apiSchema, document, named),
      kind: context.operation.operation,
      context,
      coerce: compileCoercion(this.publicSchema, context.operation.variableDefinitions ?? [], Number.POSITIVE_INFINITY),
    };
  }
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
