import path from 'node:path';
import { type EmbeddedServer, startEmbedded } from '../embedded';
import type { Gateway } from '../gateway/gateway';
import { type Clock, systemClock } from '../platform/clock/clock';
import type { Config } from '../platform/config/config';
import type { Log } from '../platform/logging/log';
import { type Runtime, startRuntime } from '../platform/subgraph/runtime';
import { FileSecretStore, type SecretStore } from '../platform/subgraph/secret-store';
import { startShopGateway } from './shop-gateway';
import { subgraphs } from './subgraphs';
import { startTelemetry } from './telemetry';

/** A running installation as one process sees it: gateway, subgraphs, and where the database is. */
export interface Stack {
  readonly url: string;
  readonly config: Config;
  readonly gateway: Gateway;
  readonly runtime: Runtime<typeof subgraphs>;
  readonly secrets: SecretStore;
  /** Where the database answers, for tools that want to look at it. */
  readonly mongodbUri: string;
  stop(): Promise<void>;
}

export interface StackOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
  /** Tests may give up waiting for the disk; a running shop may not. */
  readonly durability?: 'fsync' | 'relaxed';
  /** Whether events and due jobs run by themselves (default) or only by `runtime.settle()`. */
  readonly workers?: boolean;
  /** Runs on the listening stack before it calls itself ready: the first start's demo data. */
  readonly prepare?: (stack: StackPreparation) => Promise<void>;
}

/** What preparation may use. */
export interface StackPreparation extends Pick<Stack, 'url' | 'config'> {
  readonly runtime: { readonly running: Pick<Stack['runtime']['running'], 'accounts' | 'catalog'> };
}

/** Everything of the embedded shape in one process: database, seven subgraphs, gateway. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, log } = options;
  const clock = options.clock ?? systemClock;
  const undo: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.reverse().splice(0)) await step();
  };
  try {
    const database: EmbeddedServer | null =
      config.mongodbUri === null
        ? await startEmbedded({
            dataDir: path.join(config.dataDir, 'db'),
            durability: options.durability ?? 'fsync',
          })
        : null;
    if (database) undo.push(() => database.stop());
    const mongodbUri = database?.uri ?? config.mongodbUri ?? '';
    const secrets = new FileSecretStore(config.dataDir, log);
    const telemetry = await startTelemetry(config, 'all', log);
    undo.push(() => telemetry.stop());
    const runtime = await startRuntime({
      config,
      mongodbUri,
      subgraphs,
      log,
      secrets,
      clock,
      workers: options.workers ?? true,
      tracing: telemetry.tracing,
    });
    undo.push(() => runtime.stop());
    let prepared = options.prepare === undefined;
    const gateway = await startShopGateway({
      config,
      log,
      clock,
      secrets,
      endpoints: runtime.endpoints,
      internal: runtime.internal('gateway'),
      telemetry,
      readiness: async () => ({
        database: (await runtime.ping()) ? 'up' : 'down',
        preparation: prepared ? 'up' : 'down',
      }),
    });
    undo.push(() => gateway.stop());
    runtime.setPublicUrl(config.publicUrl ?? gateway.url);
    await options.prepare?.({ url: gateway.url, config, runtime });
    prepared = true;
    return { url: gateway.url, config, gateway, runtime, secrets, mongodbUri, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
