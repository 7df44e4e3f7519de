import mongoose from 'mongoose';
import { ANONYMOUS, type Identity } from '../../../platform/context/identity';
import type { EventType, EventTypes } from '../../../platform/events/events';
import { newId } from '../../../platform/ids/id';
import { event, Outbox, outboxModel } from '../../../platform/outbox/outbox';
import { replay } from '../../../platform/outbox/outbox-store';
import { account, type SubgraphHarness, startSubgraph } from '../../../test/support/subgraph-harness';
import { content } from '..';
import type { ContentServices } from '../context';

describe('reviews', () => {
  let harness: SubgraphHarness<ContentServices>;
  let connection: mongoose.Connection;
  let sequence = 0;

  beforeEach(async () => {
    harness = await startSubgraph(content);
    connection = mongoose.connections.findLast((one) => one.name === 'kaituan_content') as mongoose.Connection;
  });
  afterEach(() => harness.stop());

  /** Puts an event of another subgraph where the relay finds it, so that the declared consumers get it. */
  const publish = async <T extends EventType>(type: T, id: string, data: EventTypes[T], at?: number): Promise<void> => {
    sequence += 1;
    const session = await connection.startSession();
    await new Outbox(connection, harness.clock).write(session, [event(type, id, at ?? sequence, data)]);
    await session.endSession();
    await harness.settle();
  };
  const redeliver = async (): Promise<void> => {
    await replay(connection);
    await harness.settle();
  };
  const list = async (productId = newId('prod'), published = true, at?: number): Promise<string> => {
    await publish('product.changed', productId, { productId, published }, at);
    return productId;
  };
  const pay = (accountId: string, ...productIds: readonly string[]): Promise<void> => {
    const orderId = newId('ord');
    return publish('order.paid', orderId, {
      orderId,
      accountId,
      total: { minor: 100, currencyCode: 'HKD' },
      lines: productIds.map((productId) => ({ variantId: newId('var'), productId, quantity: 1 })),
      groupBuyId: null,
    });
  };

  const FIELDS = 'id rating title body verifiedPurchase status createdAt author { id } product { id }';
  const CREATE = `mutation ($input: ReviewCreateInput!) {
    reviewCreate(input: $input) { review { ${FIELDS} } userErrors { code field } }
  }`;
  const DELETE = `mutation ($id: ID!) {
    reviewDelete(input: { id: $id }) { review { id status title body } userErrors { code field } }
  }`;
  const PRODUCTS = `query ($of: [_Any!]!, $first: Int!, $after: String) {
    _entities(representations: $of) {
      ... on Product {
        id
        rating { average count }
        reviews(first: $first, after: $after) { nodes { id rating } totalCount pageInfo { hasNextPage endCursor } }
      }
    }
  }`;

  let keys = 0;
  const create = async (who: Identity, productId: string, input: object = {}) => {
    keys += 1;
    const all = { productId, rating: 4, title: 'Good', body: 'Good stuff.', idempotencyKey: `key-${keys}`, ...input };
    return (await harness.graph(CREATE, { input: all }, who)).data?.reviewCreate;
  };
  const product = async (id: string, first = 10, after: string | null = null) => {
    const { data } = await harness.graph(PRODUCTS, { of: [{ __typename: 'Product', id }], first, after });
    return data._entities[0];
  };
  const stored = (collection: string): Promise<number> => connection.collection(collection).countDocuments();

  it('should be written by anyone signed in and counted in the rating of the product', async () => {
    const productId = await list();
    const who = account();
    const { review, userErrors } = await create(who, productId, { rating: 5 });
    expect(userErrors).toEqual([]);
    expect(review).toEqual({
      id: expect.stringMatching(/^rev_/),
      rating: 5,
      title: 'Good',
      body: 'Good stuff.',
      verifiedPurchase: false,
      status: 'PUBLISHED',
      createdAt: '2050-06-01T08:00:00.000Z',
      author: { id: who.accountId },
      product: { id: productId },
    });
    await create(account(), productId, { rating: 4 });
    await create(account(), productId, { rating: 4 });
    expect((await product(productId)).rating).toEqual({ average: 4.33, count: 3 });
    const read = await harness.graph(`query ($id: ID!) { review(id: $id) { ${FIELDS} } }`, { id: review.id });
    expect(read.data.review).toEqual(review);
    const events = await outboxModel(connection).find({ type: 'review.published' }).sort({ _id: 1 }).lean();
    expect(events).toHaveLength(3);
    expect(events[0]?.data).toEqual({ reviewId: review.id, productId, rating: 5 });
  });

  it('should answer an unreviewed product with nothing', async () => {
    expect(await product('prod_unheard_of')).toEqual({
      id: 'prod_unheard_of',
      rating: { average: null, count: 0 },
      reviews: { nodes: [], totalCount: 0, pageInfo: { hasNextPage: false, endCursor: null } },
    });
    const none = await harness.graph('{ review(id: "rev_none") { id } }');
    expect(none).toEqual({ data: { review: null }, errors: [] });
  });

  it('should refuse bad input, products that are not on sale and the signed-out, changing nothing', async () => {
    const productId = await list();
    const hidden = await list(newId('prod'), false);
    const who = account();
    const refusals = [
      await create(who, productId, { rating: 6 }),
      await create(who, productId, { body: '' }),
      await create(who, productId, { idempotencyKey: 'has space' }),
      await create(who, hidden),
      await create(who, newId('prod')),
    ].map(({ review, userErrors }) => [review, userErrors[0].code, userErrors[0].field.join('.')]);
    expect(refusals).toEqual([
      [null, 'INVALID', 'input.rating'],
      [null, 'INVALID', 'input.body'],
      [null, 'INVALID', 'input.idempotencyKey'],
      [null, 'NOT_FOUND', 'input.productId'],
      [null, 'NOT_FOUND', 'input.productId'],
    ]);
    const nobody = await harness.graph(CREATE, {
      input: { productId, rating: 1, body: 'x', idempotencyKey: 'k' },
    });
    expect(nobody.errors[0]?.code).toBe('UNAUTHENTICATED');
    expect(await stored('reviews')).toBe(0);
    expect((await product(productId)).rating).toEqual({ average: null, count: 0 });
  });

  it('should follow the catalog in order: an older event does not put a product back on sale', async () => {
    const productId = await list(newId('prod'), true, 1_000_001);
    await list(productId, false, 1_000_003);
    await list(productId, true, 1_000_002);
    expect((await create(account(), productId)).userErrors).toEqual([
      { code: 'NOT_FOUND', field: ['input', 'productId'] },
    ]);
    await list(productId, true, 1_000_004);
    expect((await create(account(), productId)).userErrors).toEqual([]);
  });

  it('should exist once per account and product, and be created once per key', async () => {
    const productId = await list();
    const who = account();
    const first = await create(who, productId, { idempotencyKey: 'same' });
    expect(await create(who, productId, { idempotencyKey: 'same' })).toEqual(first);
    expect(await create(who, productId, { idempotencyKey: 'same', rating: 1 })).toMatchObject({
      review: null,
      userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
    expect(await create(who, productId, { idempotencyKey: 'other', rating: 1 })).toEqual({
      review: null,
      userErrors: [{ code: 'ALREADY_REVIEWED', field: ['input', 'productId'] }],
    });
    expect((await product(productId)).rating).toEqual({ average: 4, count: 1 });
  });

  it('should let one through when an account sends ten at once, and all of ten accounts', async () => {
    const productId = await list();
    const who = account();
    const tries = await Promise.all(Array.from({ length: 10 }, () => create(who, productId, { rating: 2 })));
    const codes = tries.map(({ userErrors }) => userErrors[0]?.code ?? 'CREATED').sort();
    expect(codes).toEqual([...Array(9).fill('ALREADY_REVIEWED'), 'CREATED']);
    const others = await Promise.all(Array.from({ length: 10 }, () => create(account(), productId, { rating: 5 })));
    expect(others.every(({ userErrors }) => userErrors.length === 0)).toBe(true);
    expect((await product(productId)).rating).toEqual({ average: 4.73, count: 11 });
    expect(await stored('reviews')).toBe(11);
  });

  it('should be created once when one key is sent ten times at once', async () => {
    const productId = await list();
    const who = account();
    const tries = await Promise.all(
      Array.from({ length: 10 }, () => create(who, productId, { idempotencyKey: 'once' })),
    );
    expect(new Set(tries.map(({ review }) => review?.id)).size).toBe(1);
    expect((await product(productId)).rating.count).toBe(1);
  });

  it('should be verified by a paid order, before or after it was written, however often the event comes', async () => {
    const [bought, later] = [await list(), await list()];
    const who = account();
    await pay(who.accountId, bought);
    expect((await create(who, bought)).review.verifiedPurchase).toBe(true);
    expect((await create(account(), bought)).review.verifiedPurchase).toBe(false);
    const { review } = await create(who, later);
    expect(review.verifiedPurchase).toBe(false);
    await pay(who.accountId, later, bought);
    await redeliver();
    const read = await harness.graph(`query ($id: ID!) { review(id: $id) { verifiedPurchase } }`, { id: review.id });
    expect(read.data.review.verifiedPurchase).toBe(true);
    expect(await stored('purchases')).toBe(2);
  });

  it('should be deleted by its author: words gone, rating right, a new one possible', async () => {
    const productId = await list();
    const who = account();
    await create(account(), productId, { rating: 5 });
    const { review } = await create(who, productId, { rating: 1 });
    const deleted = await harness.graph(DELETE, { id: review.id }, who);
    expect(deleted.data.reviewDelete).toEqual({
      review: { id: review.id, status: 'DELETED', title: null, body: '' },
      userErrors: [],
    });
    expect(await harness.graph(DELETE, { id: review.id }, who)).toEqual(deleted);
    const after = await product(productId);
    expect(after.rating).toEqual({ average: 5, count: 1 });
    expect(after.reviews.nodes).toHaveLength(1);
    expect(
      (await harness.graph(`query ($id: ID!) { review(id: $id) { id } }`, { id: review.id })).data.review,
    ).toBeNull();
    expect((await create(who, productId, { rating: 3 })).userErrors).toEqual([]);
    expect((await product(productId)).rating).toEqual({ average: 4, count: 2 });
  });

  it('should be deleted once however many try at once', async () => {
    const productId = await list();
    const who = account();
    await create(account(), productId, { rating: 5 });
    const { review } = await create(who, productId, { rating: 1 });
    await Promise.all(Array.from({ length: 8 }, () => harness.graph(DELETE, { id: review.id }, who)));
    expect((await product(productId)).rating).toEqual({ average: 5, count: 1 });
  });

  it.each([
    ['nobody', ANONYMOUS, 'UNAUTHENTICATED'],
    ['another customer', account(), 'FORBIDDEN'],
    ['a merchant, who would delete what displeases', account(['MERCHANT']), 'FORBIDDEN'],
  ])('should not be deleted by %s', async (_who, identity, code) => {
    const productId = await list();
    const { review } = await create(account(), productId);
    const refused = await harness.graph(DELETE, { id: review.id }, identity);
    expect(refused.errors[0]?.code).toBe(code);
    expect((await product(productId)).reviews.nodes).toEqual([{ id: review.id, rating: 4 }]);
  });

  it('should be deleted by staff, and be unknown to others from then on', async () => {
    const productId = await list();
    const { review } = await create(account(), productId);
    await harness.graph(DELETE, { id: review.id }, account(['STAFF']));
    expect((await product(productId)).rating.count).toBe(0);
    const other = await harness.graph(DELETE, { id: review.id }, account());
    expect(other.data.reviewDelete.userErrors).toEqual([{ code: 'NOT_FOUND', field: ['input', 'id'] }]);
    const unknown = await harness.graph(DELETE, { id: 'rev_none' }, account(['STAFF']));
    expect(unknown.data.reviewDelete.userErrors).toEqual([{ code: 'NOT_FOUND', field: ['input', 'id'] }]);
  });

  it('should be listed newest first in pages that follow each other past what the summary remembers', async () => {
    const productId = await list();
    const ids: string[] = [];
    for (let index = 0; index < 25; index += 1) {
      harness.clock.advance(1000);
      ids.unshift((await create(account(), productId)).review.id);
    }
    const seen: string[] = [];
    let after: string | null = null;
    for (const expected of [8, 8, 8, 1]) {
      const { reviews } = await product(productId, 8, after);
      expect(reviews.nodes).toHaveLength(expected);
      expect(reviews.totalCount).toBe(25);
      expect(reviews.pageInfo.hasNextPage).toBe(expected === 8);
      seen.push(...reviews.nodes.map(({ id }: { id: string }) => id));
      after = reviews.pageInfo.endCursor;
    }
    expect(seen).toEqual(ids);
    const { reviews: whole } = await product(productId, 100);
    expect(whole.nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
    const bad = await harness.graph(PRODUCTS, {
      of: [{ __typename: 'Product', id: productId }],
      first: 1,
      after: Buffer.from('["yesterday","x"]').toString('base64url'),
    });
    expect(bad.errors[0]?.code).toBe('BAD_USER_INPUT');
  });

  it('should cost two queries for ratings and reviews of twenty products', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      const productId = await list();
      ids.push(productId);
      if (index % 2 === 0) for (const rating of [3, 4]) await create(account(), productId, { rating });
    }
    const calls: string[] = [];
    mongoose.set('debug', (collection: string, method: string) => calls.push(`${collection}.${method}`));
    const { data } = await harness.graph(PRODUCTS, {
      of: ids.map((id) => ({ __typename: 'Product', id })),
      first: 3,
    });
    mongoose.set('debug', false);
    expect(data._entities.map((one: { rating: { count: number } }) => one.rating.count)).toEqual(
      ids.map((_, index) => (index % 2 === 0 ? 2 : 0)),
    );
    expect(calls).toEqual(['rating_summaries.find', 'reviews.find']);
  });
});
