import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  print,
  type SelectionNode,
  visit,
} from 'graphql';
import { isIntrospection, isSkipped, keyOf } from './client-operation';
import { RequiredArguments } from './required-arguments';

/** Field names of a supergraph that an operation's own response keys could meet in the data of a plan. */
export interface FieldNames {
  /** Every field of every type: a plan's fetches ask for keys and required fields under these names. */
  readonly all: ReadonlySet<string>;
  /** Fields that some `@requires` asks for with arguments of its own. */
  readonly requiredWithArguments: ReadonlySet<string>;
  readonly requiredArguments: RequiredArguments;
}

export function fieldNamesOf(supergraph: GraphQLSchema): FieldNames {
  const all = new Set(['__typename', '_entities', '_service']);
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const name of Object.keys(type.getFields())) all.add(name);
  }
  const requiredArguments = new RequiredArguments(supergraph);
  return { all, requiredWithArguments: requiredArguments.fields, requiredArguments };
}

/** What the planner is asked for instead of the client's own document. */
export interface PlanningDocument {
  readonly document: DocumentNode;
  /** Fields of the client's document to the keys under which the plan has them. */
  readonly sourceKeys: ReadonlyMap<FieldNode, string>;
  /** The keys of the plan to those of the client, for the paths of errors. */
  readonly publicKeys: ReadonlyMap<string, string>;
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * The client's document as the planner is sure to understand it.
 *
 * Private names: the planner joins fields by their response key. An alias that is the name of another field
 * (`id: rid`), or a field that a `@requires` asks for with other arguments, would meet what the plan itself needs under
 * that key and one would pass for the other: such fields get a key nobody else has.
 *
 * Decided conditions: with @skip and @include resolved the plan needs no conditions of its own, some of which lose the
 * inputs of fields below them.
 *
 * Introspection is left out: nobody is asked for it.
 */
export function planningDocumentOf(
  document: DocumentNode,
  names: FieldNames,
  conditions: ReadonlyMap<string, boolean>,
): PlanningDocument {
  const sourceKeys = new Map<FieldNode, string>();
  const publicKeys = new Map<string, string>();
  const known = new Map<string, string>();
  const nameFor = (node: FieldNode): string => {
    const key = keyOf(node);
    const meaning = `${key}\n${node.name.value}\n${(node.arguments ?? []).map(print).sort().join()}`;
    const given = known.get(meaning);
    if (given !== undefined) return given;
    let number = known.size;
    while (names.all.has(`_${number}`) || publicKeys.has(`_${number}`)) number += 1;
    const name = `_${number}`;
    known.set(meaning, name);
    publicKeys.set(name, key);
    return name;
  };
  const decided = <Node extends SelectionNode>(node: Node): Node => {
    const left = node.directives?.filter(({ name }) => name.value !== 'skip' && name.value !== 'include');
    return left?.length === node.directives?.length ? node : { ...node, directives: left };
  };
  const enter = (node: SelectionNode) => (isSkipped(node.directives, conditions) ? null : undefined);
  const rewritten: DocumentNode = visit(document, {
    InlineFragment: { enter, leave: decided },
    FragmentSpread: { enter, leave: decided },
    SelectionSet: { leave: (set) => (set.selections.length > 0 ? undefined : { ...set, selections: [TYPENAME] }) },
    Field: {
      enter: (node) => (isIntrospection(node) ? null : enter(node)),
      leave(node, _key, _parent, path) {
        const { alias, name } = node;
        const misleading = alias !== undefined && alias.value !== name.value && names.all.has(alias.value);
        if (!misleading && !names.requiredWithArguments.has(name.value)) return decided(node);
        const original = nodeAt(document, path);
        const given = nameFor(node);
        if (original) sourceKeys.set(original, given);
        return decided({ ...node, alias: { kind: Kind.NAME, value: given } });
      },
    },
  });
  return { document: rewritten, sourceKeys, publicKeys };
}

/** `leave` gets a changed copy; the same path in the document leads to the node the client sent. */
function nodeAt(document: DocumentNode, path: readonly (string | number)[]): FieldNode | undefined {
  let found: unknown = document;
  for (const step of path) found = (found as Record<string | number, unknown> | undefined)?.[step];
  return found as FieldNode | undefined;
}
