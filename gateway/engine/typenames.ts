import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * The fetch with `__typename` wherever the supergraph's type is abstract. The planner leaves it out where the subgraph
 * narrows an interface's field to one object type; the answer's fragments could then not tell what the object is.
 * The same document when nothing is missing.
 */
export function askingForTypenames(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  let changed = false;

  const visitSet = (set: SelectionSetNode, type: GraphQLNamedType | undefined, abstract: boolean): SelectionSetNode => {
    const selections = set.selections.map((selection) => visitSelection(selection, type));
    const missing = abstract && !set.selections.some((node) => node.kind === Kind.FIELD && keyIs(node, '__typename'));
    if (missing) changed = true;
    return { ...set, selections: missing ? [TYPENAME, ...selections] : selections };
  };
  const visitSelection = (node: SelectionNode, type: GraphQLNamedType | undefined): SelectionNode => {
    if (node.kind === Kind.FRAGMENT_SPREAD || !node.selectionSet) return node;
    if (node.kind === Kind.INLINE_FRAGMENT) {
      const inner = node.typeCondition ? schema.getType(node.typeCondition.name.value) : type;
      return { ...node, selectionSet: visitSet(node.selectionSet, inner, false) };
    }
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    const inner = field && getNamedType(field.type);
    return { ...node, selectionSet: visitSet(node.selectionSet, inner, isAbstractType(inner)) };
  };

  const definitions = document.definitions.map((definition) => {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      const root = schema.getRootType(definition.operation) ?? undefined;
      return { ...definition, selectionSet: visitSet(definition.selectionSet, root, false) };
    }
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) return definition;
    const type = schema.getType(definition.typeCondition.name.value);
    return { ...definition, selectionSet: visitSet(definition.selectionSet, type, false) };
  });
  return changed ? { ...document, definitions } : document;
}

function keyIs(node: FieldNode, key: string): boolean {
  return node.name.value === key && (node.alias?.value ?? key) === key;
}
