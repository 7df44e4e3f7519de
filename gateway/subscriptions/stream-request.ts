import type { FastifyRequest } from 'fastify';
import type { DocumentReference } from '../documents/trusted-documents';

/** What an event stream was asked for. */
export interface StreamRequest extends DocumentReference {
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** EventSource cannot set headers, so a key that may stand in a page may stand in this URL. */
  readonly storefrontKey: string | undefined;
}

/** URLs end up in histories and logs: what opens a person's account has no place in one. */
const SECRETS = ['authorization', 'token', 'access_token', 'accessToken'];

/** Reads `GET ?query=…&variables={…}` or a JSON body; a text says what is wrong with it. */
export function readStreamRequest(request: FastifyRequest): StreamRequest | string {
  const url = (request.query ?? {}) as Record<string, unknown>;
  if (SECRETS.some((name) => name in url)) return 'Access tokens go into the Authorization header, never into the URL.';
  const { key } = url;
  if (key !== undefined && typeof key !== 'string') return 'key must be one storefront key or overlay token.';
  const parameters = request.method === 'GET' ? fromUrl(url) : request.body;
  if (!isObject(parameters)) return 'Send a JSON object with query, and operationName and variables if needed.';
  const { query, documentId, operationName, variables, extensions } = parameters;
  if (!isAbsent(query) && typeof query !== 'string') return 'query must be text.';
  if (!isAbsent(operationName) && typeof operationName !== 'string') return 'operationName must be text.';
  if (!isAbsent(variables) && !isObject(variables)) return 'variables must be an object.';
  if (!isAbsent(extensions) && !isObject(extensions)) return 'extensions must be an object.';
  return {
    query: query ?? undefined,
    documentId,
    extensions: extensions ?? undefined,
    operationName: operationName ?? undefined,
    variables: variables ?? undefined,
    storefrontKey: key,
  };
}

/** Null when a parameter that should be JSON is none. */
function fromUrl(url: Record<string, unknown>): Record<string, unknown> | null {
  try {
    return { ...url, variables: parsed(url['variables']), extensions: parsed(url['extensions']) };
  } catch {
    return null;
  }
}

function parsed(text: unknown): unknown {
  if (text === undefined || text === '') return undefined;
  if (typeof text !== 'string') throw new SyntaxError('given more than once');
  return JSON.parse(text);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
