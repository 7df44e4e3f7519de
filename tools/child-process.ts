import { EXIT_CONFIG } from '../platform/config/config';
import { errorFields, type Log } from '../platform/logging/log';

/** How long a process goes on that lost the one that started it. */
const ORPHAN_MS = 1_500;

/** What a process says to the one that started it. */
export interface ChildReady {
  readonly kind: 'ready';
  /** Where it answers. */
  readonly url: string;
}

/** Tells the process that started this one, if any, where it answers. */
export function announce(url: string): void {
  process.send?.({ kind: 'ready', url } satisfies ChildReady);
}

/**
 * Stops once, on SIGTERM or Ctrl-C, then exits: 0 when all went well. Under another process of ours, Ctrl-C is that one's
 * affair (it decides the order), and its end is ours.
 */
export function stopOnSignal(stop: () => Promise<void>, log: Log, limitMs = 14_000): void {
  let stopping = false;
  const once = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      log.error({}, 'Stopping took too long; what still ran is cut off.');
      process.exit(1);
    }, limitMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error(errorFields(error), 'Stopping did not go cleanly.');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', once);
  if (process.send) {
    process.on('SIGINT', () => undefined);
    // It was killed: nobody waits for a clean end, and whoever comes next wants our ports.
    process.once('disconnect', () => {
      setTimeout(() => process.exit(1), ORPHAN_MS).unref();
      once();
    });
  } else process.once('SIGINT', once);
}

/** Runs a command; a fault that was foreseen shows its sentence, a surprise its stack. */
export function runCommand(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    // A message written for the operator names its cause or has a name of its own.
    const foreseen =
      error instanceof Error &&
      (error.cause !== undefined || /^(Command|Config|EmbeddedStart|Composition)Error$/.test(error.name));
    if (error instanceof Error && !foreseen) console.error(error.stack);
    process.exit(error instanceof Error && error.name === 'ConfigError' ? EXIT_CONFIG : 1);
  });
}

/** The command cannot do what was asked; the message says why and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
