import { type ExecutionResult, GraphQLError } from 'graphql';

/**
 * A copy of a subgraph's answer for one more reader: executors merge answers in place and keep them. Spreading keeps an
 * object's shape, which makes this several times faster than `structuredClone` and faster than parsing the text again.
 */
export function copyOfResult({ data, errors, extensions }: ExecutionResult): ExecutionResult {
  return {
    ...(data === undefined ? {} : { data: copyOf(data) }),
    ...(errors ? { errors: errors.map((error) => copyOfError(error)) } : {}),
    ...(extensions ? { extensions: copyOf(extensions) } : {}),
  };
}

/** Of what JSON can hold. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  for (const key in copy) {
    const inner = copy[key];
    if (typeof inner === 'object' && inner !== null) copy[key] = copyOf(inner);
  }
  return copy as T;
}

export function copyOfError(error: GraphQLError, path = error.path): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: path ? [...path] : null,
    originalError: error.originalError ?? null,
    extensions: copyOf(error.extensions),
  });
}
