import { WebSocket } from 'ws';
import { newId } from '../../platform/ids/id';
import { openShop, type TestShop } from '../support/stack-harness';

// biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, field by field.
type Answer = any;

const SITE = 'http://localhost:3000';

/** What the door of the whole product lets through: nodes, scopes of real keys, their origins, cost. */
describe('the door of the shop', () => {
  let shop: TestShop;
  let secretKey: string;
  let barredKey: string;
  let ids: Record<string, string>;
  const send = async (query: string, variables: Record<string, unknown> = {}, caller: object = {}) =>
    shop.client.send<Answer>(query, variables, caller);
  const ok = async (query: string, variables: Record<string, unknown> = {}, caller: object = {}): Promise<Answer> => {
    const { status, data, errors } = await send(query, variables, caller);
    expect(errors).toEqual([]);
    expect(status).toBe(200);
    return data;
  };
  const codes = async (query: string, variables: Record<string, unknown>, caller: object) => {
    const { status, data, errors } = await send(query, variables, caller);
    return [status, data, errors.map(({ extensions }) => extensions?.['code'])];
  };

  beforeAll(async () => {
    shop = await openShop();
    const { apiKeys } = shop.stack.runtime.running.accounts.services;
    const key = async (kind: 'PUBLISHABLE' | 'SECRET', scopes: string[]) =>
      (await apiKeys.create({ name: 'door', kind, scopes, origins: [] })).key;
    secretKey = await key('SECRET', ['catalog:read', 'orders:read']);
    barredKey = await key('PUBLISHABLE', ['live:overlay']);
    const shopper = await shop.as('shopper1');
    const { groupBuyCampaigns, neighborhoods, locations, categories } = await ok(
      `{ groupBuyCampaigns(first: 1) { nodes { id variant { id product { id } } groupBuys(first: 1) { nodes { id leader { id } } } } }
         neighborhoods(first: 1) { nodes { id } } locations(first: 1) { nodes { id } } categories(first: 1) { nodes { id } } }`,
      {},
      await shop.as('merchant'),
    );
    const campaign = groupBuyCampaigns.nodes[0];
    const group = campaign.groupBuys.nodes[0];
    const placed = await ok(
      `mutation ($input: OrderPlaceInput!) { orderPlace(input: $input) { order { id } userErrors { message } } }`,
      {
        input: {
          lines: [{ variantId: campaign.variant.id, quantity: 1 }],
          payment: { provider: 'SANDBOX' },
          idempotencyKey: 'door-order',
        },
      },
      shopper,
    );
    ids = {
      GroupBuyCampaign: campaign.id,
      GroupBuy: group.id,
      Profile: group.leader.id,
      Product: campaign.variant.product.id,
      ProductVariant: campaign.variant.id,
      Order: placed.orderPlace.order.id,
      ...(neighborhoods.nodes[0] ? { Neighborhood: neighborhoods.nodes[0].id } : {}),
      ...(locations.nodes[0] ? { Location: locations.nodes[0].id } : {}),
      ...(categories.nodes[0] ? { Category: categories.nodes[0].id } : {}),
    };
  });
  afterAll(() => shop.stop());

  describe('node', () => {
    const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';

    it('should find whatever its owner may see', async () => {
      const { nodes } = await ok(NODES, { ids: Object.values(ids) }, await shop.as('shopper1'));
      expect(nodes).toEqual(Object.entries(ids).map(([__typename, id]) => ({ __typename, id })));
      expect(Object.keys(ids).length).toBeGreaterThanOrEqual(8);
    });

    it('should show nobody the order of somebody else, and nothing that is not there', async () => {
      const query = 'query ($id: ID!) { node(id: $id) { id ... on Order { cancelNote } } }';
      for (const caller of [{}, await shop.as('shopper2'), { storefrontKey: shop.storefrontKey }]) {
        expect(
          (await ok(query.replace('... on Order { cancelNote }', ''), { id: ids['Order'] }, caller)).node,
        ).toBeNull();
      }
      expect((await ok(query, { id: ids['Order'] }, await shop.as('shopper2'))).node).toBeNull();
      const absent = ['prod', 'var', 'cat', 'loc', 'nbhd', 'ord', 'gbuy', 'gbc', 'rev', 'acct', 'pay', 'cart'].map(
        newId,
      );
      expect((await ok(NODES, { ids: absent })).nodes).toEqual(absent.map(() => null));
    });

    it('should give the fields of every subgraph', async () => {
      const { node } = await ok(
        'query ($id: ID!) { node(id: $id) { ... on Product { handle rating { count } groupBuyCampaigns(first: 1) { nodes { id } } } } }',
        { id: ids['Product'] },
      );
      expect(node).toEqual({
        handle: expect.any(String),
        rating: { count: expect.any(Number) },
        groupBuyCampaigns: { nodes: [{ id: ids['GroupBuyCampaign'] }] },
      });
    });
  });

  describe('scopes', () => {
    it('should open to the key of a storefront what its scopes say, and nothing personal without its owner', async () => {
      const storefront = { storefrontKey: shop.storefrontKey };
      await ok('{ products(first: 1) { nodes { id } } }', {}, storefront);
      for (const query of [
        '{ viewer { id } }',
        '{ apiKeys(first: 1) { nodes { id } } }',
        'query ($id: ID!) { order(id: $id) { id } }',
        'query ($id: ID!) { node(id: $id) { ... on Order { number } } }',
      ]) {
        expect(await codes(query, query.includes('$id') ? { id: ids['Order'] } : {}, storefront)).toEqual([
          403,
          null,
          ['FORBIDDEN'],
        ]);
      }
    });

    it('should hold a person to the key beside them, and not without it', async () => {
      const query = '{ viewer { orders(first: 1) { nodes { id } } } }';
      const { token } = await shop.as('shopper1');
      const mine = { viewer: { orders: { nodes: [{ id: ids['Order'] }] } } };
      expect(await ok(query, {}, { token })).toEqual(mine);
      expect(await ok(query, {}, { token, storefrontKey: shop.storefrontKey })).toEqual(mine);
      expect((await codes(query, {}, { token, storefrontKey: barredKey }))[0]).toBe(403);
    });

    it('should change nothing where a key is refused', async () => {
      const merchant = await shop.as('merchant');
      const before = await ok('query ($id: ID!) { product(id: $id) { title } }', { id: ids['Product'] });
      expect(
        await codes(
          'mutation ($input: ProductUpdateInput!) { productUpdate(input: $input) { product { title } } }',
          { input: { id: ids['Product'], title: 'Taken over' } },
          { ...merchant, storefrontKey: shop.storefrontKey },
        ),
      ).toEqual([403, null, ['FORBIDDEN']]);
      expect(await ok('query ($id: ID!) { product(id: $id) { title } }', { id: ids['Product'] })).toEqual(before);
    });

    it('should open to a server what its own scopes say', async () => {
      const server = { storefrontKey: secretKey };
      await ok('{ products(first: 1) { nodes { id } } }', {}, server);
      expect((await codes('mutation { cartCreate(input: {}) { cart { id } } }', {}, server))[0]).toBe(403);
      expect((await codes('query ($id: ID!) { order(id: $id) { id } }', { id: ids['Order'] }, server))[0]).toBe(200);
    });

    it('should refuse on the socket what it refuses by HTTP', async () => {
      const { token } = await shop.as('merchant');
      const socket = shop.client.socket({ token, storefrontKey: secretKey });
      const follow = `subscription ($id: ID!) { groupBuyProgress(groupBuyId: $id) { groupBuy { members(first: 101) { role } } } }`;
      const messages = socket.iterate({ query: follow, variables: { id: ids['GroupBuy'] ?? '' } });
      await expect(messages.next()).rejects.toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', limit: 'page', maximum: 100 } },
      ]);
      await socket.dispose();
    });
  });

  describe('origins of a key', () => {
    const post = (origin: string, key: string) =>
      fetch(`${shop.stack.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin, 'x-storefront-key': key },
        body: '{"query":"{ __typename }"}',
      });
    const upgrade = (origin: string) =>
      new Promise<number>((resolve) => {
        const url = `${shop.stack.url.replace('http', 'ws')}/graphql`;
        const socket = new WebSocket(url, 'graphql-transport-ws', { origin });
        socket.on('error', () => undefined);
        socket.once('open', () => {
          socket.terminate();
          resolve(101);
        });
        socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      });

    it('should let in the pages a key lists', async () => {
      const answer = await post(SITE, shop.storefrontKey);
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, SITE]);
      expect(await upgrade(SITE)).toBe(101);
    });

    it.each([
      ['another port', 'http://localhost:3001'],
      ['another scheme', 'https://localhost:3000'],
      ['another host that ends alike', 'http://evil-localhost:3000'],
      ['a host below it', 'http://shop.localhost:3000'],
      ['the opaque origin', 'null'],
      ['a wildcard', '*'],
      ['something that is no origin', 'localhost:3000'],
    ])('should refuse %s', async (_what, origin) => {
      const answer = await post(origin, shop.storefrontKey);
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
      expect(await upgrade(origin)).toBe(403);
    });

    it('should refuse every page of another site to a key that lists none', async () => {
      expect((await post(SITE, barredKey)).status).toBe(403);
      expect((await post(SITE, secretKey)).status).toBe(403);
      expect((await post(shop.stack.url, barredKey)).status).toBe(200);
    });
  });

  describe('cost', () => {
    it('should be reported with every answer', async () => {
      const response = await fetch(`${shop.stack.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ products(first: 10) { nodes { id priceRange { min { amount } } } } }' }),
      });
      const { data, extensions } = (await response.json()) as Answer;
      expect(data.products.nodes).toHaveLength(10);
      expect(extensions.cost).toEqual({
        requestedQueryCost: 1 + 10 * 3,
        actualQueryCost: 1 + 10 * 3,
        throttleStatus: { maximumAvailable: 10_000, currentlyAvailable: 10_000, restoreRate: 500 },
      });
    });
  });
});
