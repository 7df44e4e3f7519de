import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { startStandalone } from '../gateway/standalone';
import { EXIT_CONFIG } from '../platform/config/config';
import { createLog, LOG_LEVELS, type LogLevel } from '../platform/logging/log';

interface GatewayCommand {
  readonly supergraph: string;
  readonly port: number;
  readonly host: string;
  readonly subgraphTimeout: number;
  readonly logLevel: LogLevel;
}

const program = new Command('gateway')
  .description(
    'Starts the gateway alone on any supergraph; its subgraphs are reached at the URLs the supergraph names.',
  )
  .requiredOption('--supergraph <file>', 'supergraph SDL, as composition prints it')
  .option('--port <number>', 'port to listen on, 0 for any free one', wholeNumber, 4000)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--subgraph-timeout <milliseconds>', 'longest wait for one answer of a subgraph', wholeNumber, 10_000)
  .option('--log-level <level>', `one of ${LOG_LEVELS.join(', ')}`, logLevel, 'warn')
  .addHelpText(
    'after',
    `
GraphQL is served at /graphql and at /, without accounts, keys or limits, and with the errors of subgraphs as they are:
for audits and trials. Exit status: 0 stopped by a signal; 1 the command line is wrong; 78 the supergraph, a URL in it,
the host or the port cannot be used.`,
  );

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function logLevel(text: string): LogLevel {
  const known = LOG_LEVELS.find((level) => level === text);
  if (!known) throw new InvalidArgumentError(`It must be one of ${LOG_LEVELS.join(', ')}.`);
  return known;
}

async function main(): Promise<void> {
  const { supergraph, port, host, subgraphTimeout, logLevel: level } = program.parse().opts<GatewayCommand>();
  let supergraphSdl: string;
  try {
    supergraphSdl = readFileSync(supergraph, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`The supergraph ${supergraph} cannot be read${code ? ` (${code})` : ''}.`);
  }
  const gateway = await startStandalone({
    supergraphSdl,
    host,
    port,
    subgraphTimeoutMs: subgraphTimeout,
    log: createLog(level),
  });
  console.log(`ready at ${gateway.url}/graphql`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    gateway.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(EXIT_CONFIG);
});
