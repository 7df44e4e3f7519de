import 'reflect-metadata';
import { readConfig } from '../../platform/config/config';
import { createLog } from '../../platform/logging/log';
import { ensureDemoData } from '../demo-data/demo-data';
import { startStack } from '../stack';
import { openPeople } from './open-people';

/**
 * The product in a process of its own, for load from another: like `npm start`, plus people on request (sessions opened
 * directly, so that a load test does not measure password hashing). Talks to its parent by messages.
 */
export type ProofRequest =
  | { readonly kind: 'people'; readonly count: number }
  | { readonly kind: 'settle' }
  | { readonly kind: 'stop' };

export interface Person {
  readonly id: string;
  readonly token: string;
}

export type ProofReply =
  | { readonly kind: 'ready'; readonly url: string; readonly mongodbUri: string }
  | { readonly kind: 'people'; readonly people: readonly Person[] }
  | { readonly kind: 'settled' }
  | { readonly kind: 'failed'; readonly message: string };

const send = (reply: ProofReply): void => void process.send?.(reply);

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const stack = await startStack({
    config,
    log,
    prepare: async (context) => {
      await ensureDemoData(context, { log });
    },
  });
  const { accounts } = stack.runtime.running;
  const answer = async (request: ProofRequest): Promise<void> => {
    switch (request.kind) {
      case 'people':
        return send({ kind: 'people', people: await openPeople(accounts, request.count) });
      case 'settle':
        await stack.runtime.settle();
        return send({ kind: 'settled' });
      case 'stop':
        await stack.stop();
        process.exit(0);
    }
  };
  process.on('message', (request: ProofRequest) => {
    answer(request).catch((error: unknown) => send({ kind: 'failed', message: String(error) }));
  });
  // A parent that was killed leaves no server behind.
  process.on('disconnect', () => process.exit(0));
  send({ kind: 'ready', url: stack.url, mongodbUri: stack.mongodbUri });
}

main().catch((error: unknown) => {
  send({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
});
