import {
  type ASTNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  locatedError,
  type ResponsePath,
  responsePathAsArray,
} from 'graphql';
import type { Execution } from './compiled-query';

/** What a resolver gave to what the response holds; a promise where something inside is one. Throws field errors. */
export type Completion = (execution: Execution, field: FieldPlan, path: ResponsePath, value: unknown) => unknown;

/** Everything about one field of one parent type that does not change from item to item. */
export interface FieldPlan {
  /** The response key. */
  readonly key: string;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  readonly nonNull: boolean;
  readonly resolve: GraphQLFieldResolver<unknown, unknown> | undefined;
  readonly argumentsOf: (execution: Execution) => Record<string, unknown>;
  readonly complete: Completion;
}

/** Executes the selection on one object. Throws, or rejects, where a non-null field has no value. */
export type ObjectPlan = (execution: Execution, source: unknown, path: ResponsePath | undefined) => unknown;

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

export function infoOf(execution: Execution, field: FieldPlan, path: ResponsePath): GraphQLResolveInfo {
  const { query } = execution;
  return {
    fieldName: field.definition.name,
    fieldNodes: field.nodes as FieldNode[],
    returnType: field.definition.type,
    parentType: field.parentType,
    path,
    schema: query.schema,
    fragments: query.fragments,
    rootValue: execution.rootValue,
    operation: query.operation,
    variableValues: execution.variables,
  };
}

/** Records the error and gives null where null is allowed; throws the located error where it is not. */
export function failAt(
  execution: Execution,
  nodes: readonly ASTNode[],
  nonNull: boolean,
  path: ResponsePath,
  reason: unknown,
): null {
  const error = locatedError(reason, nodes as ASTNode[], responsePathAsArray(path));
  if (nonNull) throw error;
  execution.add(error, path);
  return null;
}
