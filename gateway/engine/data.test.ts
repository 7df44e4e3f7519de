import { type Data, mergeInto } from './data';

const NONE: ReadonlySet<unknown> = new Set();

describe('merging what subgraphs say of one object', () => {
  it('should merge objects and lists of equal length in depth, and let the later word stand otherwise', () => {
    const target: Data = { id: 1, owner: { name: 'Mei' }, items: [{ a: 1 }, null], tags: ['a'], lost: null };
    mergeInto(
      target,
      { owner: { age: 4 }, items: [{ b: 2 }, { b: 3 }], tags: ['b', 'c'], lost: {}, id: undefined },
      NONE,
    );
    expect(target).toEqual({
      id: 1,
      owner: { name: 'Mei', age: 4 },
      items: [{ a: 1, b: 2 }, { b: 3 }],
      tags: ['b', 'c'],
      lost: {},
    });
  });

  it("should not let an interface's name replace that of an object's type", () => {
    const target: Data = { __typename: 'Book', shelf: { __typename: 'Media' } };
    mergeInto(target, { __typename: 'Media', shelf: { __typename: 'Book' } }, new Set(['Media']));
    expect(target).toEqual({ __typename: 'Book', shelf: { __typename: 'Book' } });
  });

  it('should never write to what every object inherits', () => {
    const target: Data = {};
    mergeInto(
      target,
      JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as Data,
      NONE,
    );
    expect(({} as Data)['polluted']).toBeUndefined();
    expect(Object.keys(target)).toEqual(['constructor']);
  });
});
