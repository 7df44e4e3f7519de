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
import { LIMITS } from './limits/limits';
import { rateLimitPerAddress, unlimited } from './limits/rate-limit';
import { Origins } from './origins';

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
  /** Requests and socket operations are counted per address. */
  readonly rateLimit: boolean;
  readonly production: boolean;
  /** Which proxies may say where a request came from (Fastify's `trustProxy`); none by default. */
  readonly trustProxy?: boolean | string;
  readonly webhooks: WebhookReceiver;
  readonly readiness: Readiness;
  readonly assets?: readonly AssetFolder[];
}

export interface Gateway {
  /** "http://host:port", without a path. */
  readonly url: string;
  readonly publicSchemaSdl: string;
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
  const apollo = createApolloServer(graph, log, options);
  await apollo.start();

  let stopping = false;
  const rateLimit = options.rateLimit ? rateLimitPerAddress() : unlimited;
  const origins = new Origins(options.authenticate, options.clock ?? systemClock);
  const app = createHttpServer(log, options.trustProxy ?? false);
  registerHealth(app, options.readiness, () => stopping);
  registerFrontPage(app, options.explorer);
  registerGraphql(app, { ...options, authenticator: options.authenticate, apollo, origins, rateLimit });
  registerWebhooks(app, options.webhooks);
  registerAssets(app, options.assets ?? []);

  let url: string;
  try {
    url = await listen(app, options.host, options.port);
  } catch (error) {
    await app.close();
    await apollo.stop();
    throw error;
  }

  return {
    url,
    publicSchemaSdl: printSchema(graph.publicSchema),
    async stop() {
      stopping = true;
      const impatience = setTimeout(() => app.server.closeAllConnections(), LIMITS.drainMs);
      try {
        await app.close();
      } finally {
        clearTimeout(impatience);
      }
      await apollo.stop();
    },
  };
}
