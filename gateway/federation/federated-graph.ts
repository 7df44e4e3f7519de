import { Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { Log } from '../../platform/logging/log';
import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { type Answer, answerOf, resultOf } from '../answer';
import type { Caller } from '../caller';
import { clientError, maskError } from '../client-errors';
import type { CompiledOperation } from '../engine/compiled-operation';
import type { SourceByName } from '../engine/executable-plan';
import { PlanRun, type Variables } from '../engine/plan-run';
import { ExtraSource, type PlanSource, SubgraphSource } from '../engine/plan-source';
import { fieldNamesOf } from '../engine/planning-document';
import { type PlanningGraph, PreparedOperation } from '../engine/prepared-operation';
import { TypeConditions } from '../engine/type-conditions';
import { WeightedCache } from '../weighted-cache';
import { withoutIdleKeys } from './idle-keys';
import { asGraphQLError, type ServiceMap, StockExecutor } from './stock-executor';

const CACHED_PLANS = 500;
const MB = 1024 * 1024;
/** The largest documents take half a megabyte each, and anybody can send them. */
const MOST_BYTES = { prepared: 12 * MB, compiled: 40 * MB, derived: 6 * MB } as const;
/** A decision that is left to Apollo's executor: its key and no more. */
const BYTES_OF_NOTHING = 200;
/** Decisions double with each variable that a @skip or @include reads. */
const MAX_DECISIONS = 16;

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
  /** Asked before the operation is planned for a decision it was not planned for yet; an error is then the answer. */
  beforePlanning?(): GraphQLError | null;
}

export interface FederatedGraphOptions {
  /** Errors of subgraphs reach the caller as they are, with the subgraph's name; otherwise they are masked. */
  readonly trustSubgraphErrors?: boolean;
  /** Estimated bytes kept of documents, of their plans, and of plans that follow events; 58 MB together when absent. */
  readonly mostBytes?: Readonly<Record<'prepared' | 'compiled' | 'derived', number>>;
}

/** Counted since the start. */
export interface FederatedGraphStats {
  /** Runs by our executor. */
  readonly compiled: number;
  /** Runs by Apollo's executor of plans ours does not cover. */
  readonly fallbacks: number;
  readonly compiles: number;
  readonly cachedPlans: number;
  /** Estimated, of everything kept of documents and plans; bounded whatever is sent. */
  readonly cachedBytes: number;
}

interface Remembered {
  readonly key: string;
  readonly number: number;
  readonly operation: PreparedOperation;
}

interface MaybeCompiled {
  readonly operation: CompiledOperation | null;
}

/** The supergraph: its public schema, its query planner, and the execution of plans. */
export class FederatedGraph {
  readonly publicSchema: GraphQLSchema;
  private readonly graph: PlanningGraph;
  private readonly prepared: WeightedCache<Remembered>;
  /** By the number of the operation and its decisions. */
  private readonly compiled: WeightedCache<MaybeCompiled>;
  /** Plans made from ours: what follows an event. */
  private readonly derivedPlans = new WeakMap<
    QueryPlan,
    { readonly number: number; readonly decisions: Set<string> }
  >();
  /** By the number of such a plan and its decisions. */
  private readonly derived: WeightedCache<MaybeCompiled>;
  private readonly sources: ReadonlyMap<string, PlanSource>;
  private readonly sourceOf: SourceByName;
  private readonly stock: StockExecutor;
  private readonly counts = { compiled: 0, fallbacks: 0, compiles: 0 };
  private numbers = 0;

  constructor(
    readonly supergraphSdl: string,
    readonly endpoints: ReadonlyMap<string, SubgraphEndpoint>,
    private readonly log: Log,
    private readonly options: FederatedGraphOptions = {},
  ) {
    const { prepared, compiled, derived } = options.mostBytes ?? MOST_BYTES;
    this.prepared = new WeightedCache(CACHED_PLANS, prepared);
    this.compiled = new WeightedCache(CACHED_PLANS, compiled);
    this.derived = new WeightedCache(CACHED_PLANS, derived);
    const supergraph = Supergraph.build(withoutIdleKeys(parse(supergraphSdl)));
    const missing = supergraph.subgraphsMetadata().filter(({ name }) => !endpoints.has(name));
    if (missing.length > 0) {
      throw new Error(`The supergraph names subgraphs without an endpoint: ${missing.map((m) => m.name).join(', ')}.`);
    }
    const supergraphSchema = supergraph.schema.toGraphQLJSSchema();
    const apiSchema = supergraph.apiSchema();
    this.publicSchema = apiSchema.toGraphQLJSSchema();
    this.graph = {
      publicSchema: this.publicSchema,
      apiSchema,
      planner: new QueryPlanner(supergraph),
      conditions: new TypeConditions(supergraphSchema),
      fieldNames: fieldNamesOf(supergraphSchema),
    };
    this.sources = new Map([...endpoints].map(([name, endpoint]) => [name, new SubgraphSource(name, endpoint)]));
    this.sourceOf = (name) => found(this.sources.get(name), name);
    this.stock = new StockExecutor(endpoints, supergraphSchema, apiSchema, log);
  }

  /** The plan for the operation as it is written; ours runs one with private names and decided conditions. */
  plan(operation: ValidOperation): QueryPlan {
    return this.planOf(this.prepare(operation));
  }

  /** Runs a query or mutation. Never rejects; errors are ready for the caller. */
  async execute(request: ExecutionRequest): Promise<ExecutionResult> {
    return resultOf(await this.answer(request));
  }

  /** The same, with the data already written as JSON. */
  answer(request: ExecutionRequest): Promise<Answer> {
    return this.answered(request, (remembered) => {
      const compiled = this.compiledOf(remembered, request);
      if (compiled instanceof GraphQLError) return Promise.resolve(refusal(compiled));
      if (compiled) return this.runCompiled(compiled, request, this.sourceOf);
      this.counts.fallbacks += 1;
      return this.runStock(this.planOf(remembered), remembered, request);
    });
  }

  /** The same by Apollo's executor: the reference for ours. */
  stockAnswer(request: ExecutionRequest): Promise<Answer> {
    return this.answered(request, (remembered) => this.runStock(this.planOf(remembered), remembered, request));
  }

  /**
   * Runs a plan made from that of this request's operation; `extraSources` stand beside the subgraphs under names no
   * subgraph has.
   */
  async runPlan(plan: QueryPlan, request: ExecutionRequest, extraSources: ServiceMap = {}): Promise<Answer> {
    const remembered = this.prepare(request);
    const compiled = this.derivedOf(plan, remembered, request.variables);
    if (compiled) return this.runCompiled(compiled, request, this.sourcesWith(extraSources));
    this.counts.fallbacks += 1;
    return this.runStock(plan, remembered, request, extraSources);
  }

  stats(): FederatedGraphStats {
    const cachedBytes = this.prepared.weight + this.compiled.weight + this.derived.weight;
    return { ...this.counts, cachedPlans: this.compiled.size, cachedBytes };
  }

  private async answered(request: ExecutionRequest, run: (remembered: Remembered) => Promise<Answer>): Promise<Answer> {
    try {
      const remembered = this.prepare(request);
      const { operation } = remembered;
      if (operation.isSubscription) {
        return refusal(
          clientError('BAD_USER_INPUT', 'Subscriptions are served on the WebSocket (graphql-transport-ws), not here.'),
        );
      }
      const { errors } = operation.coerce(request.variables);
      if (errors) return refusal(...errors.map(({ message }) => clientError('BAD_USER_INPUT', message)));
      return await run(remembered);
    } catch (error) {
      return refusal(maskError(asGraphQLError(error), request.caller.requestId, this.log));
    }
  }

  private async runCompiled(
    compiled: CompiledOperation,
    request: ExecutionRequest,
    sources: SourceByName,
  ): Promise<Answer> {
    const { caller, variables, deadlineMs } = request;
    this.counts.compiled += 1;
    const run = new PlanRun(variables, caller, this.log, deadlineMs, () => deadlineError(request));
    try {
      const { data, errors } = await compiled.run(run, sources);
      if (errors.length === 0) return { data, errors };
      return { data, errors: errors.map((error) => this.shown(error, caller.requestId)) };
    } finally {
      run.end();
    }
  }

  private async runStock(
    plan: QueryPlan,
    { operation: { context } }: Remembered,
    request: ExecutionRequest,
    extraSources: ServiceMap = {},
  ): Promise<Answer> {
    const result = await this.stock.run(plan, request, context, () => deadlineError(request), extraSources);
    const { data, errors } = answerOf(result);
    return { data, errors: errors.map((error) => this.shown(error, request.caller.requestId)) };
  }

  private shown(error: GraphQLError, requestId: string): GraphQLError {
    return this.options.trustSubgraphErrors ? error : maskError(error, requestId, this.log);
  }

  private planOf(remembered: Remembered): QueryPlan {
    const { operation, key } = remembered;
    if (operation.isPlanned) return operation.plan;
    const { plan } = operation;
    // It weighs more with its plan.
    this.prepared.set(key, remembered, operation.bytes);
    return plan;
  }

  private compiledOf(
    { number, operation }: Remembered,
    { variables, beforePlanning }: ExecutionRequest,
  ): CompiledOperation | GraphQLError | null {
    const decision = operation.decisionOf(variables);
    if (decision === null) return null;
    const key = `${number}:${decision}`;
    const known = this.compiled.get(key);
    if (known) return known.operation;
    const refused = beforePlanning?.();
    if (refused) return refused;
    const made = operation.compile(decision);
    if (made) this.counts.compiles += 1;
    this.compiled.set(key, { operation: made }, made?.bytes ?? BYTES_OF_NOTHING);
    return made;
  }

  private derivedOf(plan: QueryPlan, { operation }: Remembered, variables: Variables): CompiledOperation | null {
    const decision = operation.decisionOf(variables);
    if (decision === null) return null;
    const derived = this.derivedPlans.get(plan) ?? { number: ++this.numbers, decisions: new Set<string>() };
    this.derivedPlans.set(plan, derived);
    const { number, decisions } = derived;
    const key = `${number}:${decision}`;
    const known = this.derived.get(key);
    if (known) return known.operation;
    if (!decisions.has(decision) && decisions.size >= MAX_DECISIONS) return null;
    const made = operation.compilePlan(plan, decision);
    if (made) this.counts.compiles += 1;
    decisions.add(decision);
    this.derived.set(key, { operation: made }, made?.bytes ?? BYTES_OF_NOTHING);
    return made;
  }

  private sourcesWith(extraSources: ServiceMap): SourceByName {
    const extras = Object.entries(extraSources);
    if (extras.length === 0) return this.sourceOf;
    const sources = new Map<string, PlanSource>(extras.map(([name, source]) => [name, new ExtraSource(source)]));
    return (name) => sources.get(name) ?? this.sourceOf(name);
  }

  private prepare({ document, operationName, documentKey }: ValidOperation): Remembered {
    const key = `${operationName ?? ''}\n${documentKey}`;
    const known = this.prepared.get(key);
    if (known) return known;
    const operation = new PreparedOperation(this.graph, document, operationName);
    const remembered = { key, number: ++this.numbers, operation };
    this.prepared.set(key, remembered, operation.bytes);
    return remembered;
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
