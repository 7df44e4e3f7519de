import { type ExecutionResult, GraphQLError } from 'graphql';

/** Null for anything that is not a GraphQL result. Errors become GraphQLErrors again. */
export function readResult(text: string): ExecutionResult | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return resultFrom(value);
}

export function resultFrom(value: unknown): ExecutionResult | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  const { data, errors } = value as { data?: unknown; errors?: unknown };
  if (data === undefined && errors === undefined) return null;
  if (data !== undefined && (typeof data !== 'object' || Array.isArray(data))) return null;
  if (errors === undefined) return value as ExecutionResult;
  if (!Array.isArray(errors)) return null;
  const rebuilt: GraphQLError[] = [];
  for (const error of errors) {
    const rebuiltError = errorFrom(error);
    if (!rebuiltError) return null;
    rebuilt.push(rebuiltError);
  }
  return { ...(value as ExecutionResult), errors: rebuilt };
}

export function errorFrom(value: unknown): GraphQLError | null {
  if (value === null || typeof value !== 'object') return null;
  const { message, path, extensions } = value as { message?: unknown; path?: unknown; extensions?: unknown };
  if (typeof message !== 'string') return null;
  return new GraphQLError(message, {
    ...(Array.isArray(path) ? { path: path as (string | number)[] } : {}),
    ...(extensions !== null && typeof extensions === 'object'
      ? { extensions: extensions as Record<string, unknown> }
      : {}),
  });
}
