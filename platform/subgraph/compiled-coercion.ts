import {
  GraphQLBoolean,
  type GraphQLError,
  GraphQLFloat,
  GraphQLID,
  type GraphQLInputType,
  GraphQLInt,
  type GraphQLSchema,
  GraphQLString,
  getVariableValues,
  isEnumType,
  isInputType,
  isListType,
  isNonNullType,
  isScalarType,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';

export type Coerced =
  | { readonly errors: readonly GraphQLError[]; readonly coerced?: never }
  | { readonly coerced: Record<string, unknown>; readonly errors?: never };
export type VariableCoercion = (raw: Readonly<Record<string, unknown>>) => Coerced;

/** "Ask graphql-js": the value is wrong, or of a kind not worth a short cut. */
const UNSURE = Symbol('unsure');
type ValueCoercion = (value: unknown) => unknown;

/**
 * `getVariableValues` for fixed definitions: types are looked up once and plain right values take a short cut.
 * Everything else, and every error, is graphql-js's own.
 */
export function compileCoercion(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  maxErrors = 50,
): VariableCoercion {
  if (definitions.length === 0) return () => ({ coerced: {} });
  const known = definitions.map((definition) => {
    const type = typeFromAST(schema, definition.type as never) as GraphQLInputType | undefined;
    return {
      name: definition.variable.name.value,
      hasDefault: definition.defaultValue !== undefined,
      required: type !== undefined && isNonNullType(type),
      coerce: type !== undefined && isInputType(type) ? coercionOf(type) : () => UNSURE,
    };
  });
  const careful: VariableCoercion = (raw) => getVariableValues(schema, definitions, raw, { maxErrors }) as Coerced;
  return (raw) => {
    const coerced: Record<string, unknown> = {};
    for (const { name, hasDefault, required, coerce } of known) {
      if (!Object.hasOwn(raw, name)) {
        if (hasDefault || required) return careful(raw);
        continue;
      }
      const value = coerce(raw[name]);
      if (value === UNSURE) return careful(raw);
      coerced[name] = value;
    }
    return { coerced };
  };
}

function coercionOf(type: GraphQLInputType): ValueCoercion {
  if (isNonNullType(type)) {
    const inner = coercionOf(type.ofType);
    return (value) => (value === null || value === undefined ? UNSURE : inner(value));
  }
  const coerce = nullableCoercionOf(type);
  return (value) => (value === null ? null : value === undefined ? UNSURE : coerce(value));
}

function nullableCoercionOf(type: GraphQLInputType): ValueCoercion {
  if (type === GraphQLString || type === GraphQLID) return (value) => (typeof value === 'string' ? value : UNSURE);
  if (type === GraphQLBoolean) return (value) => (typeof value === 'boolean' ? value : UNSURE);
  if (type === GraphQLInt) return (value) => (typeof value === 'number' && (value | 0) === value ? value : UNSURE);
  if (type === GraphQLFloat) return (value) => (Number.isFinite(value) ? value : UNSURE);
  if (isEnumType(type)) {
    return (value) => {
      const found = typeof value === 'string' ? type.getValue(value) : undefined;
      return found ? found.value : UNSURE;
    };
  }
  if (isScalarType(type)) {
    return (value) => {
      try {
        return type.parseValue(value) ?? UNSURE;
      } catch {
        return UNSURE;
      }
    };
  }
  if (isListType(type)) {
    const item = coercionOf(type.ofType);
    return (value) => {
      if (!Array.isArray(value)) return UNSURE;
      const items = new Array<unknown>(value.length);
      for (let index = 0; index < value.length; index++) {
        const coerced = item(value[index]);
        if (coerced === UNSURE) return UNSURE;
        items[index] = coerced;
      }
      return items;
    };
  }
  return () => UNSURE;
}
