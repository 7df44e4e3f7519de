import type { Clock } from '../../platform/clock/clock';
import type { Config } from '../../platform/config/config';
import type { Log } from '../../platform/logging/log';
import type { KeyRing } from '../../platform/remote/signature';
import { type SubgraphServer, startSubgraphServer } from '../../platform/remote/subgraph-server';
import type { RunningSubgraph, Subgraph } from '../../platform/subgraph/define-subgraph';
import { type Runtime, startRuntime } from '../../platform/subgraph/runtime';
import type { SecretStore } from '../../platform/subgraph/secret-store';
import type { SubgraphName } from '../../platform/subgraph/subgraph-port';
import { startTelemetry } from '../telemetry';
import { Elsewhere } from './elsewhere';

export interface SubgraphProcessOptions<Services> {
  readonly definition: Subgraph<Services>;
  readonly config: Config;
  readonly mongodbUri: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly secrets: SecretStore;
  readonly keys: KeyRing;
  readonly host: string;
  /** 0 asks the system for a free port. */
  readonly port: number;
  /** Where the others are, for internal operations. */
  readonly urlOf: (name: SubgraphName) => string;
  readonly workers?: boolean;
}

export interface SubgraphProcess<Services> {
  readonly url: string;
  readonly running: RunningSubgraph<Services>;
  readonly runtime: Pick<Runtime<Record<string, Subgraph>>, 'settle' | 'ping' | 'setPublicUrl' | 'internal'>;
  stop(graceMs?: number): Promise<void>;
}

/** One subgraph with its events and jobs, behind a port that answers only signed calls. */
export async function startSubgraphProcess<Services>(
  options: SubgraphProcessOptions<Services>,
): Promise<SubgraphProcess<Services>> {
  const { config, clock, keys, definition } = options;
  const log = options.log.child({ subgraph: definition.name });
  const elsewhere = new Elsewhere({ config, keys, clock, log, urlOf: options.urlOf });
  const telemetry = await startTelemetry(config, definition.name, options.log);
  const runtime = await startRuntime({
    config,
    mongodbUri: options.mongodbUri,
    subgraphs: { it: definition as Subgraph },
    log: options.log,
    secrets: options.secrets,
    clock,
    workers: options.workers ?? true,
    shared: true,
    elsewhere: elsewhere.find,
    tracing: telemetry.tracing,
  });
  if (config.publicUrl) runtime.setPublicUrl(config.publicUrl);
  let server: SubgraphServer;
  try {
    server = await startSubgraphServer({
      endpoint: runtime.running.it,
      keys,
      host: options.host,
      port: options.port,
      clock,
      log,
      ready: () => runtime.ping(),
    });
  } catch (error) {
    await runtime.stop();
    throw error;
  }
  return {
    url: server.url,
    running: runtime.running.it as RunningSubgraph<Services>,
    runtime,
    async stop(graceMs) {
      await server.stop(graceMs);
      await runtime.stop();
      await elsewhere.close();
      await telemetry.stop();
    },
  };
}
