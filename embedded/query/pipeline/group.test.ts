import { aggregate } from '../testing/pipeline';
import { decimal, double, int, long } from '../testing/values';
import type { Doc } from '../types';

const sales: Doc[] = [
  { _id: int(1), shop: 'a', price: decimal('1.50'), qty: int(2), tags: ['x'], at: new Date(3) },
  { _id: int(2), shop: 'b', price: double(2.5), qty: int(5), tags: ['y'], at: new Date(1) },
  { _id: int(3), shop: 'a', price: int(3), qty: long(7), at: new Date(2), extra: { k: int(1) } },
  { _id: int(4), shop: 'a', price: null, at: new Date(4), extra: { m: int(2) } },
];
const group = (fields: Doc, id: unknown = null): Doc[] => aggregate(sales, [{ $group: { _id: id, ...fields } }]);

describe('$group', () => {
  it('should group by an expression, numbers of all types together, missing as null', () => {
    const docs = [
      { k: int(1) },
      { k: double(1) },
      { k: decimal('1.0') },
      { k: long(2n ** 53n + 1n) },
      { k: double(2 ** 53) },
      {},
      { k: null },
    ];
    expect(aggregate(docs, [{ $group: { _id: '$k', n: { $sum: int(1) } } }])).toStrictEqual([
      { _id: int(1), n: int(3) },
      { _id: long(2n ** 53n + 1n), n: int(1) },
      { _id: double(2 ** 53), n: int(1) },
      { _id: null, n: int(2) },
    ]);
    expect(aggregate([{ a: 1, b: 2 }, { a: 1 }], [{ $group: { _id: { a: '$a', b: '$b' } } }])).toStrictEqual([
      { _id: { a: 1, b: 2 } },
      { _id: { a: 1 } },
    ]);
  });

  it('should group strings by the collation', () => {
    const options = { collation: { locale: 'en', strength: int(2) } };
    expect(
      aggregate([{ k: 'x' }, { k: 'X' }], [{ $group: { _id: '$k', n: { $count: {} } } }], {}, [], options),
    ).toStrictEqual([{ _id: 'x', n: int(2) }]);
  });

  it.each<[Doc, unknown]>([
    [{ $sum: '$qty' }, long(14)],
    [{ $sum: '$price' }, decimal('7.00')],
    [{ $sum: '$missing' }, int(0)],
    [{ $avg: '$qty' }, double(14 / 3)],
    [{ $avg: '$price' }, decimal('2.333333333333333333333333333333333')],
    [{ $avg: '$shop' }, null],
    [{ $min: '$price' }, decimal('1.50')],
    [{ $max: '$price' }, int(3)],
    [{ $min: '$missing' }, null],
    [{ $first: '$shop' }, 'a'],
    [{ $last: '$qty' }, null],
    [{ $push: '$qty' }, [int(2), int(5), long(7)]],
    [
      { $push: { s: '$shop', q: '$qty' } },
      [{ s: 'a', q: int(2) }, { s: 'b', q: int(5) }, { s: 'a', q: long(7) }, { s: 'a' }],
    ],
    [{ $addToSet: '$shop' }, ['a', 'b']],
    [{ $stdDevPop: '$qty' }, double(2.0548046676563256)],
    [{ $stdDevSamp: '$qty' }, double(2.516611478423583)],
    [{ $count: {} }, int(4)],
    [{ $mergeObjects: '$extra' }, { k: int(1), m: int(2) }],
    [{ $firstN: { input: '$qty', n: int(2) } }, [int(2), int(5)]],
    [{ $lastN: { input: '$qty', n: int(2) } }, [long(7), null]],
    [{ $minN: { input: '$qty', n: int(2) } }, [int(2), int(5)]],
    [{ $maxN: { input: '$qty', n: int(2) } }, [long(7), int(5)]],
    [{ $top: { output: '$_id', sortBy: { at: int(1) } } }, int(2)],
    [{ $bottom: { output: '$_id', sortBy: { at: int(1) } } }, int(4)],
    [{ $topN: { output: '$_id', sortBy: { at: int(1) }, n: int(2) } }, [int(2), int(3)]],
    [{ $bottomN: { output: '$_id', sortBy: { at: int(1) }, n: int(2) } }, [int(1), int(4)]],
    [{ $median: { input: '$qty', method: 'approximate' } }, double(5)],
    [{ $percentile: { input: '$qty', p: [double(0.9)], method: 'approximate' } }, [double(7)]],
  ])('should accumulate %j', (accumulator, value) => {
    expect(group({ v: accumulator })).toStrictEqual([{ _id: null, v: value }]);
  });

  it.each<[Doc, number]>([
    [{ $firstN: { input: '$qty', n: int(0) } }, 5787908],
    [{ $firstN: { input: '$qty', n: 'x' } }, 5787902],
    [{ $top: { output: '$_id' } }, 5787907],
    [{ $mergeObjects: '$qty' }, 40400],
    [{ $sum: ['$a', '$b'] }, 40237],
    [{ $count: { a: 1 } }, 5838900],
  ])('should refuse %j', (accumulator, code) => {
    expect(() => group({ v: accumulator })).toThrow(expect.objectContaining({ code }));
  });

  it('should count by value', () => {
    expect(aggregate(sales, [{ $sortByCount: '$shop' }])).toStrictEqual([
      { _id: 'a', count: int(3) },
      { _id: 'b', count: int(1) },
    ]);
  });
});

describe('$bucket', () => {
  it('should group by boundaries', () => {
    const stage = {
      $bucket: {
        groupBy: '$_id',
        boundaries: [int(1), int(3), double(3.5)],
        default: 'other',
        output: { ids: { $push: '$_id' } },
      },
    };
    expect(aggregate(sales, [stage])).toStrictEqual([
      { _id: int(1), ids: [int(1), int(2)] },
      { _id: int(3), ids: [int(3)] },
      { _id: 'other', ids: [int(4)] },
    ]);
  });

  it('should refuse a value outside without a default', () => {
    expect(() => aggregate(sales, [{ $bucket: { groupBy: '$_id', boundaries: [int(1), int(3)] } }])).toThrow(
      expect.objectContaining({ code: 40066 }),
    );
  });
});

describe('$bucketAuto', () => {
  const numbers = (...values: number[]): Doc[] => values.map((n) => ({ n: int(n) }));
  const auto = (docs: Doc[], buckets: number, more: Doc = {}): Doc[] =>
    aggregate(docs, [{ $bucketAuto: { groupBy: '$n', buckets: int(buckets), ...more } }]);

  it('should spread documents evenly, each maximum the next minimum', () => {
    expect(auto(numbers(5, 1, 2, 4, 3, 6), 3)).toStrictEqual([
      { _id: { min: int(1), max: int(3) }, count: int(2) },
      { _id: { min: int(3), max: int(5) }, count: int(2) },
      { _id: { min: int(5), max: int(6) }, count: int(2) },
    ]);
  });

  it('should keep equal values together', () => {
    expect(auto(numbers(1, 1, 1, 1, 2), 2)).toStrictEqual([
      { _id: { min: int(1), max: int(2) }, count: int(4) },
      { _id: { min: int(2), max: int(2) }, count: int(1) },
    ]);
  });

  it('should round boundaries to preferred numbers', () => {
    expect(auto(numbers(3, 12, 27, 90), 2, { granularity: '1-2-5', output: { s: { $sum: '$n' } } })).toStrictEqual([
      { _id: { min: double(2), max: double(20) }, s: int(15) },
      { _id: { min: double(20), max: double(100) }, s: int(117) },
    ]);
    expect(auto(numbers(0, 1, 3, 8), 2, { granularity: 'POWERSOF2' })).toStrictEqual([
      { _id: { min: double(0), max: double(2) }, count: int(2) },
      { _id: { min: double(2), max: double(16) }, count: int(2) },
    ]);
    expect(() => auto(numbers(1), 1, { granularity: 'R7' })).toThrow(expect.objectContaining({ code: 40257 }));
    expect(() => auto([{ n: 'x' }], 1, { granularity: 'R5' })).toThrow(expect.objectContaining({ code: 40258 }));
  });
});
