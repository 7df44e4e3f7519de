import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { readConfig } from '../platform/config/config';
import { createLog } from '../platform/logging/log';
import { DEMO_PASSWORD, demoVariant, ensureDemoData } from './demo-data/demo-data';
import { GraphClient } from './graph-client';
import { buy, createCampaign } from './shop/shopping';
import { startStack } from './stack';

const { url, shoppers, pause } = new Command('demo')
  .description(
    'A host opens a group buy, shoppers join one after another, and the counter moves by a real subscription. Uses the server you name, or one already running on PORT, or starts one of its own and removes it afterwards.',
  )
  .option('--url <url>', 'a running Kaituan with demo data, for example http://127.0.0.1:4000')
  .option('--shoppers <n>', 'how many shoppers fill the group (2 to 17)', '6')
  .option('--pause <ms>', 'pause between two shoppers', '600')
  .parse()
  .opts<{ url?: string; shoppers: string; pause: string }>();

interface Progress {
  readonly version: number;
  readonly groupBuy: {
    readonly status: string;
    readonly size: number;
    readonly joined: number;
    readonly campaign: {
      readonly groupPrice: { readonly amount: string; readonly currencyCode: string };
      readonly variant: { readonly product: { readonly title: string } };
    };
    readonly members: readonly { readonly profile: { readonly displayName: string } }[];
  };
}

const PROGRESS = `subscription GroupBuyProgress($groupBuyId: ID!) {
  groupBuyProgress(groupBuyId: $groupBuyId) {
    version
    groupBuy {
      status size joined
      campaign { groupPrice { amount currencyCode } variant { product { title } } }
      members { profile { displayName } }
    }
  }
}`;

async function main(): Promise<void> {
  const size = Number(shoppers);
  if (!Number.isInteger(size) || size < 2 || size > 17)
    throw new Error('--shoppers must be a whole number from 2 to 17.');
  const running = url ?? (await findRunning());
  if (running) return show(new GraphClient(running), size);
  console.log('No server is running: starting one for this demo …');
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-demo-'));
  const config = readConfig({ NODE_ENV: 'development', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn' });
  const log = createLog('warn');
  const stack = await startStack({
    config,
    log,
    prepare: async (context) => {
      await ensureDemoData(context, { log });
    },
  });
  try {
    await show(new GraphClient(stack.url), size);
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function findRunning(): Promise<string | null> {
  const { host, port } = readConfig(process.env);
  const candidate = `http://${host}:${port}`;
  try {
    const answer = await fetch(`${candidate}/readyz`, { signal: AbortSignal.timeout(1000) });
    return answer.ok ? candidate : null;
  } catch {
    return null;
  }
}

async function show(client: GraphClient, size: number): Promise<void> {
  const signIn = async (name: string) => ({ token: await client.signIn(`${name}@example.com`, DEMO_PASSWORD) });
  const variant = await demoVariant(client);
  const campaign = await createCampaign(client, await signIn('merchant'), {
    variantId: variant.id,
    groupPrice: { amount: variant.groupPrice, currencyCode: variant.currencyCode },
    size,
    windowMinutes: 60,
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const run = randomUUID();
  const order = { variantId: variant.id, idempotencyKey: `demo-${run}` };
  console.log('The host opens a group …\n');
  const opened = await buy(client, await signIn('host'), { ...order, groupBuy: { campaignId: campaign.id } });
  const groupBuyId = opened.groupBuy?.id;
  if (!groupBuyId) throw new Error('The order opened no group.');

  const socket = client.socket();
  const live = watch(socket.iterate<{ groupBuyProgress: Progress }>({ query: PROGRESS, variables: { groupBuyId } }));
  try {
    for (let shopper = 1; shopper < size; shopper += 1) {
      await new Promise((resolve) => setTimeout(resolve, Number(pause)));
      await buy(client, await signIn(`shopper${shopper}`), { ...order, groupBuy: { groupBuyId } });
    }
    await live;
  } finally {
    await socket.dispose();
  }
  console.log(
    '\nEvery line above came over one WebSocket: the group, its product and its people, joined by the gateway.',
  );
}

/** Prints each message until the group is complete. */
async function watch(
  messages: AsyncIterable<{
    data?: { groupBuyProgress: Progress } | null | undefined;
    errors?: readonly unknown[] | undefined;
  }>,
): Promise<void> {
  for await (const { data, errors } of messages) {
    if (!data) throw new Error(`The subscription failed: ${JSON.stringify(errors)}`);
    const { version, groupBuy } = data.groupBuyProgress;
    const { groupPrice, variant } = groupBuy.campaign;
    const bar = '●'.repeat(groupBuy.joined) + '○'.repeat(Math.max(0, groupBuy.size - groupBuy.joined));
    const newest = groupBuy.members.at(-1)?.profile.displayName ?? '–';
    console.log(
      `v${String(version).padStart(2)}  ${bar}  ${groupBuy.joined}/${groupBuy.size}  ${groupBuy.status.padEnd(9)}  ${variant.product.title}  ${groupPrice.currencyCode} ${groupPrice.amount}  newest: ${newest}`,
    );
    if (groupBuy.status !== 'OPEN') return;
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
