import mongoose from 'mongoose';
import type { Identity } from '../../../platform/context/identity';
import type { EventType, EventTypes } from '../../../platform/events/events';
import { newId } from '../../../platform/ids/id';
import { event, Outbox } from '../../../platform/outbox/outbox';
import { replay } from '../../../platform/outbox/outbox-store';
import { account, type SubgraphHarness, startSubgraph } from '../../../test/support/subgraph-harness';
import { recommendations } from '..';
import type { RecommendationsServices } from '../context';

interface Node {
  product: { id: string };
  score: number;
  reasons: { code: string; message: string; relatedTo: { id: string } | null }[];
}

describe('recommendations', () => {
  let harness: SubgraphHarness<RecommendationsServices>;
  let connection: mongoose.Connection;
  let related: Record<string, readonly string[]>;
  let catalogDown: boolean;
  let sequence = 0;

  beforeEach(async () => {
    related = {};
    catalogDown = false;
    harness = await startSubgraph(recommendations, {
      fakes: {
        catalog: {
          _relatedProductIds: ({ productId, limit }: { productId: string; limit: number }) => {
            if (catalogDown) throw new Error('down');
            return (related[productId] ?? []).slice(0, limit);
          },
        },
      },
    });
    connection = mongoose.connections.findLast((one) => one.name === 'kaituan_recommendations') as mongoose.Connection;
  });
  afterEach(() => harness.stop());

  /** Puts events of other subgraphs where the relay finds them, so that the declared consumers get them. */
  const publish = async <T extends EventType>(
    type: T,
    events: readonly { readonly id: string; readonly data: EventTypes[T]; readonly at?: number }[],
  ): Promise<void> => {
    const session = await connection.startSession();
    await new Outbox(connection, harness.clock).write(
      session,
      events.map(({ id, data, at }) => {
        sequence += 1;
        return event(type, id, at ?? sequence, data);
      }),
    );
    await session.endSession();
    await harness.settle();
  };
  const pay = (accountId: string, ...baskets: readonly (readonly string[])[]): Promise<void> =>
    publish(
      'order.paid',
      baskets.map((basket) => {
        const orderId = newId('ord');
        const lines = basket.map((productId) => ({ variantId: `${productId}-v`, productId, quantity: 2 }));
        const total = { minor: 100, currencyCode: 'HKD' };
        return { id: orderId, data: { orderId, accountId, total, lines, groupBuyId: null } };
      }),
    );
  const list = (productId: string, published: boolean, at?: number): Promise<void> =>
    publish('product.changed', [{ id: productId, data: { productId, published }, ...(at ? { at } : {}) }]);
  const redeliver = async (): Promise<void> => {
    await replay(connection);
    await harness.settle();
  };

  const LIST =
    '{ nodes { product { id } score reasons { code message relatedTo { id } } } pageInfo { hasNextPage endCursor } }';
  const forProducts = async (ids: readonly string[], first = 10, after: string | null = null) =>
    (
      await harness.graph(
        `query ($of: [_Any!]!, $first: Int!, $after: String) {
          _entities(representations: $of) { ... on Product { recommendations(first: $first, after: $after) ${LIST} } }
        }`,
        { of: ids.map((id) => ({ __typename: 'Product', id })), first, after },
      )
    ).data._entities.map((one: { recommendations: unknown }) => one.recommendations);
  const nodesFor = async (id: string, first = 10): Promise<Node[]> => (await forProducts([id], first))[0].nodes;
  const idsFor = async (id: string, first = 10): Promise<string[]> =>
    (await nodesFor(id, first)).map((node) => node.product.id);
  const forViewer = async (who?: Identity, productIds: readonly string[] | null = null) =>
    harness.graph(
      `query ($productIds: [ID!]) { recommendations(first: 10, productIds: $productIds) ${LIST} }`,
      { productIds },
      who,
    );
  const viewerIds = async (who?: Identity, productIds: readonly string[] | null = null): Promise<string[]> =>
    (await forViewer(who, productIds)).data.recommendations.nodes.map((node: Node) => node.product.id);

  it('should put bought together first, then similar, then popular, never the product itself, nothing twice', async () => {
    await pay('acct_a', ['tea', 'milk'], ['tea', 'milk'], ['tea', 'cup'], ['rice'], ['rice'], ['tofu']);
    related['tea'] = ['cup', 'coffee'];
    const nodes = await nodesFor('tea');
    expect(nodes.map(({ product, reasons }) => [product.id, reasons])).toEqual([
      ['milk', [{ code: 'BOUGHT_TOGETHER', message: 'Bought together with this 2 times', relatedTo: { id: 'tea' } }]],
      ['cup', [{ code: 'BOUGHT_TOGETHER', message: 'Bought together with this once', relatedTo: { id: 'tea' } }]],
      ['coffee', [{ code: 'SIMILAR', message: 'Similar to this', relatedTo: { id: 'tea' } }]],
      ['rice', [{ code: 'POPULAR', message: 'Popular: part of 2 orders', relatedTo: null }]],
      ['tofu', [{ code: 'POPULAR', message: 'Popular: part of 1 order', relatedTo: null }]],
    ]);
    const scores = nodes.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('should prefer what belongs together over what everyone buys', async () => {
    const everyone = Array.from({ length: 12 }, () => ['bag']);
    await pay('acct_a', ...everyone, ['brush', 'paint', 'bag'], ['brush', 'paint', 'bag'], ['brush', 'paint']);
    expect(await idsFor('brush')).toEqual(['paint', 'bag']);
  });

  it('should page through the tiers without a gap or a repeat', async () => {
    await pay('acct_a', ['tea', 'milk'], ['tea', 'cup'], ['rice'], ['tofu']);
    related['tea'] = ['coffee', 'jam'];
    const whole = await idsFor('tea');
    expect(whole).toHaveLength(6);
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 3; page += 1) {
      const [answer] = await forProducts(['tea'], 2, after);
      seen.push(...answer.nodes.map((node: Node) => node.product.id));
      after = answer.pageInfo.endCursor;
      expect(answer.pageInfo.hasNextPage).toBe(page < 2);
    }
    expect(seen).toEqual(whole);
    const bad = await harness.graph('{ recommendations(first: 1, after: "WyJ4Iiwxe") { nodes { score } } }');
    expect(bad.errors[0]?.code).toBe('BAD_USER_INPUT');
  });

  it('should learn from an order once, however often its event comes', async () => {
    await pay('acct_a', ['tea', 'milk'], ['tea', 'milk', 'cup']);
    await redeliver();
    await redeliver();
    const [together] = await nodesFor('tea', 1);
    expect(together?.reasons[0]?.message).toBe('Bought together with this 2 times');
    const pairs = await connection.collection('product_affinities').find().toArray();
    expect(pairs.map(({ productId, otherId, count }) => `${productId}+${otherId}=${count}`).sort()).toEqual([
      'cup+milk=1',
      'cup+tea=1',
      'milk+cup=1',
      'milk+tea=2',
      'tea+cup=1',
      'tea+milk=2',
    ]);
    const demand = await connection.collection('product_demand').find().toArray();
    expect(demand.map(({ _id, orders, units }) => [String(_id), orders, units]).sort()).toEqual([
      ['cup', 1, 2],
      ['milk', 2, 4],
      ['tea', 2, 4],
    ]);
    expect((await connection.collection('order_totals').findOne())?.['orders']).toBe(2);
  });

  it('should count every one of fifty orders that arrive together', async () => {
    await pay('acct_a', ...Array.from({ length: 50 }, (_, index) => ['tea', 'milk', `p${index % 5}`]));
    const [together] = await nodesFor('tea', 1);
    const tops = await connection
      .collection<{ _id: string; partners: { otherId: string; count: number }[] }>('top_affinities')
      .findOne({ _id: 'tea' });
    expect(tops?.partners[0]).toEqual({ otherId: 'milk', count: 50 });
    expect(tops?.partners.slice(1).map(({ count }) => count)).toEqual([10, 10, 10, 10, 10]);
    expect(together?.reasons[0]?.message).toBe('Bought together with this 50 times');
    expect((await connection.collection('order_totals').findOne())?.['orders']).toBe(50);
  });

  it('should hide a product while it is unpublished, following the catalog in order', async () => {
    await pay('acct_a', ['tea', 'milk'], ['tea', 'cup'], ['rice']);
    await list('milk', false, 2_000_002);
    await list('rice', false, 2_000_002);
    await list('milk', true, 2_000_001);
    expect(await idsFor('tea')).toEqual(['cup']);
    expect(await viewerIds()).not.toContain('rice');
    await list('milk', true, 2_000_003);
    expect((await idsFor('tea')).sort()).toEqual(['cup', 'milk']);
  });

  it('should remember that a product was unpublished before it was ever sold', async () => {
    await list('milk', false);
    await pay('acct_a', ['tea', 'milk']);
    expect(await idsFor('tea')).toEqual([]);
    expect(await idsFor('milk')).toEqual(['tea']);
  });

  it('should answer a product nobody bought with what is similar, and with nothing when nothing is known', async () => {
    related['new'] = ['alike'];
    expect(await idsFor('new')).toEqual(['alike']);
    expect(await idsFor('alone')).toEqual([]);
    expect(await forViewer()).toEqual({
      data: { recommendations: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } },
      errors: [],
    });
  });

  it('should do without the catalog when it does not answer', async () => {
    await pay('acct_a', ['tea', 'milk'], ['rice']);
    related['tea'] = ['coffee'];
    catalogDown = true;
    expect(await idsFor('tea')).toEqual(['milk', 'rice']);
  });

  it('should go with what the viewer bought, without what they have, and show strangers the popular', async () => {
    const who = account();
    await pay(who.accountId, ['tea'], ['rice']);
    await pay('acct_b', ['tea', 'milk'], ['tea', 'milk'], ['rice', 'pan'], ['salt']);
    related['rice'] = ['noodles'];
    const { data } = await forViewer(who);
    const nodes: Node[] = data.recommendations.nodes;
    expect(nodes.map(({ product }) => product.id)).toEqual(['milk', 'pan', 'noodles', 'salt']);
    expect(nodes[0]?.reasons).toEqual([
      {
        code: 'BOUGHT_TOGETHER',
        message: 'Bought 2 times together with a product you chose',
        relatedTo: { id: 'tea' },
      },
    ]);
    expect(await viewerIds()).toEqual(['tea', 'milk', 'rice', 'pan', 'salt']);
    expect(await viewerIds(account())).toEqual(await viewerIds());
  });

  it('should go with the products named, such as a cart, also before anyone is known', async () => {
    await pay('acct_b', ['tea', 'milk']);
    related['soap'] = ['towel'];
    expect(await viewerIds(undefined, ['tea', 'soap'])).toEqual(['milk', 'towel']);
    const many = await forViewer(
      undefined,
      Array.from({ length: 21 }, (_, index) => `p${index}`),
    );
    expect(many.errors[0]?.code).toBe('BAD_USER_INPUT');
  });

  it('should give several reasons when several chosen products speak for one', async () => {
    await pay('acct_b', ['tea', 'cake'], ['milk', 'cake'], ['milk', 'cake'], ['milk', 'cake']);
    const { data } = await forViewer(undefined, ['tea', 'milk']);
    const [cake] = data.recommendations.nodes as Node[];
    expect(cake?.product.id).toBe('cake');
    expect(cake?.reasons.map(({ relatedTo }) => relatedTo?.id).sort()).toEqual(['milk', 'tea']);
  });

  it('should cost four queries for a list of twenty products, and ask the catalog once per product that needs it', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `p${index}`);
    await pay('acct_a', ids.slice(0, 10), ids.slice(0, 10), ids.slice(5, 15));
    const calls: string[] = [];
    mongoose.set('debug', (collection: string, method: string) => calls.push(`${collection}.${method}`));
    const answers = await forProducts(ids, 5);
    mongoose.set('debug', false);
    expect(answers).toHaveLength(20);
    expect(calls.sort()).toEqual([
      'order_totals.findOne',
      'product_demand.find',
      'product_demand.find',
      'top_affinities.find',
    ]);
    expect(harness.asked.map(({ variables }) => variables['productId']).sort()).toEqual(ids.slice(15).sort());
  });
});
