import { printSchema } from 'graphql';
import { type Clock, systemClock } from '../platform/clock/clock';
import type { Log } from '../platform/logging/log';
import type { SubgraphEndpoint } from '../platform/subgraph/subgraph-port';
import type { Authenticator } from './authenticator';
import { composeSupergraph } from './federation/compose';
import { FederatedGraph } from './federation/federated-graph';
import { createApolloServer } from './http/apollo-server';
import { type AssetFolder, registerAssets } from './http/assets';
import { registerGraphql } from './http/graphql-route';
import { type Readiness, registerHealth } from './http/health';
import { createHttpServer, listen, registerFrontPage } from './http/server';
import { registerWebhooks, type WebhookReceiver } from './http/webhooks';
import { DocumentCheck } from './limits/document-check';
import { LIMITS } from './limits/limits';
import { type RateLimit, rateLimitPerAddress, unlimited } from './limits/rate-limit';
import { Origins } from './origins';
import type { ScopeTable } from './scopes/scopes';
import { LiveHub } from './subscriptions/live-hub';
import { LiveOperations } from './subscriptions/live-operation';
import { type LiveStats, newLiveCounters } from './subscriptions/live-stats';
import { subscriptionProtocol } from './subscriptions/protocol';
import { SocketServer } from './subscriptions/socket-server';

// Read by @apollo/gateway and the planner when they start: this product reports nothing to anybody.
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';

export interface GatewayOptions {
  readonly endpoints: readonly SubgraphEndpoint[];
  /** Composed from the endpoints' SDL when absent. */
  readonly supergraphSdl?: string;
  readonly host: string;
  /** 0 asks the system for a free port. */
  readonly port: number;
  readonly authenticate: Authenticator;
  readonly log: Log;
  readonly clock?: Clock;
  readonly introspection: boolean;
  readonly explorer: boolean;
  /** Requests and socket operations are counted per address; `true` allows what LIMITS says. */
  readonly rateLimit: boolean | { readonly requests: number; readonly seconds: number };
  /** What the scopes of an API key open. Absent: this graph has no scopes, and keys are not limited by any. */
  readonly scopes?: ScopeTable;
  /** Reports cost in `extensions.cost`, and counts it against callers where enforced. Absent: neither. */
  readonly cost?: { readonly enforce: boolean };
  readonly production: boolean;
  /** A proxy in front says in X-Forwarded-For where a request came from. Off by default. */
  readonly trustProxy?: boolean;
  readonly webhooks: WebhookReceiver;
  readonly readiness: Readiness;
  readonly assets?: readonly AssetFolder[];
}

export interface Gateway {
  /** "http://host:port", without a path. */
  readonly url: string;
  readonly publicSchemaSdl: string;
  stats(): LiveStats;
  /** Stops taking requests, lets running ones finish (10 s at most), tells sockets to come back. */
  stop(): Promise<void>;
}

/** Rejects with CompositionError, or with what to do when the port cannot be had. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { log } = options;
  const graph = new FederatedGraph(
    options.supergraphSdl ?? composeSupergraph(options.endpoints),
    new Map(options.endpoints.map((endpoint) => [endpoint.name, endpoint])),
    log,
  );
  const check = new DocumentCheck(graph.publicSchema, options.introspection);
  const apollo = createApolloServer({ ...options, graph, check });
  await apollo.start();

  let stopping = false;
  const clock = options.clock ?? systemClock;
  const rateLimit = rateLimitOf(options.rateLimit);
  const origins = new Origins(options.authenticate, clock);
  const app = createHttpServer(log, options.trustProxy ?? false, () => stopping);
  registerHealth(app, options.readiness, () => stopping);
  registerFrontPage(app, options.explorer);
  registerGraphql(app, { ...options, authenticator: options.authenticate, apollo, origins, rateLimit });
  registerWebhooks(app, options.webhooks);
  registerAssets(app, options.assets ?? []);

  const counters = newLiveCounters();
  const sockets = new SocketServer({
    path: '/graphql',
    protocol: subscriptionProtocol({
      schema: graph.publicSchema,
      operations: new LiveOperations(graph, check),
      hub: new LiveHub(counters, log),
      authenticator: options.authenticate,
      rateLimit,
      log,
    }),
    origins,
    rateLimit,
    counters,
    clock,
    log,
    trustProxy: options.trustProxy ?? false,
  });
  sockets.attach(app.server);

  let url: string;
  try {
    url = await listen(app, options.host, options.port);
  } catch (error) {
    await sockets.stop();
    await app.close();
    await apollo.stop();
    throw error;
  }

  return {
    url,
    publicSchemaSdl: printSchema(graph.publicSchema),
    stats: () => ({ ...counters }),
    async stop() {
      stopping = true;
      const impatience = setTimeout(() => app.server.closeAllConnections(), LIMITS.drainMs);
      try {
        await Promise.all([sockets.stop(), app.close()]);
      } finally {
        clearTimeout(impatience);
      }
      await apollo.stop();
    },
  };
}

function rateLimitOf(wanted: GatewayOptions['rateLimit']): RateLimit {
  if (wanted === false) return unlimited;
  return wanted === true ? rateLimitPerAddress() : rateLimitPerAddress(wanted.requests, wanted.seconds);
}
