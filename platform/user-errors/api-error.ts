import { GraphQLError } from 'graphql';

/** The closed list of `extensions.code` values a client can meet at the top level. */
export const API_ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'THROTTLED',
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'CONFLICT',
  'SUBGRAPH_TIMEOUT',
  'SUBGRAPH_UNAVAILABLE',
  'INTERNAL',
] as const;
export type ApiErrorCode = (typeof API_ERROR_CODES)[number];

/** A top-level error whose message is meant for the caller. Everything else is masked as INTERNAL. */
export class ApiError extends GraphQLError {
  constructor(code: ApiErrorCode, message: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(message, { extensions: { ...extensions, code } });
  }
}

export const unauthenticated = (message = 'Sign in first: send an Authorization header with a Bearer access token.') =>
  new ApiError('UNAUTHENTICATED', message);

export const forbidden = (message = 'This account may not do that.') => new ApiError('FORBIDDEN', message);

export const badInput = (message: string) => new ApiError('BAD_USER_INPUT', message);
