import mongoose from 'mongoose';
import type { Caller } from '../graph-client';
import { buy, CAMPAIGN_CREATE, ORDER_PLACE, orderInput, placeOrder, SETTLE } from '../shop/shopping';
import { auditEverything } from './audit';
import { type Goal, type GoalOptions, outcome } from './goal';
import { ProofShop } from './proof-shop';

/** One mutation that moves a seat, stock or money, sent many times with one key. */
interface Case {
  readonly mutation: string;
  readonly document: string;
  readonly caller: Caller;
  readonly input: Record<string, unknown>;
  /** The same key with another body; null where the mutation is unique by the id it acts on. */
  readonly otherInput: Record<string, unknown> | null;
  /** What the world looks like in the respect that may change once. */
  readonly effect: () => Promise<unknown>;
  /** What it must look like after any number of requests. */
  readonly expected: unknown;
}

const REPEATS = 10;

async function run({ shape, progress }: GoalOptions) {
  const faults: string[] = [];
  const shop = await ProofShop.open({}, shape);
  try {
    const cases = await prepare(shop);
    const answers = new Map<Case, string>();
    for (const it of cases) {
      progress(it.mutation);
      answers.set(it, await repeatedly(shop, it, faults));
    }
    progress('restarting');
    await shop.restart();
    for (const it of cases) {
      const again = await send(shop, it, it.input);
      if (again !== answers.get(it))
        faults.push(`${it.mutation}: after a restart the key answers ${again}, before ${answers.get(it)}`);
      await compare(it, 'after a restart', faults);
    }
    await shop.settle();
    faults.push(...(await auditEverything(shop.mongodbUri)));
    return outcome(
      `${cases.length} mutations, each ${REPEATS} times in parallel, ${REPEATS} times later, once with another body and once after kill -9: one effect, one result`,
      faults,
    );
  } finally {
    await shop.close();
  }
}

async function repeatedly(shop: ProofShop, it: Case, faults: string[]): Promise<string> {
  const parallel = await Promise.all(Array.from({ length: REPEATS }, () => send(shop, it, it.input)));
  const later: string[] = [];
  for (let at = 0; at < REPEATS; at += 1) later.push(await send(shop, it, it.input));
  await shop.settle();
  const [first = ''] = parallel;
  if (first.includes('"userErrors":[{')) faults.push(`${it.mutation}: refused ${first}`);
  const different = [...parallel, ...later].filter((answer) => answer !== first);
  if (different.length > 0)
    faults.push(`${it.mutation}: ${different.length} other results: ${different[0]} instead of ${first}`);
  await compare(it, 'after the repeats', faults);
  if (it.otherInput) {
    const other = await send(shop, it, it.otherInput);
    if (!other.includes('IDEMPOTENCY_KEY_REUSED'))
      faults.push(`${it.mutation}: the key with another body answers ${other}`);
    await compare(it, 'after another body', faults);
  }
  return first;
}

async function compare(it: Case, when: string, faults: string[]): Promise<void> {
  const effect = JSON.stringify(await it.effect());
  if (effect !== JSON.stringify(it.expected))
    faults.push(`${it.mutation}: ${when} ${effect}, not ${JSON.stringify(it.expected)}`);
}

async function send(shop: ProofShop, it: Case, input: Record<string, unknown>): Promise<string> {
  const answer = await shop.client.send(it.document, { input }, it.caller);
  return JSON.stringify(answer.errors.length > 0 ? answer.errors : answer.data);
}

async function prepare(shop: ProofShop): Promise<Case[]> {
  const [first, second, third, fourth, fifth] = (await shop.people(5)).map(({ token }) => ({ token }));
  const [variantId, otherVariantId] = await shop.shelf();
  if (!first || !second || !third || !fourth || !fifth || !variantId || !otherVariantId)
    throw new Error('The demo shop is empty.');
  const { merchant } = shop;
  const campaignId = await shop.campaign(variantId, 10);
  const doomedCampaign = await shop.campaign(variantId, 10);
  const count = (database: string, collection: string, filter: object) => () =>
    inDatabase(shop, database, (connection) => connection.collection(collection).countDocuments(filter));
  const opened = async (caller: Caller, campaign: string, key: string) => {
    const order = await buy(shop.client, caller, {
      variantId,
      groupBuy: { campaignId: campaign },
      idempotencyKey: key,
    });
    return { orderId: order.id, groupBuyId: order.groupBuy?.id ?? '', paymentId: order.payment.id };
  };
  const plain = await buy(shop.client, second, { variantId: otherVariantId, quantity: 2, idempotencyKey: 'plain' });
  const unpaid = await placeOrder(shop.client, second, { variantId: otherVariantId, idempotencyKey: 'unpaid' });
  const toCancel = await placeOrder(shop.client, third, { variantId: otherVariantId, idempotencyKey: 'to-cancel' });
  const left = await opened(third, campaignId, 'left');
  const cancelled = await opened(fourth, campaignId, 'cancelled');
  const doomed = await opened(fifth, doomedCampaign, 'doomed');
  const level = await inDatabase(shop, 'catalog', (connection) =>
    connection
      .collection<{ variantId: string; locationId: string; onHand: number }>('stock_levels')
      .findOne({ variantId: otherVariantId }),
  );
  if (!level || !unpaid.order || !toCancel.order) throw new Error('The preparation was refused.');
  const unpaidPayment = unpaid.order.payment.id;
  const orderToCancel = toCancel.order.id;
  const refundsOf = (orderId: string) => async () => {
    const refunds = await inDatabase(shop, 'orders', (connection) =>
      connection.collection<{ orderId: string }>('refunds').find({ orderId }).toArray(),
    );
    return refunds.length;
  };

  return [
    {
      mutation: 'orderPlace (plain)',
      document: ORDER_PLACE,
      caller: first,
      input: orderInput({ variantId: otherVariantId, quantity: 3, idempotencyKey: 'r3-plain' }),
      otherInput: orderInput({ variantId: otherVariantId, quantity: 4, idempotencyKey: 'r3-plain' }),
      effect: count('catalog', 'stock_reservations', { 'allocations.quantity': 3 }),
      expected: 1,
    },
    {
      mutation: 'orderPlace (group)',
      document: ORDER_PLACE,
      caller: first,
      input: orderInput({ variantId, groupBuy: { campaignId }, idempotencyKey: 'r3-group' }),
      otherInput: orderInput({ variantId, quantity: 2, groupBuy: { campaignId }, idempotencyKey: 'r3-group' }),
      effect: count('social', 'group_buys', { campaignId }),
      expected: 3,
    },
    {
      mutation: 'paymentSandboxSettle',
      document: SETTLE,
      caller: second,
      input: { paymentId: unpaidPayment, outcome: 'SUCCEED' },
      otherInput: null,
      effect: count('accounts', 'ledger_transactions', { key: `payment:${unpaidPayment}` }),
      expected: 1,
    },
    {
      mutation: 'orderCancel',
      document:
        'mutation C($input: OrderCancelInput!) { orderCancel(input: $input) { order { id } userErrors { code message } } }',
      caller: third,
      input: { orderId: orderToCancel, reason: 'changed my mind', idempotencyKey: 'r3-cancel' },
      otherInput: { orderId: orderToCancel, reason: 'another reason', idempotencyKey: 'r3-cancel' },
      effect: count('catalog', 'stock_reservations', { _id: orderToCancel, status: 'RELEASED' }),
      expected: 1,
    },
    {
      mutation: 'orderRefund',
      document:
        'mutation R($input: OrderRefundInput!) { orderRefund(input: $input) { order { id } userErrors { code message } } }',
      caller: merchant,
      input: {
        orderId: plain.id,
        amount: { amount: '0.10', currencyCode: 'HKD' },
        reason: 'dented',
        idempotencyKey: 'r3-refund',
      },
      otherInput: {
        orderId: plain.id,
        amount: { amount: '0.20', currencyCode: 'HKD' },
        reason: 'dented',
        idempotencyKey: 'r3-refund',
      },
      effect: refundsOf(plain.id),
      expected: 1,
    },
    {
      mutation: 'groupBuyLeave',
      document:
        'mutation L($input: GroupBuyLeaveInput!) { groupBuyLeave(input: $input) { groupBuy { id } userErrors { code message } } }',
      caller: third,
      input: { groupBuyId: left.groupBuyId, idempotencyKey: 'r3-leave' },
      otherInput: { groupBuyId: cancelled.groupBuyId, idempotencyKey: 'r3-leave' },
      effect: refundsOf(left.orderId),
      expected: 1,
    },
    {
      mutation: 'groupBuyCancel',
      document:
        'mutation K($input: GroupBuyCancelInput!) { groupBuyCancel(input: $input) { groupBuy { id } userErrors { code message } } }',
      caller: merchant,
      input: { groupBuyId: cancelled.groupBuyId, reason: 'proof', idempotencyKey: 'r3-group-cancel' },
      otherInput: { groupBuyId: cancelled.groupBuyId, reason: 'other', idempotencyKey: 'r3-group-cancel' },
      effect: refundsOf(cancelled.orderId),
      expected: 1,
    },
    {
      mutation: 'groupBuyCampaignCancel',
      document:
        'mutation K($input: GroupBuyCampaignCancelInput!) { groupBuyCampaignCancel(input: $input) { campaign { id } userErrors { code message } } }',
      caller: merchant,
      input: { campaignId: doomedCampaign, reason: 'proof', idempotencyKey: 'r3-campaign-cancel' },
      otherInput: { campaignId: doomedCampaign, reason: 'other', idempotencyKey: 'r3-campaign-cancel' },
      effect: refundsOf(doomed.orderId),
      expected: 1,
    },
    {
      mutation: 'groupBuyCampaignCreate',
      document: CAMPAIGN_CREATE,
      caller: merchant,
      input: campaignInput(variantId, 7),
      otherInput: campaignInput(variantId, 8),
      effect: count('social', 'group_buy_campaigns', { 'terms.quota': 777 }),
      expected: 1,
    },
    {
      mutation: 'stockAdjust',
      document: 'mutation S($input: StockAdjustInput!) { stockAdjust(input: $input) { userErrors { code message } } }',
      caller: merchant,
      input: { variantId, locationId: level.locationId, delta: 5, reason: 'r3', idempotencyKey: 'r3-stock' },
      otherInput: { variantId, locationId: level.locationId, delta: 6, reason: 'r3', idempotencyKey: 'r3-stock' },
      effect: count('catalog', 'stock_adjustments', { variantId, reason: 'r3' }),
      expected: 1,
    },
  ];
}

function campaignInput(variantId: string, size: number): Record<string, unknown> {
  return {
    variantId,
    groupPrice: { amount: '1.00', currencyCode: 'HKD' },
    size,
    quota: 777,
    windowMinutes: 60,
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '2099-01-01T00:00:00Z',
    idempotencyKey: 'r3-campaign',
  };
}

async function inDatabase<T>(
  shop: ProofShop,
  name: string,
  read: (connection: mongoose.Connection) => Promise<T>,
): Promise<T> {
  const connection = await mongoose.createConnection(shop.mongodbUri, { dbName: `kaituan_${name}` }).asPromise();
  try {
    return await read(connection);
  } finally {
    await connection.close();
  }
}

export const oneEffect: Goal = { id: 'R3', title: 'One effect: every key, however often it comes', run };
