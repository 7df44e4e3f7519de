import { serviceIdentity } from '../../../platform/context/identity';
import { account } from '../../../test/support/subgraph-harness';
import { Shop } from '../testing/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
beforeEach(() => shop.reset());
afterAll(() => shop.stop());

const ORDERS = `query($r: [_Any!]!, $first: Int!, $after: String) { _entities(representations: $r) { ... on Account {
  orders(first: $first, after: $after) {
    nodes { id number status payment { id status } refunds { id } lines { variant { id } } groupBuy { id } }
    pageInfo { hasNextPage endCursor } } } } }`;

async function orders(accountId: string, first: number, after: string | null = null, identity = shop.buyer) {
  const r = [{ __typename: 'Account', id: accountId }];
  const { data, errors } = await shop.harness.graph(ORDERS, { r, first, after }, identity);
  expect(errors).toEqual([]);
  return data._entities[0].orders;
}

describe('Account.orders', () => {
  it('should list the account’s own orders, newest first, page after page', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      ids.unshift((await shop.placed()).id);
      shop.harness.clock.advance(1000);
    }
    await shop.placed(shop.input(), account());
    const seen: string[] = [];
    let after: string | null = null;
    for (const expected of [2, 2, 1]) {
      const page = await orders(shop.buyer.accountId, 2, after);
      expect(page.nodes).toHaveLength(expected);
      expect(page.pageInfo.hasNextPage).toBe(expected === 2);
      seen.push(...page.nodes.map((node: { id: string }) => node.id));
      after = page.pageInfo.endCursor;
    }
    expect([...seen].sort()).toEqual([...ids].sort());
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it('should count the whole list when asked to', async () => {
    for (let i = 0; i < 3; i += 1) await shop.placed();
    const document = `query($r: [_Any!]!) { _entities(representations: $r) { ... on Account {
      orders(first: 1) { totalCount nodes { id } } } } }`;
    const r = [{ __typename: 'Account', id: shop.buyer.accountId }];
    const { data } = await shop.harness.graph(document, { r }, shop.buyer);
    expect(data._entities[0].orders).toMatchObject({ totalCount: 3, nodes: [{ id: expect.any(String) }] });
  });

  it('should leave out orders that were refused', async () => {
    shop.near.stockRefusal = { code: 'SOLD_OUT', message: '', field: null, available: 0, alternatives: null };
    await shop.place();
    expect((await orders(shop.buyer.accountId, 5)).nodes).toEqual([]);
  });

  it('should be null for other customers and open to the shop', async () => {
    await shop.placed();
    expect(await orders(shop.buyer.accountId, 5, null, account())).toBeNull();
    expect((await orders(shop.buyer.accountId, 5, null, shop.merchant)).nodes).toHaveLength(1);
  });

  it('should cost the same few reads for one order and for many', async () => {
    const reads = async () => {
      let count = 0;
      const { connection } = shop.kernel.database;
      connection.set('debug', () => {
        count += 1;
      });
      await orders(shop.buyer.accountId, 50);
      connection.set('debug', false);
      return count;
    };
    await shop.placed();
    const one = await reads();
    for (let i = 0; i < 7; i += 1) await shop.placed();
    expect({ one, many: await reads() }).toEqual({ one: 3, many: 3 });
  });
});

describe('Order by reference', () => {
  const DOCUMENT = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Order { id status } } }';

  it('should be found for its owner and other subgraphs only, all in one read', async () => {
    const mine = await shop.placed();
    const other = await shop.placed(shop.input(), account());
    const r = [mine, other, { id: 'ord_none' }].map(({ id }) => ({ __typename: 'Order', id }));
    const seen = async (identity: Parameters<Shop['order']>[1]) =>
      (await shop.harness.graph(DOCUMENT, { r }, identity)).data._entities.map(
        (each: { id: string } | null) => each?.id,
      );
    expect(await seen(shop.buyer)).toEqual([mine.id, undefined, undefined]);
    expect(await seen(serviceIdentity('social'))).toEqual([mine.id, other.id, undefined]);
  });
});

describe('_hasPaidOrder', () => {
  it('should be refused to clients', async () => {
    const { errors } = await shop.harness.graph('{ _hasPaidOrder(accountId: "acct_1") }', {}, shop.merchant);
    expect(errors[0]?.code).toBe('FORBIDDEN');
  });

  it('should be true from the first payment on', async () => {
    const ask = async () =>
      (
        await shop.harness.graph(
          'query($id: ID!) { _hasPaidOrder(accountId: $id) }',
          { id: shop.buyer.accountId },
          serviceIdentity('social'),
        )
      ).data._hasPaidOrder;
    const { payment } = await shop.placed();
    expect(await ask()).toBe(false);
    await shop.pay(payment.id);
    expect(await ask()).toBe(true);
  });
});
