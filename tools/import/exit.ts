import { type Command, CommanderError } from 'commander';
import { ConfigError, EXIT_CONFIG } from '../../platform/config/config';
import { ImportFileError } from '../../subgraphs/catalog';
import { DataAccessError } from '../data-access';

/** Exit statuses of import and export. */
export const EXIT = {
  done: 0,
  /** Some rows were refused; everything else is in. */
  refused: 1,
  /** The command line or the file cannot be used; nothing was done. */
  usage: 2,
  /** The data cannot be reached. */
  data: 69,
  config: EXIT_CONFIG,
} as const;

export const EXIT_HELP = `
Exit status: 0 all is in; 1 some rows were refused; 2 the command or the file cannot be used;
69 the data cannot be reached; 78 the environment is wrong.`;

/** The command did its work, but for some rows; it has told of them. */
export class RowsRefused extends Error {
  override readonly name = 'RowsRefused';
}

/** Runs a command line and answers its exit status; what goes wrong is said in words. */
export async function runCommand(command: Command, args: readonly string[] = process.argv.slice(2)): Promise<number> {
  for (const part of [command, ...command.commands]) part.exitOverride();
  try {
    await command.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return statusOf(error);
  }
}

function statusOf(error: unknown): number {
  // Commander has said what is wrong already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof RowsRefused) return EXIT.refused;
  if (error instanceof ImportFileError) return say(error.message, EXIT.usage);
  if (error instanceof DataAccessError) return say(error.message, EXIT.data);
  if (error instanceof ConfigError) return say(error.message, EXIT.config);
  return say(error instanceof Error ? (error.stack ?? error.message) : String(error), EXIT.data);
}

function say(message: string, status: number): number {
  console.error(message);
  return status;
}
