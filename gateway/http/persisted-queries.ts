import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import { type DocumentReference, documentIdOf, type TrustedDocuments } from '../documents/trusted-documents';
import { WeightedCache } from '../weighted-cache';

const MAX_QUERIES = 5_000;
const MAX_BYTES = 16 * 1024 * 1024;
/** What Apollo Server puts before the hash. */
const APOLLO_PREFIX = 'apq:';

type ApolloCache = Exclude<NonNullable<ApolloServerOptions<BaseContext>['cache']>, 'bounded'>;

/** Texts by hash: the operator's registered ones, and those clients registered by sending text and hash once (APQ). */
export class PersistedQueries {
  private readonly registered = new WeightedCache<string>(MAX_QUERIES, MAX_BYTES);

  constructor(private readonly trusted: TrustedDocuments) {}

  find(id: string): string | undefined {
    return this.trusted.find(id) ?? this.registered.get(id);
  }

  /** `hash` must be the hex SHA-256 of `text`. */
  register(hash: string, text: string): void {
    this.registered.set(hash, text, 2 * text.length + 200);
  }

  /** The same texts under the interface Apollo Server keeps persisted queries in. */
  forApollo(): ApolloCache {
    const hashOf = (key: string): string => key.slice(APOLLO_PREFIX.length);
    return {
      get: async (key) => this.find(hashOf(key)),
      set: async (key, text) => this.register(hashOf(key), text),
      delete: async () => undefined,
    };
  }
}

/** A request that names its document by `documentId`, in the words Apollo Server understands; any other as it was. */
export function withPersistedQuery<Body extends DocumentReference>(body: Body): Body {
  if (body.documentId === undefined || (body.query !== undefined && body.query !== null)) return body;
  const id = documentIdOf(body);
  if (id === undefined) return body;
  const { extensions } = body;
  const others = extensions !== null && typeof extensions === 'object' && !Array.isArray(extensions) ? extensions : {};
  return { ...body, query: undefined, extensions: { ...others, persistedQuery: { version: 1, sha256Hash: id } } };
}
