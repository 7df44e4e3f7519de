import 'reflect-metadata';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../platform/clock/clock';
import { readConfig } from '../platform/config/config';
import { createLog } from '../platform/logging/log';
import { FileSecretStore } from '../platform/subgraph/secret-store';
import { SUBGRAPH_NAMES, type SubgraphName } from '../platform/subgraph/subgraph-port';
import { announce, runCommand, stopOnSignal } from './child-process';
import { addressesOf } from './distributed/addresses';
import { callKeys } from './distributed/call-keys';
import { sharedDatabaseUri } from './distributed/database-uri';
import { loadSubgraph } from './distributed/one-subgraph';
import { startSubgraphProcess } from './distributed/subgraph-process';

new Command('subgraph')
  .description('One subgraph as a process of its own: answers calls signed by the other parts of the installation.')
  .addArgument(new Argument('<name>', 'which one').choices(SUBGRAPH_NAMES))
  .option('--port <n>', 'port to listen on, 0 for any free one (the one SUBGRAPH_URLS names)', portNumber)
  .option('--host <host>', 'address to listen on', '127.0.0.1')
  .addHelpText(
    'after',
    `
Environment (README.md has the whole list):
  SUBGRAPH_URLS     where all seven are: accounts=http://127.0.0.1:4101,catalog=…
  SUBGRAPH_SECRETS  secrets of calls between processes, newest first (one under DATA_DIR/secrets)
  MONGODB_URI       a MongoDB replica set (the embedded database that serves DATA_DIR/db)
  REDIS_URL         events and live counters between processes travel faster (the outboxes alone)
  PUBLIC_URL        the gateway's address
  DATA_DIR          folder of secrets (.data)`,
  )
  .action((name: SubgraphName, options: { port?: number; host: string }) => runCommand(() => main(name, options)))
  .parse();

async function main(name: SubgraphName, { port, host }: { port?: number; host: string }): Promise<void> {
  const config = readConfig(process.env);
  const urlOf = addressesOf(config);
  const log = createLog(config.logLevel);
  const secrets = new FileSecretStore(config.dataDir, log);
  const [definition, mongodbUri] = await Promise.all([loadSubgraph(name), sharedDatabaseUri(config)]);
  const subgraph = await startSubgraphProcess({
    definition,
    config,
    mongodbUri,
    log,
    clock: systemClock,
    secrets,
    keys: callKeys(config, secrets),
    host,
    port: port ?? Number(new URL(urlOf(name)).port),
    urlOf,
  });
  stopOnSignal(() => subgraph.stop(), log);
  console.log(`${name} answers signed calls at ${subgraph.url}/graphql`);
  announce(subgraph.url);
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError('It must be between 0 and 65535.');
  return port;
}
