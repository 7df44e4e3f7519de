import { rmSync } from 'node:fs';
import { Int32 } from 'bson';
import fc from 'fast-check';
import type { Doc } from '../document/decode';
import { encodeDocument } from '../document/encode';
import { compileFilter, compileSort } from '../query';
import { Catalog } from '../storage/catalog';
import type { Collection } from '../storage/collection';
import { Store } from '../storage/store';
import { tempDir } from '../testing/test-server';
import { makePlan } from './planner';
import { readPlan } from './read-plan';

const dataDir = tempDir();
const store = new Store(dataDir, 'relaxed');
const catalog = new Catalog(store);

afterAll(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const small = fc.oneof(
  fc.integer({ min: 0, max: 4 }).map((value) => new Int32(value)),
  fc.constantFrom('a', 'b', ''),
  fc.constant(null),
  fc.constant(new Date(5)),
);
const field = fc.oneof(
  { weight: 4, arbitrary: small },
  fc.array(small, { maxLength: 3 }),
  fc.array(fc.record({ b: small }), { maxLength: 2 }),
  fc.record({ b: small }),
);
const doc = fc.record({ a: field, c: field, d: small }, { requiredKeys: [], noNullPrototype: true });

const condition = fc.oneof(
  { weight: 2, arbitrary: small },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$eq', '$ne'), small)
      .map(([operator, value]) => ({ [operator]: value })),
  },
  fc.tuple(small, small).map(([low, high]) => ({ $gte: low, $lt: high })),
  fc.array(small, { maxLength: 3 }).map((list) => ({ $in: list })),
  fc.array(small, { minLength: 1, maxLength: 2 }),
  fc.boolean().map((exists) => ({ $exists: exists })),
  fc.tuple(small, small).map(([low, high]) => ({ $elemMatch: { $gte: low, $lte: high } })),
  fc.constant({ $regex: '^a' }),
);
const simple = fc.dictionary(fc.constantFrom('a', 'a.b', 'c', 'd'), condition, {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
});
const filter = fc.oneof(
  { weight: 4, arbitrary: simple },
  fc.array(simple, { minLength: 1, maxLength: 3 }).map(($or) => ({ $or })),
  fc.tuple(simple, fc.array(simple, { minLength: 2, maxLength: 2 })).map(([rest, $and]) => ({ ...rest, $and })),
);
const direction = fc.constantFrom(new Int32(1), new Int32(-1));
const sort = fc.option(
  fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'c', 'd'), direction), {
      selector: ([path]) => path,
      minLength: 1,
      maxLength: 2,
    })
    .map((entries) => Object.fromEntries(entries)),
  { nil: undefined },
);
const index = fc
  .tuple(
    fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'a.b', 'd'), direction), {
      selector: ([path]) => path,
      minLength: 1,
      maxLength: 3,
    }),
    fc.constantFrom<Doc>(
      {},
      {},
      { sparse: true },
      { partialFilterExpression: { d: { $gt: new Int32(1) } } },
      { partialFilterExpression: { d: { $exists: true } } },
    ),
  )
  .map(([entries, options]) => ({ key: Object.fromEntries(entries), ...options }));

let made = 0;

/** The documents in a new collection under the indexes; indexes that cannot hold them are left out. */
function fill(docs: readonly Doc[], indexes: readonly Doc[]): Promise<Collection> {
  return store.write(() => {
    const collection = catalog.create(`test.c${++made}`, {});
    for (const [i, body] of docs.entries()) {
      const stored = { _id: new Int32(i), ...body };
      collection.insert(store, stored, encodeDocument(stored));
    }
    for (const [i, options] of indexes.entries()) {
      try {
        catalog.addIndex(collection, { ...options, name: `index${i}` });
      } catch (error) {
        expect(error).toMatchObject({ codeName: 'CannotIndexParallelArrays' });
      }
    }
    return collection;
  });
}

describe('reading by a plan', () => {
  it('should find what a look at every document finds, in the same order, whatever indexes there are', async () => {
    let usedIndex = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(doc, { maxLength: 12 }),
        fc.array(index, { maxLength: 3 }),
        fc.array(fc.tuple(filter, sort), { minLength: 5, maxLength: 5 }),
        async (docs, indexes, queries) => {
          const collection = await fill(docs, indexes);
          for (const [wanted, order] of queries) {
            const matches = compileFilter(wanted);
            const plan = makePlan(collection, {
              filter: wanted,
              sort: order,
              hint: undefined,
              collated: false,
              count: (range, enough) => store.count(range, enough),
              sequence: Number.POSITIVE_INFINITY,
            });
            if (plan.kind !== 'collection') usedIndex++;
            const found = [...readPlan(store, collection, plan)].map((stored) => stored.doc).filter(matches);
            const all = [...readPlan(store, collection, { kind: 'collection', reverse: false })]
              .map((stored) => stored.doc)
              .filter(matches);
            expect(ids(found).sort()).toEqual(ids(all).sort());
            if (order !== undefined && plan.kind === 'index' && plan.sorted) expectSorted(found, order);
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(usedIndex).toBeGreaterThan(200);
  });
});

function ids(docs: readonly Doc[]): number[] {
  return docs.map(({ _id }) => (_id as Int32).value);
}

function expectSorted(docs: readonly Doc[], order: Doc): void {
  const compare = compileSort(order);
  for (let i = 1; i < docs.length; i++) expect(compare(docs[i - 1] as Doc, docs[i] as Doc)).toBeLessThanOrEqual(0);
}
