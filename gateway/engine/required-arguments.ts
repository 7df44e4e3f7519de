import {
  type DocumentNode,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** Field name to the arguments, as text, with which it is wanted. */
type Wanted = ReadonlyMap<string, string>;

/** Fields whose `@requires` want other fields with arguments, directly or by what they require in turn. */
export class RequiredArguments {
  private readonly requires = new Map<string, SelectionSetNode[]>();
  private readonly wants = new Map<string, Wanted[]>();

  constructor(supergraph: GraphQLSchema) {
    for (const type of Object.values(supergraph.getTypeMap())) {
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const { name, astNode } of Object.values(type.getFields())) {
        for (const directive of astNode?.directives ?? []) {
          if (directive.name.value !== 'join__field') continue;
          const value = directive.arguments?.find((argument) => argument.name.value === 'requires')?.value;
          if (value?.kind !== Kind.STRING) continue;
          const [definition] = parse(`{ ${value.value} }`, { noLocation: true }).definitions;
          if (definition?.kind !== Kind.OPERATION_DEFINITION) continue;
          this.requires.set(name, [...(this.requires.get(name) ?? []), definition.selectionSet]);
        }
      }
    }
  }

  /** Fields that some `@requires` wants with arguments. */
  get fields(): ReadonlySet<string> {
    return new Set(
      [...this.requires.keys()].flatMap((name) => this.wantedBy(name).flatMap((wanted) => [...wanted.keys()])),
    );
  }

  /**
   * A plan has one value for each field it requires. Fields that want the same one with different arguments are put in
   * different documents, the first of which has everything else; the document itself when there is no such conflict.
   */
  split(document: DocumentNode): readonly DocumentNode[] {
    const groups: { readonly names: Set<string>; readonly wanted: Map<string, string> }[] = [];
    visit(document, {
      Field: ({ name: { value: name } }) => {
        const wanted = this.wantedBy(name);
        if (wanted.length === 0 || groups.some(({ names }) => names.has(name))) return;
        const entries = wanted.flatMap((one) => [...one]);
        const group = groups.find((candidate) =>
          entries.every(([field, given]) => (candidate.wanted.get(field) ?? given) === given),
        );
        const chosen = group ?? { names: new Set<string>(), wanted: new Map<string, string>() };
        if (!group) groups.push(chosen);
        chosen.names.add(name);
        for (const [field, given] of entries) chosen.wanted.set(field, given);
      },
    });
    if (groups.length < 2) return [document];
    const others = new Set(groups.slice(1).flatMap(({ names }) => [...names]));
    return [without(document, others), ...groups.slice(1).map(({ names }) => only(document, names))];
  }

  private wantedBy(name: string): readonly Wanted[] {
    const known = this.wants.get(name);
    if (known) return known;
    const found: Wanted[] = [];
    // Before looking deeper: a field may require itself through others.
    this.wants.set(name, found);
    for (const set of this.requires.get(name) ?? []) {
      visit(set, {
        Field: (node) => {
          if (node.arguments?.length) found.push(new Map([[node.name.value, node.arguments.map(print).sort().join()]]));
          if (node.name.value !== name) found.push(...this.wantedBy(node.name.value));
        },
      });
    }
    return found;
  }
}

const TYPENAME = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } } as const;

function without(document: DocumentNode, names: ReadonlySet<string>): DocumentNode {
  return visit(document, {
    Field: { enter: (node) => (names.has(node.name.value) ? null : undefined) },
    SelectionSet: { leave: (set) => (set.selections.length > 0 ? undefined : { ...set, selections: [TYPENAME] }) },
  });
}

/** These fields and what leads to them. */
function only(document: DocumentNode, names: ReadonlySet<string>): DocumentNode {
  let inside = 0;
  return visit(document, {
    Field: {
      enter: (node) => {
        if (names.has(node.name.value)) inside += 1;
      },
      leave: (node) => {
        if (names.has(node.name.value)) {
          inside -= 1;
          return undefined;
        }
        return inside > 0 || node.selectionSet ? undefined : null;
      },
    },
    SelectionSet: { leave: (set) => (set.selections.length > 0 ? undefined : { ...set, selections: [TYPENAME] }) },
  });
}
