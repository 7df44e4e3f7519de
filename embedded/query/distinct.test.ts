import { distinctValues } from './distinct';
import { decimal, double, int, long } from './testing/values';

describe('distinctValues', () => {
  it('should give each value once, in the order met, elements of arrays each', () => {
    const docs = [{ a: int(2) }, { a: [int(1), double(2)] }, {}, { a: null }, { a: decimal('1.0') }, { a: long(3) }];
    expect(distinctValues(docs, 'a')).toStrictEqual([int(2), int(1), null, long(3)]);
  });

  it('should read dotted paths through arrays', () => {
    expect(distinctValues([{ a: [{ b: 'x' }, { b: ['y', 'x'] }, {}] }], 'a.b')).toStrictEqual(['x', 'y']);
  });

  it('should follow a collation', () => {
    expect(distinctValues([{ a: 'x' }, { a: 'X' }], 'a', { locale: 'en', strength: int(2) })).toStrictEqual(['x']);
  });
});
