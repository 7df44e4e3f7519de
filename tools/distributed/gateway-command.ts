import 'reflect-metadata';
import { Command } from 'commander';
import { systemClock } from '../../platform/clock/clock';
import { readConfig } from '../../platform/config/config';
import { createLog } from '../../platform/logging/log';
import { FileSecretStore } from '../../platform/subgraph/secret-store';
import { announce, runCommand, stopOnSignal } from '../child-process';
import { addressesOf } from './addresses';
import { callKeys } from './call-keys';
import { startGatewayProcess } from './gateway-process';

new Command('start:gateway')
  .description('The gateway as a process of its own, over the subgraphs that SUBGRAPH_URLS names.')
  .addHelpText(
    'after',
    `
Environment (README.md has the whole list):
  SUBGRAPH_URLS        where all seven are: accounts=http://127.0.0.1:4101,catalog=…
  SUBGRAPH_SECRETS     secrets of calls between processes, newest first (one under DATA_DIR/secrets)
  SUBGRAPH_TIMEOUT_MS  how long a query may take in a subgraph (2000)
  PORT, HOST           where to listen (4000, 127.0.0.1)
  TRUST_PROXY          how many proxies in front add to X-Forwarded-For: off, on (one) or a number (off)
  DATA_DIR             folder of secrets and images (.data)`,
  )
  .action(() => runCommand(main))
  .parse();

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const urlOf = addressesOf(config);
  const log = createLog(config.logLevel);
  const secrets = new FileSecretStore(config.dataDir, log);
  const gateway = await startGatewayProcess({
    config,
    log,
    clock: systemClock,
    secrets,
    keys: callKeys(config, secrets),
    urlOf,
  });
  stopOnSignal(() => gateway.stop(), log);
  console.log(`The gateway answers at ${gateway.url}/graphql`);
  announce(gateway.url);
}
