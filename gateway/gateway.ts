import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { printSchema } from 'graphql';
import { type Clock, systemClock } from '../platform/clock/clock';
import type { Log } from '../platform/logging/log';
import type { SubgraphEndpoint } from '../platform/subgraph/subgraph-port';
import type { Authenticator } from './authenticator';
import { NO_TRUSTED_DOCUMENTS, type TrustedDocuments } from './documents/trusted-documents';
import { composeSupergraph } from './federation/compose';
import { FederatedGraph } from './federation/federated-graph';
import { type AssetFolder, registerAssets } from './http/assets';
import { registerEmbeds } from './http/embeds';
import { GraphqlDoor } from './http/graphql-door';
import { type Readiness, registerHealth } from './http/health';
import { createHttpServer, listen, registerFrontPage } from './http/server';
import { UnusedConnections } from './http/unused-connections';
import { registerWebhooks, type WebhookReceiver } from './http/webhooks';
import { DocumentCheck } from './limits/document-check';
import { LIMITS } from './limits/limits';
import { type CostSettings, OperationGate } from './limits/operation-gate';
import { type RateLimit, rateLimitPerAddress, unlimited } from './limits/rate-limit';
import { observedCalls, observeEngine, observeLive } from './operations/observed';
import type { GatewayTelemetry } from './operations/request-telemetry';
import { Origins } from './origins';
import type { ScopeTable } from './scopes/scopes';
import { LiveServer, type LiveSettings } from './subscriptions/live-server';
import type { LiveStats } from './subscriptions/live-stats';

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
  readonly cost?: CostSettings;
  /** "off" takes documents and variables of any size and cost, for audits of a gateway alone. On when absent. */
  readonly limits?: 'on' | 'off';
  /** Subgraphs belong to somebody else: what they say of their errors goes to callers as it is. Off when absent. */
  readonly trustSubgraphErrors?: boolean;
  /** POST / is GraphQL too: some tools know no path. Off when absent. */
  readonly graphqlAtRoot?: boolean;
  readonly production: boolean;
  /** Registered documents, and who may run only those. None when absent. */
  readonly trustedDocuments?: TrustedDocuments;
  /** Keeps answers as long as `@cacheControl` allows, in at most so many bytes. Absent: none are kept. */
  readonly responseCache?: { readonly maxBytes: number };
  /** Which lane answers ordinary requests by HTTP; "apollo" is there to compare with. */
  readonly lane?: 'hot' | 'apollo';
  /** How many proxies of the installation stand in front and say in X-Forwarded-For where a request came from. None when absent. */
  readonly proxies?: number;
  /** Limits and rates of sockets, event streams and their topics. */
  readonly live?: LiveSettings;
  readonly webhooks: WebhookReceiver;
  readonly readiness: Readiness;
  readonly assets?: readonly AssetFolder[];
  /** Traces and metrics of requests and of the calls to subgraphs. */
  readonly telemetry?: GatewayTelemetry;
  /** How long a stopping gateway still answers, while balancers learn that it is not ready. 0 when absent. */
  readonly lingerMs?: number;
}

export interface Gateway {
  /** "http://host:port", without a path. */
  readonly url: string;
  readonly publicSchemaSdl: string;
  stats(): LiveStats;
  /**
   * Says it is not ready and lingers, then stops taking requests, lets running ones finish (10 s at most) and tells
   * sockets to come back.
   */
  stop(): Promise<void>;
}

/** Rejects with CompositionError, or with what to do when the port cannot be had. */
export async function startGateway(given: GatewayOptions): Promise<Gateway> {
  const { telemetry } = given;
  const options = telemetry
    ? { ...given, endpoints: given.endpoints.map((endpoint) => observedCalls(endpoint, telemetry)) }
    : given;
  const { log } = options;
  const graph = new FederatedGraph(
    options.supergraphSdl ?? composeSupergraph(options.endpoints),
    new Map(options.endpoints.map((endpoint) => [endpoint.name, endpoint])),
    log,
    { trustSubgraphErrors: options.trustSubgraphErrors ?? false },
  );
  const check = new DocumentCheck(graph.publicSchema, options.introspection, options.limits);
  const gate = new OperationGate({
    schema: graph.publicSchema,
    scopes: options.scopes,
    cost: options.cost,
    limitsNewDocuments: options.rateLimit !== false || (options.cost?.enforce ?? false),
    limits: options.limits,
  });

  let stopping = false;
  const clock = options.clock ?? systemClock;
  const rateLimit = rateLimitOf(options.rateLimit);
  const origins = new Origins(options.authenticate, clock);
  const proxies = options.proxies ?? 0;
  const door = new GraphqlDoor({
    ...options,
    graph,
    check,
    gate,
    trusted: options.trustedDocuments ?? NO_TRUSTED_DOCUMENTS,
    authenticator: options.authenticate,
    origins,
    rateLimit,
    clock,
    proxies,
    isStopping: () => stopping,
    responseCache: options.responseCache ?? null,
    lane: options.lane ?? 'hot',
  });
  const app = createHttpServer(
    log,
    proxies,
    () => stopping,
    (request, response) => {
      if (options.graphqlAtRoot && request.method === 'POST' && request.url === '/') request.url = '/graphql';
      return door.take(request, response);
    },
    telemetry,
  );
  const unused = new UnusedConnections(app.server);
  registerHealth(app, options.readiness, () => stopping);
  registerFrontPage(app, options.explorer);
  await door.open(app);
  registerWebhooks(
    app,
    options.webhooks,
    rateLimit === unlimited ? unlimited : rateLimitPerAddress(LIMITS.webhooksPerWindow, LIMITS.windowSeconds),
  );
  registerAssets(app, options.assets ?? []);
  registerEmbeds(app);

  const live = new LiveServer({
    ...options,
    graph,
    check,
    gate,
    authenticator: options.authenticate,
    origins,
    rateLimit,
    clock,
    proxies,
    settings: options.live ?? {},
  });
  live.register(app);

  let url: string;
  try {
    url = await listen(app, options.host, options.port);
  } catch (error) {
    await live.stop();
    await app.close();
    await door.close();
    throw error;
  }

  if (telemetry?.metrics) {
    observeLive(telemetry.metrics, () => live.stats());
    observeEngine(telemetry.metrics, graph);
  }
  return {
    url,
    publicSchemaSdl: printSchema(graph.publicSchema),
    stats: () => live.stats(),
    async stop() {
      stopping = true;
      // Answers go on meanwhile, each closing its connection: whoever holds one finds another gateway for the next request.
      if (options.lingerMs) await setTimeoutPromise(options.lingerMs);
      const impatience = setTimeout(() => app.server.closeAllConnections(), LIMITS.drainMs);
      unused.close();
      try {
        await Promise.all([live.stop(), app.close()]);
      } finally {
        clearTimeout(impatience);
      }
      await door.close();
    },
  };
}

function rateLimitOf(wanted: GatewayOptions['rateLimit']): RateLimit {
  if (wanted === false) return unlimited;
  return wanted === true ? rateLimitPerAddress() : rateLimitPerAddress(wanted.requests, wanted.seconds);
}
