import fc from 'fast-check';
import { compileSort, sortDocuments } from './sort';
import { anyDocument, decimal, double, int, long } from './testing/values';
import type { Doc } from './types';

const order = (values: unknown[], direction: number): unknown[] =>
  sortDocuments(
    values.map((a, id) => (a === undefined ? { id } : { id, a })),
    { a: int(direction) },
  ).map(({ id }) => id);

describe('sorting', () => {
  it('should order all types and numbers of all types together', () => {
    expect(order([true, 'x', int(2), null, decimal('1.5'), long(1), double(1.75)], 1)).toStrictEqual([
      3, 5, 4, 6, 2, 1, 0,
    ]);
  });

  it('should take a missing field as null and be stable', () => {
    expect(order([null, undefined, int(1), null], 1)).toStrictEqual([0, 1, 3, 2]);
    expect(order([null, undefined, int(1), null], -1)).toStrictEqual([2, 0, 1, 3]);
  });

  it('should take the least element of an array ascending and the greatest descending', () => {
    const values = [[int(1), int(9)], int(5), [int(6), int(4)], []];
    expect(order(values, 1)).toStrictEqual([3, 0, 2, 1]);
    expect(order(values, -1)).toStrictEqual([0, 2, 1, 3]);
  });

  it('should read dotted paths through arrays', () => {
    const docs: Doc[] = [
      { id: 1, l: [{ n: int(5) }, { n: int(2) }] },
      { id: 2, l: [{ n: int(3) }] },
      { id: 3, l: { n: int(1) } },
      { id: 4 },
    ];
    expect(sortDocuments(docs, { 'l.n': int(1) }).map(({ id }) => id)).toStrictEqual([4, 3, 1, 2]);
    expect(sortDocuments(docs, { 'l.n': int(-1) }).map(({ id }) => id)).toStrictEqual([1, 2, 3, 4]);
  });

  it('should go on to the next field where the first is equal', () => {
    const docs = [
      { a: int(1), b: int(1) },
      { a: double(1), b: int(3) },
      { a: int(0), b: int(2) },
    ];
    expect(sortDocuments(docs, { a: int(-1), b: int(-1) })).toStrictEqual([docs[1], docs[0], docs[2]]);
  });

  it('should follow a collation', () => {
    expect(sortDocuments([{ a: 'b' }, { a: 'A' }, { a: 'a' }], { a: 1 }, { locale: 'en' })).toStrictEqual([
      { a: 'a' },
      { a: 'A' },
      { a: 'b' },
    ]);
    expect(sortDocuments([{ a: 'b' }, { a: 'A' }], { a: 1 })).toStrictEqual([{ a: 'A' }, { a: 'b' }]);
  });

  it('should order as the comparator does', () => {
    const sort = { a: 1, 'b.c': -1 };
    fc.assert(
      fc.property(fc.array(anyDocument, { maxLength: 8 }), (docs) => {
        expect(sortDocuments(docs, sort)).toStrictEqual([...docs].sort(compileSort(sort)));
      }),
    );
  });

  it.each<[Doc, number]>([
    [{ a: int(2) }, 15975],
    [{ a: 'x' }, 15974],
    [{ a: { x: 1 } }, 15974],
  ])('should refuse %j', (sort, code) => expect(() => compileSort(sort)).toThrow(expect.objectContaining({ code })));
});
