import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { readConfig } from '../../platform/config/config';
import { createLog } from '../../platform/logging/log';
import { SUBGRAPH_NAMES } from '../../platform/subgraph/subgraph-port';
import { DEMO_PASSWORD, demoVariant, ensureDemoData } from '../demo-data/demo-data';
import { startLocalStack } from '../distributed/local-stack';
import { type Caller, GraphClient } from '../graph-client';
import { createCampaign, placeOrder, settle } from '../shop/shopping';
import { type Goal, type GoalOptions, outcome } from './goal';
import { RollingGateways } from './rolling-gateways';

const FIGURES = { smoke: 2, ci: 6, full: 20 };
const SHOPPERS = 6;
const VIEWERS = 20;
const STOPPED_WITHIN_MS = 15_000;

/** What the shoppers and the viewers have seen so far. */
interface Seen {
  requests: number;
  readonly failures: string[];
  readonly paid: { readonly caller: Caller; readonly orderId: string }[];
}

async function run({ size, progress }: GoalOptions) {
  const restarts = FIGURES[size];
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-rolling-'));
  const config = readConfig({ NODE_ENV: 'test', PORT: '0', DATA_DIR: dataDir });
  const log = createLog('error');
  const urls = new Map<string, string>();
  const stack = await startLocalStack({
    config,
    log,
    durability: 'relaxed',
    prepare: async (context) => {
      await ensureDemoData(context, { log });
    },
    inFrontOf: async (name, url) => {
      urls.set(name, url);
      return url;
    },
  });
  const gateways = new RollingGateways(2, {
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
    SUBGRAPH_URLS: SUBGRAPH_NAMES.map((name) => `${name}=${urls.get(name)}`).join(','),
    DRAIN_SECONDS: '1',
  });
  const faults: string[] = [];
  try {
    progress('starting two gateways');
    await gateways.start();
    const seen: Seen = { requests: 0, failures: [], paid: [] };
    const load = { stopped: false };
    const direct = new GraphClient(stack.url);
    const people = await signIn(direct);
    const campaignId = await openCampaign(direct);
    const watched = await openGroup(direct, people, campaignId);
    const viewers = Array.from({ length: VIEWERS }, () => watch(gateways, watched));
    const shoppers = people.map((caller) => shop(load, seen, gateways, caller, campaignId, watched));
    let slowest = 0;
    while (seen.paid.length < SHOPPERS) await pause(50);
    for (let restart = 1; restart <= restarts; restart += 1) {
      progress(`restart ${restart} of ${restarts}, ${seen.requests} requests, ${seen.paid.length} orders paid`);
      const { status, ms } = await gateways.restart(restart % 2);
      slowest = Math.max(slowest, ms);
      if (status !== 0) faults.push(`restart ${restart}: the gateway ended with ${status}`);
      if (ms > STOPPED_WITHIN_MS) faults.push(`restart ${restart}: stopping took ${ms} ms`);
      await pause(500);
    }
    load.stopped = true;
    await Promise.all(shoppers);

    progress('waiting for every viewer to be right again');
    const final = await versionOf(direct, watched);
    const until = Date.now() + 10_000;
    while (viewers.some((viewer) => viewer.versions.at(-1) !== final) && Date.now() < until) await pause(50);
    for (const viewer of viewers) faults.push(...viewer.faults(final));
    for (const viewer of viewers) await viewer.stop();
    faults.push(...seen.failures.slice(0, 20));
    faults.push(...(await lost(direct, seen)));
    const reconnects = viewers.reduce((sum, viewer) => sum + viewer.connections - 1, 0);
    return outcome(
      `${restarts} rolling restarts of two gateways under load: ${seen.requests} requests, ${seen.failures.length} failed, ` +
        `${seen.paid.length} orders paid and there; slowest stop ${(slowest / 1000).toFixed(1)} s, exit 0; ` +
        `${VIEWERS} viewers came back ${reconnects} times and end at version ${final}`,
      faults,
    );
  } finally {
    await gateways.stop();
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function signIn(client: GraphClient): Promise<Caller[]> {
  const names = Array.from({ length: SHOPPERS }, (_, index) => `shopper${index + 1}@example.com`);
  return Promise.all(names.map(async (name) => ({ token: await client.signIn(name, DEMO_PASSWORD) })));
}

async function openCampaign(client: GraphClient): Promise<string> {
  const merchant = { token: await client.signIn('merchant@example.com', DEMO_PASSWORD) };
  const variant = await demoVariant(client);
  const { id } = await createCampaign(client, merchant, {
    variantId: variant.id,
    groupPrice: { amount: '1.00', currencyCode: variant.currencyCode },
    size: 200,
    windowMinutes: 600,
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    endsAt: new Date(Date.now() + 24 * 3_600_000).toISOString(),
  });
  return id;
}

/** A large group with its leader in it: every paid join is an update for its viewers. */
async function openGroup(client: GraphClient, people: readonly Caller[], campaignId: string): Promise<string> {
  const [leader] = people;
  if (!leader) throw new Error('Nobody can lead the group.');
  const variant = await demoVariant(client);
  const placed = await placeOrder(client, leader, {
    variantId: variant.id,
    groupBuy: { campaignId },
    idempotencyKey: randomUUID(),
  });
  if (!placed.order?.groupBuy) throw new Error(`No group was opened: ${placed.userErrors[0]?.message}`);
  await settle(client, leader, placed.order.payment.id);
  return placed.order.groupBuy.id;
}

/** Looks around and buys without pause, through whichever gateway is ready. No request is repeated: every failure counts. */
async function shop(
  load: { readonly stopped: boolean },
  seen: Seen,
  gateways: RollingGateways,
  caller: Caller,
  campaignId: string,
  watched: string,
): Promise<void> {
  const variant = await demoVariant(new GraphClient(gateways.pick()));
  const send = async <T>(what: string, work: (client: GraphClient) => Promise<T>): Promise<T | null> => {
    seen.requests += 1;
    const url = gateways.pick();
    try {
      return await work(new GraphClient(url));
    } catch (error) {
      const { message, cause } = error as Error;
      seen.failures.push(`${what} failed: ${message} ${cause instanceof Error ? cause.message : ''}`);
      return null;
    }
  };
  for (let round = 0; !load.stopped; round += 1) {
    await send('a query', (client) => client.data('{ products(first: 5) { nodes { id title } } }'));
    const placed = await send('an order', (client) =>
      placeOrder(client, caller, {
        variantId: variant.id,
        // A person has one seat in a group: the first join moves the watched group, the rest open groups of their own.
        groupBuy: round === 0 ? { groupBuyId: watched } : { campaignId },
        idempotencyKey: randomUUID(),
      }),
    );
    const order = placed?.order;
    if (!order) continue;
    const paid = await send('a payment', (client) => settle(client, caller, order.payment.id));
    if (paid?.payment?.status === 'SUCCEEDED') seen.paid.push({ caller, orderId: order.id });
  }
}

interface Viewer {
  readonly versions: readonly number[];
  readonly connections: number;
  faults(final: number): string[];
  stop(): Promise<void>;
}

/** A viewer as a page would be: one socket, and another as soon as that one is closed. */
function watch(gateways: RollingGateways, groupBuyId: string): Viewer {
  const versions: number[] = [];
  const counts = { connections: 0 };
  const client = createClient({
    url: () => `${gateways.pick().replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: () => pause(50 + Math.random() * 200),
    on: {
      connected: () => {
        counts.connections += 1;
      },
    },
  });
  const errors: string[] = [];
  client.subscribe<{ groupBuyProgress: { version: number } }>(
    {
      query: 'subscription W($id: ID!) { groupBuyProgress(groupBuyId: $id) { version groupBuy { joined } } }',
      variables: { id: groupBuyId },
    },
    {
      next: ({ data }) => {
        if (data) versions.push(data.groupBuyProgress.version);
      },
      error: (error) => void errors.push(JSON.stringify(error)),
      complete: () => undefined,
    },
  );
  return {
    versions,
    get connections() {
      return counts.connections;
    },
    faults(final) {
      const backwards = versions.some((version, index) => version < (versions[index - 1] ?? 0));
      return [
        ...errors.map((error) => `a viewer was given up: ${error}`),
        ...(backwards ? [`a viewer went back: ${versions.join(' ')}`] : []),
        ...(versions.at(-1) === final ? [] : [`a viewer ended at ${versions.at(-1)}, not at ${final}`]),
      ];
    },
    stop: async () => client.dispose(),
  };
}

async function versionOf(client: GraphClient, id: string): Promise<number> {
  const { groupBuy } = await client.data<{ groupBuy: { version: number } }>(
    'query V($id: ID!) { groupBuy(id: $id) { version } }',
    { id },
  );
  return groupBuy.version;
}

/** Whatever was acknowledged as paid must be there, as paid. */
async function lost(client: GraphClient, { paid }: Seen): Promise<string[]> {
  const faults: string[] = [];
  for (const { caller, orderId } of paid) {
    const { order } = await client.data<{ order: { payment: { status: string } } | null }>(
      'query O($id: ID!) { order(id: $id) { payment { status } } }',
      { id: orderId },
      caller,
    );
    if (order?.payment.status !== 'SUCCEEDED') faults.push(`order ${orderId} was paid and is ${order?.payment.status}`);
  }
  return faults;
}

export const gracefulStop: Goal = {
  id: 'R15',
  title: 'graceful stop: rolling restarts of two gateways under load fail no request, and viewers come back',
  run,
};
