import { placeOrder, settle } from '../shop/shopping';
import { expectEqual, shot } from './browser/checks';
import { type Browser, openBrowser, untilShown, type WatchedPage } from './browser/chromium';
import { EmbedShop } from './browser/embed-shop';
import { embeddingPage } from './browser/embedding-page';
import { type ForeignSite, openForeignSite } from './browser/foreign-site';
import { type Goal, type GoalOptions, outcome } from './goal';
import type { Person } from './proof-server';
import { ProofShop } from './proof-shop';

const JOINS = { smoke: 40, ci: 300, full: 2_000 };
const AT_ONCE = 50;
const BEHIND_MS = 1_000;
const PATIENCE_MS = 120_000;

/** What a page showed, and when, by the clock of this machine. */
interface Reading {
  readonly joined: number;
  readonly at: number;
}

async function run({ size, progress }: GoalOptions) {
  const joins = JOINS[size];
  const faults: string[] = [];
  progress('opening a shop');
  const shop = await ProofShop.open();
  const [browser, site] = [await openBrowser(), await openForeignSite()];
  try {
    progress(`${joins} people order`);
    const people = await shop.people(joins);
    const { groupBuyId, payments } = await everyoneOrders(shop, people);
    const pages = await watchers(shop, browser, site, groupBuyId);
    progress(`${joins} payments`);
    const started = Date.now();
    await inTurns(payments, async ({ person, paymentId }) => {
      const { payment } = await settle(shop.client, { token: person.token }, paymentId);
      if (payment?.status !== 'SUCCEEDED') faults.push(`a payment is ${payment?.status}`);
    });
    const burstMs = Date.now() - started;
    const stored = await storedJoins(shop, groupBuyId, joins);
    expectEqual(faults, 'joined in the store', stored, joins);
    let behind = 0;
    let readings = 0;
    for (const [name, { page, faults: errors }] of Object.entries(pages)) {
      await untilShown(page, joins, 0, PATIENCE_MS);
      const seen = await page.evaluate(() => (globalThis as unknown as { readings: Reading[] }).readings);
      const lastJoin = await page.evaluate(() => (globalThis as unknown as { lastJoin: number }).lastJoin);
      const reached = seen.find(({ joined }) => joined === joins)?.at ?? Number.POSITIVE_INFINITY;
      behind = Math.max(behind, reached - lastJoin);
      readings += seen.length;
      const numbers = seen.map(({ joined }) => joined);
      if (Math.max(...numbers) > joins) faults.push(`${name} showed ${Math.max(...numbers)} of ${joins}`);
      const back = numbers.findIndex((number, at) => number < (numbers[at - 1] ?? 0));
      if (back > 0) faults.push(`${name} went from ${numbers[back - 1]} back to ${numbers[back]}`);
      expectEqual(faults, `${name} shows at the end`, numbers.at(-1), stored);
      expectEqual(faults, `errors of ${name}`, errors, []);
    }
    await pages.overlay.page.screenshot({ path: shot('burst'), omitBackground: true });
    if (behind > BEHIND_MS) faults.push(`the store's number was shown ${behind} ms after the last join`);
    return outcome(
      `${joins} joins in ${(burstMs / 1000).toFixed(1)} s; the counter and the overlay showed the store's number ${behind} ms ` +
        `after the last join was written, ${readings} values shown, none above the size, none lower than the one before`,
      faults,
    );
  } finally {
    await Promise.all([browser.stop(), site.stop(), shop.close()]);
  }
}

async function everyoneOrders(shop: ProofShop, people: readonly Person[]) {
  const [opener, ...others] = people;
  const [variantId] = await shop.shelf();
  if (!opener || !variantId) throw new Error('There is nobody, or nothing, to buy.');
  await shop.setStock(variantId, people.length + 10);
  const campaignId = await shop.campaign(variantId, people.length);
  const order = { variantId, idempotencyKey: 'burst' };
  const opened = await placeOrder(shop.client, { token: opener.token }, { ...order, groupBuy: { campaignId } });
  const groupBuyId = opened.order?.groupBuy?.id;
  if (!opened.order || !groupBuyId) throw new Error(`The group was not opened: ${opened.userErrors[0]?.code}`);
  const payments = [{ person: opener, paymentId: opened.order.payment.id }];
  await inTurns(others, async (person) => {
    const placed = await placeOrder(shop.client, { token: person.token }, { ...order, groupBuy: { groupBuyId } });
    if (!placed.order) throw new Error(`An order was refused: ${placed.userErrors[0]?.code}`);
    payments.push({ person, paymentId: placed.order.payment.id });
  });
  return { groupBuyId, payments };
}

/** A counter on another site and an overlay, each noting every number it shows. */
async function watchers(
  shop: ProofShop,
  browser: Browser,
  site: ForeignSite,
  groupBuyId: string,
): Promise<{ counter: WatchedPage; overlay: WatchedPage }> {
  const embed = EmbedShop.around(shop);
  const key = await embed.key(site.origin);
  const counter = await browser.page();
  const overlay = await browser.page({ viewport: { width: 1920, height: 1080 } });
  const tag = `<group-buy-counter group-id="${groupBuyId}" api="${shop.client.url}" key="${key}"></group-buy-counter>`;
  const script = `<script defer src="${shop.client.url}/embeds/v1/counter.js"></script>`;
  await counter.page.goto(site.put('/burst', { html: embeddingPage(tag, script) }));
  await overlay.page.goto(shop.client.url + (await embed.overlay(groupBuyId)).path);
  for (const { page } of [counter, overlay]) {
    await untilShown(page, 0);
    await page.evaluate(() => {
      const counter = document.querySelector('group-buy-counter');
      const digits = counter?.shadowRoot?.querySelector('[part~=joined]');
      const readings: Reading[] = [];
      Object.assign(globalThis, { readings });
      if (!counter || !digits) return;
      const read = (): void => {
        readings.push({ joined: Number(digits.textContent?.replace(/\D/g, '')), at: Date.now() });
      };
      read();
      new MutationObserver(read).observe(digits, { childList: true, characterData: true, subtree: true });
      counter.addEventListener('groupbuychange', (event) => {
        const { joined, size, asOf } = (event as CustomEvent<{ joined: number; size: number; asOf: string }>).detail;
        const known = globalThis as unknown as { lastJoin?: number };
        if (joined === size) known.lastJoin ??= Date.parse(asOf);
      });
    });
  }
  return { counter, overlay };
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(work));
}

/** A provider whose webhook was not taken in time repeats it: the last join may come a moment after the last payment. */
async function storedJoins(shop: ProofShop, id: string, wanted: number): Promise<number> {
  for (const until = Date.now() + PATIENCE_MS; ; ) {
    const { groupBuy } = await shop.client.data<{ groupBuy: { joined: number } }>(
      'query G($id: ID!) { groupBuy(id: $id) { joined } }',
      { id },
    );
    if (groupBuy.joined >= wanted || Date.now() > until) return groupBuy.joined;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const embedsBurst: Goal = { id: 'E6', title: 'The number on air under a burst of joins', run };
