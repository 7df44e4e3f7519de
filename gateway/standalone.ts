import { Supergraph } from '@apollo/federation-internals';
import { ANONYMOUS } from '../platform/context/identity';
import type { Log } from '../platform/logging/log';
import type { Authenticator } from './authenticator';
import { createHttpEndpoint, type HttpEndpoint } from './federation/http-endpoint';
import { type Gateway, startGateway } from './gateway';
import { shared } from './sharing/shared';

export interface StandaloneOptions {
  readonly supergraphSdl: string;
  readonly host: string;
  readonly port: number;
  /** For one request to one subgraph, in milliseconds. */
  readonly subgraphTimeoutMs: number;
  readonly log: Log;
}

/** The supergraph cannot be served: its SDL or a subgraph's URL is at fault. */
export class SupergraphError extends Error {
  override readonly name = 'SupergraphError';
}

/** Everybody is nobody, from every page. */
const anybody: Authenticator = {
  identify: () => Promise.resolve({ identity: ANONYMOUS, originAllowed: true }),
  isOriginListed: () => Promise.resolve(true),
};

/**
 * The gateway alone over any supergraph: subgraphs at the URLs it names, without accounts, keys or limits, and with
 * what subgraphs say of their errors passed on. For audits and trials, not for the open internet.
 */
export async function startStandalone(options: StandaloneOptions): Promise<Gateway> {
  const endpoints = endpointsOf(options);
  const closeAll = async (): Promise<void> => {
    await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  };
  try {
    const gateway = await startGateway({
      endpoints: shared(endpoints),
      supergraphSdl: options.supergraphSdl,
      host: options.host,
      port: options.port,
      authenticate: anybody,
      log: options.log,
      introspection: true,
      explorer: true,
      rateLimit: false,
      limits: 'off',
      graphqlAtRoot: true,
      trustSubgraphErrors: true,
      production: false,
      webhooks: () => Promise.resolve({ status: 404, body: { message: 'There are no webhooks here.' } }),
      readiness: () => Promise.resolve({ supergraph: 'up' }),
    });
    return {
      ...gateway,
      async stop() {
        await gateway.stop();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function endpointsOf({ supergraphSdl, subgraphTimeoutMs }: StandaloneOptions): HttpEndpoint[] {
  let supergraph: Supergraph;
  try {
    supergraph = Supergraph.build(supergraphSdl);
  } catch (error) {
    throw new SupergraphError(`It is not a supergraph: ${error instanceof Error ? error.message : String(error)}`);
  }
  return supergraph.subgraphsMetadata().map(({ name, url }) => {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new SupergraphError(`The subgraph "${name}" has no http URL to be reached at: "${url}".`);
    }
    return createHttpEndpoint({
      name,
      url,
      timeoutMs: subgraphTimeoutMs,
      sdl: () => supergraph.subgraphs().get(name)?.toString() ?? '',
    });
  });
}
