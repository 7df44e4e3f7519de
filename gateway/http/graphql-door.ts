import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock/clock';
import type { Log } from '../../platform/logging/log';
import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import type { Authenticator } from '../authenticator';
import { KnownDocuments } from '../documents/known-documents';
import type { TrustedDocuments } from '../documents/trusted-documents';
import type { FederatedGraph } from '../federation/federated-graph';
import type { DocumentCheck } from '../limits/document-check';
import type { OperationGate } from '../limits/operation-gate';
import type { RateLimit } from '../limits/rate-limit';
import type { GatewayTelemetry } from '../operations/request-telemetry';
import type { Origins } from '../origins';
import { createApolloServer, type HttpContext } from './apollo-server';
import { readCacheHints } from './cache/cache-hints';
import { CachePolicies } from './cache/cache-policy';
import { ResponseCache } from './cache/response-cache';
import { Entrance } from './entrance';
import { registerGraphql } from './graphql-route';
import { HotLane } from './hot-lane';
import { HttpOperations } from './http-operations';
import { PersistedQueries } from './persisted-queries';

export interface GraphqlDoorOptions {
  readonly graph: FederatedGraph;
  readonly endpoints: readonly SubgraphEndpoint[];
  readonly check: DocumentCheck;
  readonly gate: OperationGate;
  readonly trusted: TrustedDocuments;
  readonly authenticator: Authenticator;
  readonly origins: Origins;
  readonly rateLimit: RateLimit;
  readonly clock: Clock;
  readonly log: Log;
  readonly introspection: boolean;
  readonly explorer: boolean;
  readonly production: boolean;
  readonly proxies: number;
  readonly isStopping: () => boolean;
  readonly telemetry?: GatewayTelemetry;
  /** Answers with `@cacheControl` are kept; null keeps none. */
  readonly responseCache: { readonly maxBytes: number } | null;
  /** "apollo" sends every request through Fastify and Apollo Server, for comparison. */
  readonly lane: 'hot' | 'apollo';
}

/** Queries and mutations by HTTP: our own lane for ordinary requests, Apollo Server beside it for all others. */
export class GraphqlDoor {
  private readonly entrance: Entrance;
  private readonly documents: KnownDocuments;
  private readonly operations: HttpOperations;
  private readonly persisted: PersistedQueries;
  private readonly apollo: ApolloServer<HttpContext>;
  private hot: HotLane | null = null;

  constructor(private readonly options: GraphqlDoorOptions) {
    const { graph, trusted, responseCache } = options;
    this.entrance = new Entrance(options);
    this.documents = new KnownDocuments(options.check);
    this.persisted = new PersistedQueries(trusted);
    this.operations = new HttpOperations({
      ...options,
      policies: new CachePolicies(graph.publicSchema, readCacheHints(options.endpoints)),
      cache: responseCache ? new ResponseCache(responseCache.maxBytes, options.clock) : undefined,
      metrics: options.telemetry?.metrics,
    });
    this.apollo = createApolloServer({
      ...options,
      documents: this.documents,
      operations: this.operations,
      persisted: this.persisted,
    });
  }

  /** Before the server listens. */
  async open(app: FastifyInstance): Promise<void> {
    await this.apollo.start();
    registerGraphql(app, { apollo: this.apollo, entrance: this.entrance, explorer: this.options.explorer });
    if (this.options.lane === 'apollo') return;
    this.hot = new HotLane({
      ...this.options,
      entrance: this.entrance,
      documents: this.documents,
      operations: this.operations,
      persisted: this.persisted,
      apollo: this.apollo,
      parseJson: carefulJson(app),
    });
  }

  /** A request the HTTP server just received: answered here, or false and left untouched. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    return this.hot?.take(request, response) ?? false;
  }

  async close(): Promise<void> {
    await this.apollo.stop();
  }
}

/** Fastify's own parser, so that what it refuses is refused in both lanes. */
function carefulJson(app: FastifyInstance): (text: string) => unknown {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (text) => {
    let failure: unknown = null;
    let value: unknown;
    // The parser looks at nothing of the request.
    parse({} as FastifyRequest, text, (error, body) => {
      failure = error;
      value = body;
    });
    if (failure) throw failure;
    return value;
  };
}
