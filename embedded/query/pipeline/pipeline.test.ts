import { NOW } from '../testing/evaluate';
import { aggregate } from '../testing/pipeline';
import { decimal, double, int, long } from '../testing/values';
import type { Doc } from '../types';
import { runPipeline } from './pipeline';

const docs: Doc[] = [
  { _id: int(1), item: 'abc', price: decimal('10.50'), qty: int(2), tags: ['x', 'y'] },
  { _id: int(2), item: 'jkl', price: double(20), qty: int(1), tags: [] },
  { _id: int(3), item: 'xyz', price: int(5), qty: int(10) },
];

describe('one document at a time', () => {
  it.each<[Doc[], Doc[]]>([
    [
      [{ $match: { qty: { $gte: int(2) } } }, { $project: { item: 1 } }],
      [
        { _id: int(1), item: 'abc' },
        { _id: int(3), item: 'xyz' },
      ],
    ],
    [
      [{ $match: { _id: int(1) } }, { $project: { _id: 0, total: { $multiply: ['$price', '$qty'] }, 'o.p': '$item' } }],
      [{ total: decimal('21.00'), o: { p: 'abc' } }],
    ],
    [
      [{ $match: { _id: int(2) } }, { $project: { tags: 0, item: false } }],
      [{ _id: int(2), price: double(20), qty: int(1) }],
    ],
    [
      [
        { $match: { _id: int(3) } },
        { $addFields: { qty: int(1), 'o.p': int(0), gone: '$$REMOVE' } },
        { $set: { n: { a: { $add: ['$qty', int(1)] } } } },
        { $unset: ['price', 'o.p'] },
      ],
      [{ _id: int(3), item: 'xyz', qty: int(1), o: {}, n: { a: int(2) } }],
    ],
    [
      [{ $match: { _id: int(1) } }, { $addFields: { 'tags.k': int(1) } }, { $project: { tags: 1, _id: 0 } }],
      [{ tags: [{ k: int(1) }, { k: int(1) }] }],
    ],
    [[{ $match: { _id: int(3) } }, { $replaceRoot: { newRoot: { v: '$item' } } }], [{ v: 'xyz' }]],
    [
      [{ $match: { _id: int(3) } }, { $replaceWith: { $mergeObjects: [{ a: int(1) }, { b: '$qty' }] } }],
      [{ a: int(1), b: int(10) }],
    ],
  ])('should run %j', (stages, result) => expect(aggregate(docs, stages)).toStrictEqual(result));

  it('should see $$NOW, $$ROOT and the variables of the command', () => {
    const stages = [{ $limit: int(1) }, { $project: { _id: 0, now: '$$NOW', id: '$$ROOT._id', v: '$$v' } }];
    expect(aggregate(docs, stages, {}, [], { let: { v: { $add: [int(1), int(1)] } } })).toStrictEqual([
      { now: NOW, id: int(1), v: int(2) },
    ]);
  });

  it('should prune and descend by $redact', () => {
    const secret = {
      _id: int(1),
      level: int(1),
      open: { level: int(1), v: 'a' },
      hidden: { level: int(5), v: 'b' },
      list: [{ level: int(9) }, { level: int(0) }, int(7)],
    };
    const stages = [{ $redact: { $cond: [{ $lte: ['$level', int(2)] }, '$$DESCEND', '$$PRUNE'] } }];
    expect(aggregate([secret], stages)).toStrictEqual([
      { _id: int(1), level: int(1), open: { level: int(1), v: 'a' }, list: [{ level: int(0) }, int(7)] },
    ]);
    expect(aggregate([secret], [{ $redact: '$$KEEP' }])).toStrictEqual([secret]);
    expect(() => aggregate([secret], [{ $redact: 'other' }])).toThrow(expect.objectContaining({ code: 17053 }));
  });
});

describe('sequences', () => {
  const ids = (stages: Doc[]): unknown[] => aggregate(docs, stages).map(({ _id }) => _id);

  it('should sort, skip and limit', () => {
    expect(ids([{ $sort: { price: int(-1) } }])).toStrictEqual([int(2), int(1), int(3)]);
    expect(ids([{ $sort: { qty: int(1) } }, { $skip: int(1) }, { $limit: long(1) }])).toStrictEqual([int(1)]);
  });

  it('should read no more documents than it needs', () => {
    let read = 0;
    function* source(): Iterable<Doc> {
      for (;;) yield { n: int(++read) };
    }
    const flow = runPipeline(source(), [{ $match: { n: { $mod: [int(2), int(0)] } } }, { $limit: int(2) }], {
      now: NOW,
      lookup: () => ({ find: () => [] }),
    });
    expect([...flow]).toStrictEqual([{ n: int(2) }, { n: int(4) }]);
    expect(read).toBe(4);
  });

  it('should count, giving nothing for no documents', () => {
    expect(aggregate(docs, [{ $count: 'n' }])).toStrictEqual([{ n: int(3) }]);
    expect(aggregate([], [{ $count: 'n' }])).toStrictEqual([]);
  });

  it('should sample without repeating', () => {
    expect(ids([{ $sample: { size: int(9) } }, { $sort: { _id: int(1) } }])).toStrictEqual([int(1), int(2), int(3)]);
    expect(new Set(ids([{ $sample: { size: int(2) } }])).size).toBe(2);
  });

  it('should run facets over the same documents', () => {
    const stages = [{ $facet: { n: [{ $count: 'n' }], first: [{ $limit: int(1) }, { $project: { _id: 1 } }] } }];
    expect(aggregate(docs, stages)).toStrictEqual([{ n: [{ n: int(3) }], first: [{ _id: int(1) }] }]);
  });

  it('should append another collection by $unionWith', () => {
    const others = {
      o: [
        { _id: 'o1', k: int(1) },
        { _id: 'o2', k: int(2) },
      ],
    };
    expect(aggregate([], [{ $unionWith: 'o' }], others)).toStrictEqual(others.o);
    expect(
      aggregate([{ a: 1 }], [{ $unionWith: { coll: 'o', pipeline: [{ $match: { k: int(2) } }] } }], others),
    ).toStrictEqual([{ a: 1 }, others.o[1]]);
    expect(aggregate([], [{ $unionWith: { pipeline: [{ $documents: [{ z: int(1) }] }] } }])).toStrictEqual([
      { z: int(1) },
    ]);
  });

  it('should unwind', () => {
    const unwound = (stage: unknown): Doc[] => aggregate(docs, [{ $project: { tags: 1 } }, { $unwind: stage }]);
    expect(unwound('$tags')).toStrictEqual([
      { _id: int(1), tags: 'x' },
      { _id: int(1), tags: 'y' },
    ]);
    expect(unwound({ path: '$tags', preserveNullAndEmptyArrays: true, includeArrayIndex: 'at' })).toStrictEqual([
      { _id: int(1), tags: 'x', at: long(0) },
      { _id: int(1), tags: 'y', at: long(1) },
      { _id: int(2), at: null },
      { _id: int(3), at: null },
    ]);
    expect(aggregate([{ a: { b: [int(1), int(2)] } }, { a: { b: 'one' } }], [{ $unwind: '$a.b' }])).toStrictEqual([
      { a: { b: int(1) } },
      { a: { b: int(2) } },
      { a: { b: 'one' } },
    ]);
  });
});

describe('errors', () => {
  it.each<[Doc, number]>([
    [{ $nope: {} }, 40324],
    [{ $match: 'x' }, 15959],
    [{ $match: { $nope: 1 } }, 2],
    [{ $project: {} }, 51272],
    [{ $project: { a: 1, b: 0 } }, 31254],
    [{ $limit: int(0) }, 15958],
    [{ $limit: 'x' }, 5107201],
    [{ $skip: int(-1) }, 5107200],
    [{ $sort: {} }, 15976],
    [{ $count: '' }, 40156],
    [{ $count: '$a' }, 40158],
    [{ $unwind: 'a' }, 28818],
    [{ $unwind: {} }, 28812],
    [{ $facet: { a: [{ $facet: {} }] } }, 40600],
    [{ $replaceWith: 'x' }, 40228],
    [{ $group: {} }, 15955],
    [{ $group: { _id: null, a: { $nope: 1 } } }, 15952],
    [{ $group: { _id: null, a: int(1) } }, 40234],
    [{ $sample: { size: int(0) } }, 28747],
    [{ $a: 1, $b: 2 }, 40323],
    [{ $geoNear: {} }, 238],
    [{ $lookup: { from: 'o', as: 'x', localField: 'a' } }, 9],
    [{ $graphLookup: { from: 'o' } }, 9],
    [{ $bucket: { groupBy: '$a', boundaries: [int(1)] } }, 40192],
    [{ $bucket: { groupBy: '$a', boundaries: [int(2), int(1)] } }, 40194],
    [{ $setWindowFields: { output: { a: { $nope: 1 } } } }, 9],
  ])('should refuse %j with %d', (stage, code) => {
    expect(() => aggregate(docs, [stage])).toThrow(expect.objectContaining({ code }));
  });

  it('should come before any document is read', () => {
    const source: Iterable<Doc> = {
      [Symbol.iterator]: () => {
        throw new Error('was read');
      },
    };
    const env = { now: NOW, lookup: () => ({ find: () => [] }) };
    expect(() => runPipeline(source, [{ $match: {} }, { $nope: {} }], env)).toThrow(
      expect.objectContaining({ code: 40324 }),
    );
  });
});
