import { type Operation, operationFromDocument, type Schema } from '@apollo/federation-internals';
import { buildOperationContext } from '@apollo/gateway';
import type { QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { type DocumentNode, type FieldNode, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { compileCoercion, type VariableCoercion } from '../../platform/subgraph/compiled-coercion';
import { ClientOperation, type Reading } from './client-operation';
import { CompiledOperation } from './compiled-operation';
import { bytesOfPrepared } from './memory';
import type { Variables } from './plan-run';
import { type FieldNames, planningDocumentOf } from './planning-document';
import type { TypeConditions } from './type-conditions';

/** What all operations of one graph share. */
export interface PlanningGraph {
  readonly publicSchema: GraphQLSchema;
  readonly apiSchema: Schema;
  readonly planner: QueryPlanner;
  readonly conditions: TypeConditions;
  readonly fieldNames: FieldNames;
}

const NO_NAMES: ReadonlyMap<FieldNode, string> = new Map();

/** What is known of one operation of one document; everything that needs no variables is done once. */
export class PreparedOperation {
  readonly client: ClientOperation;
  readonly context: ReturnType<typeof buildOperationContext>;
  readonly coerce: VariableCoercion;
  private readonly defaults: Variables;
  private readonly original: Operation;
  private originalPlan: QueryPlan | undefined;

  /** Throws for a document without such an operation. */
  constructor(
    private readonly graph: PlanningGraph,
    private readonly document: DocumentNode,
    private readonly operationName: string | undefined,
  ) {
    const named = operationName === undefined ? {} : { operationName };
    this.context = buildOperationContext({ schema: graph.publicSchema, operationDocument: document, ...named });
    const { operation } = this.context;
    this.client = new ClientOperation(graph.publicSchema, operation, document);
    this.original = operationFromDocument(graph.apiSchema, document, named);
    this.defaults = this.original.collectDefaultedVariableValues() as Variables;
    this.coerce = compileCoercion(graph.publicSchema, operation.variableDefinitions ?? [], Number.POSITIVE_INFINITY);
  }

  get isSubscription(): boolean {
    return this.context.operation.operation === OperationTypeNode.SUBSCRIPTION;
  }

  /** The plan for the operation as the client wrote it. */
  get plan(): QueryPlan {
    this.originalPlan ??= this.graph.planner.buildQueryPlan(this.original);
    return this.originalPlan;
  }

  get isPlanned(): boolean {
    return this.originalPlan !== undefined;
  }

  /** Estimated; more once `plan` was asked for. */
  get bytes(): number {
    return bytesOfPrepared(this.document, this.originalPlan);
  }

  /** Equal for variables that decide every @skip and @include alike; null where one is not a boolean. */
  decisionOf(variables: Variables): string | null {
    let decision = '';
    for (const name of this.client.conditions) {
      const value = Object.hasOwn(variables, name) ? variables[name] : this.defaults[name];
      if (typeof value !== 'boolean') return null;
      decision += value ? '1' : '0';
    }
    return decision;
  }

  /** Planned and compiled for one decision; null for what is left to Apollo's executor. */
  compile(decision: string): CompiledOperation | null {
    const { apiSchema, planner, fieldNames, conditions: typeConditions } = this.graph;
    const conditions = this.conditionsOf(decision);
    const { document, sourceKeys, publicKeys } = planningDocumentOf(this.document, fieldNames, conditions);
    const named = this.operationName === undefined ? {} : { operationName: this.operationName };
    const isQuery = this.context.operation.operation === OperationTypeNode.QUERY;
    // A mutation must not be sent twice.
    const documents = isQuery ? fieldNames.requiredArguments.split(document) : [document];
    const parts = documents.map((part) => {
      const operation = operationFromDocument(apiSchema, part, named);
      return { operation, plan: planner.buildQueryPlan(operation) };
    });
    const context = { conditions: typeConditions, publicKeys };
    return CompiledOperation.compile(this.client, { conditions, sourceKeys }, parts, context);
  }

  /** A plan made from this operation's own, under the client's names: what follows an event of a subscription. */
  compilePlan(plan: QueryPlan, decision: string): CompiledOperation | null {
    const reading: Reading = { conditions: this.conditionsOf(decision), sourceKeys: NO_NAMES };
    const context = { conditions: this.graph.conditions, publicKeys: undefined };
    return CompiledOperation.compile(this.client, reading, [{ operation: this.original, plan }], context);
  }

  private conditionsOf(decision: string): Map<string, boolean> {
    return new Map(this.client.conditions.map((name, at) => [name, decision[at] === '1']));
  }
}
