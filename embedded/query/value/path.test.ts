import fc from 'fast-check';
import { anyDocument, int } from '../testing/values';
import {
  anyAtPath,
  arrayIndex,
  fieldOf,
  getPath,
  parsePath,
  parseUpdatePath,
  putField,
  setPath,
  valuesAtPath,
} from './path';

describe('paths', () => {
  it.each([
    ['0', 0],
    ['12', 12],
    ['01', -1],
    ['-1', -1],
    ['a', -1],
    ['', -1],
  ])('should read %j as array position %d', (part, index) => expect(arrayIndex(part)).toBe(index));

  it('should read through objects and positions', () => {
    const doc = { a: [{ b: 1 }, { b: [5, 6] }] };
    expect(getPath(doc, 'a.1.b.0')).toBe(5);
    expect(getPath(doc, 'a.b')).toBeUndefined();
    expect(getPath(doc, 'a.7.b')).toBeUndefined();
  });

  it('should not read the prototype', () => {
    expect(fieldOf({}, 'constructor')).toBeUndefined();
    expect(fieldOf({}, '__proto__')).toBeUndefined();
    expect(getPath({ a: {} }, 'a.toString')).toBeUndefined();
  });

  it('should store a field named __proto__ as a field', () => {
    const doc = {};
    putField(doc, '__proto__', 5);
    expect(Object.keys(doc)).toStrictEqual(['__proto__']);
    expect(fieldOf(doc, '__proto__')).toBe(5);
    expect(Object.getPrototypeOf(doc)).toBe(Object.prototype);
  });

  it('should set a path in a copy that shares the rest', () => {
    const doc = { a: { b: 1 }, c: { d: 2 } };
    const result = setPath(doc, 'a.x.y', 3);
    expect(result).toStrictEqual({ a: { b: 1, x: { y: 3 } }, c: { d: 2 } });
    expect(result['c']).toBe(doc.c);
    expect(doc).toStrictEqual({ a: { b: 1 }, c: { d: 2 } });
  });

  it('should read back what was set', () => {
    fc.assert(
      fc.property(anyDocument, fc.constantFrom('a', 'a.b', 'x.y.z'), (doc, path) => {
        expect(getPath(setPath(doc, path, 'set'), path)).toBe('set');
      }),
    );
  });

  it.each(['', 'a.', '.a', 'a..b'])('should refuse %j in an update', (path) => {
    expect(() => parseUpdatePath(path)).toThrow(expect.objectContaining({ code: 56 }));
  });
});

describe('anyAtPath', () => {
  const doc = { a: [{ b: int(1) }, { b: [int(2), int(3)] }, { c: int(4) }, [{ b: int(9) }]], n: [[int(1), int(2)]] };

  it('should list the values through arrays, missing ones as undefined', () => {
    expect(valuesAtPath(doc, parsePath('a.b'))).toStrictEqual([int(1), [int(2), int(3)], undefined]);
    expect(valuesAtPath(doc, parsePath('a.1.b'))).toStrictEqual([undefined, undefined, undefined, [int(2), int(3)]]);
    expect(valuesAtPath(doc, parsePath('x.y'))).toStrictEqual([undefined]);
    expect(valuesAtPath({ a: [] }, parsePath('a.b'))).toStrictEqual([]);
    expect(valuesAtPath({ a: [1, 2] }, parsePath('a.b'))).toStrictEqual([]);
  });

  it('should test an array reached by position whole', () => {
    const isOne = (value: unknown): boolean => value === 1;
    expect(anyAtPath({ n: [[1, 2]] }, parsePath('n.0'), true, isOne)).toBe(false);
    expect(anyAtPath({ n: [1, 2] }, parsePath('n'), true, isOne)).toBe(true);
    expect(anyAtPath({ n: [[1, 2]] }, parsePath('n.0.0'), true, isOne)).toBe(true);
  });
});
