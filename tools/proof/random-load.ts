import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema } from 'graphql';
import { leaks } from '../../gateway/testing/abuse/abuse-case';
import { newId } from '../../platform/ids/id';
import { DEMO_PASSWORD } from '../demo-data/demo-data';
import { Dice } from './dice';
import { type Goal, type GoalOptions, outcome } from './goal';
import { ProofShop } from './proof-shop';
import { type RandomOperation, randomOperation } from './random-operations';

const FIGURES = { smoke: 150, ci: 1_000, full: 5_000 };
const LANES = 4;
const MOST_MS = 2_000;
/** These end the session everybody else here uses. */
const SESSION_ENDS = ['sessionRevoke', 'sessionRevokeAll'];

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: unknown;
    readonly extensions?: { readonly code?: string };
  }[];
}

async function run({ size, seed, progress }: GoalOptions) {
  const count = FIGURES[size];
  const dice = new Dice(seed);
  const schema = buildSchema(readFileSync(path.join(__dirname, '..', '..', 'schema', 'public.graphql'), 'utf8'));
  const shop = await ProofShop.open({ RATE_LIMIT: 'off', COST_LIMIT: 'off', INTROSPECTION: 'off', LOG_LEVEL: 'error' });
  const faults: string[] = [];
  const tally = { answered: 0, refused: 0, partial: 0 };
  const times: number[] = [];
  const slow: number[] = [];
  try {
    const signIn = (name: string) => shop.client.signIn(`${name}@example.com`, DEMO_PASSWORD);
    const tokens = [undefined, await signIn('merchant'), await signIn('shopper1'), await signIn('shopper2')];
    const vocabulary = { ids: await idsOf(shop), without: SESSION_ENDS };
    const operations = Array.from({ length: count }, () => randomOperation(schema, dice, vocabulary));
    const callers = operations.map(() => tokens[dice.between(0, tokens.length - 1)]);
    const ask = async ({ text: query, variables }: RandomOperation, token: string | undefined) => {
      const started = performance.now();
      const response = await fetch(`${shop.client.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body: JSON.stringify({ query, variables }),
      });
      const text = await response.text();
      return { response, text, ms: performance.now() - started };
    };
    let at = 0;
    const lane = async (): Promise<void> => {
      for (let index = at++; index < count; index = at++) {
        const operation = operations[index];
        const token = callers[index];
        if (!operation) return;
        const { response, text, ms } = await ask(operation, token);
        times.push(ms);
        const body = JSON.parse(text) as Body;
        const where = `operation ${index} (${operation.text.slice(0, 300)} ${JSON.stringify(operation.variables).slice(0, 300)})`;
        if (response.status >= 500) faults.push(`status ${response.status}: ${where}`);
        if (ms > MOST_MS) slow.push(index);
        for (const { message, extensions, path: place } of body.errors ?? []) {
          if (extensions?.code === 'INTERNAL') faults.push(`INTERNAL at ${JSON.stringify(place)}: ${where}`);
          const seen = { accepted: false, code: null, limit: null, status: response.status, text: message };
          faults.push(...leaks(seen).map((fault) => `${fault}: ${where}`));
        }
        if (!body.errors) tally.answered += 1;
        else if (response.status === 200) tally.partial += 1;
        else tally.refused += 1;
        if (index % 250 === 0) progress(`${index} of ${count}`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    // Slow in a crowd may be the machine's fault; slow again and alone is the operation's.
    for (const index of slow) {
      const operation = operations[index];
      if (!operation) continue;
      const { ms } = await ask(operation, callers[index]);
      if (ms > MOST_MS) faults.push(`${Math.round(ms)} ms, again and alone: ${operation.text.slice(0, 300)}`);
    }
    // Random operations that are all refused would prove nothing.
    if (tally.answered + tally.partial < count / 2)
      faults.push(`only ${tally.answered + tally.partial} of ${count} ran`);
  } finally {
    await shop.close();
  }
  times.sort((a, b) => a - b);
  const percentile = (part: number): number => Math.round(times[Math.floor(times.length * part)] ?? 0);
  return outcome(
    `${count} random operations: ${tally.answered} answered, ${tally.partial} with errors, ${tally.refused} refused; p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms, slowest ${percentile(0.9999)} ms, over 2 s once and asked again alone: ${slow.length}`,
    faults,
  );
}

/** Ids of everything the demo shop shows, and of things that are not there. */
async function idsOf(shop: ProofShop): Promise<string[]> {
  const text = JSON.stringify(
    await shop.client.data<unknown>(
      `{ products(first: 10) { nodes { id category { id } variants(first: 2) { nodes { id } } reviews(first: 2) { nodes { id author { id } } } } }
         groupBuyCampaigns(first: 5) { nodes { id groupBuys(first: 2) { nodes { id } } } } neighborhoods(first: 5) { nodes { id } } locations(first: 2) { nodes { id } } }`,
      {},
      shop.merchant,
    ),
  );
  const found = [...new Set(text.match(/[a-z]+_[0-9a-z]{26}/g) ?? [])];
  const absent = ['prod', 'var', 'ord', 'gbuy', 'gbc', 'acct', 'cart', 'pay', 'rev', 'nbhd'].map(newId);
  return [...found, ...absent];
}

/** S13: random valid operations against the whole product. */
export const randomLoad: Goal = { id: 'S13', title: 'random valid operations', run };
