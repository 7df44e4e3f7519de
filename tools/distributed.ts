import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { type Config, readConfig } from '../platform/config/config';
import { createLog } from '../platform/logging/log';
import { FileSecretStore } from '../platform/subgraph/secret-store';
import { SUBGRAPH_NAMES } from '../platform/subgraph/subgraph-port';
import { announce, runCommand, stopOnSignal } from './child-process';
import { callKeys } from './distributed/call-keys';
import { freePort } from './distributed/free-port';
import { runOnce, Supervisor } from './distributed/supervisor';
import { welcome } from './welcome';

/** Together below the 15 seconds after which whoever sent SIGTERM loses patience. */
const GATEWAY_STOP_MS = 10_500;
const SUBGRAPH_STOP_MS = 2_500;
const DATABASE_STOP_MS = 1_000;

new Command('start:distributed')
  .description(
    'Starts the distributed shape on this machine: the embedded database, the seven subgraphs and the gateway, each a process of its own, with demo data on first start. A process that dies is started again.',
  )
  .addHelpText(
    'after',
    `
DATA_DIR/processes.json names every process with its id and address while they run.

Environment (README.md has the whole list):
  PORT           port of the gateway, 0 for any free one (4000)
  HOST           address the gateway listens on (127.0.0.1)
  DATA_DIR       folder of the database, secrets and images (.data)
  MONGODB_URI    a MongoDB replica set in place of the embedded database
  REDIS_URL      events and live counters between processes travel faster
  SUBGRAPH_URLS  fixed addresses of the subgraphs on this machine (free ports)
  NODE_ENV       development, test or production (development); production makes no demo data`,
  )
  .action(() => runCommand(main))
  .parse();

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  mkdirSync(config.dataDir, { recursive: true });
  if (!config.subgraphSecrets) callKeys(config, new FileSecretStore(config.dataDir, log));
  const supervisor = new Supervisor(log, path.join(config.dataDir, 'processes.json'));
  const stop = async (): Promise<void> => {
    await supervisor.stop(['gateway'], GATEWAY_STOP_MS);
    await supervisor.stop(SUBGRAPH_NAMES, SUBGRAPH_STOP_MS);
    await supervisor.stop(['database'], DATABASE_STOP_MS);
    supervisor.finish();
  };
  stopOnSignal(stop, log, GATEWAY_STOP_MS + SUBGRAPH_STOP_MS + DATABASE_STOP_MS + 500);
  try {
    const env = await environmentOf(config, supervisor);
    const [url] = await Promise.all([
      supervisor.start({ name: 'gateway', script: script('distributed/gateway-command.ts'), args: [], env }),
      ...SUBGRAPH_NAMES.map((name) => supervisor.start({ name, script: script('subgraph.ts'), args: [name], env })),
    ]);
    if (config.environment !== 'production') await seed(config, url ?? '', env);
    console.log(welcome(url ?? '', config, storefrontKeyOf(config)));
    announce(url ?? '');
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What every part is told: the same database, the same addresses, the same secrets. */
async function environmentOf(config: Config, supervisor: Supervisor): Promise<NodeJS.ProcessEnv> {
  const mongodbUri =
    config.mongodbUri ??
    (await supervisor.start({
      name: 'database',
      script: script('embedded.ts'),
      args: ['serve', '--data', path.join(config.dataDir, 'db')],
      env: process.env,
    }));
  const urls = await Promise.all(
    SUBGRAPH_NAMES.map(
      async (name) => `${name}=${config.subgraphUrls?.[name] ?? `http://127.0.0.1:${await freePort()}`}`,
    ),
  );
  const port = config.port === 0 ? await freePort(config.host) : config.port;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return {
    ...process.env,
    DATA_DIR: config.dataDir,
    MONGODB_URI: mongodbUri,
    // The same after a restart, for those who hold the address.
    PORT: String(port),
    SUBGRAPH_URLS: urls.join(','),
    PUBLIC_URL: config.publicUrl ?? `http://${host}:${port}`,
  };
}

async function seed(config: Config, url: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (demoState(config)?.state === 'done') return;
  await runOnce({ name: 'seed', script: script('distributed/seed-command.ts'), args: ['--url', url], env });
}

function storefrontKeyOf(config: Config): string | null {
  return demoState(config)?.storefrontKey ?? null;
}

function demoState(config: Config): { state: string; storefrontKey: string | null } | null {
  const file = path.join(config.dataDir, 'demo-data.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

function script(name: string): string {
  return path.join(__dirname, name);
}
