import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';

/** One way to be let in by a key. */
export interface Need {
  /** What the key must hold; null for any key. */
  readonly scope: string | null;
  /** Only beside a person's own session. */
  readonly person: boolean;
}

/** What a request with a key needs for one field or type. */
export interface ScopeRule {
  /** Any one of these; none at all means no key ever. */
  readonly anyOf: readonly Need[];
  /** The request itself proves who the person is (a password, a refresh token): what it answers is theirs. */
  readonly provesPerson?: boolean;
  /** Takes the place of `anyOf` where the argument at this path is given and not null. */
  readonly whenGiven?: { readonly argument: readonly string[]; readonly anyOf: readonly Need[] };
}

/** What each scope opens. A root field without a row is closed to every key. */
export interface ScopeTable {
  /** "Query.products" to its rule. */
  readonly roots: Readonly<Record<string, ScopeRule>>;
  /** Types that need more wherever they are reached, beside what the root field needs. */
  readonly types: Readonly<Record<string, ScopeRule>>;
  /** Types that need this where `node` or `nodes` leads to them. */
  readonly nodes: Readonly<Record<string, ScopeRule>>;
}

export interface CompiledScopes {
  /** FORBIDDEN with a path for everything the scopes do not open; empty when all is open. */
  faults(
    scopes: readonly string[],
    person: boolean,
    variables: Readonly<Record<string, unknown>>,
  ): readonly GraphQLError[];
}

interface Requirement {
  readonly rule: ScopeRule;
  readonly field: FieldNode;
  readonly path: readonly string[];
  readonly proven: boolean;
}

const CLOSED: ScopeRule = { anyOf: [] };

/** Works out once which rules a valid operation meets. */
export function compileScopes(
  schema: GraphQLSchema,
  table: ScopeTable,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledScopes {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const root = schema.getRootType(operation.operation);
  const nodeInterface = schema.getType('Node');
  const requirements: Requirement[] = [];
  const met = new Set<ScopeRule>();
  const require = (rule: ScopeRule | undefined, field: FieldNode, path: readonly string[], proven: boolean): void => {
    // A rule that looks at arguments is met anew by each field; any other once, by the first field that meets it.
    if (!rule || (met.has(rule) && !rule.whenGiven)) return;
    if (!proven) met.add(rule);
    requirements.push({ rule, field, path, proven });
  };
  const walk = (
    parent: GraphQLCompositeType,
    set: SelectionSetNode,
    path: readonly string[],
    within: { readonly field: FieldNode; readonly proven: boolean } | null,
  ): void => {
    for (const selection of set.selections) {
      if (selection.kind !== Kind.FIELD) {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (!fragment) continue;
        const condition = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
        const type = condition && isCompositeType(condition) ? condition : parent;
        if (within) {
          require(table.types[type.name], within.field, path, within.proven);
          if (parent === nodeInterface && type !== parent) {
            require(table.nodes[type.name] ?? CLOSED, within.field, path, within.proven);
          }
        }
        walk(type, fragment.selectionSet, path, within);
        continue;
      }
      const name = selection.name.value;
      if (name.startsWith('__')) continue;
      const definition = 'getFields' in parent ? parent.getFields()[name] : undefined;
      if (!definition) continue;
      const here = [...path, selection.alias?.value ?? name];
      let proven = within?.proven ?? false;
      if (parent === root) {
        const rule = table.roots[`${parent.name}.${name}`] ?? CLOSED;
        require(rule, selection, here, false);
        proven = rule.provesPerson ?? false;
      }
      const type = getNamedType(definition.type);
      if (!isCompositeType(type)) continue;
      require(table.types[type.name], selection, here, proven);
      if (selection.selectionSet) walk(type, selection.selectionSet, here, { field: selection, proven });
    }
  };
  if (root) walk(root, operation.selectionSet, [], null);

  return {
    faults(scopes, person, variables) {
      const faults: GraphQLError[] = [];
      for (const { rule, field, path, proven } of requirements) {
        const { whenGiven } = rule;
        const needs =
          whenGiven && isGiven(field, whenGiven.argument, withDefaults(operation, variables))
            ? whenGiven.anyOf
            : rule.anyOf;
        if (!needs.some((need) => isMet(need, scopes, person || proven))) faults.push(forbidden(needs, path));
      }
      return faults;
    },
  };
}

function isMet({ scope, person }: Need, scopes: readonly string[], hasPerson: boolean): boolean {
  return (!person || hasPerson) && (scope === null || scopes.includes(scope));
}

function isGiven(
  field: FieldNode,
  [argument, ...inner]: readonly string[],
  variables: Record<string, unknown>,
): boolean {
  const node = field.arguments?.find(({ name }) => name.value === argument)?.value;
  let value: unknown = node && valueFromASTUntyped(node, variables);
  for (const name of inner) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value !== undefined && value !== null;
}

/** A default says what is not sent, so a rule that looks at arguments must see it. */
function withDefaults(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  // Without a prototype: a variable may be called "toString".
  const all: Record<string, unknown> = Object.assign(Object.create(null), variables);
  for (const { variable, defaultValue } of variableDefinitions) {
    if (defaultValue && all[variable.name.value] === undefined) {
      all[variable.name.value] = valueFromASTUntyped(defaultValue);
    }
  }
  return all;
}

function forbidden(needs: readonly Need[], path: readonly string[]): GraphQLError {
  const ways = needs.map(({ scope, person }) =>
    [scope ?? 'any key', ...(person ? ["a person's session"] : [])].join(' with '),
  );
  const message =
    ways.length === 0
      ? 'No API key may do this: use a session alone.'
      : `This API key may not do this; it takes ${ways.join(', or ')}.`;
  return new GraphQLError(message, { path: [...path], extensions: { code: 'FORBIDDEN' } });
}
