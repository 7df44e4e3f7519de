import path from 'node:path';
import { startEmbedded } from '../../embedded';
import { systemClock } from '../../platform/clock/clock';
import type { RunningSubgraph, Subgraph } from '../../platform/subgraph/define-subgraph';
import { FileSecretStore } from '../../platform/subgraph/secret-store';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../platform/subgraph/subgraph-port';
import type { Stack, StackOptions } from '../stack';
import { subgraphs } from '../subgraphs';
import { callKeys } from './call-keys';
import { startGatewayProcess } from './gateway-process';
import { type SubgraphProcess, startSubgraphProcess } from './subgraph-process';

export interface LocalStackOptions extends StackOptions {
  /** What stands between callers and a subgraph; answers the address that callers use. For tests of failures. */
  readonly inFrontOf?: (name: SubgraphName, url: string) => Promise<string>;
}

/**
 * The distributed shape within one process, for tests and proofs: every subgraph on its own port, on its own bus and
 * connections, reached by signed calls alone. `npm run start:distributed` has the real processes.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<Stack> {
  const { log } = options;
  const clock = options.clock ?? systemClock;
  const undo: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.reverse().splice(0)) await step();
  };
  try {
    const database = await startEmbedded({
      dataDir: path.join(options.config.dataDir, 'db'),
      durability: options.durability ?? 'fsync',
    });
    undo.push(() => database.stop());
    const config = { ...options.config, mongodbUri: database.uri };
    const secrets = new FileSecretStore(config.dataDir, log);
    const keys = callKeys(config, secrets);
    const urls = new Map<SubgraphName, string>();
    const urlOf = (name: SubgraphName): string => {
      const url = urls.get(name);
      if (!url) throw new Error(`${name} is not listening yet.`);
      return url;
    };
    const started: SubgraphProcess<unknown>[] = [];
    undo.push(async () => {
      await Promise.all(started.map((process) => process.stop(2000)));
    });
    const start = async (name: SubgraphName): Promise<SubgraphProcess<unknown>> => {
      const process = await startSubgraphProcess({
        definition: subgraphs[name] as Subgraph,
        config,
        mongodbUri: database.uri,
        log,
        clock,
        secrets,
        keys,
        host: '127.0.0.1',
        port: 0,
        urlOf,
        workers: options.workers ?? true,
      });
      started.push(process);
      urls.set(name, (await options.inFrontOf?.(name, process.url)) ?? process.url);
      return process;
    };
    const processes = await Promise.all(SUBGRAPH_NAMES.map(start));
    const gateway = await startGatewayProcess({ config, log, clock, secrets, keys, urlOf });
    undo.push(() => gateway.stop());
    for (const { runtime } of processes) runtime.setPublicUrl(config.publicUrl ?? gateway.url);

    const running = Object.fromEntries(
      processes.map((process) => [process.running.name, process.running]),
    ) as unknown as Stack['runtime']['running'];
    const runtime: Stack['runtime'] = {
      running,
      endpoints: processes.map((process): RunningSubgraph<unknown> => process.running),
      internal: (caller) => {
        const [first] = processes;
        if (!first) throw new Error('No subgraph is running.');
        return first.runtime.internal(caller);
      },
      setPublicUrl: (url) => {
        for (const process of processes) process.runtime.setPublicUrl(url);
      },
      // What one does may be an event for another: quiet is when nobody has anything left.
      async settle() {
        for (let round = 0; round < SUBGRAPH_NAMES.length; round += 1) {
          await Promise.all(processes.map((process) => process.runtime.settle()));
        }
      },
      ping: async () => (await Promise.all(processes.map((process) => process.runtime.ping()))).every(Boolean),
      stop,
    };
    await options.prepare?.({ url: gateway.url, config, runtime });
    return { url: gateway.url, config, gateway, runtime, secrets, mongodbUri: database.uri, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
