import { aggregate } from '../testing/pipeline';
import { decimal, double, int, long } from '../testing/values';
import type { Doc } from '../types';

const rows: Doc[] = [
  { _id: int(1), p: 'a', t: int(1), v: int(10) },
  { _id: int(2), p: 'a', t: int(2), v: int(20) },
  { _id: int(3), p: 'b', t: int(1), v: int(5) },
  { _id: int(4), p: 'a', t: int(4), v: int(20) },
  { _id: int(5), p: 'a', t: int(7), v: int(40) },
];

function column(output: Doc, more: Doc = {}, docs = rows): Record<string, unknown> {
  const stage = { $setWindowFields: { partitionBy: '$p', sortBy: { t: int(1) }, ...more, output: { x: output } } };
  return Object.fromEntries(aggregate(docs, [stage]).map((doc) => [String(doc['_id']), doc['x']]));
}

describe('$setWindowFields', () => {
  it.each<[Doc, unknown[]]>([
    [{ $sum: '$v' }, [int(90), int(90), int(5), int(90), int(90)]],
    [{ $sum: '$v', window: { documents: ['unbounded', 'current'] } }, [int(10), int(30), int(5), int(50), int(90)]],
    [{ $sum: '$v', window: { documents: [int(-1), int(0)] } }, [int(10), int(30), int(5), int(40), int(60)]],
    [{ $sum: '$v', window: { documents: [int(1), int(2)] } }, [int(40), int(60), int(0), int(40), int(0)]],
    [{ $max: '$v', window: { documents: ['current', 'unbounded'] } }, [int(40), int(40), int(5), int(40), int(40)]],
    [{ $sum: '$v', window: { range: [int(-2), 'current'] } }, [int(10), int(30), int(5), int(40), int(40)]],
    [
      { $push: '$t', window: { range: [double(-1.5), int(3)] } },
      [[1, 2, 4].map(int), [1, 2, 4].map(int), [int(1)], [int(4), int(7)], [int(7)]],
    ],
    [
      { $avg: '$v', window: { documents: [int(-1), int(1)] } },
      [double(15), double(50 / 3), double(5), double(80 / 3), double(30)],
    ],
    [{ $first: '$v', window: { documents: [int(-1), int(0)] } }, [int(10), int(10), int(5), int(20), int(20)]],
    [{ $count: {} }, [int(4), int(4), int(1), int(4), int(4)]],
    [{ $documentNumber: {} }, [1, 2, 1, 3, 4].map(long)],
    [{ $shift: { output: '$v', by: int(-1), default: 'none' } }, ['none', int(10), 'none', int(20), int(20)]],
    [{ $shift: { output: '$v', by: int(1) } }, [int(20), int(20), null, int(40), null]],
    [
      { $derivative: { input: '$v' }, window: { documents: [int(-1), int(0)] } },
      [null, double(10), null, double(0), double(20 / 3)],
    ],
    [
      { $integral: { input: '$v' }, window: { documents: ['unbounded', 'current'] } },
      [double(0), double(15), double(0), double(55), double(145)],
    ],
    [
      { $expMovingAvg: { input: '$v', alpha: double(0.5) } },
      [double(10), double(15), double(5), double(17.5), double(28.75)],
    ],
  ])('should compute %j', (output, values) => {
    expect(column(output)).toStrictEqual(Object.fromEntries(values.map((value, at) => [String(at + 1), value])));
  });

  it('should give the covariance of the population and of a sample', () => {
    const pairs = [1, 2, 3].map((n) => ({ _id: int(n), t: int(n), v: double(2 * n) }));
    expect(column({ $covariancePop: ['$t', '$v'] }, {}, pairs)).toStrictEqual({
      '1': double(4 / 3),
      '2': double(4 / 3),
      '3': double(4 / 3),
    });
    expect(
      column({ $covarianceSamp: ['$t', '$v'], window: { documents: ['unbounded', 'current'] } }, {}, pairs),
    ).toStrictEqual({
      '1': null,
      '2': double(1),
      '3': double(2),
    });
  });

  it('should rank with ties', () => {
    const sortBy = { sortBy: { v: int(-1) } };
    expect(column({ $rank: {} }, sortBy)).toStrictEqual({
      '1': long(4),
      '2': long(2),
      '3': long(1),
      '4': long(2),
      '5': long(1),
    });
    expect(column({ $denseRank: {} }, sortBy)).toStrictEqual({
      '1': long(3),
      '2': long(2),
      '3': long(1),
      '4': long(2),
      '5': long(1),
    });
  });

  it('should range over dates', () => {
    const days = [1, 2, 4].map((day) => ({
      _id: int(day),
      t: new Date(Date.UTC(2024, 1, 27 + day)),
      v: decimal('1.5'),
    }));
    const output = { $sum: '$v', window: { range: [int(-1), int(0)], unit: 'day' } };
    expect(column(output, {}, days)).toStrictEqual({ '1': decimal('1.5'), '2': decimal('3.0'), '4': decimal('1.5') });
  });

  it('should fill gaps', () => {
    const gaps = [
      { _id: int(1), t: int(0), v: int(1) },
      { _id: int(2), t: int(1) },
      { _id: int(3), t: int(4), v: int(9) },
      { _id: int(4), t: int(5), v: null },
    ];
    expect(column({ $locf: '$v' }, {}, gaps)).toStrictEqual({ '1': int(1), '2': int(1), '3': int(9), '4': int(9) });
    expect(column({ $linearFill: '$v' }, {}, gaps)).toStrictEqual({
      '1': int(1),
      '2': double(3),
      '3': int(9),
      '4': null,
    });
  });

  it('should put nested outputs beside what is there', () => {
    const stage = { $setWindowFields: { output: { 'o.n': { $count: {} }, v: { $max: '$v' } } } };
    expect(aggregate([{ _id: int(1), v: int(1), o: { k: 'x' } }], [stage])).toStrictEqual([
      { _id: int(1), v: int(1), o: { k: 'x', n: int(1) } },
    ]);
  });

  it.each<[Doc, Doc, number]>([
    [{ $rank: {} }, { sortBy: { a: int(1), b: int(1) } }, 5371602],
    [{ $rank: int(1) }, {}, 5371603],
    [{ $sum: '$v', window: { documents: [int(1), int(0)] } }, {}, 5339900],
    [{ $sum: '$v', window: { range: [int(0), int(1)] } }, { sortBy: { t: int(-1) } }, 5339902],
    [{ $sum: '$v', window: { documents: [int(0)] } }, {}, 9],
    [{ $sum: '$v', window: { documents: [int(0), int(1)], range: [int(0), int(1)] } }, {}, 9],
    [{ $sum: '$v', window: { range: [int(0), int(1)], unit: 'day' } }, {}, 5429513],
    [{ $sum: '$v', $avg: '$v' }, {}, 9],
    [{ $shift: { output: '$v' } }, {}, 9],
  ])('should refuse %j', (output, more, code) => {
    expect(() => column(output, more)).toThrow(expect.objectContaining({ code }));
  });
});
