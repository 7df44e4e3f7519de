import type { DocumentNode, ExecutionResult } from 'graphql';
import type { Identity } from '../context/identity';

/** The seven owners of the graph. */
export const SUBGRAPH_NAMES = [
  'accounts',
  'catalog',
  'orders',
  'community',
  'social',
  'content',
  'recommendations',
] as const;
export type SubgraphName = (typeof SUBGRAPH_NAMES)[number];

/** One GraphQL request to one subgraph. `document` must be valid for that subgraph's schema. */
export interface SubgraphRequest {
  readonly document: DocumentNode;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
  readonly identity: Identity;
  readonly requestId: string;
  /** BCP 47 tags the caller prefers, best first. */
  readonly languages?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** W3C trace context of the request this one belongs to, so that one trace runs from the socket to the store. */
  readonly traceparent?: string | undefined;
}

/** The only way to query or change a subgraph, whatever process it lives in. Never rejects for GraphQL errors. */
export interface SubgraphDataSource {
  execute(request: SubgraphRequest): Promise<ExecutionResult>;
}

/**
 * The only way to follow a subgraph's events. The iterator supports `return` (stop following) and `throw`;
 * an invalid subscription resolves to a result that carries the errors.
 */
export interface SubgraphSubscriber {
  subscribe(request: SubgraphRequest): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult>;
}

/** Whether everyone who may watch sees the same (executed once, anonymously) or each viewer their own. */
export type TopicVisibility = 'PUBLIC' | 'VIEWER';

/** A subgraph as the gateway sees it: its SDL, how to reach it, and which of its subscriptions are public. */
export interface SubgraphEndpoint extends SubgraphDataSource, SubgraphSubscriber {
  /** One of `SUBGRAPH_NAMES` in this product; any name where the gateway serves another supergraph. */
  readonly name: string;
  /** Federation 2 SDL, directives included. */
  readonly sdl: string;
  /** Subscription field name to visibility. Fields not listed are VIEWER. */
  readonly topics: Readonly<Record<string, TopicVisibility>>;
}
