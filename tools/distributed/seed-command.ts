import 'reflect-metadata';
import { Command } from 'commander';
import { readConfig } from '../../platform/config/config';
import { createLog } from '../../platform/logging/log';
import { startRuntime } from '../../platform/subgraph/runtime';
import { FileSecretStore } from '../../platform/subgraph/secret-store';
import { accounts } from '../../subgraphs/accounts';
import { catalog } from '../../subgraphs/catalog';
import { announce, runCommand } from '../child-process';
import { ensureDemoData } from '../demo-data/demo-data';
import { sharedDatabaseUri } from './database-uri';

new Command('seed')
  .description('Fills an empty distributed installation with the demo shop; its gateway and subgraphs must be running.')
  .requiredOption('--url <url>', 'address of the gateway')
  .action(({ url }: { url: string }) => runCommand(() => main(url)))
  .parse();

/** People and products are written as the import command does it; campaigns and orders go through the gateway. */
async function main(url: string): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const runtime = await startRuntime({
    config,
    mongodbUri: await sharedDatabaseUri(config),
    subgraphs: { accounts, catalog },
    log,
    secrets: new FileSecretStore(config.dataDir, log),
    workers: false,
    shared: true,
  });
  const key = await ensureDemoData({ url, config, runtime }, { log });
  await runtime.stop();
  announce(key ?? '');
  process.exit(0);
}
