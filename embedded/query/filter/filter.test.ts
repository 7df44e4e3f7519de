import { Binary, BSONRegExp, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { decimal, double, everyType, int, long } from '../testing/values';
import type { Doc } from '../types';
import { compileFilter } from './filter';

const matches = (filter: Doc, doc: Doc): boolean => compileFilter(filter)(doc);
const id = new ObjectId('64b000000000000000000001');

describe('equality', () => {
  it.each<[unknown, unknown, boolean]>([
    ...everyType(5).flatMap((stored) =>
      everyType(5).map((asked): [unknown, unknown, boolean] => [asked, stored, true]),
    ),
    [int(5), int(6), false],
    [int(5), '5', false],
    [int(0), false, false],
    [double(Number.NaN), decimal('NaN'), true],
    [double(-0), int(0), true],
    [long(2n ** 53n + 1n), double(2 ** 53), false],
    [long(2n ** 53n + 1n), decimal('9007199254740993'), true],
    [decimal('1.50'), decimal('1.5'), true],
    [decimal('1.5'), double(1.5), true],
    [decimal('0.1'), double(0.1), false],
    ['a', 'a', true],
    ['a', 'A', false],
    [id, new ObjectId(id.toHexString()), true],
    [id, id.toHexString(), false],
    [true, true, true],
    [new Date(5), new Date(5), true],
    [new Date(5), long(5), false],
    [null, null, true],
    [null, undefined, true],
    [null, int(0), false],
    [int(2), [int(1), int(2)], true],
    [[int(1), int(2)], [int(1), int(2)], true],
    [[int(1), int(2)], [[int(1), int(2)], int(3)], true],
    [[int(1)], [int(1), int(2)], false],
    [{ x: int(1), y: int(2) }, { x: long(1), y: double(2) }, true],
    [{ x: int(1), y: int(2) }, { y: int(2), x: int(1) }, false],
    [{ x: int(1) }, { x: int(1), y: int(2) }, false],
    [new Binary(Buffer.from('ab')), new Binary(Buffer.from('ab')), true],
    [new Binary(Buffer.from('ab')), new Binary(Buffer.from('ab'), 4), false],
    [new Timestamp({ t: 1, i: 2 }), new Timestamp({ t: 1, i: 2 }), true],
    [new MinKey(), new MinKey(), true],
  ])('should find { a: %p } in { a: %p }: %p', (asked, stored, found) => {
    const doc = stored === undefined ? {} : { a: stored };
    expect(matches({ a: asked }, doc)).toBe(found);
    expect(matches({ a: { $eq: asked } }, doc)).toBe(found);
    expect(matches({ a: { $ne: asked } }, doc)).toBe(!found);
    expect(matches({ a: { $in: ['other', asked] } }, doc)).toBe(found);
    expect(matches({ a: { $nin: ['other', asked] } }, doc)).toBe(!found);
    expect(matches({ a: { $in: [...Array.from({ length: 20 }, (_, at) => `other${at}`), asked] } }, doc)).toBe(found);
  });

  it('should take a document whose first field is no operator as a value', () => {
    expect(matches({ a: { b: int(1), $gt: int(0) } }, { a: { b: int(1), $gt: int(0) } })).toBe(true);
    expect(matches({ a: {} }, { a: {} })).toBe(true);
    expect(matches({ a: { $ref: 'c', $id: int(1) } }, { a: { $ref: 'c', $id: int(1) } })).toBe(true);
  });

  it('should match everything by an empty filter', () => expect(matches({}, { a: 1 })).toBe(true));

  it('should compare strings by a collation', () => {
    const filter = compileFilter({ a: 'ÉCOLE' }, { collation: { locale: 'fr', strength: int(1) } });
    expect([filter({ a: 'ecole' }), filter({ a: 'ecoles' })]).toStrictEqual([true, false]);
    const within = compileFilter({ a: { $in: ['X', 'Y'] } }, { collation: { locale: 'en', strength: int(2) } });
    expect([within({ a: 'y' }), within({ a: 'z' })]).toStrictEqual([true, false]);
  });
});

describe('ranges', () => {
  it.each<[Doc, unknown, boolean]>([
    [{ $gt: int(5) }, double(5.5), true],
    [{ $gt: int(5) }, decimal('5.0000000001'), true],
    [{ $gt: int(5) }, int(5), false],
    [{ $gte: int(5) }, decimal('5'), true],
    [{ $gt: int(5) }, '6', false],
    [{ $lt: int(5) }, null, false],
    [{ $lt: int(5) }, undefined, false],
    [{ $lt: int(5) }, double(Number.NaN), false],
    [{ $lte: double(Number.NaN) }, double(Number.NaN), true],
    [{ $lt: double(Number.NaN) }, int(1), false],
    [{ $gte: double(Infinity) }, double(Infinity), true],
    [{ $gt: long(2n ** 53n) }, long(2n ** 53n + 1n), true],
    [{ $gt: double(2 ** 53) }, long(2n ** 53n + 1n), true],
    [{ $lt: long(2n ** 53n + 1n) }, double(2 ** 53), true],
    [{ $gt: 'a' }, 'b', true],
    [{ $gt: 'a' }, int(1), false],
    [{ $lt: true }, false, true],
    [{ $gt: new Date(0) }, new Date(1), true],
    [{ $gt: new Date(0) }, new Timestamp({ t: 5, i: 1 }), false],
    [{ $gte: null }, null, true],
    [{ $gte: null }, undefined, true],
    [{ $gt: null }, int(1), false],
    [{ $gt: new MinKey() }, undefined, true],
    [{ $gt: new MinKey() }, 'x', true],
    [{ $lt: new MaxKey() }, int(1), true],
    [{ $lt: new MaxKey() }, new MaxKey(), false],
    [{ $lte: new MaxKey() }, new MaxKey(), true],
    [{ $gt: int(1), $lt: int(3) }, [int(0), int(5)], true],
    [{ $gt: int(1), $lt: int(3) }, [int(4), int(5)], false],
    [{ $gt: [int(1)] }, [int(2)], true],
    [{ $gt: { x: int(1) } }, { x: int(2) }, true],
  ])('should test %j against %p: %p', (operators, stored, found) => {
    expect(matches({ a: operators }, stored === undefined ? {} : { a: stored })).toBe(found);
  });
});

describe('dotted paths', () => {
  const doc = {
    o: { p: { q: int(1) } },
    list: [
      { n: int(1), tags: ['x'] },
      { n: int(5), tags: ['y', 'z'] },
    ],
    deep: [[int(1), int(2)], [{ k: int(3) }]],
    scalars: [int(1), int(2)],
    empty: [],
  };

  it.each<[Doc, boolean]>([
    [{ 'o.p.q': int(1) }, true],
    [{ 'o.p.q.r': null }, true],
    [{ 'o.p.q.r': { $exists: true } }, false],
    [{ 'list.n': int(5) }, true],
    [{ 'list.tags': 'z' }, true],
    [{ 'list.1.n': int(5) }, true],
    [{ 'list.0.n': int(5) }, false],
    [{ 'list.9.n': null }, true],
    [{ 'list.missing': null }, true],
    [{ 'list.n': null }, false],
    [{ 'list.n': { $gt: int(2), $lt: int(2) } }, true],
    [{ 'scalars.0': int(1) }, true],
    [{ 'scalars.0': int(2) }, false],
    [{ 'scalars.x': null }, false],
    [{ 'empty.x': null }, false],
    [{ 'empty.x': { $exists: false } }, true],
    [{ 'deep.0': int(1) }, false],
    [{ 'deep.0.0': int(1) }, true],
    [{ 'deep.0': [int(1), int(2)] }, true],
    [{ 'deep.k': int(3) }, false],
    [{ 'deep.1.k': int(3) }, true],
    [{ 'list.n': { $ne: int(1) } }, false],
    [{ 'list.n': { $nin: [int(7)] } }, true],
    [{ constructor: { $exists: true } }, false],
    [{ __proto__x: { $exists: true } }, false],
  ])('should match %j: %p', (filter, found) => expect(matches(filter, doc)).toBe(found));
});

describe('field operators', () => {
  it.each<[Doc, unknown, boolean]>([
    [{ $exists: true }, null, true],
    [{ $exists: int(1) }, undefined, false],
    [{ $exists: false }, undefined, true],
    [{ $exists: null }, int(1), false],
    [{ $exists: true }, [], true],
    [{ $type: 'string' }, 'x', true],
    [{ $type: int(2) }, 'x', true],
    [{ $type: 'number' }, decimal('1'), true],
    [{ $type: ['int', 'bool'] }, false, true],
    [{ $type: 'int' }, long(1), false],
    [{ $type: 'double' }, double(1), true],
    [{ $type: 'array' }, [int(1)], true],
    [{ $type: 'int' }, [int(1)], true],
    [{ $type: 'object' }, { x: 1 }, true],
    [{ $type: 'objectId' }, id, true],
    [{ $type: 'null' }, undefined, false],
    [{ $type: int(-1) }, new MinKey(), true],
    [{ $type: 'regex' }, new BSONRegExp('a'), true],
    [{ $size: int(2) }, ['x', 'y'], true],
    [{ $size: int(1) }, [['x', 'y']], true],
    [{ $size: int(0) }, undefined, false],
    [{ $mod: [int(4), int(1)] }, int(9), true],
    [{ $mod: [int(4), int(-1)] }, int(-9), true],
    [{ $mod: [int(4), int(1)] }, double(9.7), true],
    [{ $mod: [int(4), int(1)] }, decimal('9'), true],
    [{ $mod: [int(10), int(3)] }, long(2n ** 53n + 1n), true],
    [{ $mod: [int(4), int(1)] }, double(Infinity), false],
    [{ $mod: [int(4), int(1)] }, 'x', false],
    [{ $all: ['x', 'y'] }, ['y', 'z', 'x'], true],
    [{ $all: ['x', 'y'] }, ['x'], false],
    [{ $all: ['x'] }, 'x', true],
    [{ $all: [] }, ['x'], false],
    [{ $all: [['x', 'y']] }, ['x', 'y'], true],
    [{ $all: [new BSONRegExp('^a'), 'b'] }, ['abc', 'b'], true],
    [{ $all: [{ $elemMatch: { n: int(1) } }, { $elemMatch: { n: int(2) } }] }, [{ n: int(1) }, { n: int(2) }], true],
    [{ $in: [] }, 'x', false],
    [{ $nin: [] }, 'x', true],
    [{ $in: [new BSONRegExp('^ab'), int(3)] }, 'abc', true],
    [{ $in: [new BSONRegExp('^ab'), int(3)] }, ['q', int(3)], true],
    [{ $nin: [new BSONRegExp('^ab')] }, 'abc', false],
    [{ $not: { $gt: int(5) } }, int(3), true],
    [{ $not: { $gt: int(5) } }, undefined, true],
    [{ $not: { $gt: int(5) } }, [int(1), int(9)], false],
    [{ $not: new BSONRegExp('^a') }, 'b', true],
    [{ $not: { $not: { $eq: int(1) } } }, int(1), true],
    [{ $eq: int(1), $comment: 'why' }, int(1), true],
    [{ $bitsAllSet: int(6) }, int(7), true],
    [{ $bitsAllSet: [int(1), int(3)] }, int(7), false],
    [{ $bitsAnySet: [int(1), int(3)] }, int(7), true],
    [{ $bitsAllClear: [int(3)] }, int(7), true],
    [{ $bitsAnyClear: int(15) }, int(7), true],
    [{ $bitsAllSet: [int(63), int(200)] }, int(-1), true],
    [{ $bitsAllSet: [int(62)] }, long(2n ** 62n), true],
    [{ $bitsAllSet: int(1) }, double(1.5), false],
    [{ $bitsAllSet: int(1) }, decimal('3'), true],
    [{ $bitsAllSet: new Binary(Buffer.from([0x03])) }, new Binary(Buffer.from([0x07])), true],
    [{ $bitsAnySet: [int(9)] }, new Binary(Buffer.from([0x00, 0x02])), true],
  ])('should test %j against %p: %p', (operators, stored, found) => {
    expect(matches({ a: operators }, stored === undefined ? {} : { a: stored })).toBe(found);
  });
});

describe('regular expressions', () => {
  it.each<[unknown, unknown, boolean]>([
    [new BSONRegExp('^ab'), 'abc', true],
    [/^AB/i, 'abc', true],
    [{ $regex: '^AB', $options: 'i' }, 'abc', true],
    [{ $options: 'i', $regex: '^AB' }, 'abc', true],
    [{ $regex: new BSONRegExp('^AB', 'i') }, ['x', 'abc'], true],
    [{ $regex: 'a', $not: { $regex: 'b' } }, 'ab', false],
    [new BSONRegExp('5'), int(5), false],
    [new BSONRegExp('a', 'i'), new BSONRegExp('a', 'i'), true],
    [new BSONRegExp('a', 'i'), new BSONRegExp('a', ''), false],
  ])('should test %p against %p: %p', (asked, stored, found) =>
    expect(matches({ a: asked }, { a: stored })).toBe(found),
  );
});

describe('$elemMatch', () => {
  it.each<[Doc, unknown, boolean]>([
    [{ $gt: int(1), $lt: int(3) }, [int(0), int(5)], false],
    [{ $gt: int(1), $lt: int(3) }, [int(0), int(2)], true],
    [{ n: int(1), m: int(2) }, [{ n: int(1) }, { m: int(2) }], false],
    [{ n: int(1), m: int(2) }, [{ n: int(1), m: int(2) }], true],
    [{ n: int(1) }, { n: int(1) }, false],
    [{ $or: [{ n: int(1) }, { n: int(2) }] }, [{ n: int(2) }], true],
    [{ $eq: int(1) }, [[int(1)]], false],
    [{ $elemMatch: { $eq: int(1) } }, [[int(1)]], true],
    [{ $not: { $gt: int(1) } }, [int(5), int(0)], true],
    [{ '0': int(4) }, [[int(4)]], true],
    [{ n: { $ne: int(1) } }, [{ n: int(1) }, {}], true],
  ])('should test %j against %p: %p', (operand, stored, found) => {
    expect(matches({ a: { $elemMatch: operand } }, { a: stored })).toBe(found);
  });
});

describe('trees', () => {
  const doc = { a: int(1), b: 'x', c: [int(1), int(2)] };

  it.each<[Doc, boolean]>([
    [{ $and: [{ a: int(1) }, { b: 'x' }] }, true],
    [{ $and: [{ a: int(1) }, { b: 'y' }] }, false],
    [{ $or: [{ a: int(2) }, { b: 'x' }] }, true],
    [{ $or: [{ a: int(2) }], b: 'x' }, false],
    [{ $nor: [{ a: int(2) }, { b: 'y' }] }, true],
    [{ $nor: [{ a: int(1) }, { b: 'y' }] }, false],
    [{ $and: [{ $or: [{ a: int(1) }] }, { $nor: [{ b: 'q' }] }] }, true],
    [{ $expr: { $eq: ['$a', { $first: '$c' }] } }, true],
    [{ $expr: { $gt: ['$a', '$missing'] } }, true],
    [{ $comment: 'why', a: int(1) }, true],
    [{ $alwaysFalse: int(1) }, false],
    [{ a: int(1), b: 'x', c: int(2), d: null, e: { $exists: false } }, true],
  ])('should match %j: %p', (filter, found) => expect(matches(filter, doc)).toBe(found));

  it('should give $expr the variables and the time of the command', () => {
    const filter = { $expr: { $and: [{ $eq: ['$a', '$$wanted'] }, { $eq: ['$$NOW', new Date(7)] }] } };
    const predicate = compileFilter(filter, { let: { wanted: { $add: [int(0), int(1)] } }, now: new Date(7) });
    expect(predicate(doc)).toBe(true);
  });

  it.each<[Doc, number, string]>([
    [{ $foo: 1 }, 2, 'unknown top level operator: $foo'],
    [{ a: { $foo: 1 } }, 2, 'unknown operator: $foo'],
    [{ a: { $gt: int(1), b: int(2) } }, 2, 'unknown operator: b'],
    [{ $and: int(1) }, 2, '$and must be an array'],
    [{ $or: [] }, 2, '$and/$or/$nor must be a nonempty array'],
    [{ $or: [int(1)] }, 2, '$or/$and/$nor entries need to be full objects'],
    [{ a: { $in: int(1) } }, 2, '$in needs an array'],
    [{ a: { $in: [{ $gt: int(1) }] } }, 2, 'cannot nest $ under $in'],
    [{ a: { $all: int(1) } }, 2, '$all needs an array'],
    [{ a: { $all: [{ $gt: int(1) }] } }, 2, 'no $ expressions in $all'],
    [{ a: { $not: int(1) } }, 2, '$not needs a regex or a document'],
    [{ a: { $not: {} } }, 2, '$not cannot be empty'],
    [{ a: { $ne: new BSONRegExp('a') } }, 2, "Can't have regex as arg to $ne."],
    [{ a: { $gt: new BSONRegExp('a') } }, 2, "Can't have RegEx as arg to predicate over field with $gt."],
    [{ a: { $mod: [int(0), int(1)] } }, 2, 'divisor cannot be 0'],
    [{ a: { $mod: [int(1)] } }, 2, 'malformed mod, not enough elements'],
    [{ a: { $size: int(-1) } }, 9, 'Failed to parse $size. Expected a non-negative number in: {$size: -1}'],
    [{ a: { $type: 'strange' } }, 2, 'Unknown type name alias: strange'],
    [{ a: { $options: 'i' } }, 2, '$options needs a $regex'],
    [{ a: { $elemMatch: int(1) } }, 2, '$elemMatch needs an Object'],
    [{ $where: 'true' }, 238, '$where is not supported'],
    [{ $text: { $search: 'x' } }, 238, '$text is not supported'],
    [{ a: { $near: [1, 2] } }, 238, '$near is not supported'],
    [{ $expr: { $nope: 1 } }, 168, "Unrecognized expression '$nope'"],
  ])('should refuse %j with code %d', (filter, code, message) => {
    expect(() => compileFilter(filter)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
