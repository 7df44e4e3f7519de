import type { Gateway } from '../../gateway/gateway';
import { shared } from '../../gateway/sharing/shared';
import type { Clock } from '../../platform/clock/clock';
import type { Config } from '../../platform/config/config';
import type { Log } from '../../platform/logging/log';
import type { KeyRing } from '../../platform/remote/signature';
import { createInternalClient } from '../../platform/subgraph/internal-client';
import type { SecretStore } from '../../platform/subgraph/secret-store';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../platform/subgraph/subgraph-port';
import { startShopGateway } from '../shop-gateway';
import { subgraphs } from '../subgraphs';
import { startTelemetry } from '../telemetry';
import { Elsewhere, openRemote } from './elsewhere';

export interface GatewayProcessOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly secrets: SecretStore;
  readonly keys: KeyRing;
  readonly urlOf: (name: SubgraphName) => string;
}

const HEALTH_MS = 1_000;

/** The gateway over subgraphs in other processes; their schemas are known from the code. */
export async function startGatewayProcess(options: GatewayProcessOptions): Promise<Gateway> {
  const log = options.log.child({ part: 'gateway' });
  const endpoints = SUBGRAPH_NAMES.map((name) =>
    openRemote(name, subgraphs[name].schema().sdl, subgraphs[name].topics, { ...options, log }),
  );
  const elsewhere = new Elsewhere({ ...options, log });
  const telemetry = await startTelemetry(options.config, 'gateway', options.log);
  const close = async () => {
    await Promise.all([elsewhere, ...endpoints].map((one) => one.close()));
    await telemetry.stop();
  };
  try {
    const gateway = await startShopGateway({
      ...options,
      endpoints: shared(endpoints),
      telemetry,
      internal: createInternalClient('gateway', elsewhere.find),
      readiness: readinessOf(options.urlOf),
    });
    return {
      ...gateway,
      async stop() {
        await gateway.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Not ready until every subgraph was once. Later a missing one costs its own part of the answers and no more: to call
 * the gateway not ready then would take the rest away too.
 */
function readinessOf(urlOf: (name: SubgraphName) => string) {
  const met = new Set<SubgraphName>();
  return async (): Promise<Record<string, 'up' | 'down'>> => {
    await Promise.all(
      SUBGRAPH_NAMES.filter((name) => !met.has(name)).map(async (name) => {
        const answer = await fetch(`${urlOf(name)}/readyz`, { signal: AbortSignal.timeout(HEALTH_MS) }).catch(
          () => null,
        );
        if (answer?.ok) met.add(name);
      }),
    );
    return Object.fromEntries(SUBGRAPH_NAMES.map((name) => [name, met.has(name) ? 'up' : 'down']));
  };
}
