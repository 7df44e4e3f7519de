import type { IncomingHttpHeaders } from 'node:http';
import { type ApolloServer, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import type { HttpContext } from './apollo-server';
import type { Visitor } from './entrance';
import { withPersistedQuery } from './persisted-queries';

export interface ApolloRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** From the question mark on; empty when there is none. */
  readonly search: string;
  /** Parsed JSON. */
  readonly body: unknown;
  readonly visitor: Visitor;
}

export interface ApolloResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Has Apollo Server answer a request. Rejects only for what is a fault of this server. */
export async function answerByApollo(
  apollo: ApolloServer<HttpContext>,
  { method, headers, search, body, visitor }: ApolloRequest,
): Promise<ApolloResponse> {
  const answer: HTTPGraphQLResponse = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method,
      headers: headerMap(headers),
      search: method === 'GET' ? searchWithPersistedQuery(search) : search,
      body: isObject(body) ? withPersistedQuery(body) : body,
    },
    context: () =>
      Promise.resolve({ visitor, surroundings: surroundingsOf(headers), fresh: wantsFresh(headers['cache-control']) }),
  });
  // Apollo Server streams only operations with @defer and @stream, which this schema does not have.
  if (answer.body.kind !== 'complete') throw new Error('Apollo Server answered in parts.');
  return { status: answer.status ?? 200, headers: answer.headers, body: answer.body.string };
}

/** Neighbourhood and channel of a question: answers may differ by them. */
export function surroundingsOf(headers: IncomingHttpHeaders): string {
  const neighborhood = headers['x-neighborhood-id'];
  const channel = headers['x-channel'];
  return neighborhood === undefined && channel === undefined ? '' : `${neighborhood ?? ''}\n${channel ?? ''}`;
}

export function wantsFresh(cacheControl: string | undefined): boolean {
  return cacheControl !== undefined && /\bno-(cache|store)\b/i.test(cacheControl);
}

function headerMap(headers: IncomingHttpHeaders): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

function searchWithPersistedQuery(search: string): string {
  if (!search.includes('documentId')) return search;
  const parameters = new URLSearchParams(search);
  const documentId = parameters.get('documentId');
  if (!documentId || parameters.has('query') || parameters.has('extensions')) return search;
  const { extensions } = withPersistedQuery<{ documentId: string; extensions?: unknown }>({ documentId });
  parameters.set('extensions', JSON.stringify(extensions));
  return parameters.toString();
}

function isObject(body: unknown): body is Record<string, unknown> {
  return body !== null && typeof body === 'object' && !Array.isArray(body);
}
