import { LiveServerProcess, needFiles, PROGRESS, ViewersProcess } from '../live/live-processes';
import { type OrderInput, placeOrder, settle } from '../shop/shopping';
import { type Goal, type GoalOptions, outcome } from './goal';
import { ProofShop } from './proof-shop';

const FIGURES = {
  smoke: { viewers: 300, seconds: 3, joins: 4 },
  ci: { viewers: 1_000, seconds: 15, joins: 10 },
  full: { viewers: 5_000, seconds: 60, joins: 60 },
};
const EVENTS_PER_SECOND = 2;
const WARM_VIEWERS = 100;
const MOST_P99_MS = 1_000;
const MOST_BYTES_EACH = 30 * 1024;
const GROUP = `subscription ($id: ID!) { groupBuyProgress(groupBuyId: $id) { version asOf
  groupBuy { id status joined size members { profile { displayName } role } campaign { id groupPrice { amount } } } } }`;

async function run({ size, progress }: GoalOptions) {
  const { viewers, seconds, joins } = FIGURES[size];
  needFiles(viewers);
  const faults: string[] = [];
  const exact = await exactRate(viewers, seconds, progress, faults);
  const real = await realShop(viewers, joins, progress, faults);
  // A test suite shares its machine with itself: seconds of smoke judge no time.
  return outcome(`${exact}; ${real}`, size === 'smoke' ? faults.filter((fault) => !fault.startsWith('p99')) : faults);
}

/** Events exactly two a second, and memory without the shop's own. */
async function exactRate(
  viewers: number,
  seconds: number,
  progress: GoalOptions['progress'],
  faults: string[],
): Promise<string> {
  const server = await LiveServerProcess.start('gateway');
  const audience = new ViewersProcess();
  try {
    const open = (count: number): Promise<void> =>
      audience.open({
        url: server.url,
        count,
        ids: 'own',
        stuck: false,
        subscription: { query: PROGRESS, variables: {} },
      });
    await open(WARM_VIEWERS);
    await server.pace(5, 400);
    const before = await server.measure();
    await audience.everyone(before.version);
    progress(`opening ${viewers} sockets`);
    await open(viewers - WARM_VIEWERS);
    await server.pace(500, 4);
    const after = await server.measure();
    await audience.everyone(after.version);
    await audience.report();
    progress(`${viewers} viewers, ${EVENTS_PER_SECOND} events a second for ${seconds} s`);
    await server.pace(1_000 / EVENTS_PER_SECOND, seconds * EVENTS_PER_SECOND);
    const end = await server.measure();
    await audience.everyone(end.version);
    const { lost, p50, p99, received, wentBack, worst } = await audience.report();
    const each = (after.rss - before.rss) / (viewers - WARM_VIEWERS);
    const expected = viewers * seconds * EVENTS_PER_SECOND;
    if (received !== expected) faults.push(`${received} of ${expected} states arrived`);
    if (p99 > MOST_P99_MS) faults.push(`p99 was ${p99} ms`);
    if (each > MOST_BYTES_EACH) faults.push(`a viewer costs ${(each / 1024).toFixed(1)} kB`);
    if (lost + wentBack > 0) faults.push(`${lost} sockets lost, ${wentBack} states that did not rise`);
    if (end.stats?.upstreams !== 1) faults.push(`${end.stats?.upstreams} upstreams for one group`);
    return (
      `${viewers} viewers of one topic at ${EVENTS_PER_SECOND} events/s: p50 ${p50} ms, p99 ${p99} ms, worst ${worst} ms, ` +
      `${(each / 1024).toFixed(1)} kB each, event loop held up for ${end.blockedMs.toFixed(0)} ms at most`
    );
  } finally {
    await Promise.all([audience.stop(), server.stop()]);
  }
}

/** The whole product: joins of real people, from the order to the viewers. */
async function realShop(
  viewers: number,
  joins: number,
  progress: GoalOptions['progress'],
  faults: string[],
): Promise<string> {
  const shop = await ProofShop.open({
    LIVE_CONNECTIONS: String(viewers + 100),
    LIVE_CONNECTIONS_PER_ADDRESS: String(viewers + 100),
  });
  const audience = new ViewersProcess();
  try {
    progress('opening a group in a real shop');
    const people = await shop.people(joins + 1);
    const [variantId] = await shop.shelf();
    if (!variantId) throw new Error('The demo catalogue is empty.');
    await shop.setStock(variantId, joins + 10);
    const campaignId = await shop.campaign(variantId, joins + 1);
    const join = async (token: string, groupBuy: NonNullable<OrderInput['groupBuy']>, name: string) => {
      const placed = await placeOrder(shop.client, { token }, { variantId, groupBuy, idempotencyKey: name });
      if (!placed.order) throw new Error(`A join was refused: ${placed.userErrors[0]?.message}`);
      await settle(shop.client, { token }, placed.order.payment.id);
      return placed.order.groupBuy?.id ?? '';
    };
    const [leader, ...joiners] = people;
    const groupBuyId = await join(leader?.token ?? '', { campaignId }, 'leader');
    await shop.settle();
    const url = `${shop.client.url.replace('http', 'ws')}/graphql`;
    const subscription = { query: GROUP, variables: { id: groupBuyId } };
    progress(`opening ${viewers} sockets`);
    await audience.open({ url, count: viewers, ids: 'own', stuck: false, subscription });
    await audience.report();
    for (const [index, { token }] of joiners.entries()) {
      progress(`join ${index + 1} of ${joins}`);
      const next = performance.now() + 1_000 / EVENTS_PER_SECOND;
      await join(token, { groupBuyId }, `join-${index}`);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    }
    await shop.settle();
    const { groupBuy } = await shop.client.data<{ groupBuy: { version: number; joined: number; status: string } }>(
      'query ($id: ID!) { groupBuy(id: $id) { version joined status } }',
      { id: groupBuyId },
    );
    await audience.everyone(groupBuy.version);
    const { lost, p99, received, slowestVersion, wentBack } = await audience.report();
    if (slowestVersion !== groupBuy.version) faults.push(`a viewer ended at ${slowestVersion} of ${groupBuy.version}`);
    if (groupBuy.status !== 'SUCCEEDED') faults.push(`the group of ${joins + 1} ended ${groupBuy.status}`);
    if (p99 > MOST_P99_MS) faults.push(`p99 in the real shop was ${p99} ms`);
    if (lost + wentBack > 0) faults.push(`${lost} sockets lost, ${wentBack} states that did not rise in the real shop`);
    return `in the real shop ${joins} joins seen by ${viewers}: ${received} states, p99 ${p99} ms from the join`;
  } finally {
    await audience.stop();
    await shop.close();
  }
}

export const fanOut: Goal = { id: 'R14', title: 'Fan-out: thousands of viewers of one group', run };
