import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AlreadyServedError, findServing, publishUri, releaseLock, takeLock } from './lock-file';
import type { ServerOptions } from './server';
import { findDamage } from './storage/file-check';
import type { Durability } from './storage/store';
import type { WorkerMessage } from './worker';

export interface EmbeddedServer {
  /** For mongoose or the driver as it is; add the database by the `dbName` option. */
  readonly uri: string;
  /** Ends open transactions, waits until everything is on disk, and releases the directory. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Made when missing. One process serves a directory at a time. */
  readonly dataDir: string;
  /** Giving a host or a port asks for TCP; port 0 takes a free one. Without either, a unix socket where possible. */
  readonly host?: string;
  readonly port?: number;
  /** `relaxed` answers before the disk has confirmed: for tests. */
  readonly durability?: Durability;
  /** How often documents past their TTL are removed; one minute unless given. */
  readonly expireEveryMs?: number;
  /** Called when the server dies after it had started; without it the process gets an uncaught error. */
  readonly onFailure?: (error: EmbeddedStartError) => void;
}

/** The server could not start, or has died; the message says what to do. */
export class EmbeddedStartError extends Error {
  override readonly name = 'EmbeddedStartError';
}

/**
 * Starts the server in a worker thread.
 *
 * @throws EmbeddedStartError when the directory is damaged, not writable, or served by a living process, or the port is taken
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dataDir = resolve(options.dataDir);
  await lockDirectory(dataDir);
  try {
    const damage = findDamage(join(dataDir, 'data.mdb'));
    if (damage !== null) throw new EmbeddedStartError(damagedText(dataDir, damage));
    const { uri, stop } = await startWorker(
      {
        dataDir,
        host: options.host,
        port: options.port,
        durability: options.durability ?? 'fsync',
        expireEveryMs: options.expireEveryMs ?? 60_000,
      },
      options.onFailure,
    );
    publishUri(dataDir, uri);
    return {
      uri,
      stop: async () => {
        await stop();
        releaseLock(dataDir);
      },
    };
  } catch (error) {
    releaseLock(dataDir);
    throw error;
  }
}

/** The uri of the server that a living process runs on this directory, or null. */
export async function findRunning(dataDir: string): Promise<string | null> {
  return findServing(resolve(dataDir));
}

async function lockDirectory(dataDir: string): Promise<void> {
  try {
    await takeLock(dataDir);
    accessSync(dataDir, constants.W_OK | constants.R_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof AlreadyServedError)
      throw new EmbeddedStartError(
        `The data directory ${dataDir} is in use by process ${error.pid}${error.uri === null ? '' : ` (${error.uri})`}. Stop that process, connect to it, or choose another directory (DATA_DIR).`,
      );
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedStartError(
      `The data directory ${dataDir} cannot be used (${code || reason}). Make it a directory this user may write to, or choose another one (DATA_DIR).`,
    );
  }
}

function damagedText(dataDir: string, damage: string): string {
  return `The database file in ${dataDir} is damaged: ${damage}. Restore the directory from a backup, or move data.mdb aside to start empty. Nothing was changed.`;
}

interface Running {
  readonly uri: string;
  readonly stop: () => Promise<void>;
}

function startWorker(options: ServerOptions, onFailure: EmbeddedOptions['onFailure']): Promise<Running> {
  // The parent's own loader flags would only load everything twice.
  const worker = new Worker(join(__dirname, 'worker.cjs'), { workerData: options, execArgv: [] });
  let state: 'starting' | 'running' | 'stopping' | 'ended' = 'starting';
  return new Promise<Running>((resolveStart, rejectStart) => {
    let settleStop: { resolve: () => void; reject: (error: Error) => void } | undefined;
    const fail = (reason: string) => {
      if (state === 'ended') return;
      const error = new EmbeddedStartError(startText(options, reason));
      const before = state;
      state = 'ended';
      if (before === 'starting') {
        rejectStart(error);
        void worker.terminate();
      } else if (before === 'stopping') settleStop?.reject(error);
      else if (onFailure !== undefined) onFailure(error);
      else
        setImmediate(() => {
          throw error;
        });
    };
    const stop = () =>
      new Promise<void>((resolve, reject) => {
        if (state === 'ended') return resolve();
        state = 'stopping';
        settleStop = { resolve, reject };
        worker.postMessage('stop');
      });
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'ready') {
        state = 'running';
        resolveStart({ uri: message.uri, stop });
      } else if (message.type === 'failed') fail(message.message);
      else {
        state = 'ended';
        // Everything is closed, so the thread ends by itself.
        worker.once('exit', () => settleStop?.resolve());
      }
    });
    worker.on('error', (error) => fail(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    worker.on('exit', (code) => fail(`the thread ended with code ${code}`));
  });
}

function startText({ dataDir, host, port }: ServerOptions, reason: string): string {
  if (/EADDRINUSE/.test(reason))
    return `Port ${port} on ${host ?? '127.0.0.1'} is taken. Choose another port, or 0 for a free one.`;
  if (/EADDRNOTAVAIL|ENOTFOUND/.test(reason)) return `The host ${host} is no address of this machine.`;
  if (/MDB_INVALID|MDB_CORRUPTED|MDB_PAGE_NOTFOUND|MDB_VERSION_MISMATCH|not an LMDB file|on-disk format/i.test(reason))
    return damagedText(dataDir, reason);
  if (/EACCES|EPERM|EROFS|ermission denied|ead-only/.test(reason))
    return `The data directory ${dataDir} cannot be written (${reason}). Change its owner or mode, or choose another one (DATA_DIR).`;
  if (/ENOSPC|No space left/.test(reason)) return `The disk that holds ${dataDir} is full. Make room and start again.`;
  return `The embedded database in ${dataDir} failed: ${reason}`;
}
