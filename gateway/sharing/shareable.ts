import {
  type DocumentNode,
  type FieldNode,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { visibleIdentity } from '../../platform/context/identity';
import type { SubgraphRequest } from '../../platform/subgraph/subgraph-port';

/** "entities": a query that asks `_entities(representations: $representations)` and nothing beside it. */
export type OperationKind = 'query' | 'entities' | 'other';

const known = new WeakMap<DocumentNode, Map<string | undefined, OperationKind>>();

/** Looked at once for each document object. */
export function kindOf({ document, operationName }: SubgraphRequest): OperationKind {
  let kinds = known.get(document);
  if (!kinds) {
    kinds = new Map();
    known.set(document, kinds);
  }
  let kind = kinds.get(operationName);
  if (kind === undefined) {
    kind = readKind(document, operationName);
    kinds.set(operationName, kind);
  }
  return kind;
}

/**
 * Equal for requests of one document that must get the same answer: who sees it, in which languages, of what. Variables
 * are compared as they would be sent; the same in another order only costs a call.
 */
export function viewOf(request: SubgraphRequest, variables = request.variables): string {
  const { operationName, identity, languages } = request;
  const resource = identity.kind === 'app' ? identity.resource : undefined;
  return JSON.stringify([operationName, visibleIdentity(identity), resource, languages, variables]);
}

function readKind(document: DocumentNode, operationName: string | undefined): OperationKind {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.QUERY) return 'other';
  return asksEntities(operation.selectionSet) ? 'entities' : 'query';
}

function asksEntities({ selections }: SelectionSetNode): boolean {
  const [only] = selections;
  return selections.length === 1 && only?.kind === Kind.FIELD && isEntities(only);
}

function isEntities({ name, alias, directives, arguments: given }: FieldNode): boolean {
  const [argument] = given ?? [];
  return (
    name.value === '_entities' &&
    alias === undefined &&
    (directives ?? []).length === 0 &&
    given?.length === 1 &&
    argument?.name.value === 'representations' &&
    argument.value.kind === Kind.VARIABLE &&
    argument.value.name.value === 'representations'
  );
}
