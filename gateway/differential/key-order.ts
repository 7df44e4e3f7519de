import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInputType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';

/**
 * The path of the first object whose keys do not stand in the order of CollectFields (GraphQL, 6.3.2); null when all do.
 * An object of an abstract type may be any of its possible types: one must fit.
 */
export function misorderedPath(
  schema: GraphQLSchema,
  document: DocumentNode,
  given: Readonly<Record<string, unknown>>,
  data: unknown,
): string | null {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (!operation) return null;
  const root = operation.operation === 'mutation' ? schema.getMutationType() : schema.getQueryType();
  if (!root || !isRecord(data)) return null;
  const walk = new OrderWalk(schema, document, variablesOf(schema, operation, given));
  return walk.object(root, [operation.selectionSet], data, 'data');
}

class OrderWalk {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
    }
  }

  object(
    type: GraphQLCompositeType,
    sets: readonly SelectionSetNode[],
    value: Readonly<Record<string, unknown>>,
    path: string,
  ): string | null {
    const keys = Object.keys(value);
    const candidates = isAbstractType(type) ? this.schema.getPossibleTypes(type) : [type];
    let deepest: string | null = path;
    for (const candidate of candidates) {
      const collected = new Map<string, FieldNode[]>();
      for (const set of sets) this.collect(candidate, set, collected, new Set());
      const names = [...collected.keys()];
      if (names.length !== keys.length || names.some((name, at) => name !== keys[at])) continue;
      const fault = this.members(candidate, collected, value, path);
      if (fault === null) return null;
      deepest = fault;
    }
    return deepest;
  }

  private members(
    type: GraphQLCompositeType,
    collected: ReadonlyMap<string, readonly FieldNode[]>,
    value: Readonly<Record<string, unknown>>,
    path: string,
  ): string | null {
    for (const [name, nodes] of collected) {
      const [first] = nodes;
      const field = first && isObjectType(type) ? type.getFields()[first.name.value] : undefined;
      if (!field) continue;
      const named = getNamedType(field.type);
      if (!isCompositeType(named)) continue;
      const sets = nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
      const fault = this.value(named, sets, value[name], `${path}.${name}`);
      if (fault !== null) return fault;
    }
    return null;
  }

  private value(
    type: GraphQLCompositeType,
    sets: readonly SelectionSetNode[],
    value: unknown,
    path: string,
  ): string | null {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        const fault = this.value(type, sets, item, `${path}.${index}`);
        if (fault !== null) return fault;
      }
      return null;
    }
    return isRecord(value) ? this.object(type, sets, value, path) : null;
  }

  private collect(
    type: GraphQLCompositeType,
    set: SelectionSetNode,
    into: Map<string, FieldNode[]>,
    seen: Set<string>,
  ): void {
    for (const node of set.selections) {
      if (!this.included(node)) continue;
      if (node.kind === Kind.FIELD) {
        const name = node.alias?.value ?? node.name.value;
        const known = into.get(name);
        if (known) known.push(node);
        else into.set(name, [node]);
        continue;
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.fragments.get(node.name.value);
      if (!fragment) continue;
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        if (seen.has(node.name.value)) continue;
        seen.add(node.name.value);
      }
      const condition = fragment.typeCondition ? this.schema.getType(fragment.typeCondition.name.value) : type;
      if (condition && this.applies(condition, type)) this.collect(type, fragment.selectionSet, into, seen);
    }
  }

  private applies(condition: GraphQLNamedType, type: GraphQLCompositeType): boolean {
    if (condition === type) return true;
    return isAbstractType(condition) && isObjectType(type) && this.schema.isSubType(condition, type);
  }

  private included(node: SelectionNode): boolean {
    if (getDirectiveValues(GraphQLSkipDirective, node, this.variables)?.['if'] === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, this.variables)?.['if'] !== false;
  }
}

function variablesOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const variables: Record<string, unknown> = { ...given };
  for (const { variable, defaultValue, type } of operation.variableDefinitions ?? []) {
    const inputType = typeFromAST(schema, type as never) as unknown as GraphQLNamedType | undefined;
    if (variables[variable.name.value] !== undefined || !defaultValue || !isInputType(inputType)) continue;
    variables[variable.name.value] = valueFromAST(defaultValue, inputType);
  }
  return variables;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
