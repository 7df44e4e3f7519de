import {
  defaultTypeResolver,
  type FieldNode,
  type GraphQLAbstractType,
  GraphQLBoolean,
  GraphQLError,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type ResponsePath,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields';
import { inspect } from 'graphql/jsutils/inspect';
import { type Completion, type FieldPlan, failAt, infoOf, isPromise, type ObjectPlan } from './compiled-field';
import type { Execution, QueryVariant } from './compiled-query';

/** A JavaScript expression over `v` that is true only for values which are their own completion; null for no such. */
export function plainCheckOf(type: GraphQLOutputType): string | null {
  const named = isNonNullType(type) ? type.ofType : type;
  if (named === GraphQLString || named === GraphQLID) return `typeof v === 'string'`;
  if (named === GraphQLBoolean) return `typeof v === 'boolean'`;
  if (named === GraphQLInt) return `typeof v === 'number' && (v | 0) === v`;
  if (named === GraphQLFloat) return `typeof v === 'number' && isFinite(v)`;
  return null;
}

export function completionOf(query: QueryVariant, type: GraphQLOutputType, nodes: readonly FieldNode[]): Completion {
  if (isNonNullType(type)) {
    const inner = completionOf(query, type.ofType, nodes);
    return (execution, field, path, value) => {
      const completed = inner(execution, field, path, value);
      if (completed !== null) return completed;
      throw new Error(`Cannot return null for non-nullable field ${field.parentType.name}.${field.definition.name}.`);
    };
  }
  const complete = presentCompletionOf(query, type, nodes);
  return (execution, field, path, value) => {
    if (value === null || value === undefined) return null;
    if (value instanceof Error) throw value;
    return complete(execution, field, path, value);
  };
}

function presentCompletionOf(query: QueryVariant, type: GraphQLOutputType, nodes: readonly FieldNode[]): Completion {
  if (isListType(type)) return listCompletionOf(query, type.ofType, nodes);
  if (isLeafType(type)) return leafCompletionOf(type);
  if (isAbstractType(type)) return abstractCompletionOf(query, type, nodes);
  if (isObjectType(type)) return objectCompletionOf(query, type, nodes);
  throw new Error(`Cannot complete value of unexpected output type: ${inspect(type)}`);
}

function leafCompletionOf(type: GraphQLLeafType): Completion {
  return (_execution, _field, _path, value) => {
    const serialized: unknown = type.serialize(value);
    if (serialized !== null && serialized !== undefined) return serialized;
    throw new Error(
      `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(serialized)}`,
    );
  };
}

function listCompletionOf(query: QueryVariant, itemType: GraphQLOutputType, nodes: readonly FieldNode[]): Completion {
  const complete = completionOf(query, itemType, nodes);
  const nonNull = isNonNullType(itemType);
  const itemOf = (
    execution: Execution,
    field: FieldPlan,
    list: ResponsePath,
    item: unknown,
    index: number,
  ): unknown => {
    const path: ResponsePath = { prev: list, key: index, typename: undefined };
    try {
      const completed = isPromise(item)
        ? item.then((value) => complete(execution, field, path, value))
        : complete(execution, field, path, item);
      if (!isPromise(completed)) return completed;
      return completed.then(undefined, (error: unknown) => failAt(execution, nodes, nonNull, path, error));
    } catch (error) {
      return failAt(execution, nodes, nonNull, path, error);
    }
  };
  return (execution, field, path, value) => {
    if (typeof value !== 'object' || typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') {
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${field.parentType.name}.${field.definition.name}".`,
      );
    }
    const results: unknown[] = [];
    let promised = false;
    let index = 0;
    try {
      for (const item of value as Iterable<unknown>) {
        const completed = itemOf(execution, field, path, item, index++);
        if (isPromise(completed)) promised = true;
        results.push(completed);
      }
    } catch (error) {
      // The list fails as a whole; items still under way must not reject unheard.
      const rest = Array.isArray(value) ? value.slice(index) : [];
      for (const result of [...results, ...rest]) if (isPromise(result)) result.then(undefined, () => undefined);
      throw error;
    }
    return promised ? Promise.all(results) : results;
  };
}

function objectCompletionOf(query: QueryVariant, type: GraphQLObjectType, nodes: readonly FieldNode[]): Completion {
  let plan: ObjectPlan | undefined;
  const planned = (): ObjectPlan => {
    plan ??= query.planObject(
      query,
      type,
      collectSubfields(query.schema, query.fragments, query.conditions, type, nodes),
    );
    return plan;
  };
  const { isTypeOf } = type;
  if (!isTypeOf) return (execution, _field, path, value) => planned()(execution, value, path);
  const unfit = (value: unknown) =>
    new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, { nodes: [...nodes] });
  return (execution, field, path, value) => {
    const fits = isTypeOf.call(type, value, execution.contextValue, infoOf(execution, field, path));
    if (isPromise(fits)) {
      return fits.then((settled) => {
        if (!settled) throw unfit(value);
        return planned()(execution, value, path);
      });
    }
    if (!fits) throw unfit(value);
    return planned()(execution, value, path);
  };
}

function abstractCompletionOf(query: QueryVariant, type: GraphQLAbstractType, nodes: readonly FieldNode[]): Completion {
  const completions = new Map<string, Completion>();
  const completionFor = (name: unknown, field: FieldPlan, value: unknown): Completion => {
    const known = completions.get(name as string);
    if (known) return known;
    const made = objectCompletionOf(query, runtimeTypeOf(query, type, nodes, field, name, value), nodes);
    completions.set(name as string, made);
    return made;
  };
  const resolveType = type.resolveType ?? defaultTypeResolver;
  return (execution, field, path, value) => {
    const name = resolveType.call(type, value, execution.contextValue, infoOf(execution, field, path), type);
    if (isPromise(name)) {
      return name.then((settled) => completionFor(settled, field, value)(execution, field, path, value));
    }
    return completionFor(name, field, value)(execution, field, path, value);
  };
}

/** The checks of graphql-js, in its words. */
function runtimeTypeOf(
  { schema }: QueryVariant,
  type: GraphQLAbstractType,
  nodes: readonly FieldNode[],
  field: FieldPlan,
  name: unknown,
  value: unknown,
): GraphQLObjectType {
  const at = `"${field.parentType.name}.${field.definition.name}"`;
  const unfit = (message: string) => new GraphQLError(message, { nodes: [...nodes] });
  if (name === null || name === undefined) {
    throw unfit(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field ${at}. Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
    );
  }
  if (isObjectType(name)) {
    throw new GraphQLError(
      'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.',
    );
  }
  if (typeof name !== 'string') {
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field ${at} with value ${inspect(value)}, received "${inspect(name)}".`,
    );
  }
  const found = schema.getType(name);
  if (!found) {
    throw unfit(`Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`);
  }
  if (!isObjectType(found)) {
    throw unfit(`Abstract type "${type.name}" was resolved to a non-object type "${name}".`);
  }
  if (!schema.isSubType(type, found)) {
    throw unfit(`Runtime Object type "${found.name}" is not a possible type for "${type.name}".`);
  }
  return found;
}
