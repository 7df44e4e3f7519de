import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { type EmbeddedOptions, type EmbeddedServer, EmbeddedStartError, startEmbedded } from '../embedded';
import { createLog } from '../platform/logging/log';
import { announce, runCommand, stopOnSignal } from './child-process';

const ATTEMPTS = 40;
const RETRY_MS = 250;

const program = new Command('embedded').description('The embedded database as a process of its own.');

program
  .command('serve')
  .description('Serves a data directory over the MongoDB wire protocol until it is told to stop.')
  .requiredOption('--data <dir>', 'folder of the database; made when missing')
  .option(
    '--port <n>',
    'TCP port on 127.0.0.1, 0 for any free one; without it a unix socket in the folder',
    wholeNumber,
  )
  .option('--ttl-seconds <n>', 'how often documents past their time to live are removed (60)', wholeNumber)
  .action((options: { data: string; port?: number; ttlSeconds?: number }) => runCommand(() => serve(options)));

program.parse();

async function serve({ data, port, ttlSeconds }: { data: string; port?: number; ttlSeconds?: number }): Promise<void> {
  const log = createLog('info');
  const database = await open({
    dataDir: path.resolve(data),
    ...(port === undefined ? {} : { host: '127.0.0.1', port }),
    ...(ttlSeconds === undefined ? {} : { expireEveryMs: ttlSeconds * 1000 }),
  });
  stopOnSignal(() => database.stop(), log);
  console.log(`The embedded database in ${data} answers at ${database.uri}`);
  announce(database.uri);
}

/** A process that was just killed, or is just stopping, holds the directory a moment longer. */
async function open(options: EmbeddedOptions): Promise<EmbeddedServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startEmbedded(options);
    } catch (error) {
      const held = error instanceof EmbeddedStartError && error.message.includes('in use by process');
      if (!held || !process.send || attempt >= ATTEMPTS) throw error;
      await setTimeout(RETRY_MS);
    }
  }
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
