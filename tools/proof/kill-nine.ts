import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findRunning } from '../../embedded';
import { DEMO_PASSWORD, demoVariant } from '../demo-data/demo-data';
import { freePort } from '../distributed/free-port';
import { type Caller, GraphClient } from '../graph-client';
import { createCampaign, type OrderInput, type OrderPlaced, placeOrder, settle } from '../shop/shopping';
import { auditEverything, unfinishedOrders } from './audit';
import { Dice } from './dice';
import { type Goal, type GoalOptions, outcome } from './goal';
import { victimsOf } from './victims';

const FIGURES = { smoke: 3, ci: 25, full: 200 };
const SHOPPERS = 8;
const SETTLED_WITHIN_MS = 10_000;

/** What a shopper was told before the power went, and must still be true after it came back. */
interface Acknowledged {
  readonly caller: Caller;
  readonly order: OrderInput;
  readonly orderId: string;
  readonly paymentId: string;
  paid: boolean;
}

async function run({ size, seed, shape = 'embedded', progress }: GoalOptions) {
  const kills = FIGURES[size];
  const dice = new Dice(seed);
  const faults: string[] = [];
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-kill-'));
  const port = await freePort();
  const client = new GraphClient(`http://127.0.0.1:${port}`);
  const acknowledged: Acknowledged[] = [];
  let slowestStart = 0;
  let slowestSettle = 0;
  const victims = victimsOf(shape, client, dataDir, port);
  const struck = new Map<string, number>();
  try {
    await victims.start();
    const people = await signInEveryone(client);
    let campaign = await openCampaign(client);
    for (let kill = 1; kill <= kills; kill += 1) {
      progress(`kill ${kill} of ${kills}, ${acknowledged.length} orders acknowledged`);
      const load = { stopped: false };
      const shoppers = people.map((caller) => shopUntil(load, client, caller, campaign, acknowledged));
      // A fresh process is slow at first: the blow falls at a random moment of real traffic.
      const enough = acknowledged.length + dice.between(3, 25);
      for (const until = Date.now() + 10_000; acknowledged.length < enough && Date.now() < until; ) await pause(10);
      await pause(dice.between(0, 300));
      const victim = await victims.strike(dice);
      struck.set(victim, (struck.get(victim) ?? 0) + 1);
      load.stopped = true;
      await Promise.all(shoppers);

      const restarted = Date.now();
      await victims.recover();
      slowestStart = Math.max(slowestStart, Date.now() - restarted);
      const settled = await settledWithin(dataDir, SETTLED_WITHIN_MS);
      slowestSettle = Math.max(slowestSettle, settled.took);
      faults.push(...settled.faults.map((fault) => `after kill ${kill} (${victim}): ${fault}`));
      faults.push(
        ...(await missing(client, acknowledged.slice(-200), dice)).map(
          (fault) => `after kill ${kill} (${victim}): ${fault}`,
        ),
      );
      if (faults.length > 0) break;
      // Access tokens live ten minutes; campaigns are cheap.
      if (kill % 20 === 0) {
        people.splice(0, people.length, ...(await signInEveryone(client)));
        campaign = await openCampaign(client);
      }
    }
    progress('reading every acknowledged order');
    faults.push(...(await missing(client, acknowledged, dice)));
    const paid = acknowledged.filter((entry) => entry.paid).length;
    return outcome(
      `${kills} kills under load (${[...struck].map(([name, count]) => `${name} ${count}`).join(', ')}), ${acknowledged.length} orders acknowledged and there (${paid} paid), ` +
        `slowest restart ${(slowestStart / 1000).toFixed(1)} s, settled within ${(slowestSettle / 1000).toFixed(1)} s after it`,
      faults,
    );
  } finally {
    await victims.end();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function signInEveryone(client: GraphClient): Promise<Caller[]> {
  const names = Array.from({ length: SHOPPERS }, (_, index) => `shopper${index + 1}@example.com`);
  return Promise.all(names.map(async (name) => ({ token: await client.signIn(name, DEMO_PASSWORD) })));
}

interface OpenCampaign {
  readonly id: string;
  readonly variantId: string;
  /** Groups somebody opened that others may join. */
  readonly groups: string[];
}

async function openCampaign(client: GraphClient): Promise<OpenCampaign> {
  const merchant = { token: await client.signIn('merchant@example.com', DEMO_PASSWORD) };
  const variant = await demoVariant(client);
  const { id } = await createCampaign(client, merchant, {
    variantId: variant.id,
    groupPrice: { amount: '1.00', currencyCode: variant.currencyCode },
    size: 3,
    windowMinutes: 600,
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    endsAt: new Date(Date.now() + 24 * 3_600_000).toISOString(),
  });
  return { id, variantId: variant.id, groups: [] };
}

/** Opens and joins groups and pays, as fast as the answers come, until the server dies. */
async function shopUntil(
  load: { stopped: boolean },
  client: GraphClient,
  caller: Caller,
  campaign: OpenCampaign,
  acknowledged: Acknowledged[],
): Promise<void> {
  while (!load.stopped) {
    const groupBuyId = campaign.groups.shift();
    const order: OrderInput = {
      variantId: campaign.variantId,
      groupBuy: groupBuyId ? { groupBuyId } : { campaignId: campaign.id },
      idempotencyKey: randomUUID(),
    };
    try {
      const placed: OrderPlaced = await placeOrder(client, caller, order);
      if (!placed.order) continue;
      const entry: Acknowledged = {
        caller,
        order,
        orderId: placed.order.id,
        paymentId: placed.order.payment.id,
        paid: false,
      };
      acknowledged.push(entry);
      if (!groupBuyId && placed.order.groupBuy)
        campaign.groups.push(placed.order.groupBuy.id, placed.order.groupBuy.id);
      const settled = await settle(client, caller, entry.paymentId);
      if (settled.payment?.status === 'SUCCEEDED') entry.paid = true;
    } catch {
      // The connection was cut: what was not answered was not promised.
      if (!load.stopped) await pause(20);
    }
  }
}

/** Every acknowledged order answers by id, paid ones as paid; a repeat with the old key is the old order. */
async function missing(client: GraphClient, entries: readonly Acknowledged[], dice: Dice): Promise<string[]> {
  const faults: string[] = [];
  const repeat = new Set(dice.shuffle(entries).slice(0, 10));
  const check = async (entry: Acknowledged): Promise<void> => {
    const { order } = await client.data<{ order: { status: string; payment: { status: string } } | null }>(
      'query O($id: ID!) { order(id: $id) { status payment { status } } }',
      { id: entry.orderId },
      entry.caller,
    );
    if (!order) return void faults.push(`order ${entry.orderId} was acknowledged and is gone`);
    if (entry.paid && !['SUCCEEDED', 'REFUNDED', 'PARTIALLY_REFUNDED'].includes(order.payment.status)) {
      faults.push(`order ${entry.orderId} was paid and its payment is ${order.payment.status}`);
    }
    if (!repeat.has(entry)) return;
    const again = await placeOrder(client, entry.caller, entry.order);
    if (again.order?.id !== entry.orderId)
      faults.push(`the key of ${entry.orderId} now answers ${again.order?.id ?? again.userErrors[0]?.code}`);
  };
  for (let at = 0; at < entries.length; at += 20) await Promise.all(entries.slice(at, at + 20).map(check));
  return faults;
}

/** Polls the audit until nothing is amiss: what a crash left half-done must be driven to its end by then. */
async function settledWithin(dataDir: string, limit: number): Promise<{ took: number; faults: string[] }> {
  const uri = await findRunning(path.join(dataDir, 'db'));
  if (!uri) return { took: 0, faults: ['the database does not answer'] };
  const started = Date.now();
  for (;;) {
    const faults = [...(await unfinishedOrders(uri)), ...(await auditEverything(uri))];
    const took = Date.now() - started;
    if (faults.length === 0 || took > limit) return { took, faults };
    await pause(200);
  }
}

export const killNine: Goal = {
  id: 'R4',
  title: 'kill -9 under load: every acknowledged order there, nothing done twice',
  run,
};
