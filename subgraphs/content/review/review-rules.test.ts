import fc from 'fast-check';
import { Refusal } from '../../../platform/user-errors/refusal';
import { averageRating, readReview } from './review';
import { isUnchanged, type ReviewRow, readRows } from './review-import';

const refusedField = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'INVALID') return error.field?.join('.');
    throw error;
  }
};

describe('readReview', () => {
  const good = { productId: 'prod_1', rating: 4, title: ' Fine ', body: ' Does what it should.\n' };

  it('should trim text and make an empty title null', () => {
    expect(readReview(good)).toEqual({ productId: 'prod_1', rating: 4, title: 'Fine', body: 'Does what it should.' });
    expect(readReview({ ...good, title: '  ' }).title).toBeNull();
    expect(readReview({ productId: 'prod_1', rating: 1, body: 'x' }).title).toBeNull();
  });

  it('should take exactly the whole stars from 1 to 5', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: -3, max: 9 }), fc.double()), (rating) => {
        const field = refusedField(() => readReview({ ...good, rating }));
        expect(field).toBe([1, 2, 3, 4, 5].includes(rating) ? undefined : 'input.rating');
      }),
    );
  });

  it('should count characters as people do, at the limit and one past it', () => {
    expect(refusedField(() => readReview({ ...good, body: '👍'.repeat(5000) }))).toBeUndefined();
    expect(refusedField(() => readReview({ ...good, body: '👍'.repeat(5001) }))).toBe('input.body');
    expect(refusedField(() => readReview({ ...good, body: ' \n ' }))).toBe('input.body');
    expect(refusedField(() => readReview({ ...good, title: '好'.repeat(150) }))).toBeUndefined();
    expect(refusedField(() => readReview({ ...good, title: '好'.repeat(151) }))).toBe('input.title');
  });
});

describe('averageRating', () => {
  it('should be null without ratings, else within half a hundredth of the mean and between 1 and 5', () => {
    expect(averageRating({ count: 0, sum: 0 })).toBeNull();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 500 }), (ratings) => {
        const sum = ratings.reduce((total, rating) => total + rating, 0);
        const average = averageRating({ count: ratings.length, sum }) ?? Number.NaN;
        expect(Math.abs(average - sum / ratings.length)).toBeLessThanOrEqual(0.005 + 1e-9);
        expect(average).toBeGreaterThanOrEqual(1);
        expect(average).toBeLessThanOrEqual(5);
        expect(Number(average.toFixed(2))).toBe(average);
      }),
    );
  });
});

describe('readRows', () => {
  const row: ReviewRow = {
    source: 'luma',
    externalId: '1',
    productId: 'prod_01k9zq3v5ee2q9y8m6w0h2n4rt',
    reviewerName: 'Chi',
    rating: 2,
    title: 'More compartments',
    body: 'I prefer more compartments.',
    createdAt: new Date('2020-01-01T00:00:00.000Z'),
  };

  it('should accept each key once: a repeat word for word is a repeat, other words are refused', () => {
    const { ready, repeated, refused } = readRows([
      row,
      { ...row },
      { ...row, body: 'Changed my mind.' },
      { ...row, reviewerName: 'Chu' },
      { ...row, externalId: '2' },
    ]);
    expect(ready.map(({ key }) => key)).toEqual(['import:luma:1', 'import:luma:2']);
    expect(repeated).toBe(1);
    expect(refused).toEqual([
      { externalId: '1', reason: 'Another row has this id and says something else.' },
      { externalId: '1', reason: 'Another row has this id and says something else.' },
    ]);
  });

  it.each([
    [{ source: 'a:b' }, 'The source is 1 to 200 characters without a colon.'],
    [{ externalId: '' }, 'The id of a review is 1 to 200 characters.'],
    [{ productId: 'SKU-1' }, 'The product has no valid id.'],
    [{ reviewerName: ' ' }, "The reviewer's name is 1 to 100 characters."],
    [{ rating: 6 }, 'A rating is a whole number from 1 to 5.'],
    [{ body: '' }, 'The text is 1 to 5000 characters.'],
    [{ createdAt: new Date('never') }, 'The date of the review is not a date.'],
  ])('should refuse %j by itself and say why', (bad, reason) => {
    const { ready, refused } = readRows([
      { ...row, ...bad },
      { ...row, externalId: 'other' },
    ]);
    expect(refused).toEqual([{ externalId: 'externalId' in bad ? bad.externalId : '1', reason }]);
    expect(ready).toHaveLength(1);
  });

  it('should never lose a row', () => {
    const anyRow = fc.record({
      source: fc.constantFrom('a', 'b', ''),
      externalId: fc.constantFrom('1', '2', '3'),
      productId: fc.constantFrom(row.productId, 'nonsense'),
      reviewerName: fc.constantFrom('x', 'y', ''),
      rating: fc.integer({ min: 0, max: 6 }),
      title: fc.constantFrom('', 't'),
      body: fc.constantFrom('', 'b'),
      createdAt: fc.constant(row.createdAt),
    });
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 30 }), (rows) => {
        const { ready, repeated, refused } = readRows(rows);
        expect(ready.length + repeated + refused.length).toBe(rows.length);
        expect(new Set(ready.map(({ key }) => key)).size).toBe(ready.length);
      }),
    );
  });

  it('should leave a deleted review alone', () => {
    const draft = { productId: row.productId, rating: 2, title: null, body: 'x' };
    const review = {
      ...draft,
      id: 'rev_1',
      authorId: 'acct_1',
      verifiedPurchase: false,
      status: 'PUBLISHED' as const,
      createdAt: row.createdAt,
    };
    expect(isUnchanged(review, draft)).toBe(true);
    expect(isUnchanged(review, { ...draft, rating: 3 })).toBe(false);
    expect(isUnchanged({ ...review, status: 'DELETED', body: '' }, draft)).toBe(true);
  });
});
