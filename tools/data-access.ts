import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EmbeddedStartError, findRunning, startEmbedded } from '../embedded';
import { type Config, readConfig } from '../platform/config/config';
import { createLog } from '../platform/logging/log';
import type { Subgraph } from '../platform/subgraph/define-subgraph';
import { type Runtime, startRuntime } from '../platform/subgraph/runtime';
import { FileSecretStore } from '../platform/subgraph/secret-store';

/** The shop's data could not be reached; the message says what to do. */
export class DataAccessError extends Error {
  override readonly name = 'DataAccessError';
}

export interface DataAccess<Subgraphs extends Readonly<Record<string, Subgraph>>> {
  readonly config: Config;
  readonly runtime: Runtime<Subgraphs>;
  /** Where the data are, for the person at the terminal. */
  readonly place: string;
  close(): Promise<void>;
}

/**
 * Opens some subgraphs on the shop's data for a command: MONGODB_URI when it is set, else the database of a server
 * that runs on this data directory, else an embedded database for the time of the command. Events stay in the outbox
 * for the server's relay.
 */
export async function openData<Subgraphs extends Readonly<Record<string, Subgraph>>>(
  subgraphs: Subgraphs,
  options: { readonly dataDir?: string | undefined; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<DataAccess<Subgraphs>> {
  const env = options.env ?? process.env;
  const config = readConfig({
    LOG_LEVEL: 'warn',
    ...env,
    ...(options.dataDir === undefined ? {} : { DATA_DIR: options.dataDir }),
  });
  const log = createLog(config.logLevel);
  const database = await openDatabase(config);
  try {
    const runtime = await startRuntime({
      config,
      mongodbUri: database.uri,
      subgraphs,
      log,
      secrets: new FileSecretStore(config.dataDir, log),
      workers: false,
    });
    return {
      config,
      runtime,
      place: database.place,
      async close() {
        await runtime.stop();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw new DataAccessError(
      `The database at ${database.place} does not answer: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

const ATTEMPTS = 20;
const RETRY_MS = 250;

interface OpenDatabase {
  readonly uri: string;
  readonly place: string;
  stop(): Promise<void>;
}

async function openDatabase(config: Config): Promise<OpenDatabase> {
  if (config.mongodbUri !== null) {
    return { uri: config.mongodbUri, place: 'MONGODB_URI', stop: () => Promise.resolve() };
  }
  const folder = path.join(config.dataDir, 'db');
  for (let attempt = 1; ; attempt += 1) {
    const running = await findRunning(folder);
    if (running !== null) {
      return { uri: running, place: `${config.dataDir} (through the running server)`, stop: () => Promise.resolve() };
    }
    try {
      await mkdir(config.dataDir, { recursive: true });
      const embedded = await startEmbedded({ dataDir: folder });
      return { uri: embedded.uri, place: config.dataDir, stop: () => embedded.stop() };
    } catch (error) {
      // A server that is just starting or stopping holds the directory without answering yet, or still.
      const held = error instanceof EmbeddedStartError && error.message.includes('in use by process');
      if (held && attempt < ATTEMPTS) await setTimeout(RETRY_MS);
      else throw cannotUse(config.dataDir, error);
    }
  }
}

function cannotUse(dataDir: string, error: unknown): DataAccessError {
  if (error instanceof EmbeddedStartError) return new DataAccessError(error.message);
  const reason = error instanceof Error ? error.message : String(error);
  return new DataAccessError(
    `The data directory ${dataDir} cannot be used: ${reason}. Choose another with --data-dir or DATA_DIR.`,
  );
}
