import fc from 'fast-check';
import { GraphQLError } from 'graphql';
import { copyOf, copyOfError, copyOfResult } from './copies';

/** Every object and list in a value. */
function partsOf(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(partsOf)];
}

describe('copyOf', () => {
  it('should give equal values that share nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = copyOf(value);
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
        const originals = new Set(partsOf(value));
        expect(partsOf(copy).filter((part) => originals.has(part))).toEqual([]);
      }),
    );
  });

  it('should keep a key __proto__ a key', () => {
    const value: unknown = JSON.parse('{"__proto__": {"a": [1]}}');
    const copy = copyOf(value);
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"a":[1]}}');
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });
});

describe('copyOfResult', () => {
  it('should keep what is absent absent and null null', () => {
    expect(Object.keys(copyOfResult({ errors: [new GraphQLError('no')] }))).toEqual(['errors']);
    expect(copyOfResult({ data: null })).toStrictEqual({ data: null });
    expect(copyOfResult({ data: { a: 1 }, extensions: { b: [2] } })).toStrictEqual({
      data: { a: 1 },
      extensions: { b: [2] },
    });
  });
});

describe('copyOfError', () => {
  it('should keep message, path, extensions and cause, in objects of its own', () => {
    const cause = new Error('deep');
    const error = new GraphQLError('no', {
      path: ['a', 0],
      extensions: { code: 'X', more: [1] },
      originalError: cause,
    });
    const copy = copyOfError(error);
    expect(copy).toBeInstanceOf(GraphQLError);
    expect(copy.toJSON()).toEqual({ message: 'no', path: ['a', 0], extensions: { code: 'X', more: [1] } });
    expect(copy.originalError).toBe(cause);
    expect(copy).not.toBe(error);
    expect(copy.path).not.toBe(error.path);
    expect(copy.extensions['more']).not.toBe(error.extensions['more']);
  });
});
