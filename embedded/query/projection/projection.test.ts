import { int } from '../testing/values';
import type { Doc } from '../types';
import { compileProjection } from './projection';

const doc = {
  _id: int(1),
  a: int(2),
  b: { c: int(3), d: int(4), e: { f: int(5) } },
  list: [{ n: int(1), m: 'x' }, { n: int(2), m: 'y' }, int(9), [{ n: int(3), m: 'z' }]],
  nums: [int(1), int(2), int(3), int(4), int(5)],
};
const project = (projection: Doc, filter?: Doc): Doc => compileProjection(projection, filter)(doc);

describe('inclusion', () => {
  it.each<[Doc, Doc]>([
    [{ a: int(1) }, { _id: int(1), a: int(2) }],
    [{ a: true, _id: int(0) }, { a: int(2) }],
    [{ _id: int(1) }, { _id: int(1) }],
    [
      { 'b.c': int(1), missing: int(1) },
      { _id: int(1), b: { c: int(3) } },
    ],
    [{ b: { c: int(1), e: { f: int(1) } } }, { _id: int(1), b: { c: int(3), e: { f: int(5) } } }],
    [{ 'list.n': int(1), _id: false }, { list: [{ n: int(1) }, { n: int(2) }, [{ n: int(3) }]] }],
    [{ 'a.x': int(1) }, { _id: int(1) }],
    [
      { b: int(1), a: int(1), _id: int(0) },
      { a: int(2), b: doc.b },
    ],
  ])('should project by %j', (projection, result) => {
    expect(project(projection)).toStrictEqual(result);
    expect(Object.keys(project(projection))).toStrictEqual(Object.keys(result));
  });
});

describe('exclusion', () => {
  it.each<[Doc, Doc]>([
    [
      { list: int(0), nums: int(0), b: false },
      { _id: int(1), a: int(2) },
    ],
    [
      { _id: int(0), list: int(0), nums: int(0), 'b.e': int(0) },
      { a: int(2), b: { c: int(3), d: int(4) } },
    ],
    [
      { 'list.n': int(0), b: int(0), nums: int(0), a: int(0) },
      { _id: int(1), list: [{ m: 'x' }, { m: 'y' }, int(9), [{ m: 'z' }]] },
    ],
  ])('should project by %j', (projection, result) => expect(project(projection)).toStrictEqual(result));

  it('should leave out the _id alone', () => {
    const { _id, ...rest } = doc;
    expect(project({ _id: int(0) })).toStrictEqual(rest);
  });
});

describe('arrays', () => {
  const pick = (projection: Doc, filter?: Doc): unknown => project({ _id: int(0), ...projection }, filter)['nums'];

  it.each<[unknown, number[]]>([
    [int(2), [1, 2]],
    [int(-2), [4, 5]],
    [int(0), []],
    [
      [int(1), int(2)],
      [2, 3],
    ],
    [[int(-2), int(1)], [4]],
    [
      [int(-99), int(2)],
      [1, 2],
    ],
    [[int(9), int(2)], []],
  ])('should cut by $slice %j', (slice, result) => {
    expect(pick({ nums: { $slice: slice }, a: int(1) })).toStrictEqual(result.map(int));
    expect(project({ nums: { $slice: slice } })).toStrictEqual({ ...doc, nums: result.map(int) });
  });

  it('should take $slice of an expression for the aggregation operator', () => {
    expect(pick({ nums: { $slice: ['$nums', int(2)] } })).toStrictEqual([int(1), int(2)]);
  });

  it('should give the first element that passes $elemMatch, after the other fields', () => {
    const result = project({
      _id: int(0),
      list: { $elemMatch: { n: { $gt: int(1) } } },
      nums: { $elemMatch: { $gt: int(3) } },
      a: int(1),
    });
    expect(result).toStrictEqual({ a: int(2), list: [{ n: int(2), m: 'y' }], nums: [int(4)] });
    expect(Object.keys(result)).toStrictEqual(['a', 'list', 'nums']);
    expect(project({ _id: int(0), nums: { $elemMatch: { $gt: int(9) } } })).toStrictEqual({});
  });

  it('should give the element that the filter matched by array.$', () => {
    expect(pick({ 'nums.$': int(1) }, { nums: { $gte: int(3) } })).toStrictEqual([int(3)]);
    expect(project({ 'list.$': int(1) }, { 'list.m': 'y' })).toStrictEqual({
      _id: int(1),
      list: [{ n: int(2), m: 'y' }],
    });
    expect(() => project({ 'nums.$': int(1) }, { a: int(2) })).toThrow(expect.objectContaining({ code: 51246 }));
  });
});

describe('computed fields', () => {
  it('should evaluate expressions on the whole document', () => {
    const result = project({
      _id: int(0),
      a: int(1),
      sum: { $add: ['$a', '$b.c'] },
      'b.g': '$a',
      text: 'plain',
      gone: '$missing',
    });
    expect(result).toStrictEqual({ a: int(2), sum: int(5), b: { g: int(2) }, text: 'plain' });
  });

  it('should ignore $meta', () => {
    expect(project({ a: int(1), score: { $meta: 'textScore' } })).toStrictEqual({ _id: int(1), a: int(2) });
  });

  it('should give the document itself for an empty projection', () => expect(project({})).toBe(doc));
});

describe('refusals', () => {
  it.each<[Doc, number]>([
    [{ a: int(1), b: int(0) }, 31254],
    [{ a: int(0), b: int(1) }, 31253],
    [{ b: int(1), 'b.c': int(1) }, 31249],
    [{ 'b.c': int(1), b: int(1) }, 31250],
    [{ 'a..b': int(1) }, 15998],
    [{ b: {} }, 51270],
    [{ 'list.n': { $elemMatch: { a: 1 } } }, 31275],
    [{ a: { $nope: 1 } }, 168],
    [{ nums: { $slice: [int(1), int(-1)] } }, 2],
  ])('should refuse %j with %d', (projection, code) => {
    expect(() => compileProjection(projection)).toThrow(expect.objectContaining({ code }));
  });
});
