import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getArgumentValues,
  isNonNullType,
  Kind,
  type ResponsePath,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { completionOf, plainCheckOf } from './compiled-completion';
import { type FieldPlan, failAt, infoOf, isPromise, type ObjectPlan } from './compiled-field';
import type { Execution, QueryVariant } from './compiled-query';

/** A property that threw when it was read. */
class Thrown {
  constructor(readonly reason: unknown) {}
}

const NOTHING: object = Object.freeze(Object.create(null));

/**
 * The fields of one object as one generated function: plain properties are read in line, and the result is one
 * literal, so that equal selections make objects of equal shape.
 */
export function planObject(
  query: QueryVariant,
  type: GraphQLObjectType,
  nodes: ReadonlyMap<string, readonly FieldNode[]>,
): ObjectPlan {
  const fields: (FieldPlan | undefined)[] = [];
  const keys: string[] = [];
  const steps: string[] = [];
  const checks: unknown[] = [];
  for (const [key, fieldNodes] of nodes) {
    const [node] = fieldNodes;
    const definition = node && definitionOf(query, type, node);
    if (!node || !definition) continue;
    const at = keys.push(key) - 1;
    if (definition === TypeNameMetaFieldDef) {
      steps.push(`r${at} = ${JSON.stringify(type.name)};`);
      fields.push(undefined);
      checks.push(undefined);
      continue;
    }
    const field = planField(query, type, definition, key, fieldNodes);
    fields.push(field);
    checks.push(undefined);
    if (field.resolve || definition.args.length > 0) {
      steps.push(`r${at} = run(execution, f${at}, source, path);`);
      continue;
    }
    const plain = plainCheckOf(definition.type);
    const finish = `finish(execution, f${at}, source, path, v)`;
    steps.push(
      `try { v = s[${JSON.stringify(definition.name)}]; } catch (error) { v = new Thrown(error); }`,
      `r${at} = ${plain ? `${plain} ? v : ${finish}` : finish};`,
    );
  }
  const results = keys.map((_, at) => `r${at}`);
  // Computed, so that a key "__proto__" is a key like any other.
  const literal = keys.map((key, at) =>
    key === '__proto__' ? `["__proto__"]: r${at}` : `${JSON.stringify(key)}: r${at}`,
  );
  const promised = results.map((name, at) => (fields[at] ? `isPromise(${name})` : '')).filter(Boolean);
  const body = `
    ${fields.map((field, at) => (field ? `const f${at} = fields[${at}];` : '')).join('\n')}
    const build = ([${results.join(', ')}]) => ({ ${literal.join(', ')} });
    return function executeObject(execution, source, path) {
      const s = source === null || (typeof source !== 'object' && typeof source !== 'function') ? NOTHING : source;
      let v${results.map((name) => `, ${name}`).join('')};
      try {
        ${steps.join('\n        ')}
      } catch (error) {
        return rejected([${results.join(', ')}], error);
      }
      if (${promised.join(' || ') || 'false'}) return Promise.all([${results.join(', ')}]).then(build);
      return { ${literal.join(', ')} };
    };`;
  // Made of response keys and names of the schema only, written as JSON strings.
  const make = new Function('fields', 'run', 'finish', 'Thrown', 'NOTHING', 'isPromise', 'rejected', body) as (
    ...parts: unknown[]
  ) => ObjectPlan;
  return make(fields, runField, finishField, Thrown, NOTHING, isPromise, rejected);
}

/** A field failed for good while others are under way: they are waited for, so that none rejects unheard. */
function rejected(results: readonly unknown[], error: unknown): unknown {
  if (!results.some(isPromise)) throw error;
  return Promise.all(results).finally(() => {
    throw error;
  });
}

function definitionOf(
  query: QueryVariant,
  type: GraphQLObjectType,
  node: FieldNode,
): GraphQLField<unknown, unknown> | undefined {
  const name = node.name.value;
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === query.schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return type.getFields()[name];
}

function planField(
  query: QueryVariant,
  parentType: GraphQLObjectType,
  definition: GraphQLField<unknown, unknown>,
  key: string,
  nodes: readonly FieldNode[],
): FieldPlan {
  const number = query.fields.length;
  const field: FieldPlan = {
    key,
    parentType,
    definition,
    nodes,
    nonNull: isNonNullType(definition.type),
    resolve: definition.resolve,
    argumentsOf: argumentsOf(definition, nodes, number),
    complete: completionOf(query, definition.type, nodes),
  };
  query.fields.push(field);
  return field;
}

/** Resolvers may change the object they get, so each call gets its own; what is in it is coerced once where it can be. */
function argumentsOf(
  definition: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
  number: number,
): FieldPlan['argumentsOf'] {
  const [node] = nodes;
  if (!node || definition.args.length === 0) return () => ({});
  const given = node.arguments ?? [];
  const variable = given.some(({ value }) => value.kind === Kind.VARIABLE);
  const compound = given.some(({ value }) => value.kind === Kind.LIST || value.kind === Kind.OBJECT);
  const coerced = (execution: Execution) => getArgumentValues(definition, node, execution.variables);
  if (compound || definition.args.some(({ defaultValue }) => typeof defaultValue === 'object')) return coerced;
  if (!variable) {
    let constant: Record<string, unknown> | undefined;
    return (execution) => {
      constant ??= coerced(execution);
      return { ...constant };
    };
  }
  const direct = directArguments(definition, node);
  return (execution) => {
    execution.args[number] ??= direct?.(execution.variables) ?? coerced(execution);
    return { ...execution.args[number] };
  };
}

/** Where every argument is a variable: its value, coerced already. Null where a value is missing or must not be null. */
function directArguments({ args }: GraphQLField<unknown, unknown>, node: FieldNode) {
  const pairs: { readonly name: string; readonly variable: string; readonly nonNull: boolean }[] = [];
  for (const { name, type } of args) {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (value?.kind !== Kind.VARIABLE) return null;
    pairs.push({ name, variable: value.name.value, nonNull: isNonNullType(type) });
  }
  return (variables: Readonly<Record<string, unknown>>): Record<string, unknown> | null => {
    const values: Record<string, unknown> = {};
    for (const { name, variable, nonNull } of pairs) {
      if (!Object.hasOwn(variables, variable) || (nonNull && variables[variable] === null)) return null;
      values[name] = variables[variable];
    }
    return values;
  };
}

function runField(execution: Execution, field: FieldPlan, source: unknown, parent: ResponsePath | undefined): unknown {
  const path: ResponsePath = { prev: parent, key: field.key, typename: field.parentType.name };
  try {
    const given = field.argumentsOf(execution);
    const { resolve, definition } = field;
    const info = infoOf(execution, field, path);
    if (resolve) return guarded(execution, field, path, resolve(source, given, execution.contextValue, info));
    return guarded(execution, field, path, readProperty(source, definition.name, given, execution.contextValue, info));
  } catch (error) {
    return failAt(execution, field.nodes, field.nonNull, path, error);
  }
}

/** A field without a resolver whose property was read already. */
function finishField(
  execution: Execution,
  field: FieldPlan,
  source: unknown,
  parent: ResponsePath | undefined,
  value: unknown,
): unknown {
  if (value === null || value === undefined) {
    if (!field.nonNull) return null;
  } else if (typeof value === 'function') {
    return runField(execution, field, source, parent);
  }
  const path: ResponsePath = { prev: parent, key: field.key, typename: field.parentType.name };
  try {
    if (value instanceof Thrown) throw value.reason;
    return guarded(execution, field, path, value);
  } catch (error) {
    return failAt(execution, field.nodes, field.nonNull, path, error);
  }
}

function guarded(execution: Execution, field: FieldPlan, path: ResponsePath, result: unknown): unknown {
  const completed = isPromise(result)
    ? result.then((value) => field.complete(execution, field, path, value))
    : field.complete(execution, field, path, result);
  if (!isPromise(completed)) return completed;
  return completed.then(undefined, (error: unknown) => failAt(execution, field.nodes, field.nonNull, path, error));
}

/** What graphql-js's default resolver does. */
function readProperty(
  source: unknown,
  name: string,
  given: Record<string, unknown>,
  contextValue: unknown,
  info: GraphQLResolveInfo,
): unknown {
  if (source === null || (typeof source !== 'object' && typeof source !== 'function')) return undefined;
  const holder = source as Record<string, unknown>;
  const property = holder[name];
  if (typeof property !== 'function') return property;
  return (holder[name] as (...args: unknown[]) => unknown)(given, contextValue, info);
}
