import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { type Amount, largest, product, sum, type Variables } from './amount';
import { literalListFault, pageFault } from './input-limits';
import { LIMITS } from './limits';

/** What an operation asks for, worked out once for its document. */
export interface CompiledCost {
  /** Points: 1 an object, 10 a mutation, a list as many times its entries as its page or its ids say. */
  readonly cost: Amount;
  /** What is too large whatever the variables are. */
  readonly faults: readonly GraphQLError[];
  /** Page sizes that come with the variables: true when one is past the limit. */
  readonly pages: readonly VariablePage[];
}

export interface VariablePage {
  readonly variable: string;
  readonly argument: string;
  readonly field: string;
}

type FieldDefinition = GraphQLField<unknown, unknown>;

/** A field as it may stand in an answer: for which types, and under which conditions. */
interface Occurrence {
  readonly types: ReadonlySet<GraphQLObjectType> | null;
  readonly share: Amount;
  readonly field: FieldNode;
  readonly parent: GraphQLCompositeType;
}

/**
 * The cost of an operation as a function of its variables. The document must be valid and within the limit on
 * selections, which bounds this walk: fragments are written out wherever they are spread.
 */
export function compileCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledCost {
  return new CostCompiler(schema, document, operation).compile();
}

class CostCompiler {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly defaults = new Map<string, ValueNode>();
  private readonly faults = new Map<string, GraphQLError>();
  private readonly pages = new Map<string, VariablePage>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
    for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
      if (defaultValue) this.defaults.set(variable.name.value, defaultValue);
    }
  }

  compile(): CompiledCost {
    const root = this.schema.getRootType(this.operation.operation);
    if (!root) throw new Error(`The schema has no ${this.operation.operation}.`);
    for (const { defaultValue } of this.operation.variableDefinitions ?? []) {
      if (defaultValue)
        this.checkLists([{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: '' }, value: defaultValue }]);
    }
    const cost = this.selectionSet(root, this.operation.selectionSet, null);
    return { cost, faults: [...this.faults.values()], pages: [...this.pages.values()] };
  }

  private selectionSet(type: GraphQLCompositeType, set: SelectionSetNode, page: Amount | null): Amount {
    const occurrences: Occurrence[] = [];
    this.collect(type, set, null, 1, occurrences);
    const costed = occurrences.map(({ types, share, field, parent }) => ({
      types,
      cost: product(share, this.field(parent, field, page)),
    }));
    if (costed.every(({ types }) => types === null)) return sum(costed.map(({ cost }) => cost));
    // Every object is of one type only: the dearest of them is what may have to be paid.
    const possible = isAbstractType(type) ? this.schema.getPossibleTypes(type) : [type];
    return largest(
      possible.map((candidate) =>
        sum(costed.filter(({ types }) => types === null || types.has(candidate)).map(({ cost }) => cost)),
      ),
    );
  }

  private collect(
    parent: GraphQLCompositeType,
    set: SelectionSetNode,
    types: ReadonlySet<GraphQLObjectType> | null,
    share: Amount,
    into: Occurrence[],
  ): void {
    for (const selection of set.selections) {
      const taken = product(share, this.condition(selection.directives));
      if (selection.kind === Kind.FIELD) {
        into.push({ types, share: taken, field: selection, parent });
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
      if (!fragment) continue;
      const condition = fragment.typeCondition && this.schema.getType(fragment.typeCondition.name.value);
      const narrowed = condition && isCompositeType(condition) ? condition : parent;
      this.collect(narrowed, fragment.selectionSet, this.narrow(parent, narrowed, types), taken, into);
    }
  }

  private narrow(
    from: GraphQLCompositeType,
    to: GraphQLCompositeType,
    types: ReadonlySet<GraphQLObjectType> | null,
  ): ReadonlySet<GraphQLObjectType> | null {
    if (to === from) return types;
    const possible = isAbstractType(to) ? this.schema.getPossibleTypes(to) : [to];
    return new Set(types === null ? possible : possible.filter((type) => types.has(type)));
  }

  /** 1 where the selection runs, 0 where it does not. What a literal or a variable leaves out never runs. */
  private condition(directives: readonly DirectiveNode[] = []): Amount {
    let share: Amount = 1;
    for (const { name, arguments: given } of directives) {
      const wanted = name.value === 'include' ? true : name.value === 'skip' ? false : null;
      const value = given?.find((argument) => argument.name.value === 'if')?.value;
      if (wanted === null || !value) continue;
      share = product(share, this.conditionOf(value, wanted));
    }
    return share;
  }

  private conditionOf(value: ValueNode, wanted: boolean): Amount {
    if (value.kind === Kind.BOOLEAN) return value.value === wanted ? 1 : 0;
    if (value.kind !== Kind.VARIABLE) return 1;
    const name = value.name.value;
    const fallback = this.defaults.get(name);
    const unsent = fallback?.kind === Kind.BOOLEAN ? fallback.value : wanted;
    return (variables) => {
      const sent = variables[name];
      return (sent === undefined ? unsent : sent) === !wanted ? 0 : 1;
    };
  }

  private field(parent: GraphQLCompositeType, field: FieldNode, page: Amount | null): Amount {
    const name = field.name.value;
    if (name.startsWith('__')) return field.selectionSet ? LIMITS.introspectionCost : 0;
    const definition = 'getFields' in parent ? parent.getFields()[name] : undefined;
    if (!definition) return 0;
    this.checkLists([...(field.arguments ?? []), ...(field.directives ?? [])]);
    const size = this.pageOf(field, definition) ?? this.idsOf(field, definition);
    const type = getNamedType(definition.type);
    if (isLeafType(type)) return 0;
    if (!isCompositeType(type) || !field.selectionSet) return 1;
    if (isList(definition)) {
      const entries = size ?? (name === 'edges' || name === 'nodes' ? page : null) ?? LIMITS.assumedListItems;
      return product(entries, sum([1, this.selectionSet(type, field.selectionSet, null)]));
    }
    const isMutation = parent === this.schema.getMutationType();
    return sum([isMutation ? LIMITS.mutationCost : 1, this.selectionSet(type, field.selectionSet, size)]);
  }

  /** How many entries `first` or `last` ask for; null where the field has neither. */
  private pageOf(field: FieldNode, definition: FieldDefinition): Amount | null {
    let asked: Amount | null = null;
    let unasked: number | null = null;
    for (const { name, type, defaultValue } of definition.args) {
      if ((name !== 'first' && name !== 'last') || getNamedType(type).name !== 'Int') continue;
      const given = field.arguments?.find((argument) => argument.name.value === name)?.value;
      if (given) {
        const size = this.pageArgument(given, name, field.name.value);
        asked ??= size;
      }
      unasked ??= typeof defaultValue === 'number' ? entriesOf(defaultValue) : LIMITS.page;
    }
    return asked ?? unasked;
  }

  private pageArgument(given: ValueNode, argument: string, field: string): Amount {
    if (given.kind !== Kind.VARIABLE) return this.literalPage(given, argument, field);
    const variable = given.name.value;
    this.pages.set(variable, { variable, argument, field });
    const fallback = this.defaults.get(variable);
    const unsent = fallback ? this.literalPage(fallback, argument, field) : LIMITS.page;
    return (variables) => {
      const sent = variables[variable];
      return sent === undefined ? unsent : entriesOf(sent);
    };
  }

  private literalPage(value: ValueNode, argument: string, field: string): number {
    if (value.kind !== Kind.INT) return LIMITS.page;
    const size = Number(value.value);
    if (size > LIMITS.page) this.faults.set(`page ${field}`, pageFault(argument, field));
    return entriesOf(size);
  }

  /** How many ids a field is asked for, where it answers a list with one entry for each. */
  private idsOf(field: FieldNode, definition: FieldDefinition): Amount | null {
    const ids = definition.args.find(({ name }) => name === 'ids');
    if (!ids || !isList(definition)) return null;
    const given = field.arguments?.find(({ name }) => name.value === 'ids')?.value;
    if (!given) return Array.isArray(ids.defaultValue) ? ids.defaultValue.length : 0;
    if (given.kind === Kind.LIST) return given.values.length;
    if (given.kind !== Kind.VARIABLE) return 1;
    const name = given.name.value;
    const fallback = this.defaults.get(name);
    const unsent = fallback?.kind === Kind.LIST ? fallback.values.length : 1;
    return (variables) => {
      const sent = variables[name];
      return Array.isArray(sent) ? sent.length : unsent;
    };
  }

  private checkLists(nodes: Parameters<typeof literalListFault>[0]): void {
    const fault = literalListFault(nodes);
    if (fault) this.faults.set('listItems', fault);
  }
}

/** Sizes past the limit are refused elsewhere; what is no number at all is refused when it is read as one. */
function entriesOf(size: unknown): number {
  if (size === null) return LIMITS.page;
  return typeof size === 'number' && size > 0 ? Math.min(size, LIMITS.page) : 0;
}

function isList({ type }: FieldDefinition): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

export function isMutation({ operation }: OperationDefinitionNode): boolean {
  return operation === OperationTypeNode.MUTATION;
}

/** The page size a variable asks for is past the limit. */
export function isPastPage({ variable }: VariablePage, variables: Variables): boolean {
  const sent = variables[variable];
  return typeof sent === 'number' && sent > LIMITS.page;
}
