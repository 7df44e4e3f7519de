import 'reflect-metadata';
import { Command } from 'commander';
import { readConfig } from '../platform/config/config';
import { createLog } from '../platform/logging/log';
import { runCommand, stopOnSignal } from './child-process';
import { ensureDemoData } from './demo-data/demo-data';
import { startStack } from './stack';
import { welcome } from './welcome';

new Command('start')
  .description(
    'Starts the gateway, the seven subgraphs and the embedded database in one process, with demo data on first start.',
  )
  .addHelpText(
    'after',
    `
Environment (README.md has the whole list):
  PORT           port of the gateway, 0 for any free one (4000)
  HOST           address to listen on (127.0.0.1)
  DATA_DIR       folder of the database, secrets and images (.data)
  MONGODB_URI    a MongoDB replica set in place of the embedded database
  INTROSPECTION  on or off (off in production); also decides the explorer page
  RATE_LIMIT     on or off (on in production)
  COST_LIMIT     on or off (on in production)
  LOG_LEVEL      debug, info, warn, error or silent (info)
  NODE_ENV       development, test or production (development)`,
  )
  .parse();

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const demo = config.environment !== 'production';
  let storefrontKey: string | null = null;
  const stack = await startStack({
    config,
    log,
    ...(demo
      ? {
          prepare: async (context) => {
            storefrontKey = await ensureDemoData(context, { log });
          },
        }
      : {}),
  });
  console.log(welcome(stack.url, config, storefrontKey));
  stopOnSignal(() => stack.stop(), log);
}

runCommand(main);
