import { evaluate, NOW } from '../testing/evaluate';
import { double, int } from '../testing/values';
import { evaluateExpression } from './evaluate';

const doc = {
  a: int(1),
  o: { p: 'q', n: null },
  l: [{ n: int(1) }, { n: int(2) }, int(5), {}, [{ n: int(9) }]],
  constructor: 'own',
};

/** A literal `then` would look like a promise to the linter. */
const outcome = (value: unknown): object => Object.fromEntries([['then', value]]);
const when = (test: unknown, value: unknown): object => ({ case: test, ...outcome(value) });

describe('field paths and variables', () => {
  it.each([
    ['$a', int(1)],
    ['$o.p', 'q'],
    ['$o.n', null],
    ['$o.missing', undefined],
    ['$a.b', undefined],
    ['$l.n', [int(1), int(2)]],
    ['$l.0', []],
    ['$constructor', 'own'],
    ['$toString', undefined],
    ['$$ROOT.a', int(1)],
    ['$$CURRENT.a', int(1)],
    ['$$NOW', NOW],
    ['$$REMOVE', undefined],
    ['plain', 'plain'],
    [int(5), int(5)],
    [null, null],
    [
      { x: '$a', y: '$missing', z: { w: '$o.p' } },
      { x: int(1), z: { w: 'q' } },
    ],
    [
      ['$a', '$missing'],
      [int(1), null],
    ],
    [{ $literal: '$a' }, '$a'],
    [{}, {}],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression, doc)).toStrictEqual(result));

  it('should bind variables to values, not to expressions', () => {
    expect(evaluateExpression('$$v', {}, { now: NOW, let: { v: { $literal: '$a' } } })).toBe('$a');
    expect(evaluateExpression('$$v.x', {}, { now: NOW, let: { v: { x: { $add: [int(1), int(2)] } } } })).toStrictEqual(
      int(3),
    );
  });

  it.each([
    ['$$nope', 17276],
    ['$', 16872],
    ['$a.', 40353],
    ['$a..b', 15998],
    ['$a.$b', 16410],
    [{ $nope: 1 }, 168],
    [{ $add: [1], $subtract: [1, 2] }, 15983],
    [{ 'a.b': 1 }, 16412],
    [{ $subtract: [1] }, 16020],
  ])('should refuse %j', (expression, code) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code }));
  });
});

describe('comparison and conditions', () => {
  it.each([
    [{ $eq: [int(1), double(1)] }, true],
    [{ $ne: ['a', 'b'] }, true],
    [{ $gt: ['a', int(5)] }, true],
    [{ $gt: [null, '$missing'] }, true],
    [{ $lt: ['$missing', int(0)] }, true],
    [{ $cmp: [int(1), int(2)] }, int(-1)],
    [{ $gte: [int(2), double(2)] }, true],
    [{ $lte: [int(3), double(2)] }, false],
    [{ $and: [] }, true],
    [{ $and: [true, int(1), 'x', []] }, true],
    [{ $and: [true, int(0)] }, false],
    [{ $or: [] }, false],
    [{ $or: [null, '$missing', double(0.5)] }, true],
    [{ $not: ['$missing'] }, true],
    [{ $not: true }, false],
    [{ $cond: [true, 'x', { $divide: [1, 0] }] }, 'x'],
    [{ $cond: { if: int(0), ...outcome('x'), else: 'y' } }, 'y'],
    [{ $ifNull: ['$missing', null, 'x'] }, 'x'],
    [{ $ifNull: ['$missing', '$missing'] }, undefined],
    [
      {
        $switch: {
          branches: [when(false, 1), when(true, 'x')],
          default: 'z',
        },
      },
      'x',
    ],
    [{ $switch: { branches: [when(false, 1)], default: 'z' } }, 'z'],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression)).toStrictEqual(result));

  it('should follow the collation', () => {
    expect(evaluate({ $eq: ['a', 'A'] }, {}, { locale: 'en', strength: int(2) })).toBe(true);
    expect(evaluate({ $in: ['a', ['A']] }, {}, { locale: 'en', strength: int(2) })).toBe(true);
  });

  it.each([
    [{ $cond: [true, 1] }, 16020],
    [{ $cond: { if: true, ...outcome(1) } }, 17082],
    [{ $switch: { branches: [] } }, 40068],
    [{ $switch: { branches: [when(false, 1)] } }, 40066],
    [{ $ifNull: [1] }, 1257300],
  ])('should refuse %j', (expression, code) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code }));
  });
});
