import mongoose from 'mongoose';
import { openShop, type TestShop } from '../support/stack-harness';

/**
 * How many database calls the documented reads cost over all subgraphs together. A list costs the same for five rows as
 * for twenty: what grows with the rows is an N+1.
 */
const SHELF = `query Shelf($first: Int!) {
  products(first: $first) {
    nodes {
      id title
      priceRange { min { amount currencyCode } max { amount currencyCode } }
      variants(first: 5) { nodes { id sku price { amount } availability { state lowCount } } }
      images(first: 3) { nodes { url } }
      rating { average count }
      reviews(first: 2) { nodes { rating author { displayName } } }
      groupBuyCampaigns(first: 3) { nodes { id groupPrice { amount } size } }
    }
    totalCount
  }
}`;

const GROUP = `query Group($id: ID!) {
  groupBuy(id: $id) {
    status joined version
    leader { displayName }
    members { profile { displayName } joinedAt role }
    campaign { groupPrice { amount } variant { title product { title handle } } }
  }
}`;

const ORDERS = `query Orders($first: Int!) {
  viewer {
    orders(first: $first) {
      nodes { id status total { amount } lines { variant { title } } groupBuy { status joined } payment { status } }
    }
  }
}`;

describe('database calls of documented reads', () => {
  let shop: TestShop;
  let calls: string[] = [];

  beforeAll(async () => {
    shop = await openShop();
    // Only what requests cause: the relays and jobs of this stack go on meanwhile, each on collections of its own.
    mongoose.set('debug', (collection: string, method: string) => {
      if (!['outbox', 'jobs', 'leases', 'inbox'].includes(collection)) calls.push(`${collection}.${method}`);
    });
  });
  afterAll(async () => {
    mongoose.set('debug', false);
    await shop.stop();
  });

  const count = async (document: string, variables: Record<string, unknown>, who?: string): Promise<string[]> => {
    const caller = who ? await shop.as(who) : {};
    // Once to know the session, so that the door's own reads are not counted.
    await shop.client.data(document, variables, caller);
    calls = [];
    await shop.client.data(document, variables, caller);
    return [...calls].sort();
  };

  it('should be as many for twenty products as for five', async () => {
    const five = await count(SHELF, { first: 5 });
    const twenty = await count(SHELF, { first: 20 });
    expect(twenty).toEqual(five);
    expect(twenty.length).toBeLessThanOrEqual(12);
  });

  it('should be few for a group with its members, product and profiles', async () => {
    const { groupBuyCampaigns } = await shop.client.data<{
      groupBuyCampaigns: { nodes: { groupBuys: { nodes: { id: string }[] } }[] };
    }>('{ groupBuyCampaigns(first: 1) { nodes { groupBuys(first: 1) { nodes { id } } } } }');
    const id = groupBuyCampaigns.nodes[0]?.groupBuys.nodes[0]?.id ?? '';
    expect((await count(GROUP, { id })).length).toBeLessThanOrEqual(7);
  });

  it('should not grow with the orders of a list', async () => {
    const place = `mutation P($input: OrderPlaceInput!) { orderPlace(input: $input) { order { id } userErrors { code } } }`;
    const { products } = await shop.client.data<{ products: { nodes: { variants: { nodes: { id: string }[] } }[] } }>(
      '{ products(first: 8) { nodes { variants(first: 1) { nodes { id } } } } }',
    );
    for (const [index, { variants }] of products.nodes.entries()) {
      const input = {
        lines: [{ variantId: variants.nodes[0]?.id, quantity: 1 }],
        payment: { provider: 'SANDBOX' },
        idempotencyKey: `count-${index}`,
      };
      await shop.client.data(place, { input }, await shop.as('shopper15'));
    }
    const two = await count(ORDERS, { first: 2 }, 'shopper15');
    const eight = await count(ORDERS, { first: 8 }, 'shopper15');
    expect(eight).toEqual(two);
    expect(eight.length).toBeLessThanOrEqual(6);
  });
});
