import { type ArgumentNode, type DirectiveNode, type GraphQLError, Kind, type ValueNode } from 'graphql';
import { clientError } from '../client-errors';
import type { Variables } from './amount';
import { LIMITS } from './limits';

/** A refusal for a size that the document or the variables ask for. */
export function pastLimit(
  limit: 'cost' | 'page' | 'listItems' | 'variableValues' | 'variableDepth',
  message: string,
): GraphQLError {
  return clientError('BAD_USER_INPUT', message, { limit, maximum: LIMITS[limit] });
}

export function pageFault(argument: string, field: string): GraphQLError {
  return pastLimit('page', `\`${argument}\` of \`${field}\` may be at most ${LIMITS.page}.`);
}

/** Whether a list written out in the document has too many values. */
export function literalListFault(nodes: readonly (ArgumentNode | DirectiveNode)[]): GraphQLError | null {
  for (const node of nodes) {
    const values = node.kind === Kind.ARGUMENT ? [node.value] : (node.arguments ?? []).map(({ value }) => value);
    if (values.some(hasLongList)) return listFault();
  }
  return null;
}

function hasLongList(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.length > LIMITS.listItems || value.values.some(hasLongList);
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasLongList(field.value));
}

function listFault(): GraphQLError {
  return pastLimit('listItems', `A list may have at most ${LIMITS.listItems} values.`);
}

/** What is too large in the variables as they were sent, declared or not; null when nothing is. */
export function variablesFault(variables: Variables): GraphQLError | null {
  let values = 0;
  let fault: GraphQLError | null = null;
  // Recursion stops at the depth limit, so the stack cannot be exhausted by what a client nests.
  const measure = (value: unknown, depth: number): boolean => {
    values += 1;
    if (values > LIMITS.variableValues) {
      fault = pastLimit('variableValues', `Variables may have at most ${LIMITS.variableValues} values in all.`);
      return false;
    }
    if (typeof value !== 'object' || value === null) return true;
    if (depth > LIMITS.variableDepth) {
      fault = pastLimit('variableDepth', `Variables may nest at most ${LIMITS.variableDepth} levels deep.`);
      return false;
    }
    if (Array.isArray(value) && value.length > LIMITS.listItems) {
      fault = listFault();
      return false;
    }
    for (const inner of Array.isArray(value) ? value : Object.values(value)) {
      if (!measure(inner, depth + 1)) return false;
    }
    return true;
  };
  for (const name in variables) {
    if (!measure(variables[name], 1)) break;
  }
  return fault;
}
