import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { errorFields, type Log } from '../platform/logging/log';
import { API_ERROR_CODES, type ApiErrorCode } from '../platform/user-errors/api-error';

/** Codes of the GraphQL protocol itself, set before anything runs. */
const PROTOCOL_CODES = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'DOCUMENT_NOT_TRUSTED',
] as const;

/** Extensions a caller may see beside the code: what to wait for, what to quote, which limit was met. */
const PUBLIC_EXTENSIONS = ['requestId', 'retryAfter', 'limit', 'maximum'] as const;

export type ClientErrorCode = ApiErrorCode | (typeof PROTOCOL_CODES)[number];

export function clientError(
  code: ClientErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensions, code } });
}

export function internalError(requestId: string, path?: GraphQLError['path']): GraphQLError {
  return new GraphQLError(`Something went wrong on our side. Quote request ${requestId} when you report it.`, {
    ...(path ? { path } : {}),
    extensions: { code: 'INTERNAL', requestId },
  });
}

export function throttled(retryAfterSeconds: number): GraphQLError {
  return clientError('THROTTLED', `Too many requests. Try again in ${retryAfterSeconds} s.`, {
    retryAfter: retryAfterSeconds,
  });
}

/** A response body in the shape of GraphQL, for refusals that happen before GraphQL starts. */
export function errorBody(...errors: readonly GraphQLError[]): { errors: GraphQLFormattedError[] } {
  return { errors: errors.map((error) => error.toJSON()) };
}

/**
 * The last gate of everything executed: errors a subgraph marked with a public code keep code, message and path;
 * all else becomes INTERNAL with the request id, and its cause goes to the log. An INTERNAL error is believed only
 * when it carries this request's id, which is how our own masking marks it.
 */
export function maskResult(result: ExecutionResult, requestId: string, log: Log): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => maskError(error, requestId, log)) };
}

export function maskError(error: GraphQLError, requestId: string, log: Log): GraphQLError {
  const { code } = error.extensions;
  if ((API_ERROR_CODES as readonly unknown[]).includes(code)) {
    if (code !== 'INTERNAL' || error.extensions['requestId'] === requestId) return publicCopy(error);
  }
  log.error({ ...errorFields(rootCause(error)), requestId, path: error.path?.join('.') }, 'A request failed.');
  return internalError(requestId, error.path);
}

/** What Apollo Server may say of errors it raised itself, before our executor ran. */
export function formatProtocolError(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const code = protocolCode(formatted.extensions?.['code']);
  if (code === null) {
    return {
      message: 'Something went wrong on our side. Quote the X-Request-Id header when you report it.',
      extensions: { code: 'INTERNAL' },
    };
  }
  return {
    message: formatted.message,
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
    extensions: { ...publicExtensions(formatted.extensions ?? {}), code },
  };
}

function protocolCode(code: unknown): ClientErrorCode | null {
  // Apollo Server's own names for "the request makes no sense".
  if (code === 'BAD_REQUEST' || code === 'OPERATION_RESOLUTION_FAILURE') return 'BAD_USER_INPUT';
  const known: readonly ClientErrorCode[] = [...API_ERROR_CODES, ...PROTOCOL_CODES];
  return known.find((candidate) => candidate === code) ?? null;
}

function publicCopy(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.path ? { path: error.path } : {}),
    extensions: { ...publicExtensions(error.extensions), code: error.extensions['code'] },
  });
}

function publicExtensions(extensions: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(PUBLIC_EXTENSIONS.filter((key) => key in extensions).map((key) => [key, extensions[key]]));
}

function rootCause(error: GraphQLError): Error {
  let cause: Error = error;
  for (let depth = 0; depth < 8 && cause instanceof GraphQLError; depth++) {
    // Errors from another process are plain objects: their message is already in the error around them.
    if (!(cause.originalError instanceof Error)) break;
    cause = cause.originalError;
  }
  return cause;
}
