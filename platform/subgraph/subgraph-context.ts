import type { Identity } from '../context/identity';

/** What a resolver gets: who asks, the subgraph's services, and loaders made for this one request. */
export interface SubgraphContext<Services = unknown, Loaders = unknown> {
  readonly identity: Identity;
  readonly requestId: string;
  /** BCP 47 tags, best first; empty when the caller has no preference. */
  readonly languages: readonly string[];
  readonly services: Services;
  readonly loaders: Loaders;
}
