import { BSONRegExp } from 'bson';
import { decimal, double, int, long } from '../testing/values';
import type { Doc } from '../types';
import { applyUpdate } from './update';

const apply = (doc: Doc, update: Doc): Doc => applyUpdate(doc, update, { now: new Date(0) });
const onList = (list: unknown, update: Record<string, unknown>): unknown => {
  const [operator] = Object.keys(update) as [string];
  return apply(list === undefined ? {} : { a: list }, { [operator]: { a: update[operator] } })['a'];
};

describe('$push', () => {
  it.each([
    [undefined, 'x', ['x']],
    [['x'], 'y', ['x', 'y']],
    [['x'], ['y'], ['x', ['y']]],
    [['x'], { $each: ['y', 'z'] }, ['x', 'y', 'z']],
    [undefined, { $each: [] }, []],
    [['x', 'y'], { $each: ['p', 'q'], $position: int(0) }, ['p', 'q', 'x', 'y']],
    [['x', 'y'], { $each: ['p'], $position: int(-1) }, ['x', 'p', 'y']],
    [['x', 'y'], { $each: ['p'], $position: int(99) }, ['x', 'y', 'p']],
    [[int(1), int(2)], { $each: [int(3)], $slice: int(-2) }, [int(2), int(3)]],
    [[int(1), int(2)], { $each: [int(3)], $slice: int(2) }, [int(1), int(2)]],
    [[int(1)], { $each: [int(3)], $slice: int(0) }, []],
    [[int(3), int(1)], { $each: [double(2)], $sort: int(1) }, [int(1), double(2), int(3)]],
    [[int(3), int(1)], { $each: [long(2)], $sort: int(-1), $slice: int(2) }, [int(3), long(2)]],
    [
      [
        { s: int(3), n: 'a' },
        { s: int(1), n: 'b' },
      ],
      { $each: [{ s: int(2), n: 'c' }], $sort: { s: int(1) }, $slice: int(-2) },
      [
        { s: int(2), n: 'c' },
        { s: int(3), n: 'a' },
      ],
    ],
  ])('should push into %j by %j', (list, operand, result) => {
    expect(onList(list, { $push: operand })).toStrictEqual(result);
  });

  it.each<[unknown, unknown, string]>([
    [int(5), 'x', "The field 'a' must be an array but is of type int in document {_id: undefined}"],
    [[], { $each: 'x' }, 'The argument to $each in $push must be an array but it was of type: string'],
    [[], { $each: [], $slice: 'x' }, 'The value for $slice must be an integer value but was given type: string'],
    [
      [],
      { $each: [], $position: double(1.5) },
      'The value for $position must be an integer value but was given type: double',
    ],
    [
      [],
      { $each: [], $sort: int(2) },
      'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields',
    ],
    [[], { $each: [], $foo: 1 }, 'Unrecognized clause in $push: $foo'],
  ])('should refuse %j by %j', (list, operand, message) => {
    expect(() => onList(list, { $push: operand })).toThrow(expect.objectContaining({ code: 2, message }));
  });
});

describe('$addToSet', () => {
  it.each([
    [undefined, 'x', ['x']],
    [['x'], 'x', ['x']],
    [[int(1)], double(1), [int(1)]],
    [[decimal('1.50')], double(1.5), [decimal('1.50')]],
    [[long(2n ** 53n + 1n)], double(2 ** 53), [long(2n ** 53n + 1n), double(2 ** 53)]],
    [
      [{ p: int(1), q: int(2) }],
      { q: int(2), p: int(1) },
      [
        { p: int(1), q: int(2) },
        { q: int(2), p: int(1) },
      ],
    ],
    [['x'], { $each: ['y', 'x', 'y'] }, ['x', 'y']],
    [undefined, { $each: [] }, []],
    [['x'], ['x'], ['x', ['x']]],
  ])('should add to %j: %j', (list, operand, result) => {
    expect(onList(list, { $addToSet: operand })).toStrictEqual(result);
  });

  it('should keep the reference where nothing is added', () => {
    const doc = { a: [int(1)] };
    expect(apply(doc, { $addToSet: { a: long(1) } })).toBe(doc);
  });

  it('should refuse what is no array', () => {
    expect(() => onList('x', { $addToSet: 'y' })).toThrow(expect.objectContaining({ code: 2 }));
    expect(() => onList([], { $addToSet: { $each: 'y' } })).toThrow(expect.objectContaining({ code: 14 }));
  });
});

describe('$pop', () => {
  it.each([
    [['x', 'y', 'z'], int(1), ['x', 'y']],
    [['x', 'y', 'z'], long(-1), ['y', 'z']],
    [[], int(1), []],
    [undefined, int(1), undefined],
  ])('should take from %j the end %j', (list, end, result) =>
    expect(onList(list, { $pop: end })).toStrictEqual(result),
  );

  it.each<[unknown, unknown, number, string]>([
    ['x', int(1), 14, "Path 'a' contains an element of non-array type 'string'"],
    [[], int(2), 9, '$pop expects 1 or -1, found: 2'],
    [[], 'x', 9, 'Expected a number in: {a: "x"}'],
  ])('should refuse %j by %j', (list, end, code, message) => {
    expect(() => onList(list, { $pop: end })).toThrow(expect.objectContaining({ code, message }));
  });

  it('should refuse a path that a scalar blocks', () => {
    expect(() => apply({ a: 'foo' }, { $pop: { 'a.b': int(1) } })).toThrow(
      expect.objectContaining({
        code: 28,
        message: 'Cannot use the part (b) of (a.b) to traverse the element ({a: "foo"})',
      }),
    );
  });
});

describe('$pull and $pullAll', () => {
  it.each([
    [[int(1), int(2), double(1)], long(1), [int(2)]],
    [[int(1), int(5), int(9)], { $gte: int(5) }, [int(1)]],
    [[int(1), int(5), int(9)], { $in: [int(1), double(9)] }, [int(5)]],
    [['ab', 'cd'], new BSONRegExp('^a'), ['cd']],
    [[{ n: int(1), m: 'x' }, { n: int(2) }], { n: int(1) }, [{ n: int(2) }]],
    [[{ n: int(1) }, { n: int(8) }, int(8)], { n: { $gt: int(5) } }, [{ n: int(1) }, int(8)]],
    [[{ q: [{ r: int(5) }] }, { q: [{ r: int(6) }] }], { q: { $elemMatch: { r: int(5) } } }, [{ q: [{ r: int(6) }] }]],
    [[[int(1)], [int(2)]], [int(1)], [[int(2)]]],
    [undefined, int(1), undefined],
    [[null, int(1)], null, [int(1)]],
    [[int(1), 'x'], { $ne: 'x' }, ['x']],
  ])('should pull from %j: %j', (list, condition, result) => {
    expect(onList(list, { $pull: condition })).toStrictEqual(result);
  });

  it('should pull all values listed', () => {
    expect(onList([int(0), int(2), int(5), decimal('5'), int(1)], { $pullAll: [double(0), long(5)] })).toStrictEqual([
      int(2),
      int(1),
    ]);
  });

  it('should keep the reference where nothing is pulled', () => {
    const doc = { a: [int(1)] };
    expect(apply(doc, { $pull: { a: int(2) } })).toBe(doc);
    expect(apply(doc, { $pullAll: { a: [int(2)] } })).toBe(doc);
  });

  it.each<[Doc, string]>([
    [{ $pull: { a: int(1) } }, 'Cannot apply $pull to a non-array value'],
    [{ $pullAll: { a: int(1) } }, '$pullAll requires an array argument but was given a int'],
    [{ $pullAll: { a: [] } }, 'Cannot apply $pullAll to a non-array value'],
  ])('should refuse %j on a scalar', (update, message) => {
    expect(() => apply({ a: 'x' }, update)).toThrow(expect.objectContaining({ code: 2, message }));
  });
});
