import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readTrustedDocuments, TrustedDocumentsError, trustedDocuments } from '../gateway/documents/trusted-documents';
import { type Gateway, startGateway } from '../gateway/gateway';
import type { Readiness } from '../gateway/http/health';
import { withNode } from '../gateway/node/node-endpoint';
import { SCOPE_TABLE } from '../gateway/scopes/scope-table';
import type { Clock } from '../platform/clock/clock';
import { type Config, ConfigError } from '../platform/config/config';
import type { Log } from '../platform/logging/log';
import type { InternalClient } from '../platform/subgraph/internal-client';
import type { SecretStore } from '../platform/subgraph/secret-store';
import type { SubgraphEndpoint } from '../platform/subgraph/subgraph-port';
import { createAuthenticator } from './authentication';
import { PaymentWebhookDocument } from './generated/orders';
import type { Telemetry } from './telemetry';

export interface ShopGatewayOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly secrets: SecretStore;
  /** The seven, wherever they run. */
  readonly endpoints: readonly SubgraphEndpoint[];
  /** How the gateway itself asks subgraphs: for keys, sessions and webhooks. */
  readonly internal: InternalClient;
  readonly readiness: Readiness;
  readonly telemetry: Telemetry;
}

/** The gateway of this product, the same in every shape. */
export async function startShopGateway(options: ShopGatewayOptions): Promise<Gateway> {
  const { config, log, clock, internal } = options;
  const images = path.join(config.dataDir, 'images');
  await mkdir(images, { recursive: true });
  return startGateway({
    endpoints: withNode(options.endpoints),
    host: config.host,
    port: config.port,
    authenticate: createAuthenticator(internal, options.secrets, clock),
    log: log.child({ part: 'gateway' }),
    clock,
    introspection: config.introspection,
    explorer: config.introspection,
    rateLimit: config.rateLimit,
    cost: { enforce: config.costLimit },
    scopes: SCOPE_TABLE,
    production: config.environment === 'production',
    ...(config.trustedDocuments === null && config.trustedDocumentsOnly === 'off'
      ? {}
      : { trustedDocuments: trustedDocuments(documentsOf(config), config.trustedDocumentsOnly) }),
    ...(config.responseCache ? { responseCache: { maxBytes: config.responseCacheMb * 1024 * 1024 } } : {}),
    proxies: config.proxies,
    live: {
      ...(config.liveConnections === null ? {} : { connections: config.liveConnections }),
      ...(config.liveConnectionsPerAddress === null ? {} : { connectionsPerAddress: config.liveConnectionsPerAddress }),
      ...(config.liveConnectionsPerKey === null ? {} : { connectionsPerKey: config.liveConnectionsPerKey }),
    },
    webhooks: async (provider, headers, rawBody) => {
      const answer = await internal.request('orders', PaymentWebhookDocument, {
        provider,
        headers: JSON.stringify(headers),
        body: rawBody.toString('utf8'),
      });
      const { status, message } = answer._paymentWebhook;
      return { status, body: { message } };
    },
    readiness: options.readiness,
    telemetry: { ...options.telemetry, ...(config.traceParents ? {} : { parentRatio: config.traceRatio }) },
    lingerMs: config.drainSeconds * 1000,
    assets: [{ prefix: '/images/', root: images }],
  });
}

function documentsOf({ trustedDocuments: place }: Config): ReadonlyMap<string, string> {
  try {
    return place === null ? new Map() : readTrustedDocuments(place);
  } catch (error) {
    throw error instanceof TrustedDocumentsError ? new ConfigError([error.message]) : error;
  }
}
