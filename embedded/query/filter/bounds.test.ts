import { BSONRegExp, MinKey } from 'bson';
import fc from 'fast-check';
import { anyDocument, anyValue, int } from '../testing/values';
import type { Doc } from '../types';
import { parsePath, valuesAtPath } from '../value/path';
import { type Bound, filterBounds, orBranches } from './bounds';
import { compileFilter } from './filter';

const bounds = (filter: Doc): Record<string, Bound[]> => Object.fromEntries(filterBounds(filter));

describe('filterBounds', () => {
  it.each<[Doc, Record<string, Bound[]>]>([
    [{ a: int(1) }, { a: [{ op: '$eq', value: int(1) }] }],
    [{ a: null }, { a: [{ op: '$eq', value: null }] }],
    [
      { a: { $gte: int(1), $lt: int(5) }, b: 'x' },
      {
        a: [
          { op: '$gte', value: int(1) },
          { op: '$lt', value: int(5) },
        ],
        b: [{ op: '$eq', value: 'x' }],
      },
    ],
    [
      { $and: [{ 'a.b': int(1) }, { $and: [{ c: { $in: ['x', null] } }] }] },
      {
        'a.b': [{ op: '$eq', value: int(1) }],
        c: [{ op: '$in', value: ['x', null] }],
      },
    ],
    [
      { a: new BSONRegExp('^ab') },
      {
        a: [
          { op: '$gte', value: 'ab' },
          { op: '$lt', value: 'ab\u{10ffff}' },
        ],
      },
    ],
    [{ a: { $regex: '^ab', $options: 'i' } }, {}],
    [
      { a: { $all: ['x', 'y'] } },
      {
        a: [
          { op: '$eq', value: 'x' },
          { op: '$eq', value: 'y' },
        ],
      },
    ],
    [{ a: { $elemMatch: { b: int(1), c: null } } }, { 'a.b': [{ op: '$eq', value: int(1) }] }],
    [{ a: { $elemMatch: { $gt: int(1) } } }, { a: [{ op: '$gt', value: int(1) }] }],
    [{ a: { $elemMatch: { '0': int(1) } } }, {}],
    [{ $or: [{ a: int(1) }] }, {}],
    [{ a: { $ne: int(1) } }, {}],
    [{ a: { $not: { $gt: int(1) } } }, {}],
    [{ a: { $gt: new MinKey() } }, {}],
    [{ a: { $gte: null } }, { a: [{ op: '$eq', value: null }] }],
    [{ a: [int(1)] }, {}],
    [{ a: { $in: [new BSONRegExp('x')] } }, {}],
    [{ a: { $exists: true } }, {}],
  ])('should read %j', (filter, expected) => expect(bounds(filter)).toStrictEqual(expected));

  it('should hold for some value of every document that matches', () => {
    const operator = fc.constantFrom('$eq', '$gt', '$gte', '$lt', '$lte');
    const condition = fc.oneof(
      anyValue,
      fc.tuple(operator, anyValue).map(([name, value]) => ({ [name]: value })),
      fc.array(anyValue, { maxLength: 3 }).map((values) => ({ $in: values })),
      fc.tuple(operator, anyValue).map(([name, value]) => ({ $elemMatch: { [name]: value } })),
      fc.tuple(fc.constantFrom('a', 'b'), anyValue).map(([name, value]) => ({ $elemMatch: { [name]: value } })),
    );
    const path = fc.constantFrom('a', 'b', 'a.b', 'a.b.c', 'b.0');
    fc.assert(
      fc.property(fc.dictionary(path, condition, { maxKeys: 2, noNullPrototype: true }), anyDocument, (filter, doc) => {
        fc.pre(compileFilter(filter)(doc));
        for (const [name, list] of filterBounds(filter)) {
          const values = valuesAtPath(doc, parsePath(name)).flatMap((value) =>
            Array.isArray(value) ? [...value, value] : [value],
          );
          for (const { op, value } of list) {
            const test = compileFilter({ v: { [op]: value } });
            expect(
              values.length === 0
                ? value === null
                : values.some((found) => test(found === undefined ? {} : { v: found })),
            ).toBe(true);
          }
        }
      }),
      { numRuns: 500, maxSkipsPerRun: 1000 },
    );
  });
});

describe('orBranches', () => {
  it('should join each branch with the other conditions', () => {
    expect(orBranches({ $or: [{ a: 1 }, { b: 2 }] })).toStrictEqual([{ a: 1 }, { b: 2 }]);
    expect(orBranches({ c: 3, $or: [{ a: 1 }, { b: 2 }] })).toStrictEqual([
      { $and: [{ a: 1 }, { c: 3 }] },
      { $and: [{ b: 2 }, { c: 3 }] },
    ]);
  });

  it('should be null without a top-level $or', () => {
    expect(orBranches({ a: 1 })).toBeNull();
    expect(orBranches({ $or: [] })).toBeNull();
  });
});
