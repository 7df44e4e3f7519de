import { type DirectiveNode, type DocumentNode, Kind, visit } from 'graphql';

/**
 * The supergraph without keys by which an entity cannot be found (`resolvable: false`) where the same subgraph has
 * one by which it can. The planner may otherwise go back to a subgraph by the idle one, and find nobody.
 */
export function withoutIdleKeys(supergraph: DocumentNode): DocumentNode {
  const withUsefulKeys = <Node extends { readonly directives?: readonly DirectiveNode[] | undefined }>(node: Node) => {
    const joins = (node.directives ?? []).filter(({ name }) => name.value === 'join__type');
    const able = new Set(joins.filter((join) => hasKey(join) && !isIdle(join)).map(graphOf));
    const idle = new Set(joins.filter((join) => isIdle(join) && able.has(graphOf(join))));
    if (idle.size === 0) return undefined;
    return { ...node, directives: node.directives?.filter((directive) => !idle.has(directive)) };
  };
  return visit(supergraph, {
    ObjectTypeDefinition: withUsefulKeys,
    InterfaceTypeDefinition: withUsefulKeys,
  });
}

function argumentOf(directive: DirectiveNode, name: string) {
  return directive.arguments?.find((argument) => argument.name.value === name)?.value;
}

function hasKey(directive: DirectiveNode): boolean {
  return argumentOf(directive, 'key') !== undefined;
}

function isIdle(directive: DirectiveNode): boolean {
  const resolvable = argumentOf(directive, 'resolvable');
  return resolvable?.kind === Kind.BOOLEAN && !resolvable.value;
}

function graphOf(directive: DirectiveNode): string {
  const graph = argumentOf(directive, 'graph');
  return graph?.kind === Kind.ENUM ? graph.value : '';
}
