import {
  type DirectiveNode,
  type DocumentNode,
  executeSync,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  GraphQLScalarType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** One key of an object of the answer. */
export interface Entry {
  /** The response key. */
  readonly key: string;
  /** The key under which the plan's fetches ask for it. */
  readonly source: string;
  readonly name: string;
  /** The type condition it stands under. */
  readonly parentType: GraphQLCompositeType;
  /** Null for `__typename`. */
  readonly type: GraphQLOutputType | null;
  /** Sub-selections of every occurrence of the key. */
  readonly selections: SelectionSetNode[];
}

/** How the keys of an answer are found in the data of a plan. */
export interface Reading {
  /** Values of the variables that @skip and @include read. */
  readonly conditions: ReadonlyMap<string, boolean>;
  /** Fields that the plan has under other keys than the client. */
  readonly sourceKeys: ReadonlyMap<FieldNode, string>;
}

/** What introspection gives is written as it is. */
const INTROSPECTED = new GraphQLScalarType({ name: 'Introspected' });

/** What the client asked for, in its own words, on the public schema. */
export class ClientOperation {
  /** Variables that @skip and @include read. */
  readonly conditions: readonly string[];
  /** `__schema` or `__type` is asked for. */
  readonly introspects: boolean;
  /** A key is `__proto__`: not for our executor. */
  readonly unusual: boolean;
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(
    readonly schema: GraphQLSchema,
    readonly definition: OperationDefinitionNode,
    document: DocumentNode,
  ) {
    this.fragments = new Map(
      document.definitions.flatMap((node) =>
        node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
      ),
    );
    const conditions = new Set<string>();
    let unusual = false;
    let introspects = false;
    const visit = (set: SelectionSetNode): void => {
      for (const selection of set.selections) {
        for (const { name, arguments: given = [] } of selection.directives ?? []) {
          if (name.value !== 'skip' && name.value !== 'include') continue;
          for (const { value } of given) if (value.kind === Kind.VARIABLE) conditions.add(value.name.value);
        }
        if (selection.kind === Kind.FIELD) {
          introspects ||= isIntrospection(selection);
          unusual ||= keyOf(selection) === '__proto__';
        }
        if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet) visit(selection.selectionSet);
      }
    };
    visit(definition.selectionSet);
    for (const { selectionSet } of this.fragments.values()) visit(selectionSet);
    this.conditions = [...conditions].sort();
    this.unusual = unusual;
    this.introspects = introspects;
  }

  get rootType(): GraphQLCompositeType {
    const type = this.schema.getRootType(this.definition.operation);
    if (!type) throw new Error(`The schema has no ${this.definition.operation}.`);
    return type;
  }

  /**
   * The keys of an object of this runtime type, in the order GraphQL gives them. An abstract type stands for an object
   * that did not say what it is: only fragments that fit all of its types apply.
   */
  entriesOf(
    selections: readonly SelectionSetNode[],
    runtimeType: GraphQLCompositeType,
    { conditions, sourceKeys }: Reading,
  ): Entry[] {
    const entries = new Map<string, Entry>();
    const visited = new Set<string>();
    const collect = (set: SelectionSetNode, parentType: GraphQLCompositeType): void => {
      for (const selection of set.selections) {
        if (isSkipped(selection.directives, conditions)) continue;
        if (selection.kind === Kind.FIELD) {
          this.addField(entries, selection, parentType, runtimeType, sourceKeys);
          continue;
        }
        if (selection.kind === Kind.FRAGMENT_SPREAD && visited.has(selection.name.value)) continue;
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
        if (selection.kind === Kind.FRAGMENT_SPREAD) visited.add(selection.name.value);
        if (!fragment) continue;
        const condition = fragment.typeCondition && this.schema.getType(fragment.typeCondition.name.value);
        if (condition && !(isCompositeType(condition) && this.fits(runtimeType, condition))) continue;
        collect(fragment.selectionSet, (condition as GraphQLCompositeType | undefined) ?? parentType);
      }
    };
    for (const set of selections) collect(set, runtimeType);
    return [...entries.values()];
  }

  /** The data of `__schema` and `__type` at the root, by response key. */
  introspect(variables: Readonly<Record<string, unknown>>, conditions: Reading['conditions']): Record<string, unknown> {
    const found: FieldNode[] = [];
    const collect = (set: SelectionSetNode): void => {
      for (const selection of set.selections) {
        if (isSkipped(selection.directives, conditions)) continue;
        if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
        else if (selection.kind === Kind.FRAGMENT_SPREAD) {
          const fragment = this.fragments.get(selection.name.value);
          if (fragment) collect(fragment.selectionSet);
        } else if (isIntrospection(selection)) found.push(selection);
      }
    };
    collect(this.definition.selectionSet);
    if (found.length === 0) return {};
    const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: found };
    const definitions = [{ ...this.definition, selectionSet }, ...this.fragments.values()];
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions };
    return executeSync({ schema: this.schema, document, variableValues: variables }).data ?? {};
  }

  private addField(
    entries: Map<string, Entry>,
    node: FieldNode,
    parentType: GraphQLCompositeType,
    runtimeType: GraphQLCompositeType,
    sourceKeys: Reading['sourceKeys'],
  ): void {
    const key = keyOf(node);
    const known = entries.get(key);
    if (known) {
      if (node.selectionSet) known.selections.push(node.selectionSet);
      return;
    }
    const name = node.name.value;
    if (isIntrospection(node)) {
      entries.set(key, { key, source: key, name, parentType, type: INTROSPECTED, selections: [] });
      return;
    }
    const holder = isUnionType(runtimeType) ? parentType : runtimeType;
    const type =
      name === '__typename' || isUnionType(holder)
        ? null
        : (holder.getFields()[name] ?? (isUnionType(parentType) ? undefined : parentType.getFields()[name]))?.type;
    if (type === undefined) return;
    const source = sourceKeys.get(node) ?? key;
    entries.set(key, { key, source, name, parentType, type, selections: node.selectionSet ? [node.selectionSet] : [] });
  }

  private fits(runtimeType: GraphQLCompositeType, condition: GraphQLCompositeType): boolean {
    if (runtimeType === condition) return true;
    if (!isAbstractType(condition) || isUnionType(runtimeType)) return false;
    return this.schema.isSubType(condition, runtimeType);
  }
}

export function keyOf(node: FieldNode): string {
  return node.alias?.value ?? node.name.value;
}

export function isIntrospection(node: FieldNode): boolean {
  return node.name.value === '__schema' || node.name.value === '__type';
}

export function isSkipped(
  directives: readonly DirectiveNode[] | undefined,
  conditions: ReadonlyMap<string, boolean>,
): boolean {
  for (const { name, arguments: given = [] } of directives ?? []) {
    const value = given.find((argument) => argument.name.value === 'if')?.value;
    const holds =
      value?.kind === Kind.VARIABLE ? conditions.get(value.name.value) : value?.kind === Kind.BOOLEAN && value.value;
    if (name.value === 'skip' && holds) return true;
    if (name.value === 'include' && !holds) return true;
  }
  return false;
}
