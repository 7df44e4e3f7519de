import {
  type FragmentDefinitionNode,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  getOperationAST,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { SubgraphRequest } from '../subgraph/subgraph-port';

/** Why a subgraph in another process gave no answer; the words are the client's, the cause stays in our log. */
export type RemoteFaultCode = 'SUBGRAPH_TIMEOUT' | 'SUBGRAPH_UNAVAILABLE';

const MESSAGES: Readonly<Record<RemoteFaultCode, string>> = {
  SUBGRAPH_TIMEOUT: 'A part of the shop did not answer in time. What you got is the rest; ask again for this part.',
  SUBGRAPH_UNAVAILABLE: 'A part of the shop cannot be reached. What you got is the rest; ask again for this part.',
};

/** A batch of many entities says so much and no more. */
const MOST_ERRORS = 20;

type Asked = Pick<SubgraphRequest, 'document' | 'operationName' | 'variables'>;
type Path = readonly (string | number)[];

/**
 * What a subgraph would say whose every field failed: an error at each field that was asked of it, for each entity.
 * Says nothing of host, port, driver or stack.
 */
export function remoteFaults(code: RemoteFaultCode, request: Asked): GraphQLError[] {
  const error = (path: Path | undefined) =>
    new GraphQLError(MESSAGES[code], { ...(path ? { path } : {}), extensions: { code } });
  const paths = pathsOf(request);
  return paths.length === 0 ? [error(undefined)] : paths.slice(0, MOST_ERRORS).map(error);
}

function pathsOf(request: Asked): Path[] {
  const operation = getOperationAST(request.document, request.operationName);
  if (!operation) return [];
  return fieldsOf(operation.selectionSet, request, null).flatMap(({ key, selectionSet }): Path[] => {
    if (key !== '_entities' || !selectionSet) return [[key]];
    const representations: unknown = request.variables?.['representations'];
    if (!Array.isArray(representations)) return [[key]];
    return representations.slice(0, MOST_ERRORS).flatMap((representation: unknown, index): Path[] => {
      const { __typename: type } = representation as { __typename?: unknown };
      const fields = fieldsOf(selectionSet, request, String(type));
      return fields.length === 0 ? [[key, index]] : fields.map((field) => [key, index, field.key]);
    });
  });
}

interface AskedField {
  readonly key: string;
  readonly selectionSet: SelectionSetNode | undefined;
}

/** The fields of a selection without `__typename`; those of fragments only where their type is the given one. */
function fieldsOf(set: SelectionSetNode, request: Asked, type: string | null): AskedField[] {
  return set.selections.flatMap((selection): AskedField[] => {
    if (!isAsked(selection, request)) return [];
    if (selection.kind === Kind.FIELD) {
      if (selection.name.value === '__typename') return [];
      return [{ key: selection.alias?.value ?? selection.name.value, selectionSet: selection.selectionSet }];
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(request, selection.name.value);
    const condition = fragment?.typeCondition?.name.value;
    if (!fragment || (type !== null && condition !== undefined && condition !== type)) return [];
    return fieldsOf(fragment.selectionSet, request, type);
  });
}

function isAsked(selection: SelectionNode, { variables = {} }: Asked): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false
  );
}

function fragmentOf({ document }: Asked, name: string): FragmentDefinitionNode | undefined {
  return document.definitions.find(
    (node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name,
  );
}
