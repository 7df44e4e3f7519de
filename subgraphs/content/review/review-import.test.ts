import mongoose from 'mongoose';
import { newId } from '../../../platform/ids/id';
import { outboxModel } from '../../../platform/outbox/outbox';
import { account, type SubgraphHarness, startSubgraph } from '../../../test/support/subgraph-harness';
import { content, type ReviewRow } from '..';
import type { ContentServices } from '../context';

describe('imported reviews', () => {
  let harness: SubgraphHarness<ContentServices>;
  let connection: mongoose.Connection;
  const profiles = new Map<string, string>();

  beforeEach(async () => {
    profiles.clear();
    harness = await startSubgraph(content, {
      fakes: {
        accounts: {
          _profileImport: ({ input }: { input: readonly { source: string; externalName: string }[] }) =>
            input.map(({ source, externalName }) => {
              const name = `${source}/${externalName}`;
              const id = profiles.get(name) ?? newId('acct');
              profiles.set(name, id);
              return id;
            }),
        },
      },
    });
    connection = mongoose.connections.findLast((one) => one.name === 'kaituan_content') as mongoose.Connection;
  });
  afterEach(() => harness.stop());

  const FIELDS = 'id rating title body verifiedPurchase createdAt author { id }';
  const product = async (id: string) => {
    const { data } = await harness.graph(
      `query ($of: [_Any!]!) {
        _entities(representations: $of) {
          ... on Product { rating { average count } reviews(first: 1) { nodes { ${FIELDS} } } }
        }
      }`,
      { of: [{ __typename: 'Product', id }] },
    );
    return data._entities[0];
  };
  const stored = (collection: string): Promise<number> => connection.collection(collection).countDocuments();

  const productIds = [newId('prod'), newId('prod'), newId('prod')];
  const rows: readonly ReviewRow[] = Array.from({ length: 230 }, (_, index) => ({
    source: 'luma',
    externalId: `row-${index}`,
    productId: productIds[index % 3] ?? '',
    reviewerName: `Person ${index % 40}`,
    rating: (index % 5) + 1,
    title: index % 2 === 0 ? `Title ${index}` : '',
    body: `Body ${index}`,
    createdAt: new Date(Date.UTC(2020, 0, 1, 0, index)),
  }));
  const expectedOf = (productId: string) => {
    const own = rows.filter((row) => row.productId === productId);
    const sum = own.reduce((total, row) => total + row.rating, 0);
    return { average: Math.round((sum * 100) / own.length) / 100, count: own.length };
  };

  it('should be created once with profiles as authors, and change nothing the second time', async () => {
    const first = await harness.services.reviewImport.importRows(rows);
    expect(first).toEqual({ created: 230, unchanged: 0, refused: [] });
    expect(profiles.size).toBe(40);
    expect(harness.asked).toHaveLength(3);
    const second = await harness.services.reviewImport.importRows(rows);
    expect(second).toEqual({ created: 0, unchanged: 230, refused: [] });
    expect(harness.asked).toHaveLength(3);
    for (const productId of productIds) expect((await product(productId)).rating).toEqual(expectedOf(productId));
    expect(await stored('reviews')).toBe(230);
    expect(await outboxModel(connection).countDocuments({ type: 'review.published' })).toBe(230);
    const { reviews } = await product(productIds[229 % 3] ?? '');
    expect(reviews.nodes[0]).toMatchObject({
      rating: 5,
      title: null,
      body: 'Body 229',
      verifiedPurchase: false,
      createdAt: '2020-01-01T03:49:00.000Z',
      author: { id: profiles.get('luma/Person 29') },
    });
  });

  it('should be counted once when two imports run at the same time', async () => {
    const results = await Promise.all([1, 2].map(() => harness.services.reviewImport.importRows(rows)));
    expect(results.reduce((total, { created }) => total + created, 0)).toBe(230);
    expect(results.reduce((total, { unchanged }) => total + unchanged, 0)).toBe(230);
    for (const productId of productIds) expect((await product(productId)).rating).toEqual(expectedOf(productId));
  });

  it('should refuse bad and changed rows one by one and take the rest', async () => {
    const some = rows.slice(0, 3);
    await harness.services.reviewImport.importRows(some);
    const [first, second, third] = some;
    if (!first || !second || !third) throw new Error('three rows expected');
    const result = await harness.services.reviewImport.importRows([
      { ...first, rating: 5 },
      second,
      { ...third, externalId: 'new' },
      { ...third, externalId: 'bad', rating: 0 },
    ]);
    expect(result).toEqual({
      created: 1,
      unchanged: 1,
      refused: [
        { externalId: 'bad', reason: 'A rating is a whole number from 1 to 5.' },
        {
          externalId: 'row-0',
          reason: 'This review was imported before and said something else; the first import stays.',
        },
      ],
    });
  });

  it('should stay deleted when imported again', async () => {
    const some = rows.slice(0, 1);
    await harness.services.reviewImport.importRows(some);
    const { reviews } = await product(productIds[0] ?? '');
    await harness.graph(
      'mutation ($id: ID!) { reviewDelete(input: { id: $id }) { review { id } } }',
      { id: reviews.nodes[0].id },
      account(['STAFF']),
    );
    const again = await harness.services.reviewImport.importRows(some);
    expect(again).toEqual({ created: 0, unchanged: 1, refused: [] });
    expect((await product(productIds[0] ?? '')).rating).toEqual({ average: null, count: 0 });
  });
});
