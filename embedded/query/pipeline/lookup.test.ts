import { BSONRegExp } from 'bson';
import { aggregate } from '../testing/pipeline';
import { double, int, long } from '../testing/values';
import type { Doc } from '../types';

const stock: Doc[] = [
  { _id: int(1), sku: 'a', n: int(5) },
  { _id: int(2), sku: 'b', n: int(7) },
  { _id: int(3), sku: null, n: int(9) },
  { _id: int(4), n: int(11) },
  { _id: int(5), sku: ['a', 'c'], n: int(13) },
];
const ids = (docs: unknown): unknown[] => (docs as Doc[]).map(({ _id }) => (_id as { value: number }).value);

describe('$lookup by fields', () => {
  const join = (doc: Doc, asked: Doc[] = []): unknown[] =>
    ids(
      aggregate(
        [doc],
        [{ $lookup: { from: 'stock', localField: 'item', foreignField: 'sku', as: 'found' } }],
        { stock },
        asked,
      )[0]?.['found'],
    );

  it.each<[Doc, number[]]>([
    [{ item: 'a' }, [1, 5]],
    [{ item: ['a', 'b'] }, [1, 2, 5]],
    [{ item: 'z' }, []],
    [{ item: null }, [3, 4]],
    [{}, [3, 4]],
    [{ item: [] }, []],
    [{ item: new BSONRegExp('a') }, []],
  ])('should join %j', (doc, found) => expect(join(doc)).toStrictEqual(found));

  it('should ask for the foreign field only, so that an index serves', () => {
    const asked: Doc[] = [];
    join({ item: 'a' }, asked);
    join({ item: ['a', 'b'] }, asked);
    expect(asked).toStrictEqual([{ sku: { $eq: 'a' } }, { sku: { $in: ['a', 'b'] } }]);
  });

  it('should match numbers of other types', () => {
    const result = aggregate(
      [{ k: double(5) }],
      [{ $lookup: { from: 'stock', localField: 'k', foreignField: 'n', as: 'o.found' } }],
      { stock },
    );
    expect(result).toStrictEqual([{ k: double(5), o: { found: [stock[0]] } }]);
  });

  it('should join paths through arrays', () => {
    const docs = [{ lines: [{ sku: 'a' }, { sku: 'b' }, {}] }];
    const result = aggregate(
      docs,
      [{ $lookup: { from: 'stock', localField: 'lines.sku', foreignField: 'sku', as: 'f' } }],
      { stock },
    );
    expect(ids(result[0]?.['f'])).toStrictEqual([1, 2, 3, 4, 5]);
  });
});

describe('$lookup by pipeline', () => {
  it('should bind variables and turn equalities into a filter', () => {
    const asked: Doc[] = [];
    const pipeline = [
      { $match: { n: { $gt: int(1) }, $expr: { $and: [{ $eq: ['$sku', '$$item'] }, { $gte: ['$n', '$$least'] }] } } },
      { $project: { n: 1 } },
    ];
    const stage = { $lookup: { from: 'stock', let: { item: '$item', least: int(5) }, pipeline, as: 'f' } };
    expect(aggregate([{ item: 'a' }, { item: 'b' }], [stage], { stock }, asked)).toStrictEqual([
      { item: 'a', f: [{ _id: int(1), n: int(5) }] },
      { item: 'b', f: [{ _id: int(2), n: int(7) }] },
    ]);
    expect(asked).toStrictEqual([
      { $and: [{ n: { $gt: int(1) } }, { sku: { $eq: 'a' } }] },
      { $and: [{ n: { $gt: int(1) } }, { sku: { $eq: 'b' } }] },
    ]);
  });

  it('should narrow by $in over a variable list', () => {
    const asked: Doc[] = [];
    const stage = {
      $lookup: {
        from: 'stock',
        let: { skus: '$skus' },
        pipeline: [{ $match: { $expr: { $in: ['$sku', '$$skus'] } } }],
        as: 'f',
      },
    };
    expect(ids(aggregate([{ skus: ['b', 'z'] }], [stage], { stock }, asked)[0]?.['f'])).toStrictEqual([2]);
    expect(asked).toStrictEqual([{ sku: { $in: ['b', 'z'] } }]);
  });

  it('should find nothing wrong with a variable that is missing', () => {
    const stage = {
      $lookup: {
        from: 'stock',
        let: { v: '$gone' },
        pipeline: [{ $match: { $expr: { $eq: ['$sku', '$$v'] } } }],
        as: 'f',
      },
    };
    expect(ids(aggregate([{}], [stage], { stock })[0]?.['f'])).toStrictEqual([4]);
  });

  it('should join fields and a pipeline together', () => {
    const asked: Doc[] = [];
    const stage = {
      $lookup: {
        from: 'stock',
        localField: 'item',
        foreignField: 'sku',
        pipeline: [{ $match: { n: { $lt: int(10) } } }],
        as: 'f',
      },
    };
    expect(ids(aggregate([{ item: 'a' }], [stage], { stock }, asked)[0]?.['f'])).toStrictEqual([1]);
    expect(asked).toStrictEqual([{ $and: [{ sku: { $eq: 'a' } }, { n: { $lt: int(10) } }] }]);
  });

  it('should run a pipeline that depends on nothing outside once', () => {
    const asked: Doc[] = [];
    const stage = { $lookup: { from: 'stock', pipeline: [{ $count: 'n' }], as: 'f' } };
    expect(aggregate([{ a: 1 }, { a: 2 }], [stage], { stock }, asked)).toStrictEqual([
      { a: 1, f: [{ n: int(5) }] },
      { a: 2, f: [{ n: int(5) }] },
    ]);
    expect(asked).toHaveLength(1);
  });

  it('should nest', () => {
    const inner = {
      $lookup: {
        from: 'stock',
        let: { again: '$n' },
        pipeline: [{ $match: { $expr: { $and: [{ $eq: ['$n', '$$again'] }, { $eq: ['$sku', '$$item'] }] } } }],
        as: 'g',
      },
    };
    const stage = {
      $lookup: {
        from: 'stock',
        let: { item: '$item' },
        pipeline: [inner, { $match: { g: { $ne: [] } } }, { $project: { g: 0 } }],
        as: 'f',
      },
    };
    expect(ids(aggregate([{ item: 'b' }], [stage], { stock })[0]?.['f'])).toStrictEqual([2]);
  });

  it('should find pipeline errors before the first document', () => {
    const stage = { $lookup: { from: 'stock', let: { v: 1 }, pipeline: [{ $nope: 1 }], as: 'f' } };
    expect(() => aggregate([], [stage])).toThrow(expect.objectContaining({ code: 40324 }));
  });
});

describe('$graphLookup', () => {
  const staff: Doc[] = [
    { _id: int(1), name: 'Dev' },
    { _id: int(2), name: 'Eliot', boss: 'Dev' },
    { _id: int(3), name: 'Ron', boss: 'Eliot' },
    { _id: int(4), name: 'Andrew', boss: 'Eliot' },
    { _id: int(5), name: 'Asya', boss: 'Ron' },
  ];
  const graph = (more: Doc = {}, asked: Doc[] = []): Doc[] =>
    aggregate(
      [{ start: 'Asya' }],
      [
        { $lookup: { from: 'staff', localField: 'start', foreignField: 'name', as: 'me' } },
        {
          $graphLookup: {
            from: 'staff',
            startWith: '$me.boss',
            connectFromField: 'boss',
            connectToField: 'name',
            as: 'chain',
            ...more,
          },
        },
      ],
      { staff },
      asked,
    );

  it('should follow links to their end', () => {
    expect(ids(graph()[0]?.['chain'])).toStrictEqual([3, 2, 1]);
  });

  it('should stop at a depth and tell it', () => {
    expect(graph({ maxDepth: int(1), depthField: 'd' })[0]?.['chain']).toStrictEqual([
      { ...staff[2], d: long(0) },
      { ...staff[1], d: long(1) },
    ]);
  });

  it('should keep to the documents allowed', () => {
    expect(ids(graph({ restrictSearchWithMatch: { name: { $ne: 'Eliot' } } })[0]?.['chain'])).toStrictEqual([3]);
  });

  it('should end on a cycle', () => {
    const ring = [
      { _id: int(1), next: int(2) },
      { _id: int(2), next: int(1) },
    ];
    const stage = {
      $graphLookup: { from: 'ring', startWith: int(1), connectFromField: 'next', connectToField: '_id', as: 'r' },
    };
    expect(ids(aggregate([{}], [stage], { ring })[0]?.['r'])).toStrictEqual([1, 2]);
  });
});
