import type { ExecutionResult, GraphQLError } from 'graphql';

/** The answer to one operation, ready to be written: the data is JSON text, made once for everybody who gets it. */
export interface Answer {
  /** The `data` member as JSON text; undefined when nothing ran (the request is at fault). */
  readonly data: string | undefined;
  /** Masked, with paths, ready for the caller. Empty when all went well. */
  readonly errors: readonly GraphQLError[];
}

/** The body of a response. `extensions` is JSON text of the member of that name. */
export function textOf({ data, errors }: Answer, extensions?: string): string {
  const members: string[] = [];
  if (errors.length > 0) members.push(`"errors":${JSON.stringify(errors)}`);
  if (data !== undefined) members.push(`"data":${data}`);
  if (extensions !== undefined) members.push(`"extensions":${extensions}`);
  return `{${members.join(',')}}`;
}

export function answerOf(result: ExecutionResult): Answer {
  return {
    data: result.data === undefined ? undefined : JSON.stringify(result.data),
    errors: result.errors ?? [],
  };
}

export function resultOf({ data, errors }: Answer): ExecutionResult {
  return {
    ...(errors.length > 0 ? { errors } : {}),
    ...(data === undefined ? {} : { data: JSON.parse(data) as Record<string, unknown> | null }),
  };
}
