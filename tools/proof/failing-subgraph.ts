import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readConfig } from '../../platform/config/config';
import { silentLog } from '../../platform/logging/log';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../platform/subgraph/subgraph-port';
import { DEMO_PASSWORD, demoVariant, ensureDemoData } from '../demo-data/demo-data';
import { startLocalStack } from '../distributed/local-stack';
import { type Caller, GraphClient } from '../graph-client';
import { buy, createCampaign } from '../shop/shopping';
import { FAULTS, type Fault, FaultProxy } from './fault-proxy';
import { type Goal, type GoalOptions, outcome } from './goal';

const FIGURES = {
  smoke: { rounds: 1, timeoutMs: 500 },
  ci: { rounds: 1, timeoutMs: 2000 },
  full: { rounds: 5, timeoutMs: 2000 },
};
const WITHIN_MS = 2_500;

/** One root field of each subgraph's own, with joins into others under some; every root may be null. */
const EVERYTHING = `query Everything($product: ID!, $order: ID!, $neighborhood: ID!, $campaign: ID!, $review: ID!) {
  accounts: viewer { id displayName }
  catalog: product(id: $product) { id title recommendations(first: 3) { nodes { product { id } } } }
  orders: order(id: $order) { id status }
  community: neighborhood(id: $neighborhood) { id name }
  social: groupBuyCampaign(id: $campaign) { id size variant { id title } }
  content: review(id: $review) { id rating author { displayName } }
}`;

/** Parts of the answer (by their paths) that a subgraph gives; without it these may be missing and nothing else. */
const GIVES: Readonly<Record<SubgraphName, readonly string[]>> = {
  accounts: ['accounts', 'content.author'],
  catalog: ['catalog', 'social.variant'],
  orders: ['orders'],
  community: ['community'],
  social: ['social'],
  content: ['content'],
  recommendations: ['catalog.recommendations'],
};

/** What a caller may never read: addresses, drivers, stacks, our own insides. */
const INSIDE =
  /\d+\.\d+\.\d+\.\d+|localhost|:\d{4,5}\b|mongo|ECONN|EPIPE|ENOTFOUND|socket|undici|node:|node_modules|\.ts\b|\bat [\w.]+ \(|x-kaituan|Unexpected token|JSON/i;

interface ProofAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

async function run({ size, progress }: GoalOptions) {
  const { rounds, timeoutMs } = FIGURES[size];
  const faults: string[] = [];
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-failing-'));
  const proxies = new Map<SubgraphName, FaultProxy>();
  const stack = await startLocalStack({
    config: {
      ...readConfig({ NODE_ENV: 'test', PORT: '0', DATA_DIR: dataDir }),
      subgraphTimeoutMs: timeoutMs,
    },
    log: silentLog,
    durability: 'relaxed',
    prepare: async (context) => {
      await ensureDemoData(context, { log: silentLog });
    },
    inFrontOf: async (name, url) => {
      const proxy = await FaultProxy.open(url);
      proxies.set(name, proxy);
      return proxy.url;
    },
  });
  let slowest = 0;
  let cases = 0;
  try {
    const client = new GraphClient(stack.url);
    const { variables, caller } = await furnish(client);
    const ask = async (): Promise<ProofAnswer & { took: number }> => {
      const started = performance.now();
      const answer = await client.send<Record<string, unknown>>(EVERYTHING, variables, caller);
      if (answer.status !== 200) faults.push(`status ${answer.status}`);
      return { ...answer, took: performance.now() - started };
    };
    await stack.runtime.settle();
    const whole = await ask();
    if (whole.errors[0] || Object.values(whole.data ?? {}).includes(null)) {
      throw new Error(`The shop is not whole before anything failed: ${JSON.stringify(whole)}`);
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const name of SUBGRAPH_NAMES) {
        for (const fault of FAULTS) {
          progress(`${name} ${fault}`);
          cases += 1;
          await proxies.get(name)?.set(fault);
          const broken = await ask();
          await proxies.get(name)?.set(null);
          slowest = Math.max(slowest, broken.took);
          faults.push(...judge(name, fault, whole.data ?? {}, broken).map((text) => `${name} ${fault}: ${text}`));
          // A busy machine may be late once more by itself; what stays broken is a fault.
          let healed = await ask();
          for (let again = 0; again < 3 && healed.errors.length > 0; again += 1) healed = await ask();
          if (JSON.stringify(healed.data) !== JSON.stringify(whole.data) || healed.errors.length > 0) {
            faults.push(`${name} ${fault}: afterwards the answer is not whole again: ${JSON.stringify(healed)}`);
          }
        }
      }
    }
    return outcome(
      `${cases} cases (${SUBGRAPH_NAMES.length} subgraphs, ${FAULTS.length} failures, ${rounds} round(s), time-out ${timeoutMs} ms), slowest answer ${(slowest / 1000).toFixed(2)} s`,
      faults,
    );
  } finally {
    await Promise.all([...proxies.values()].map((proxy) => proxy.set(null)));
    await stack.stop();
    await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** What is wrong with an answer while one subgraph fails. */
function judge(
  name: SubgraphName,
  fault: Fault,
  whole: Readonly<Record<string, unknown>>,
  { data, errors, took }: ProofAnswer & { took: number },
): string[] {
  const faults: string[] = [];
  if (took > WITHIN_MS) faults.push(`the answer took ${took.toFixed(0)} ms`);
  const expected = without(whole, GIVES[name]);
  const rest = without(data ?? {}, GIVES[name]);
  if (JSON.stringify(rest) !== JSON.stringify(expected)) {
    faults.push(`the rest is ${JSON.stringify(data)} instead of ${JSON.stringify(expected)}`);
  }
  const code = fault === 'blackhole' || fault === 'slow' ? 'SUBGRAPH_TIMEOUT' : 'SUBGRAPH_UNAVAILABLE';
  if (errors.length === 0) faults.push('nothing says that something is missing');
  for (const error of errors) {
    if (error.extensions?.['code'] !== code)
      faults.push(`the code is ${String(error.extensions?.['code'])}, not ${code}`);
    const path = (error.path ?? []).filter((step) => typeof step === 'string').join('.');
    if (
      !GIVES[name].some((part) => path === part || path.startsWith(`${part}.`) || part.startsWith(`${path}.`)) ||
      path === ''
    ) {
      faults.push(`the path is ${JSON.stringify(error.path)}`);
    }
  }
  const leak = INSIDE.exec(JSON.stringify(errors));
  if (leak) faults.push(`"${leak[0]}" leaks in ${JSON.stringify(errors)}`);
  return faults;
}

/** A copy without the parts at these paths, whether they are there or null. */
function without(data: Readonly<Record<string, unknown>>, parts: readonly string[]): Record<string, unknown> {
  const copy = structuredClone(data) as Record<string, unknown>;
  for (const part of parts) {
    const steps = part.split('.');
    const last = steps.pop() ?? '';
    let at: unknown = copy;
    for (const step of steps) at = (at as Record<string, unknown> | null)?.[step];
    if (at !== null && typeof at === 'object') delete (at as Record<string, unknown>)[last];
  }
  return copy;
}

/** One thing of every subgraph to ask for. */
async function furnish(client: GraphClient): Promise<{ variables: Record<string, string>; caller: Caller }> {
  const as = async (name: string) => ({ token: await client.signIn(`${name}@example.com`, DEMO_PASSWORD) });
  const [merchant, caller] = await Promise.all([as('merchant'), as('shopper1')]);
  const variant = await demoVariant(client);
  const campaign = await createCampaign(client, merchant, {
    variantId: variant.id,
    groupPrice: { amount: variant.groupPrice, currencyCode: variant.currencyCode },
    size: 3,
    windowMinutes: 60,
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const order = await buy(client, caller, {
    variantId: variant.id,
    groupBuy: { campaignId: campaign.id },
    idempotencyKey: 'proof',
  });
  const { productVariant } = await client.data<{ productVariant: { product: { id: string } } }>(
    'query P($id: ID!) { productVariant(id: $id) { product { id } } }',
    { id: variant.id },
  );
  const product = productVariant.product.id;
  const { neighborhoodCreate } = await client.data<{ neighborhoodCreate: { neighborhood: { id: string } | null } }>(
    'mutation N($input: NeighborhoodCreateInput!) { neighborhoodCreate(input: $input) { neighborhood { id } } }',
    {
      input: {
        name: 'Harbour View',
        city: 'Hong Kong',
        countryCode: 'HK',
        centre: { latitude: 22.28, longitude: 114.16 },
        radiusMeters: 500,
      },
    },
    merchant,
  );
  const { reviewCreate } = await client.data<{ reviewCreate: { review: { id: string } | null } }>(
    'mutation R($input: ReviewCreateInput!) { reviewCreate(input: $input) { review { id } } }',
    { input: { productId: product, rating: 5, body: 'As fresh as it says.', idempotencyKey: 'proof' } },
    caller,
  );
  const variables = {
    product,
    order: order.id,
    neighborhood: neighborhoodCreate.neighborhood?.id ?? '',
    campaign: campaign.id,
    review: reviewCreate.review?.id ?? '',
  };
  return { variables, caller };
}

export const failingSubgraph: Goal = {
  id: 'R11',
  title: 'A failing subgraph costs its own part of an answer, in time, and shows nothing of the inside',
  run,
};
