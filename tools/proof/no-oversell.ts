import type { GraphAnswer } from '../graph-client';
import { buy, ORDER_PLACE, type OrderInput, type OrderPlaced, orderInput, placeOrder, settle } from '../shop/shopping';
import { auditEverything } from './audit';
import { Dice } from './dice';
import { type Goal, type GoalOptions, outcome } from './goal';
import type { Person } from './proof-server';
import { ProofShop } from './proof-shop';

/** What a crowd was told, by kind: an order, a typed refusal, or anything that must not be. */
interface Tally {
  readonly orders: { readonly person: Person; readonly paymentId: string; readonly groupBuyId: string }[];
  readonly refusals: Map<string, number>;
  readonly broken: string[];
}

const FIGURES = {
  smoke: { seeds: 1, crowd: 60, seats: 15, duels: 5, sharing: { groups: 5, stock: 10, joiners: 20 }, tries: 20 },
  ci: { seeds: 2, crowd: 200, seats: 50, duels: 20, sharing: { groups: 10, stock: 30, joiners: 60 }, tries: 50 },
  full: {
    seeds: 20,
    crowd: 2000,
    seats: 500,
    duels: 1000,
    sharing: { groups: 50, stock: 300, joiners: 500 },
    tries: 50,
  },
};
const PATIENCE_MS = 60_000;
const DUELS_AT_ONCE = 10;

async function run({ size, seed, shape, progress }: GoalOptions) {
  const figures = FIGURES[size];
  const dice = new Dice(seed);
  const faults: string[] = [];
  const shop = await ProofShop.open({}, shape);
  try {
    progress(`registering ${figures.crowd} people`);
    const people = await shop.people(figures.crowd);
    const shelf = dice.shuffle(await shop.shelf());
    const variant = (): string => {
      const id = shelf.pop();
      if (!id) throw new Error('The demo catalogue has too few variants for this proof.');
      return id;
    };
    let slowest = 0;
    for (let round = 1; round <= figures.seeds; round += 1) {
      progress(`crowd ${round} of ${figures.seeds}`);
      const took = await crowd(shop, variant(), dice.shuffle(people), figures.seats, round === 1, faults);
      slowest = Math.max(slowest, took);
    }
    progress(`${figures.duels} last-seat duels`);
    await duels(shop, [variant(), variant(), variant()], people, figures.duels, faults);
    progress(`${figures.sharing.groups} groups sharing ${figures.sharing.stock} units`);
    const sold = await sharing(shop, variant(), dice.shuffle(people), figures.sharing, faults);
    progress(`a limit under ${figures.tries} tries`);
    await limit(shop, variant(), people, figures.tries, faults);
    await shop.settle();
    progress('auditing');
    faults.push(...(await auditEverything(shop.mongodbUri)));
    return outcome(
      `${figures.seeds} crowds of ${figures.crowd} for ${figures.seats} seats (slowest ${(slowest / 1000).toFixed(1)} s), ${figures.duels} duels, ` +
        `${sold} sold of ${figures.sharing.stock} shared by ${figures.sharing.groups} groups, limit held under ${figures.tries} tries`,
      faults,
    );
  } finally {
    await shop.close();
  }
}

/** Everyone orders at the same time; nobody may be left without an answer. */
async function everyone(
  shop: ProofShop,
  people: readonly Person[],
  orderOf: (index: number) => OrderInput,
): Promise<Tally> {
  const tally: Tally = { orders: [], refusals: new Map(), broken: [] };
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), PATIENCE_MS).unref());
  await Promise.all(
    people.map(async (person, index) => {
      const answer = await Promise.race([
        late,
        shop.client
          .send<{ orderPlace: OrderPlaced }>(
            ORDER_PLACE,
            { input: orderInput(orderOf(index)) },
            { token: person.token },
          )
          .catch((error: unknown) => String(error)),
      ]);
      count(tally, person, answer);
    }),
  );
  return tally;
}

function count(tally: Tally, person: Person, answer: GraphAnswer<{ orderPlace: OrderPlaced }> | string): void {
  if (typeof answer === 'string') tally.broken.push(answer === 'late' ? `no answer within ${PATIENCE_MS} ms` : answer);
  else if (answer.status !== 200 || !answer.data)
    tally.broken.push(`status ${answer.status}: ${answer.errors[0]?.message}`);
  else {
    const { order, userErrors } = answer.data.orderPlace;
    if (order?.groupBuy) tally.orders.push({ person, paymentId: order.payment.id, groupBuyId: order.groupBuy.id });
    else {
      const code = userErrors[0]?.code ?? 'nothing at all';
      tally.refusals.set(code, (tally.refusals.get(code) ?? 0) + 1);
    }
  }
}

async function crowd(
  shop: ProofShop,
  variantId: string,
  people: readonly Person[],
  seats: number,
  pay: boolean,
  faults: string[],
): Promise<number> {
  const campaignId = await shop.campaign(variantId, seats);
  const [opener, ...joiners] = people;
  if (!opener) throw new Error('A crowd has at least one person.');
  const key = `crowd-${campaignId}`;
  const opened = await placeOrder(
    shop.client,
    { token: opener.token },
    { variantId, groupBuy: { campaignId }, idempotencyKey: key },
  );
  const groupBuyId = opened.order?.groupBuy?.id;
  if (!opened.order || !groupBuyId) throw new Error(`The group was not opened: ${opened.userErrors[0]?.code}`);
  const started = Date.now();
  const tally = await everyone(shop, joiners, () => ({ variantId, groupBuy: { groupBuyId }, idempotencyKey: key }));
  const took = Date.now() - started;
  const inside = tally.orders.length + 1;
  const refused = tally.refusals.get('GROUP_FULL') ?? 0;
  if (tally.broken.length > 0)
    faults.push(`crowd: ${tally.broken.length} without a proper answer, first: ${tally.broken[0]}`);
  if (inside !== seats) faults.push(`crowd: ${inside} are in, not ${seats}`);
  if (refused !== people.length - seats) {
    faults.push(
      `crowd: ${refused} GROUP_FULL, not ${people.length - seats}; all: ${JSON.stringify(Object.fromEntries(tally.refusals))}`,
    );
  }
  if (pay) {
    const payments = [{ person: opener, paymentId: opened.order.payment.id }, ...tally.orders];
    for (let at = 0; at < payments.length; at += 50) {
      await Promise.all(
        payments.slice(at, at + 50).map(async ({ person, paymentId }) => {
          const settled = await settle(shop.client, { token: person.token }, paymentId);
          if (settled.payment?.status !== 'SUCCEEDED') faults.push(`crowd: a payment is ${settled.payment?.status}`);
        }),
      );
    }
    const groupBuy = await completed(shop, groupBuyId);
    if (groupBuy.status !== 'SUCCEEDED' || groupBuy.joined !== seats) {
      faults.push(`crowd: the group is ${groupBuy.status} with ${groupBuy.joined}`);
    }
  }
  return took;
}

/** A provider whose webhook was not taken in time repeats it: the group may complete a moment after the last payment. */
async function completed(shop: ProofShop, id: string): Promise<{ status: string; joined: number }> {
  for (const until = Date.now() + PATIENCE_MS; ; ) {
    const { groupBuy } = await shop.client.data<{ groupBuy: { status: string; joined: number } }>(
      'query G($id: ID!) { groupBuy(id: $id) { status joined } }',
      { id },
    );
    if (groupBuy.status !== 'OPEN' || Date.now() > until) return groupBuy;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function duels(
  shop: ProofShop,
  variants: readonly string[],
  people: readonly Person[],
  times: number,
  faults: string[],
): Promise<void> {
  const campaigns = await Promise.all(
    variants.map(async (variantId) => ({ variantId, campaignId: await shop.campaign(variantId, 2) })),
  );
  const duel = async (at: number): Promise<void> => {
    const { variantId, campaignId } = campaigns[at % campaigns.length] as (typeof campaigns)[number];
    const person = (offset: number): Person => people[(at * 3 + offset) % people.length] as Person;
    const idempotencyKey = `duel-${at}`;
    const opened = await placeOrder(
      shop.client,
      { token: person(0).token },
      { variantId, groupBuy: { campaignId }, idempotencyKey },
    );
    const groupBuyId = opened.order?.groupBuy?.id;
    if (!groupBuyId) return void faults.push(`duel ${at}: not opened, ${opened.userErrors[0]?.code}`);
    const tally = await everyone(shop, [person(1), person(2)], () => ({
      variantId,
      groupBuy: { groupBuyId },
      idempotencyKey,
    }));
    if (tally.orders.length !== 1 || tally.refusals.get('GROUP_FULL') !== 1) {
      faults.push(
        `duel ${at}: ${tally.orders.length} winners, ${JSON.stringify(Object.fromEntries(tally.refusals))} ${tally.broken[0] ?? ''}`,
      );
    }
  };
  for (let at = 0; at < times; at += DUELS_AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(DUELS_AT_ONCE, times - at) }, (_, index) => duel(at + index)));
  }
}

async function sharing(
  shop: ProofShop,
  variantId: string,
  people: readonly Person[],
  { groups, stock, joiners }: { groups: number; stock: number; joiners: number },
  faults: string[],
): Promise<number> {
  await shop.setStock(variantId, stock);
  const campaignId = await shop.campaign(variantId, Math.max(2, Math.ceil(joiners / groups)));
  const openers = people.slice(0, groups);
  const opened = await everyone(shop, openers, (index) => ({
    variantId,
    groupBuy: { campaignId },
    idempotencyKey: `share-open-${index}`,
  }));
  const ids = opened.orders.map(({ groupBuyId }) => groupBuyId);
  if (ids.length !== groups) faults.push(`sharing: ${ids.length} of ${groups} groups were opened`);
  const crowd = people.slice(groups, groups + joiners);
  const joined = await everyone(shop, crowd, (index) => ({
    variantId,
    groupBuy: { groupBuyId: ids[index % ids.length] ?? '' },
    idempotencyKey: `share-${index}`,
  }));
  const sold = opened.orders.length + joined.orders.length;
  const demand = groups + crowd.length;
  const expected = Math.min(stock, demand);
  if (joined.broken.length > 0) faults.push(`sharing: ${joined.broken[0]}`);
  if (sold > stock) faults.push(`sharing: ${sold} sold of ${stock}`);
  const full = joined.refusals.get('GROUP_FULL') ?? 0;
  if (sold + full < expected)
    faults.push(
      `sharing: only ${sold} of ${expected} sold, refusals ${JSON.stringify(Object.fromEntries(joined.refusals))}`,
    );
  return sold;
}

async function limit(
  shop: ProofShop,
  variantId: string,
  people: readonly Person[],
  tries: number,
  faults: string[],
): Promise<void> {
  const perUserLimit = 3;
  const campaignId = await shop.campaign(variantId, 5, { perUserLimit });
  const person = people[0] as Person;
  const tally = await everyone(
    shop,
    Array.from({ length: tries }, () => person),
    (index) => ({
      variantId,
      groupBuy: { campaignId },
      idempotencyKey: `limit-${index}`,
    }),
  );
  if (tally.orders.length !== perUserLimit || tally.refusals.get('LIMIT_REACHED') !== tries - perUserLimit) {
    faults.push(
      `limit: ${tally.orders.length} of ${perUserLimit}, ${JSON.stringify(Object.fromEntries(tally.refusals))} ${tally.broken[0] ?? ''}`,
    );
  }
  await buy(
    shop.client,
    { token: (people[1] as Person).token },
    { variantId, groupBuy: { campaignId }, idempotencyKey: 'limit-other' },
  );
}

export const noOversell: Goal = { id: 'R1', title: 'No oversell: crowds, duels, shared stock, per-user limits', run };
