import { newId } from '../../../platform/ids/id';
import { account } from '../../../test/support/subgraph-harness';
import { type CatalogHarness, givenProduct, merchant, shopper, startCatalog } from '../testing';

const ADJUST = `mutation($input: StockAdjustInput!) {
  stockAdjust(input: $input) { stockAdjustment { id delta reason actor at location { name } } userErrors { field code message } }
}`;

const STOCK = `query($id: ID!) { productVariant(id: $id) {
  availability { state lowCount }
  stockLevels(first: 5) { nodes { onHand reserved available location { name } } totalCount }
  stockAdjustments(first: 5) { nodes { delta reason location { name } } totalCount }
} }`;

describe('adjusting stock', () => {
  let catalog: CatalogHarness;
  beforeAll(async () => {
    catalog = await startCatalog();
  });
  afterAll(() => catalog.stop());

  async function variant(): Promise<string> {
    const { variantIds } = await givenProduct(catalog, { handle: newId('p').replace('_', '-') });
    return variantIds[0] ?? '';
  }
  const adjust = async (input: object, identity: Parameters<CatalogHarness['graph']>[2] = merchant) =>
    catalog.graph(ADJUST, { input: { reason: 'delivery', idempotencyKey: newId('key'), ...input } }, identity);
  const stock = async (id: string) => (await catalog.graph(STOCK, { id }, merchant)).data.productVariant;

  it('should add, take away and keep a log, newest first', async () => {
    const variantId = await variant();
    const { data } = await adjust({ variantId, delta: 12 });
    expect(data.stockAdjust).toEqual({
      stockAdjustment: {
        id: expect.stringMatching(/^sadj_/),
        delta: 12,
        reason: 'delivery',
        actor: merchant.accountId,
        at: '2050-06-01T08:00:00.000Z',
        location: { name: 'Main' },
      },
      userErrors: [],
    });
    await adjust({ variantId, delta: -4, reason: 'broken' });
    expect(await stock(variantId)).toEqual({
      availability: { state: 'LOW', lowCount: 8 },
      stockLevels: {
        nodes: [{ onHand: 8, reserved: 0, available: 8, location: { name: 'Main' } }],
        totalCount: 1,
      },
      stockAdjustments: {
        nodes: [
          { delta: -4, reason: 'broken', location: { name: 'Main' } },
          { delta: 12, reason: 'delivery', location: { name: 'Main' } },
        ],
        totalCount: 2,
      },
    });
  });

  it('should have one effect for one key, and refuse the key for another change', async () => {
    const variantId = await variant();
    const input = { variantId, delta: 5, idempotencyKey: 'delivery-1' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => adjust(input)));
    const ids = new Set(answers.map(({ data }) => data.stockAdjust.stockAdjustment.id));
    expect(ids.size).toBe(1);
    expect((await stock(variantId)).availability).toEqual({ state: 'LOW', lowCount: 5 });
    const other = await adjust({ ...input, delta: 6 });
    expect(other.data.stockAdjust.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
  });

  it('should not take what orders hold', async () => {
    const variantId = await variant();
    await adjust({ variantId, delta: 5 });
    const expiresAt = new Date(catalog.clock.now().getTime() + 60_000);
    await catalog.services.reservations.reserve({
      orderId: newId('ord'),
      expiresAt,
      lines: [{ variantId, quantity: 3 }],
    });
    const { data } = await adjust({ variantId, delta: -3 });
    expect(data.stockAdjust).toEqual({
      stockAdjustment: null,
      userErrors: [
        {
          field: ['input', 'delta'],
          code: 'STOCK_TOO_LOW',
          message: 'Only 2 can be taken away; orders hold the rest.',
        },
      ],
    });
    expect((await stock(variantId)).stockLevels.nodes).toMatchObject([{ onHand: 5, reserved: 3, available: 2 }]);
  });

  it('should take no more than there is when many take at once', async () => {
    const variantId = await variant();
    await adjust({ variantId, delta: 10 });
    const outcomes = await Promise.all(Array.from({ length: 15 }, () => adjust({ variantId, delta: -1 })));
    expect(outcomes.filter(({ data }) => data.stockAdjust.userErrors.length === 0)).toHaveLength(10);
    expect((await stock(variantId)).stockLevels.nodes).toMatchObject([{ onHand: 0, available: 0 }]);
  });

  it('should keep locations apart', async () => {
    const variantId = await variant();
    const { id: locationId } = await catalog.services.stock.ensureLocation('Tai Koo');
    await adjust({ variantId, delta: 3 });
    await adjust({ variantId, locationId, delta: 30 });
    expect((await stock(variantId)).stockLevels.nodes.map((node: { onHand: number }) => node.onHand)).toEqual([3, 30]);
    const { data } = await catalog.graph('{ locations(first: 10) { nodes { name } totalCount } }', {}, merchant);
    expect(data.locations).toEqual({ nodes: [{ name: 'Main' }, { name: 'Tai Koo' }], totalCount: 2 });
  });

  it.each([
    ['a change of nothing', { delta: 0 }, ['input', 'delta'], 'INVALID'],
    ['no reason', { reason: ' ' }, ['input', 'reason'], 'INVALID'],
    ['a key with spaces', { idempotencyKey: 'a b' }, ['input', 'idempotencyKey'], 'INVALID'],
    ['an unknown variant', { variantId: 'var_none' }, ['input', 'variantId'], 'NOT_FOUND'],
    ['an unknown location', { locationId: 'loc_none' }, ['input', 'locationId'], 'NOT_FOUND'],
  ])('should refuse %s', async (_case, change, field, code) => {
    const variantId = await variant();
    const { data } = await adjust({ variantId, delta: 1, ...change });
    expect(data.stockAdjust).toMatchObject({ stockAdjustment: null, userErrors: [{ field, code }] });
    expect((await stock(variantId)).stockAdjustments.totalCount).toBe(0);
  });

  it.each([
    ['nobody', { kind: 'anonymous' } as const, 'UNAUTHENTICATED'],
    ['a shopper', shopper, 'FORBIDDEN'],
    ['a host', account(['CUSTOMER', 'HOST']), 'FORBIDDEN'],
  ])('should not be done or seen by %s', async (_who, identity, code) => {
    const variantId = await variant();
    expect((await adjust({ variantId, delta: 5 }, identity)).errors).toMatchObject([{ code }]);
    expect((await catalog.graph(STOCK, { id: variantId }, identity)).errors).toMatchObject([{ code }]);
    expect((await catalog.graph('{ locations(first: 1) { nodes { name } } }', {}, identity)).errors).toMatchObject([
      { code },
    ]);
    expect((await stock(variantId)).stockLevels.totalCount).toBe(0);
  });
});
