import 'reflect-metadata';
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import mongoose from 'mongoose';
import { readConfig } from '../../platform/config/config';
import { createLog } from '../../platform/logging/log';
import { startRuntime } from '../../platform/subgraph/runtime';
import { FileSecretStore } from '../../platform/subgraph/secret-store';
import { SUBGRAPH_NAMES } from '../../platform/subgraph/subgraph-port';
import { accounts } from '../../subgraphs/accounts';
import type { ChildReady } from '../child-process';
import { openPeople } from './open-people';
import type { ProofReply, ProofRequest } from './proof-server';
import { killEverything, processesOf } from './shape';

/** Like proof-server.ts, for `npm run start:distributed`: starts it, and does beside it what a client cannot. */
const SETTLED_WITHIN_MS = 60_000;
const POLL_MS = 100;

const send = (reply: ProofReply): void => void process.send?.(reply);

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const installation = fork(path.join(__dirname, '..', 'distributed.ts'), {
    execArgv: ['--import', 'tsx'],
    // Demo data is for development; everything else is as the proof wants it.
    env: { ...process.env, NODE_ENV: 'development' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  // Whoever kills this process kills all of it.
  process.on('disconnect', () => {
    killEverything(config.dataDir);
    process.exit(0);
  });
  const url = await readyOf(installation);
  const mongodbUri = processesOf(config.dataDir)['database']?.url ?? config.mongodbUri ?? '';
  const runtime = await startRuntime({
    config,
    mongodbUri,
    subgraphs: { accounts },
    log,
    secrets: new FileSecretStore(config.dataDir, log),
    workers: false,
    shared: true,
  });
  const answer = async (request: ProofRequest): Promise<void> => {
    switch (request.kind) {
      case 'people':
        return send({ kind: 'people', people: await openPeople(runtime.running.accounts, request.count) });
      case 'settle':
        await quiet(mongodbUri);
        return send({ kind: 'settled' });
      case 'stop': {
        await runtime.stop();
        const gone = new Promise((resolve) => installation.once('exit', resolve));
        installation.kill('SIGTERM');
        await gone;
        process.exit(0);
      }
    }
  };
  process.on('message', (request: ProofRequest) => {
    answer(request).catch((error: unknown) => send({ kind: 'failed', message: String(error) }));
  });
  send({ kind: 'ready', url, mongodbUri });
}

function readyOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The installation ended with ${code} at start.`)));
    child.once('message', ({ url }: ChildReady) => resolve(url));
  });
}

/** Waits until no outbox has an event to deliver and no job is due: what `settle` does by hand in one process. */
async function quiet(mongodbUri: string): Promise<void> {
  const connection = await mongoose.createConnection(mongodbUri).asPromise();
  try {
    for (const until = Date.now() + SETTLED_WITHIN_MS; ; ) {
      const counts = await Promise.all(
        SUBGRAPH_NAMES.flatMap((name) => {
          const database = connection.useDb(`kaituan_${name}`);
          return [
            database.collection('outbox').countDocuments({ publishedAt: null }),
            database.collection('jobs').countDocuments({ dueAt: { $lte: new Date() } }),
          ];
        }),
      );
      if (counts.every((count) => count === 0)) return;
      if (Date.now() > until) throw new Error(`Not quiet within ${SETTLED_WITHIN_MS} ms: ${counts.join(', ')}.`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    await connection.close();
  }
}

main().catch((error: unknown) => {
  send({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
});
