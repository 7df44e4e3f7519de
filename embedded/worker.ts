import { parentPort, workerData } from 'node:worker_threads';
import { EmbeddedMongo, type ServerOptions } from './server';

export type WorkerMessage =
  | { readonly type: 'ready'; readonly uri: string }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly name: string; readonly message: string };

function report(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function fail(error: unknown): void {
  const known = error instanceof Error ? error : new Error(String(error));
  report({ type: 'failed', name: known.name, message: known.message });
}

EmbeddedMongo.start(workerData as ServerOptions).then(({ server, uri }) => {
  parentPort?.once('message', () => {
    server.stop().then(() => {
      report({ type: 'stopped' });
      parentPort?.close();
    }, fail);
  });
  report({ type: 'ready', uri });
}, fail);
