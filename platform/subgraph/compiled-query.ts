import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type ResponsePath,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields';
import { compileCoercion, type VariableCoercion } from './compiled-coercion';
import type { FieldPlan, ObjectPlan } from './compiled-field';
import { planObject } from './compiled-selection';

/** More than this many @skip and @include variables would make too many variants of one query. */
const MAX_CONDITIONS = 8;
const MAX_VARIANTS = 16;

/** What one execution carries from field to field. */
export class Execution {
  readonly errors: GraphQLError[] = [];
  /** Coerced arguments of fields whose arguments depend on variables, by the field's number. */
  readonly args: Record<string, unknown>[] = [];
  private readonly nulled = new Set<ResponsePath | undefined>();

  constructor(
    readonly query: QueryVariant,
    readonly rootValue: unknown,
    readonly contextValue: unknown,
    readonly variables: Record<string, unknown>,
  ) {}

  /** An error below a position that is null already is nobody's business any more (as graphql-js has it). */
  add(error: GraphQLError, path: ResponsePath | undefined): void {
    if (this.nulled.size > 0) {
      for (let at = path; at !== undefined; at = at.prev) if (this.nulled.has(at)) return;
      if (this.nulled.has(undefined)) return;
    }
    this.nulled.add(path);
    this.errors.push(error);
  }
}

/** A query with its @skip and @include decided. */
export interface QueryVariant {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  /** Values of the variables that @skip and @include read; all a selection depends on. */
  readonly conditions: Record<string, unknown>;
  readonly fields: FieldPlan[];
  readonly planObject: typeof planObject;
}

export interface CompiledQuery {
  /** Null when this execution is better left to graphql-js. */
  execute(
    rootValue: unknown,
    contextValue: unknown,
    variables: Readonly<Record<string, unknown>>,
  ): ExecutionResult | Promise<ExecutionResult> | null;
}

/**
 * One query of one schema, prepared: fields collected, arguments coerced and types looked up once instead of at each
 * execution. Results are those of graphql-js `execute`, errors and their paths included. The document must be valid.
 * Null for what stays with graphql-js: mutations (serial), subscriptions, and what `execute` would refuse.
 */
export function compileQuery(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): CompiledQuery | null {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operationName === undefined || definition.name?.value === operationName) operations.push(definition);
  }
  const [operation] = operations;
  const rootType = schema.getQueryType();
  if (!operation || operations.length > 1 || !rootType || operation.operation !== OperationTypeNode.QUERY) return null;

  const conditionNames = conditionVariables(document);
  if (conditionNames.length > MAX_CONDITIONS) return null;
  const coercion: VariableCoercion = compileCoercion(schema, operation.variableDefinitions ?? []);
  const variants = new Map<string, { readonly variant: QueryVariant; readonly root: ObjectPlan }>();

  const variantOf = (variables: Record<string, unknown>) => {
    let key = '';
    for (const name of conditionNames) {
      const value = variables[name];
      // What belongs to another operation of the document, or an error graphql-js words better.
      if (typeof value !== 'boolean') return null;
      key += value ? '1' : '0';
    }
    const known = variants.get(key);
    if (known) return known;
    if (variants.size >= MAX_VARIANTS) return null;
    const conditions = Object.fromEntries(conditionNames.map((name) => [name, variables[name]]));
    const variant: QueryVariant = { schema, operation, fragments, conditions, fields: [], planObject };
    const nodes = collectFields(schema, fragments, conditions, rootType, operation.selectionSet);
    const made = { variant, root: planObject(variant, rootType, nodes) };
    variants.set(key, made);
    return made;
  };

  return {
    execute(rootValue, contextValue, raw) {
      const { coerced, errors } = coercion(raw);
      if (errors) return { errors };
      const found = variantOf(coerced);
      if (!found) return null;
      const execution = new Execution(found.variant, rootValue, contextValue, coerced);
      try {
        const data = found.root(execution, rootValue, undefined);
        if (!isPromiseOf(data)) return resultOf(execution, data);
        return data.then(
          (value) => resultOf(execution, value),
          (error: unknown) => failed(execution, error),
        );
      } catch (error) {
        return failed(execution, error);
      }
    },
  };
}

function failed(execution: Execution, error: unknown): ExecutionResult {
  execution.add(error instanceof GraphQLError ? error : new GraphQLError(String(error)), undefined);
  return resultOf(execution, null);
}

function resultOf(execution: Execution, data: unknown): ExecutionResult {
  const shaped = data as Record<string, unknown> | null;
  return execution.errors.length === 0 ? { data: shaped } : { errors: execution.errors, data: shaped };
}

function isPromiseOf(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Variables that any @skip or @include of the document reads. */
function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  const visit = (node: {
    readonly directives?: readonly DirectiveLike[] | undefined;
    readonly selectionSet?: { readonly selections: readonly object[] } | undefined;
  }): void => {
    for (const { name, arguments: given = [] } of node.directives ?? []) {
      if (name.value !== 'skip' && name.value !== 'include') continue;
      for (const { value } of given) if (value.kind === Kind.VARIABLE && value.name) names.add(value.name.value);
    }
    for (const selection of node.selectionSet?.selections ?? []) visit(selection);
  };
  for (const definition of document.definitions) visit(definition as Parameters<typeof visit>[0]);
  return [...names].sort();
}

interface DirectiveLike {
  readonly name: { readonly value: string };
  readonly arguments?: readonly { readonly value: { readonly kind: string; readonly name?: { value: string } } }[];
}
