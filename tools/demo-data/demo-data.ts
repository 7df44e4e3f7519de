import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Role } from '../../platform/context/identity';
import type { Log } from '../../platform/logging/log';
import { GraphClient } from '../graph-client';
import { buy, createCampaign } from '../shop/shopping';
import type { StackPreparation } from '../stack';
import { importDemoCatalog } from './demo-catalog';
import { DEMO_PASSWORD } from './demo-password';

export { DEMO_PASSWORD };
export const DEMO_STOCK = 1000;

/** Everyone the demo shop knows, with the roles they hold. */
export const DEMO_PEOPLE: readonly {
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
}[] = [
  { name: 'merchant', displayName: 'Mei 美', roles: ['CUSTOMER', 'MERCHANT'] },
  { name: 'staff', displayName: 'Sam', roles: ['CUSTOMER', 'STAFF'] },
  { name: 'leader', displayName: 'Auntie Lan 蘭姨', roles: ['CUSTOMER', 'LEADER'] },
  { name: 'host', displayName: 'Hao 浩', roles: ['CUSTOMER', 'HOST'] },
  { name: 'admin', displayName: 'Ada', roles: ['CUSTOMER', 'ADMIN'] },
  ...Array.from({ length: 20 }, (_, index) => ({
    name: `shopper${index + 1}`,
    displayName: `Shopper ${index + 1}`,
    roles: ['CUSTOMER'] as const,
  })),
];

interface DemoState {
  readonly state: 'started' | 'done';
  readonly storefrontKey: string | null;
}

/**
 * Fills an empty installation: people of every role, the grocery extract with stock, a neighborhood, a campaign and
 * one open group that lacks a single member. Every step is safe to repeat, so a start that was killed half-way
 * continues; a shop that already has accounts of its own is left alone. Answers the storefront key, if there is one.
 */
export async function ensureDemoData(stack: StackPreparation, options: { log: Log }): Promise<string | null> {
  const file = path.join(stack.config.dataDir, 'demo-data.json');
  const state = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoState) : null;
  if (state?.state === 'done') return state.storefrontKey;
  const { accounts } = stack.runtime.running;
  if (!state && (await accounts.services.registration.count()) > 0) return null;
  const started = Date.now();
  write(file, { state: 'started', storefrontKey: state?.storefrontKey ?? null });

  await Promise.all(
    DEMO_PEOPLE.map(({ name, displayName, roles }) =>
      accounts.services.registration.ensure({
        identifier: `${name}@example.com`,
        password: DEMO_PASSWORD,
        displayName,
        roles,
      }),
    ),
  );
  const storefrontKey = state?.storefrontKey ?? (await createStorefrontKey(stack));
  write(file, { state: 'started', storefrontKey });
  await importDemoCatalog(stack, DEMO_STOCK);
  await openDemoGroup(stack);
  write(file, { state: 'done', storefrontKey });
  options.log.info({ seconds: (Date.now() - started) / 1000 }, 'Demo data is in place.');
  return storefrontKey;
}

function write(file: string, state: DemoState): void {
  writeFileSync(file, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

async function createStorefrontKey(stack: StackPreparation): Promise<string> {
  const { apiKeys } = stack.runtime.running.accounts.services;
  const key = await apiKeys.create({
    name: 'Demo storefront',
    kind: 'PUBLISHABLE',
    scopes: ['catalog:read', 'cart:write', 'group:join', 'live:overlay'],
    origins: ['http://localhost:3000', 'http://localhost:5173'],
  });
  return key.key;
}

/** What the demo group sells: fresh milk, 鮮奶, by its handle in the extract. */
const MILK = 'milk';
const GROUP_SIZE = 5;
const WEEK_MINUTES = 7 * 24 * 60;

async function openDemoGroup(stack: StackPreparation): Promise<void> {
  const client = new GraphClient(stack.url);
  const signIn = async (name: string) => ({ token: await client.signIn(`${name}@example.com`, DEMO_PASSWORD) });
  const merchant = await signIn('merchant');
  const variant = await demoVariant(client);
  const now = Date.now();
  const campaign = await createCampaign(client, merchant, {
    variantId: variant.id,
    groupPrice: { amount: variant.groupPrice, currencyCode: variant.currencyCode },
    size: GROUP_SIZE,
    windowMinutes: WEEK_MINUTES,
    startsAt: new Date(now - 60_000).toISOString(),
    endsAt: new Date(now + 30 * 24 * 3_600_000).toISOString(),
    minimumFill: 3,
    idempotencyKey: 'demo-campaign',
  });
  const opened = await buy(client, await signIn('leader'), {
    variantId: variant.id,
    groupBuy: { campaignId: campaign.id },
    idempotencyKey: 'demo-open',
  });
  if (!opened.groupBuy) throw new Error('The demo order opened no group.');
  for (const name of ['shopper18', 'shopper19', 'shopper20']) {
    await buy(client, await signIn(name), {
      variantId: variant.id,
      groupBuy: { groupBuyId: opened.groupBuy.id },
      idempotencyKey: 'demo-join',
    });
  }
}

interface DemoVariant {
  readonly id: string;
  readonly title: string;
  readonly currencyCode: string;
  /** A fifth below the shelf price. */
  readonly groupPrice: string;
}

/** The first milk of the extract, with a group price for it. */
export async function demoVariant(client: GraphClient): Promise<DemoVariant> {
  const { products } = await client.data<{
    products: {
      nodes: {
        title: string;
        variants: { nodes: { id: string; price: { amount: string; currencyCode: string } }[] };
      }[];
    };
  }>(
    `query DemoVariant($query: String!) {
      products(first: 1, query: $query) {
        nodes { title variants(first: 1) { nodes { id price { amount currencyCode } } } }
      }
    }`,
    { query: MILK },
  );
  const product = products.nodes[0];
  const variant = product?.variants.nodes[0];
  if (!product || !variant) throw new Error('The demo catalogue holds no milk; import it again with npm run import.');
  const minor = Math.round(Number(variant.price.amount) * 100);
  return {
    id: variant.id,
    title: product.title,
    currencyCode: variant.price.currencyCode,
    groupPrice: (Math.max(1, Math.floor(minor * 0.8)) / 100).toFixed(2),
  };
}
