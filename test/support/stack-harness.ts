import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Config, readConfig } from '../../platform/config/config';
import { type Log, silentLog } from '../../platform/logging/log';
import { DEMO_PASSWORD, ensureDemoData } from '../../tools/demo-data/demo-data';
import { startLocalStack } from '../../tools/distributed/local-stack';
import { type Caller, GraphClient } from '../../tools/graph-client';
import { type Stack, startStack } from '../../tools/stack';

/** All parts in one process, or each subgraph behind its own port and signed calls. */
export const SHAPES = ['embedded', 'distributed'] as const;
export type Shape = (typeof SHAPES)[number];

export interface TestShop {
  readonly stack: Stack;
  readonly client: GraphClient;
  readonly dataDir: string;
  /** The demo shop's storefront key. */
  readonly storefrontKey: string;
  /** A caller of that demo name ("merchant", "shopper1"), signed in once. */
  as(name: string): Promise<Caller>;
  stop(): Promise<void>;
}

/** The whole product on a free port with the demo shop in it. */
export async function openShop(
  options: {
    shape?: Shape;
    dataDir?: string;
    config?: Partial<Config>;
    log?: Log;
    durability?: 'fsync' | 'relaxed';
  } = {},
): Promise<TestShop> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(os.tmpdir(), 'kaituan-journey-')));
  const log = options.log ?? silentLog;
  let storefrontKey: string | null = null;
  const start = options.shape === 'distributed' ? startLocalStack : startStack;
  const stack = await start({
    config: { ...readConfig({ NODE_ENV: 'test', PORT: '0', DATA_DIR: dataDir }), ...options.config },
    log,
    durability: options.durability ?? 'relaxed',
    prepare: async (context) => {
      storefrontKey = await ensureDemoData(context, { log });
    },
  });
  const client = new GraphClient(stack.url);
  const tokens = new Map<string, Promise<string>>();
  return {
    stack,
    client,
    dataDir,
    storefrontKey: storefrontKey ?? '',
    async as(name) {
      const token = tokens.get(name) ?? client.signIn(`${name}@example.com`, DEMO_PASSWORD);
      tokens.set(name, token);
      return { token: await token };
    },
    async stop() {
      await stack.stop();
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
