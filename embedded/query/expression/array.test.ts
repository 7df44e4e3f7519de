import { evaluate } from '../testing/evaluate';
import { decimal, double, int, long } from '../testing/values';

const doc = { l: [int(1), int(2), int(3)], docs: [{ n: int(2) }, { n: int(1) }], e: [] };

describe('arrays', () => {
  it.each([
    [{ $arrayElemAt: ['$l', int(0)] }, int(1)],
    [{ $arrayElemAt: ['$l', int(-1)] }, int(3)],
    [{ $arrayElemAt: ['$l', int(9)] }, undefined],
    [{ $arrayElemAt: [null, int(0)] }, null],
    [{ $first: '$l' }, int(1)],
    [{ $last: '$l' }, int(3)],
    [{ $first: '$e' }, undefined],
    [{ $size: '$l' }, int(3)],
    [{ $isArray: ['$l'] }, true],
    [{ $isArray: '$missing' }, false],
    [{ $concatArrays: ['$l', [int(4)], []] }, [int(1), int(2), int(3), int(4)]],
    [{ $concatArrays: ['$l', null] }, null],
    [{ $slice: ['$l', int(2)] }, [int(1), int(2)]],
    [{ $slice: ['$l', int(-2)] }, [int(2), int(3)]],
    [{ $slice: ['$l', int(1), int(1)] }, [int(2)]],
    [{ $slice: ['$l', int(-9), int(2)] }, [int(1), int(2)]],
    [{ $in: [double(2), '$l'] }, true],
    [{ $indexOfArray: ['$l', long(3)] }, int(2)],
    [{ $indexOfArray: ['$l', int(3), int(0), int(2)] }, int(-1)],
    [{ $indexOfArray: [null, int(3)] }, null],
    [{ $range: [int(0), int(10), int(4)] }, [int(0), int(4), int(8)]],
    [{ $range: [int(3), int(0), int(-2)] }, [int(3), int(1)]],
    [{ $range: [int(3), int(0)] }, []],
    [{ $reverseArray: '$l' }, [int(3), int(2), int(1)]],
    [{ $zip: { inputs: [['a', 'b'], [int(1)]] } }, [['a', int(1)]]],
    [
      { $zip: { inputs: [['a', 'b'], [int(1)]], useLongestLength: true, defaults: ['x', int(0)] } },
      [
        ['a', int(1)],
        ['b', int(0)],
      ],
    ],
    [
      {
        $arrayToObject: [
          [
            ['a', int(1)],
            ['b', null],
          ],
        ],
      },
      { a: int(1), b: null },
    ],
    [{ $arrayToObject: [[{ k: 'a', v: int(1) }]] }, { a: int(1) }],
    [
      { $objectToArray: { a: int(1), b: 'x' } },
      [
        { k: 'a', v: int(1) },
        { k: 'b', v: 'x' },
      ],
    ],
    [
      {
        $setUnion: [
          [int(2), int(1)],
          [double(1), int(3)],
        ],
      },
      [int(1), int(2), int(3)],
    ],
    [{ $setUnion: [[int(1)], null] }, null],
    [{ $setIntersection: [[int(3), int(1), int(1)], [double(1), int(3)], [int(1)]] }, [int(1)]],
    [{ $setDifference: [[int(3), int(1), int(3)], [int(1)]] }, [int(3)]],
    [
      {
        $setEquals: [
          [int(1), int(2)],
          [double(2), int(1), int(1)],
        ],
      },
      true,
    ],
    [{ $setIsSubset: [[decimal('1.0')], [int(1), int(2)]] }, true],
    [{ $setIsSubset: [[int(3)], [int(1), int(2)]] }, false],
    [{ $allElementsTrue: [[true, int(1), 'x']] }, true],
    [{ $allElementsTrue: [[true, null]] }, false],
    [{ $anyElementTrue: [[false, int(0), int(1)]] }, true],
    [{ $anyElementTrue: [[]] }, false],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression, doc)).toStrictEqual(result));

  it.each([
    [{ $size: 'x' }, 17124],
    [{ $arrayElemAt: [int(1), int(0)] }, 28689],
    [{ $arrayElemAt: ['$l', double(0.5)] }, 28691],
    [{ $concatArrays: [int(1)] }, 28664],
    [{ $in: [int(1), int(1)] }, 40081],
    [{ $range: [int(0), int(1), int(0)] }, 34449],
    [{ $range: [double(0.5), int(1)] }, 34443],
    [{ $slice: ['$l', int(1), int(0)] }, 28729],
    [{ $arrayToObject: [[['a']]] }, 40397],
    [{ $objectToArray: int(1) }, 40390],
    [{ $zip: { inputs: [] } }, 34465],
    [{ $setUnion: [int(1)] }, 17043],
  ])('should refuse %j', (expression, code) => {
    expect(() => evaluate(expression, doc)).toThrow(expect.objectContaining({ code }));
  });
});

describe('iteration', () => {
  it.each([
    [{ $let: { vars: { x: int(1), y: '$l' }, in: { $add: ['$$x', { $size: '$$y' }] } } }, int(4)],
    [
      { $let: { vars: { x: int(1) }, in: { $let: { vars: { x: int(2), y: '$$x' }, in: ['$$x', '$$y'] } } } },
      [int(2), int(1)],
    ],
    [{ $let: { vars: { CURRENT: '$docs' }, in: '$n' } }, [int(2), int(1)]],
    [{ $map: { input: '$l', as: 'v', in: { $multiply: ['$$v', int(2)] } } }, [int(2), int(4), int(6)]],
    [{ $map: { input: '$docs', in: '$$this.n' } }, [int(2), int(1)]],
    [{ $map: { input: '$l', in: '$missing' } }, [null, null, null]],
    [{ $map: { input: null, in: 1 } }, null],
    [
      {
        $map: {
          input: [[int(1)], [int(2), int(3)]],
          in: { $map: { input: '$$this', as: 'x', in: { $add: ['$$x', { $size: '$$this' }] } } },
        },
      },
      [[int(2)], [int(4), int(5)]],
    ],
    [{ $filter: { input: '$l', cond: { $gte: ['$$this', int(2)] } } }, [int(2), int(3)]],
    [{ $filter: { input: '$l', as: 'v', cond: true, limit: int(2) } }, [int(1), int(2)]],
    [{ $reduce: { input: '$l', initialValue: int(0), in: { $add: ['$$value', '$$this'] } } }, int(6)],
    [{ $reduce: { input: [], initialValue: 'x', in: '$$this' } }, 'x'],
    [{ $sortArray: { input: '$docs', sortBy: { n: int(1) } } }, [{ n: int(1) }, { n: int(2) }]],
    [{ $sortArray: { input: [[int(3), 'a', double(1)]], sortBy: int(-1) } }, [[int(3), 'a', double(1)]]],
    [{ $sortArray: { input: '$l', sortBy: int(-1) } }, [int(3), int(2), int(1)]],
    [{ $firstN: { input: '$l', n: int(2) } }, [int(1), int(2)]],
    [{ $lastN: { input: '$l', n: int(2) } }, [int(2), int(3)]],
    [{ $minN: { input: [[int(3), null, int(1)]], n: int(1) } }, [[int(3), null, int(1)]]],
    [{ $maxN: { input: '$l', n: int(2) } }, [int(3), int(2)]],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression, doc)).toStrictEqual(result));

  it.each([
    [{ $map: { input: 'x', in: 1 } }, 16883],
    [{ $map: { in: 1 } }, 16880],
    [{ $filter: { input: 'x', cond: 1 } }, 28651],
    [{ $filter: { input: '$l', cond: 1, limit: int(0) } }, 327391],
    [{ $reduce: { input: 'x', initialValue: 1, in: 1 } }, 40080],
    [{ $let: { vars: { X: 1 }, in: 1 } }, 9],
    [{ $let: { vars: { x: 1 }, in: '$$y' } }, 17276],
    [{ $sortArray: { input: '$l', sortBy: int(3) } }, 2],
    [{ $firstN: { input: 'x', n: int(1) } }, 5788200],
  ])('should refuse %j', (expression, code) => {
    expect(() => evaluate(expression, doc)).toThrow(expect.objectContaining({ code }));
  });
});

describe('documents and accumulators as expressions', () => {
  it.each([
    [{ $mergeObjects: [{ a: int(1), b: int(2) }, null, { b: int(3) }] }, { a: int(1), b: int(3) }],
    [{ $mergeObjects: '$docs' }, { n: int(1) }],
    [{ $getField: 'l' }, doc.l],
    [{ $getField: { field: { $concat: ['a', '.b'] }, input: { $literal: { 'a.b': int(1) } } } }, int(1)],
    [{ $setField: { field: { $literal: '$x' }, input: { a: int(1) }, value: int(2) } }, { a: int(1), $x: int(2) }],
    [{ $setField: { field: 'a', input: { a: int(1), b: int(2) }, value: '$$REMOVE' } }, { b: int(2) }],
    [{ $unsetField: { field: 'a', input: { a: int(1), b: int(2) } } }, { b: int(2) }],
    [{ $bsonSize: { $literal: { a: int(1) } } }, int(12)],
    [{ $binarySize: 'é' }, int(2)],
    [{ $rand: {} }, double(0.25)],
    [{ $sum: '$l' }, int(6)],
    [{ $sum: ['$l', int(4)] }, int(4)],
    [{ $avg: '$l' }, double(2)],
    [{ $min: ['$missing', int(2), decimal('1.5')] }, decimal('1.5')],
    [{ $max: '$l' }, int(3)],
    [{ $max: '$e' }, null],
    [{ $stdDevPop: '$l' }, double(Math.sqrt(2 / 3))],
    [{ $stdDevSamp: '$l' }, double(1)],
    [{ $median: { input: '$l', method: 'approximate' } }, double(2)],
    [{ $percentile: { input: '$l', p: [double(0), double(1)], method: 'approximate' } }, [double(1), double(3)]],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression, doc)).toStrictEqual(result));

  it.each([
    [{ $mergeObjects: [int(1)] }, 40400],
    [{ $getField: int(1) }, 3041704],
    [{ $setField: { field: 'a', input: int(1), value: 1 } }, 4161105],
    [{ $setField: { field: '$x', input: {}, value: 1 } }, 3041704],
    [{ $median: { input: '$l', method: 'exact' } }, 2],
  ])('should refuse %j', (expression, code) => {
    expect(() => evaluate(expression, doc)).toThrow(expect.objectContaining({ code }));
  });
});
