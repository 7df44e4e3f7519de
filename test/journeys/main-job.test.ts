import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Kind, type OperationDefinitionNode, parse, print } from 'graphql';
import { openShop, SHAPES, type TestShop } from '../support/stack-harness';

/**
 * The operations client teams send, verbatim: from the shared contract when it lies beside the project, else our own
 * documents, which ask for the same. Both are keyed by what the operation does.
 */
const OWN = path.join(__dirname, '..', 'documents', 'main-job.graphql');
const CONTRACT = path.join(__dirname, '..', '..', '..', 'shared', 'contract', 'main-job.graphql');

function operationsOf(file: string): Map<string, string> {
  const operations = new Map<string, string>();
  for (const definition of parse(readFileSync(file, 'utf8')).definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const field = rootField(definition);
    // `product` and `products` differ; every root field of the contract is asked once.
    operations.set(field, print(definition));
  }
  return operations;
}

function rootField(operation: OperationDefinitionNode): string {
  const [selection] = operation.selectionSet.selections;
  if (selection?.kind !== Kind.FIELD) throw new Error('An operation of the contract starts with a field.');
  return selection.name.value;
}

const suites = [
  ['our own documents', OWN],
  ...(existsSync(CONTRACT) ? [['the shared contract', CONTRACT] as const] : []),
] as const;

// biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, field by field.
type Answer = any;

/** Both suites in one process; the contract, which is what clients hold on to, on every other shape too. */
const runs = SHAPES.flatMap((shape) =>
  suites.slice(shape === 'embedded' ? 0 : -1).map(([name, file]) => ({ shape, name, file })),
);

describe.each(runs)('the main job by $name, $shape', ({ shape, file }) => {
  const operations = operationsOf(file);
  let shop: TestShop;
  let milk: { id: string; product: string; handle: string };

  const run = async (field: string, variables: Record<string, unknown>, caller = {}): Promise<Answer> => {
    const { status, data, errors } = await shop.client.send<Answer>(operations.get(field) ?? '', variables, caller);
    expect(errors).toEqual([]);
    expect(status).toBe(200);
    return data?.[field];
  };
  const campaign = async (size: number, more: Record<string, unknown> = {}): Promise<string> => {
    const created = await run(
      'groupBuyCampaignCreate',
      {
        input: {
          variantId: milk.id,
          groupPrice: { amount: '9.90', currencyCode: 'HKD' },
          size,
          windowMinutes: 60,
          startsAt: '2026-01-01T00:00:00Z',
          endsAt: '2099-01-01T00:00:00Z',
          ...more,
        },
      },
      await shop.as('merchant'),
    );
    expect(created.userErrors).toEqual([]);
    expect(created.campaign).toMatchObject({
      status: 'RUNNING',
      size,
      variant: { id: milk.id, product: { title: milk.product } },
    });
    return created.campaign.id;
  };
  const place = async (who: string, groupBuy: object, key: string, quantity = 1): Promise<Answer> =>
    run(
      'orderPlace',
      {
        input: {
          lines: [{ variantId: milk.id, quantity }],
          groupBuy,
          payment: { provider: 'SANDBOX' },
          idempotencyKey: key,
        },
      },
      await shop.as(who),
    );
  const pay = async (who: string, paymentId: string, outcome = 'SUCCEED'): Promise<Answer> =>
    run('paymentSandboxSettle', { input: { paymentId, outcome } }, await shop.as(who));

  beforeAll(async () => {
    shop = await openShop({ shape });
    const products = await run('products', { first: 20, query: 'milk' });
    const [product] = products.nodes;
    milk = { id: product.variants.nodes[0].id, product: product.title, handle: product.handle };
  });
  afterAll(() => shop.stop());

  it('should register a person, sign them in and show them themselves', async () => {
    const input = { identifier: 'new@example.com', password: 'correct horse battery', displayName: 'Ning 寧' };
    const registered = await run('userRegister', { input });
    expect(registered.userErrors).toEqual([]);
    expect(registered.account.displayName).toBe('Ning 寧');
    const again = await run('userRegister', { input });
    expect(again).toMatchObject({ account: null, session: null, userErrors: [{ code: 'IDENTIFIER_TAKEN' }] });
    const weak = await run('userRegister', { input: { ...input, identifier: 'weak@example.com', password: '12345' } });
    expect(weak.userErrors[0].code).toBe('PASSWORD_TOO_WEAK');
    const wrong = await run('sessionCreate', {
      input: { identifier: 'new@example.com', password: 'wrong horse battery' },
    });
    const nobody = await run('sessionCreate', {
      input: { identifier: 'nobody@example.com', password: 'wrong horse battery' },
    });
    expect(wrong).toEqual(nobody);
    expect(wrong.userErrors[0].code).toBe('INVALID_CREDENTIALS');
    const { session } = await run('sessionCreate', {
      input: { identifier: 'new@example.com', password: input.password },
    });
    expect(session.account).toEqual({ id: registered.account.id, roles: ['CUSTOMER'] });
    const viewer = await run('viewer', {}, { token: session.accessToken });
    expect(viewer).toEqual({
      id: registered.account.id,
      displayName: 'Ning 寧',
      roles: ['CUSTOMER'],
      wallet: { balance: { amount: '0.00', currencyCode: 'HKD' } },
    });
    expect(await run('viewer', {})).toBeNull();
  });

  it('should show real products, page by page, in Chinese and English', async () => {
    const first = await run('products', { first: 2, query: '牛奶' });
    expect(first.nodes).toHaveLength(2);
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(first.totalCount).toBeGreaterThan(2);
    const second = await run('products', { first: 2, after: first.pageInfo.endCursor, query: '牛奶' });
    const ids = [...first.nodes, ...second.nodes].map((node: Answer) => node.id);
    expect(new Set(ids).size).toBe(4);
    for (const node of first.nodes) {
      expect(node.variants.nodes[0].availability).toEqual({ state: 'IN_STOCK', lowCount: null });
      expect(Number(node.priceRange.min.amount)).toBeGreaterThan(0);
    }
    const page = await run('product', { handle: milk.handle });
    expect(page).toMatchObject({
      title: milk.product,
      reviews: { nodes: expect.any(Array), totalCount: expect.any(Number) },
    });
    expect(page.recommendations.nodes.length).toBeGreaterThan(0);
    for (const { product, reasons } of page.recommendations.nodes) {
      expect(product.id).not.toBe(page.id);
      expect(product.title).toEqual(expect.any(String));
      expect(reasons[0]).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    }
    expect(await run('product', { handle: 'no-such-thing' })).toBeNull();
  });

  it('should let only merchants and staff create campaigns', async () => {
    const before = (await run('products', { first: 1, query: 'milk' })).nodes[0].groupBuyCampaigns.nodes.length;
    const input = {
      variantId: milk.id,
      groupPrice: { amount: '1.00', currencyCode: 'HKD' },
      size: 3,
      windowMinutes: 60,
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '2099-01-01T00:00:00Z',
    };
    const denied = await shop.client.send(
      operations.get('groupBuyCampaignCreate') ?? '',
      { input },
      await shop.as('shopper1'),
    );
    expect(denied.errors[0]?.extensions?.['code']).toBe('FORBIDDEN');
    const anonymous = await shop.client.send(operations.get('groupBuyCampaignCreate') ?? '', { input });
    expect(anonymous.errors[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
    const after = (await run('products', { first: 1, query: 'milk' })).nodes[0].groupBuyCampaigns.nodes.length;
    expect(after).toBe(before);
  });

  it('should fill a group while everyone watches', async () => {
    const campaignId = await campaign(3);
    const opened = await place('leader', { campaignId }, 'open-1');
    expect(opened.userErrors).toEqual([]);
    expect(opened.order).toMatchObject({
      status: 'AWAITING_PAYMENT',
      total: { amount: '9.90', currencyCode: 'HKD' },
      lines: [{ variant: { id: milk.id }, quantity: 1, unitPrice: { amount: '9.90', currencyCode: 'HKD' } }],
      groupBuy: { status: 'OPEN', size: 3, joined: 0 },
      payment: { status: 'PENDING', provider: 'SANDBOX' },
    });
    const groupBuyId = opened.order.groupBuy.id;

    const socket = shop.client.socket();
    const group: Answer[] = [];
    const whole: Answer[] = [];
    const follow = async (
      field: string,
      variables: Record<string, unknown>,
      seen: Answer[],
      until: (m: Answer) => boolean,
    ) => {
      for await (const message of socket.iterate<Answer>({ query: operations.get(field) ?? '', variables })) {
        expect(message.errors).toBeUndefined();
        seen.push(message.data?.[field]);
        if (until(message.data?.[field])) return;
      }
    };
    const followed = Promise.all([
      follow('groupBuyProgress', { groupBuyId }, group, (m) => m.groupBuy.status === 'SUCCEEDED'),
      follow('groupBuyCampaignProgress', { campaignId }, whole, (m) => m.campaign.succeededGroups === 1),
    ]);
    await pay('leader', opened.order.payment.id);
    for (const who of ['shopper1', 'shopper2']) {
      const joined = await place(who, { groupBuyId }, 'join-1');
      expect(joined.userErrors).toEqual([]);
      const paid = await pay(who, joined.order.payment.id);
      expect(paid).toEqual({ payment: { id: joined.order.payment.id, status: 'SUCCEEDED' }, userErrors: [] });
    }
    await followed;
    await socket.dispose();

    const versions = group.map((message) => message.version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(versions.length);
    const counts = group.map((message) => message.groupBuy.joined);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts.at(-1)).toBe(3);
    const last = group.at(-1);
    expect(last.groupBuy.campaign.variant.product.title).toBe(milk.product);
    expect(last.groupBuy.members.map((member: Answer) => member.profile.displayName)).toEqual([
      'Auntie Lan 蘭姨',
      'Shopper 1',
      'Shopper 2',
    ]);
    expect(whole.at(-1).campaign).toMatchObject({ soldUnits: 3, buyers: 3, openGroups: 0, succeededGroups: 1 });

    const seen = await run('groupBuy', { id: groupBuyId });
    expect(seen).toMatchObject({ status: 'SUCCEEDED', joined: 3, leader: { displayName: 'Auntie Lan 蘭姨' } });
    expect(seen.members.map((member: Answer) => member.role)).toEqual(['LEADER', 'MEMBER', 'MEMBER']);
    const late = await place('shopper3', { groupBuyId }, 'late-1');
    expect(late).toMatchObject({ order: null, userErrors: [{ code: 'GROUP_CLOSED' }] });
  });

  it('should hold seats before money moves and name other groups when one is full', async () => {
    const campaignId = await campaign(2, { perUserLimit: 5 });
    const first = await place('leader', { campaignId }, 'full-a');
    const other = await place('host', { campaignId }, 'full-b');
    const groupBuyId = first.order.groupBuy.id;
    const second = await place('shopper4', { groupBuyId }, 'full-c');
    expect(second.order.groupBuy.joined).toBe(0);
    const refused = await place('shopper5', { groupBuyId }, 'full-d');
    expect(refused.order).toBeNull();
    expect(refused.userErrors[0]).toMatchObject({
      code: 'GROUP_FULL',
      alternatives: [{ id: other.order.groupBuy.id, joined: 0, size: 2 }],
    });
    const twice = await place('shopper4', { groupBuyId }, 'full-e');
    expect(twice.userErrors[0].code).toBe('ALREADY_JOINED');
    // A failed payment gives the seat back.
    await pay('shopper4', second.order.payment.id, 'FAIL');
    const now = await place('shopper5', { groupBuyId }, 'full-f');
    expect(now.userErrors).toEqual([]);
  });

  it('should give the same order for the same key and refuse the key for another', async () => {
    const campaignId = await campaign(5);
    const first = await place('shopper6', { campaignId }, 'same');
    const again = await place('shopper6', { campaignId }, 'same');
    expect(again.order.id).toBe(first.order.id);
    const other = await place('shopper6', { campaignId }, 'same', 2);
    expect(other.userErrors[0].code).toBe('IDEMPOTENCY_KEY_REUSED');
    await pay('shopper6', first.order.payment.id);
    const repeated = await pay('shopper6', first.order.payment.id);
    expect(repeated.payment.status).toBe('SUCCEEDED');
    const contrary = await pay('shopper6', first.order.payment.id, 'FAIL');
    expect(contrary.userErrors[0].code).toBe('PAYMENT_ALREADY_SETTLED');
    const order = await run('order', { id: first.order.id }, await shop.as('shopper6'));
    expect(order).toMatchObject({
      status: 'PAID',
      refunded: { amount: '0.00' },
      groupBuy: { status: 'OPEN', joined: 1 },
    });
    expect(await run('order', { id: first.order.id }, await shop.as('shopper7'))).toBeNull();
  });

  it('should sell out by name, with what is left', async () => {
    const campaignId = await campaign(2);
    const refused = await place('shopper8', { campaignId }, 'too-many', 999);
    const [error] = refused.userErrors;
    if (error === undefined) {
      const rest = await place('shopper9', { campaignId }, 'rest', 999);
      expect(rest.userErrors[0]).toMatchObject({ code: 'SOLD_OUT', available: expect.any(Number) });
      expect(rest.order).toBeNull();
    } else {
      expect(error).toMatchObject({ code: 'SOLD_OUT', available: expect.any(Number) });
    }
  });
});
