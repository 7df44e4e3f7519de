import { type ExecutionResult, GraphQLError } from 'graphql';
import { errorFields, type Log } from '../logging/log';
import { API_ERROR_CODES } from '../user-errors/api-error';
import { Refusal } from '../user-errors/refusal';
import { InternalCallError } from './internal-client';

/**
 * The one error mapper: errors meant for the caller keep their code and message, everything else becomes INTERNAL
 * with the request id, and the cause goes to the log.
 */
export function maskErrors(result: ExecutionResult, requestId: string, log: Log): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => maskError(error, requestId, log)) };
}

function maskError(error: GraphQLError, requestId: string, log: Log): GraphQLError {
  const code = error.extensions['code'];
  if (typeof code === 'string' && (API_ERROR_CODES as readonly string[]).includes(code)) return error;
  // graphql-js wraps its own errors in each other; what is left is what our code threw.
  let cause = error.originalError;
  while (cause instanceof GraphQLError) cause = cause.originalError;
  // Nothing: variables or arguments did not fit their types, which is the caller's own input.
  if (!cause) return withCode(error, error.message, 'BAD_USER_INPUT');
  // A query has no payload to carry a refusal: it becomes a top-level error.
  if (cause instanceof Refusal)
    return withCode(error, cause.message, cause.code === 'NOT_FOUND' ? 'NOT_FOUND' : 'BAD_USER_INPUT');
  // Another subgraph is away or late: that is what the caller should know, and that asking again may help.
  if (
    cause instanceof InternalCallError &&
    (cause.code === 'SUBGRAPH_TIMEOUT' || cause.code === 'SUBGRAPH_UNAVAILABLE')
  ) {
    return withCode(error, 'A part of the shop that this needs does not answer. Ask again.', cause.code);
  }
  log.error({ ...errorFields(cause), requestId, path: error.path?.join('.') }, 'A resolver failed.');
  return withCode(
    error,
    `Something went wrong on our side. Quote request ${requestId} when you report it.`,
    'INTERNAL',
    {
      requestId,
    },
  );
}

function withCode(
  error: GraphQLError,
  message: string,
  code: string,
  extensions: Record<string, unknown> = {},
): GraphQLError {
  return new GraphQLError(message, {
    ...(error.nodes ? { nodes: error.nodes } : {}),
    ...(error.path ? { path: error.path } : {}),
    extensions: { ...extensions, code },
  });
}
