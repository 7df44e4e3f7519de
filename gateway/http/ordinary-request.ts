import type { IncomingMessage } from 'node:http';
import { BoundedCache } from '../bounded-cache';
import { LIMITS } from '../limits/limits';
import { responseType } from './media-type';

/** A request whose head has nothing unusual about it. */
export interface OrdinaryRequest {
  /** From the question mark on for GET; null for POST. */
  readonly search: string | null;
  /** Bytes of the body; 0 for GET. */
  readonly length: number;
  /** The content type of the answer. */
  readonly responseType: string;
}

const PATH = '/graphql';
const JSON_BODY = /^application\/json(?:\s*;\s*charset="?utf-?8"?)?$/i;
const REMEMBERED = 200;

const jsonBodies = new BoundedCache<string, 'yes' | 'no'>(REMEMBERED);

/**
 * Reads the head of a request that our own lane may answer: a POST of JSON of known size within the limit, or a GET
 * that no page of another site can send without a preflight. Null for all others, which Fastify and Apollo Server answer.
 */
export function ordinaryRequest({ method, url, headers }: IncomingMessage): OrdinaryRequest | null {
  if (headers['transfer-encoding'] !== undefined) return null;
  const type = responseType(headers.accept);
  if (type === null) return null;
  if (method === 'POST') {
    // Some clients add the operation's name for the logs; nothing after the question mark counts in a POST.
    if (!(url === PATH || url?.startsWith(`${PATH}?`)) || !isJsonBody(headers['content-type'])) return null;
    const length = Number(headers['content-length']);
    if (!(length > 0 && length <= LIMITS.bodyBytes)) return null;
    return { search: null, length, responseType: type };
  }
  if (method !== 'GET' || !url?.startsWith(`${PATH}?`)) return null;
  if (headers.accept?.includes('text/html') || headers['content-length'] !== undefined) return null;
  const contentType = headers['content-type'];
  const preflighted = contentType === undefined ? isNamed(headers) : isJsonBody(contentType);
  return preflighted ? { search: url.slice(PATH.length), length: 0, responseType: type } : null;
}

function isJsonBody(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  if (contentType === 'application/json') return true;
  const known = jsonBodies.get(contentType);
  if (known) return known === 'yes';
  const is = JSON_BODY.test(contentType);
  if (contentType.length <= 100) jsonBodies.set(contentType, is ? 'yes' : 'no');
  return is;
}

/** Headers a page can send to another site only after asking; the same two that Apollo Server looks for. */
function isNamed(headers: IncomingMessage['headers']): boolean {
  return Boolean(headers['x-apollo-operation-name'] || headers['apollo-require-preflight']);
}
