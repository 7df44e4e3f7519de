import { ObjectId } from 'bson';
import fc from 'fast-check';
import { QueryError } from '../errors';
import { anyDocument, anyValue, double, int, long } from '../testing/values';
import type { Doc } from '../types';
import { applyUpdate, compileUpdate, isOperatorUpdate, type Update, type UpdateOptions } from './update';
import { upsertSeed } from './upsert-seed';

const now = new Date(1000);
const apply = (doc: Doc, update: Update, options: Partial<UpdateOptions> = {}): Doc =>
  applyUpdate(doc, update, { now, ...options });

describe('positional paths', () => {
  const grades = { _id: int(1), grades: [{ g: int(80) }, { g: int(85) }, { g: int(90) }], tags: ['x', 'y'] };

  it.each<[Doc, string, unknown, string, unknown]>([
    [{ 'grades.g': int(85) }, 'grades.$.s', 6, 'grades', [{ g: int(80) }, { g: int(85), s: 6 }, { g: int(90) }]],
    [
      { grades: { $elemMatch: { g: { $gte: int(85) } } } },
      'grades.$.g',
      0,
      'grades',
      [{ g: int(80) }, { g: 0 }, { g: int(90) }],
    ],
    [{ tags: 'y' }, 'tags.$', 'z', 'tags', ['x', 'z']],
    [{ tags: { $in: ['q', 'y'] } }, 'tags.$', 'z', 'tags', ['x', 'z']],
    [{ $and: [{ tags: 'y' }, { _id: int(1) }] }, 'tags.$', 'z', 'tags', ['x', 'z']],
    [{ $or: [{ tags: 'q' }, { tags: 'y' }] }, 'tags.$', 'z', 'tags', ['x', 'z']],
    [{ 'grades.g': int(80), tags: 'y' }, 'tags.$', 'z', 'tags', ['x', 'z']],
    [{ 'grades.g': { $gt: int(80), $lt: int(90) } }, 'grades.$', 0, 'grades', [0, { g: int(85) }, { g: int(90) }]],
  ])('should resolve $ by %j', (filter, path, value, field, result) => {
    expect(apply(grades, { $set: { [path]: value } }, { filter })[field]).toStrictEqual(result);
  });

  it('should update every element by $[]', () => {
    expect(apply(grades, { $inc: { 'grades.$[].g': int(1) } })['grades']).toStrictEqual([
      { g: int(81) },
      { g: int(86) },
      { g: int(91) },
    ]);
    expect(apply({ a: [[int(1)], [int(2)]] }, { $inc: { 'a.$[].$[]': int(1) } })).toStrictEqual({
      a: [[int(2)], [int(3)]],
    });
    expect(apply({ a: [int(1), int(2)] }, { $unset: { 'a.$[]': '' } })).toStrictEqual({ a: [null, null] });
  });

  it('should update the elements that pass by $[id]', () => {
    const result = apply(
      grades,
      { $set: { 'grades.$[high].g': int(0) } },
      { arrayFilters: [{ 'high.g': { $gte: int(85) } }] },
    );
    expect(result['grades']).toStrictEqual([{ g: int(80) }, { g: int(0) }, { g: int(0) }]);
    const scalars = apply(
      { a: [int(1), int(5)] },
      { $set: { 'a.$[e]': int(9) } },
      { arrayFilters: [{ e: { $gt: int(3) } }] },
    );
    expect(scalars).toStrictEqual({ a: [int(1), int(9)] });
    const nested = apply(
      {
        a: [
          { t: 'p', q: [int(1), int(5)] },
          { t: 'r', q: [int(5)] },
        ],
      },
      { $inc: { 'a.$[x].q.$[y]': int(1) } },
      { arrayFilters: [{ 'x.t': 'p' }, { y: { $gte: int(3) } }] },
    );
    expect(nested).toStrictEqual({
      a: [
        { t: 'p', q: [int(1), int(6)] },
        { t: 'r', q: [int(5)] },
      ],
    });
    const either = { $or: [{ 'e.g': int(80) }, { 'e.g': int(90) }] };
    expect(apply(grades, { $set: { 'grades.$[e].s': 1 } }, { arrayFilters: [either] })['grades']).toStrictEqual([
      { g: int(80), s: 1 },
      { g: int(85) },
      { g: int(90), s: 1 },
    ]);
  });

  it.each<[Doc, Doc, Partial<UpdateOptions>, number, string]>([
    [
      grades,
      { $set: { 'grades.$.g': 1 } },
      { filter: { _id: int(1) } },
      2,
      'The positional operator did not find the match needed from the query.',
    ],
    [
      grades,
      { $set: { 'grades.$[x].g': 1 } },
      {},
      2,
      "No array filter found for identifier 'x' in path 'grades.$[x].g'",
    ],
    [
      grades,
      { $set: { a: 1 } },
      { arrayFilters: [{ x: 1 }] },
      9,
      "The array filter for identifier 'x' was not used in the update { $set: { a: 1 } }",
    ],
    [
      grades,
      { $set: { 'grades.$[x]': 1 } },
      { arrayFilters: [{ x: 1 }, { x: 2 }] },
      9,
      'Found multiple array filters with the same top-level field name x',
    ],
    [
      grades,
      { $set: { 'grades.$[x]': 1 } },
      { arrayFilters: [{ x: 1, y: 2 }] },
      9,
      "Error parsing array filter :: caused by :: Expected a single top-level field name, found 'x' and 'y'",
    ],
    [{ a: 5 }, { $set: { 'a.$[]': 1 } }, {}, 2, 'Cannot apply array updates to non-array element a: 5'],
    [{ a: {} }, { $set: { 'a.$[]': 1 } }, {}, 2, 'Cannot apply array updates to non-array element a: {}'],
    [{}, { $set: { 'a.$[]': 1 } }, {}, 2, "The path 'a' must exist in the document in order to apply array updates."],
    [
      {},
      { $set: { '$.a': 1 } },
      {},
      2,
      "Cannot have array filter or positional operator at the start of the path '$.a'",
    ],
    [{}, { $set: { 'a.$.b.$': 1 } }, {}, 2, "Too many positional (i.e. '$') elements found in path 'a.$.b.$'"],
  ])('should refuse %j by %j', (doc, update, options, code, message) => {
    expect(() => apply(doc, update, options)).toThrow(expect.objectContaining({ code, message }));
  });
});

describe('operators together', () => {
  it('should apply several operators to one document', () => {
    const doc = { _id: int(1), a: int(1), b: { c: ['x'], d: int(2) }, e: 'gone' };
    expect(
      apply(doc, {
        $set: { 'b.n': true },
        $inc: { a: int(1), 'b.d': int(1) },
        $push: { 'b.c': 'y' },
        $unset: { e: '' },
      }),
    ).toStrictEqual({
      _id: int(1),
      a: int(2),
      b: { c: ['x', 'y'], d: int(3), n: true },
    });
  });

  it.each<[Doc, string]>([
    [{ $set: { a: 1 }, $inc: { a: int(1) } }, "Updating the path 'a' would create a conflict at 'a'"],
    [{ $set: { a: 1, 'a.b': 2 } }, "Updating the path 'a.b' would create a conflict at 'a'"],
    [{ $set: { 'a.b.c': 1 }, $unset: { a: '' } }, "Updating the path 'a' would create a conflict at 'a'"],
    [{ $rename: { a: 'b' }, $set: { b: 1 } }, "Updating the path 'b' would create a conflict at 'b'"],
    [{ $setOnInsert: { a: 1 }, $set: { a: 2 } }, "Updating the path 'a' would create a conflict at 'a'"],
  ])('should refuse the conflict in %j', (update, message) => {
    expect(() => apply({}, update)).toThrow(expect.objectContaining({ code: 40, message }));
  });

  it.each<[Update, number, string]>([
    [
      { $foo: { a: 1 } },
      9,
      'Unknown modifier: $foo. Expected a valid update modifier or pipeline-style update specified as an array',
    ],
    [
      { $set: { a: 1 }, b: 2 },
      9,
      'Unknown modifier: b. Expected a valid update modifier or pipeline-style update specified as an array',
    ],
    [
      { $set: 'x' },
      9,
      'Modifiers operate on fields but we found type string instead. For example: {$mod: {<field>: ...}} not {$set: "x"}',
    ],
    [
      { a: 1, $set: { b: 1 } },
      52,
      "The dollar ($) prefixed field '$set' in '$set' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.",
    ],
    [
      { $set: { $x: 1 } },
      52,
      "The dollar ($) prefixed field '$x' in '$x' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.",
    ],
    [{ $set: { 'a..b': 1 } }, 56, "The update path 'a..b' contains an empty field name, which is not allowed."],
    [[{ $match: {} }], 72, '$match is not allowed to be used within an update'],
  ])('should refuse %j', (update, code, message) => {
    expect(() => apply({}, update)).toThrow(expect.objectContaining({ code, message }));
  });

  it('should allow an operator without fields', () => {
    const doc = { a: 1 };
    expect(apply(doc, { $set: {} })).toBe(doc);
  });

  it('should act on insert only by $setOnInsert', () => {
    const update = { $setOnInsert: { created: true }, $set: { a: 1 } };
    expect(apply({ _id: 1 }, update)).toStrictEqual({ _id: 1, a: 1 });
    expect(apply({ _id: 1 }, update, { isUpsertInsert: true })).toStrictEqual({ _id: 1, a: 1, created: true });
  });
});

describe('_id', () => {
  const id = new ObjectId('64b000000000000000000001');

  it.each<[Update]>([
    [{ $set: { _id: int(2) } }],
    [{ $unset: { _id: '' } }],
    [{ $inc: { _id: int(1) } }],
    [{ $set: { '_id.x': 1 } }],
    [{ _id: int(2), a: 1 }],
    [[{ $set: { _id: int(2) } }]],
    [[{ $replaceWith: { _id: 'other' } }]],
  ])('should not change by %j', (update) => {
    const doc = '_id.x' in (((update as Doc)['$set'] as Doc | undefined) ?? {}) ? { _id: { x: 0 } } : { _id: int(1) };
    expect(() => apply(doc, update)).toThrow(expect.objectContaining({ code: 66 }));
  });

  it('should be kept and put first by a replacement', () => {
    expect(JSON.stringify(apply({ _id: id, a: 1 }, { b: 2 }))).toBe(JSON.stringify({ _id: id, b: 2 }));
    expect(JSON.stringify(apply({ _id: id, a: 1 }, { b: 2, _id: new ObjectId(id) }))).toBe(
      JSON.stringify({ _id: id, b: 2 }),
    );
    expect(apply({ _id: int(1), a: 1 }, [{ $replaceWith: { b: '$a' } }])).toStrictEqual({ _id: int(1), b: 1 });
  });

  it('should be set where there is none', () => {
    expect(apply({ a: 1 }, { $setOnInsert: { _id: int(5) } }, { isUpsertInsert: true })).toStrictEqual({
      a: 1,
      _id: int(5),
    });
    expect(apply({}, { _id: int(5), a: 1 })).toStrictEqual({ _id: int(5), a: 1 });
  });

  it('should not change in letter case either, whatever the collation', () => {
    const collation = { locale: 'en', strength: int(1) };
    expect(() => apply({ _id: 'a' }, { $set: { _id: 'A' } }, { collation })).toThrow(
      expect.objectContaining({ code: 66 }),
    );
  });
});

describe('pipeline updates', () => {
  it('should read the document as each stage left it', () => {
    const update = [
      { $set: { total: { $add: ['$a', '$b'] } } },
      { $set: { double: { $multiply: ['$total', int(2)] } } },
      { $unset: 'a' },
    ];
    expect(apply({ _id: int(1), a: int(1), b: long(2) }, update)).toStrictEqual({
      _id: int(1),
      b: long(2),
      total: long(3),
      double: long(6),
    });
  });

  it('should see $$NOW and the variables', () => {
    expect(apply({ _id: 1 }, [{ $set: { at: '$$NOW', n: '$$n' } }], { let: { n: double(0.5) } })).toStrictEqual({
      _id: 1,
      at: now,
      n: double(0.5),
    });
  });
});

describe('isOperatorUpdate', () => {
  it.each<[unknown, boolean]>([
    [{ $set: {} }, true],
    [{ a: 1 }, false],
    [{}, false],
    [[{ $set: {} }], false],
    [null, false],
  ])('should tell %j: %p', (update, is) => expect(isOperatorUpdate(update)).toBe(is));
});

describe('upsertSeed', () => {
  it.each<[Doc, Doc]>([
    [
      { a: int(1), b: { $eq: 'x' }, c: { $gt: int(1) } },
      { a: int(1), b: 'x' },
    ],
    [{ 'a.b': int(1), 'a.c': int(2) }, { a: { b: int(1), c: int(2) } }],
    [{ $and: [{ a: int(1) }, { b: int(2) }] }, { a: int(1), b: int(2) }],
    [{ $or: [{ a: int(1) }] }, { a: int(1) }],
    [{ $or: [{ a: int(1) }, { b: int(1) }] }, {}],
    [{ a: { $in: [int(1)] } }, {}],
    [{ a: { $all: [int(1)] } }, { a: int(1) }],
    [{ a: /x/, b: null }, { b: null }],
    [
      { b: int(1), _id: int(7) },
      { _id: int(7), b: int(1) },
    ],
    [{ a: { b: int(1) } }, { a: { b: int(1) } }],
  ])('should read %j', (filter, seed) => {
    expect(upsertSeed(filter)).toStrictEqual(seed);
    expect(Object.keys(upsertSeed(filter))).toStrictEqual(Object.keys(seed));
  });

  it.each<[Doc]>([[{ a: { b: 1 }, 'a.b': 1 }], [{ $and: [{ a: 1 }, { a: 2 }] }]])('should refuse %j', (filter) => {
    expect(() => upsertSeed(filter)).toThrow(expect.objectContaining({ code: 54 }));
  });
});

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}

describe('every update', () => {
  const path = fc.constantFrom('a', 'b', 'a.b', 'a.0', 'b.c.d', 'c.1.a', 'a.$[]', 'a.$[e]', 'a.$.b', 'd');
  const operator = fc.constantFrom(
    ...[
      '$set',
      '$unset',
      '$inc',
      '$mul',
      '$min',
      '$max',
      '$push',
      '$addToSet',
      '$pop',
      '$pull',
      '$pullAll',
      '$rename',
      '$bit',
      '$currentDate',
    ],
  );
  const operand = fc.oneof(
    anyValue,
    fc.constantFrom<unknown>(
      int(1),
      int(-1),
      true,
      'd',
      'x.y',
      { $each: [int(1), 'x'] },
      { or: int(1) },
      { $gt: int(0) },
    ),
  );
  const update: fc.Arbitrary<Update> = fc.oneof(
    fc.dictionary(operator, fc.dictionary(path, operand, { minKeys: 1, maxKeys: 2, noNullPrototype: true }), {
      minKeys: 1,
      maxKeys: 3,
      noNullPrototype: true,
    }),
    anyDocument,
    fc.constant([{ $set: { z: '$a' } }, { $unset: 'b' }]),
  );

  it('should leave its input untouched and give a stable result', () => {
    let applied = 0;
    fc.assert(
      fc.property(anyDocument, update, (doc, change) => {
        deepFreeze(doc);
        deepFreeze(change);
        const options: UpdateOptions = {
          now,
          filter: { a: { $exists: true } },
          arrayFilters: JSON.stringify(change).includes('$[e]') ? [{ e: { $ne: null } }] : [],
        };
        try {
          const compiled = compileUpdate(change, options);
          const first = compiled(doc);
          expect(compiled(doc)).toStrictEqual(first);
          applied += 1;
        } catch (error) {
          // A write to frozen input would be a TypeError and not one of the engine's own.
          expect(error).toBeInstanceOf(QueryError);
        }
      }),
      { numRuns: 3000 },
    );
    expect(applied).toBeGreaterThan(500);
  });
});
