import { type Item, startTestServer, type TestServer } from './testing/test-server';

let test: TestServer;

beforeAll(async () => {
  test = await startTestServer({ expireEveryMs: 100 });
});

afterAll(() => test.stop());

beforeEach(async () => {
  await test.connection.dropDatabase();
});

function items() {
  return test.connection.collection<Item>('items');
}

interface Stage {
  readonly stage: string;
  readonly indexName?: string;
  readonly inputStage?: Stage;
  readonly inputStages?: Stage[];
}

/** "IXSCAN name", "COLLSCAN" and so on, from the top of the plan to its bottom. */
async function planOf(
  filter: object,
  options: { sort?: Record<string, 1 | -1>; hint?: string } = {},
): Promise<string[]> {
  const { queryPlanner } = await items().find(filter, options).explain();
  const names: string[] = [];
  const visit = (stage: Stage): void => {
    names.push(stage.indexName === undefined ? stage.stage : `${stage.stage} ${stage.indexName}`);
    for (const inner of [stage.inputStage ?? [], stage.inputStages ?? []].flat()) visit(inner);
  };
  visit(queryPlanner.winningPlan as Stage);
  return names;
}

async function examined(filter: object, sort: Record<string, 1 | -1> = {}): Promise<number> {
  const { executionStats } = await items().find(filter).sort(sort).explain('executionStats');
  return executionStats.totalDocsExamined;
}

describe('indexes', () => {
  it('should refuse a duplicate with the index, the fields and the values', async () => {
    await items().createIndex({ shop: 1, 'price.amount': -1 }, { unique: true, name: 'once' });
    await items().insertOne({ _id: 1, shop: 'a', price: { amount: 5 } });
    await expect(items().insertOne({ _id: 2, shop: 'a', price: { amount: 5 } })).rejects.toMatchObject({
      code: 11000,
      message: 'E11000 duplicate key error collection: test.items index: once dup key: { shop: "a", price.amount: 5 }',
      keyPattern: { shop: 1, 'price.amount': -1 },
      keyValue: { shop: 'a', 'price.amount': 5 },
    });
    await items().insertOne({ _id: 2, shop: 'a', price: { amount: 6 } });
    await expect(items().updateOne({ _id: 2 }, { $set: { 'price.amount': 5 } })).rejects.toMatchObject({ code: 11000 });
    expect(await items().findOne({ _id: 2 })).toEqual({ _id: 2, shop: 'a', price: { amount: 6 } });
  });

  it('should count a missing field as null in a unique index, unless the index is sparse or partial', async () => {
    await items().createIndex({ email: 1 }, { unique: true });
    await items().insertOne({ _id: 1 });
    await expect(items().insertOne({ _id: 2 })).rejects.toMatchObject({ code: 11000, keyValue: { email: null } });
    await items().dropIndexes();
    await items().createIndex({ email: 1 }, { unique: true, sparse: true });
    await items().createIndex({ phone: 1 }, { unique: true, partialFilterExpression: { active: true } });
    await items().insertMany([
      { _id: 2, phone: 5 },
      { _id: 3, phone: 5 },
      { _id: 4, phone: 5, active: true },
    ]);
    await expect(items().updateOne({ _id: 3 }, { $set: { active: true } })).rejects.toMatchObject({
      code: 11000,
      keyValue: { phone: 5 },
    });
    await items().updateOne({ _id: 4 }, { $set: { active: false } });
    await items().updateOne({ _id: 3 }, { $set: { active: true } });
  });

  it('should refuse to build a unique index over duplicates, and leave no trace of it', async () => {
    await items().insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
    ]);
    await expect(items().createIndex({ a: 1 }, { unique: true })).rejects.toMatchObject({ code: 11000 });
    expect(await items().indexes()).toHaveLength(1);
    await items().createIndex({ a: 1 });
    expect(await planOf({ a: 1 })).toEqual(['FETCH', 'IXSCAN a_1']);
  });

  it('should not confuse long integers that are the same double', async () => {
    await items().createIndex({ n: 1 }, { unique: true });
    await items().insertMany([
      { _id: 1, n: 9007199254740992n },
      { _id: 2, n: 9007199254740993n },
    ]);
    expect(
      await items()
        .find({ n: 9007199254740993n })
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([2]);
  });

  it('should keep long strings apart and found', async () => {
    await items().createIndex({ s: 1 }, { unique: true });
    const long = 'x'.repeat(5000);
    await items().insertMany([
      { _id: 1, s: `${long}a` },
      { _id: 2, s: `${long}b` },
    ]);
    await expect(items().insertOne({ _id: 3, s: `${long}a` })).rejects.toMatchObject({ code: 11000 });
    expect(
      await items()
        .find({ s: `${long}b` })
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([2]);
    expect(
      await items()
        .find({ s: { $gt: `${long}a` } })
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([2]);
    expect(
      await items()
        .find()
        .sort({ s: -1 })
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([2, 1]);
  });

  it('should read no more than it needs', async () => {
    await items().insertMany(
      Array.from({ length: 500 }, (_, i) => ({
        _id: i,
        a: i % 10,
        b: i,
        tags: [`t${i % 7}`, `u${i % 5}`],
        c: { d: i },
      })),
    );
    await items().createIndex({ a: 1, b: -1 });
    await items().createIndex({ tags: 1 });
    await items().createIndex({ 'c.d': 1 }, { partialFilterExpression: { a: { $gte: 5 } } });
    expect(await planOf({ _id: 3 })).toEqual(['IDHACK _id_']);
    expect(await planOf({ a: 3 }, { sort: { b: -1 } })).toEqual(['FETCH', 'IXSCAN a_1_b_-1']);
    expect(await planOf({ a: 3 }, { sort: { b: 1 } })).toEqual(['FETCH', 'IXSCAN a_1_b_-1']);
    expect(await planOf({ a: { $in: [1, 2] } }, { sort: { b: 1 } })).toEqual(['SORT', 'FETCH', 'IXSCAN a_1_b_-1']);
    expect(await planOf({}, { sort: { a: -1, b: 1 } })).toEqual(['FETCH', 'IXSCAN a_1_b_-1']);
    expect(await planOf({ b: 3 })).toEqual(['COLLSCAN']);
    expect(await planOf({ tags: { $all: ['t1', 'u2'] } })).toEqual(['FETCH', 'IXSCAN tags_1']);
    expect(await planOf({ 'c.d': 7, a: 7 })).toEqual(['FETCH', 'IXSCAN c.d_1']);
    expect(await planOf({ 'c.d': 7 })).toEqual(['COLLSCAN']);
    expect(await planOf({ $or: [{ _id: 1 }, { tags: 't2' }] })).toEqual([
      'FETCH',
      'OR',
      'FETCH',
      'IXSCAN _id_',
      'FETCH',
      'IXSCAN tags_1',
    ]);
    expect(await examined({ a: 3, b: { $gte: 400 } })).toBe(10);
    expect(await examined({ tags: 't3' })).toBe(71);
    expect(
      await items()
        .find({ a: 3, b: { $gte: 400 } })
        .toArray(),
    ).toHaveLength(10);
  });

  it('should take an index by hint and refuse one that does not exist', async () => {
    await items().insertMany([{ _id: 1, a: 1 }, { _id: 2 }]);
    await items().createIndex({ a: 1 }, { sparse: true });
    expect(await items().find({}, { hint: 'a_1' }).toArray()).toHaveLength(1);
    await expect(items().find({}, { hint: 'nope' }).toArray()).rejects.toMatchObject({ code: 2 });
  });

  it('should report a second index that contradicts the first', async () => {
    await items().createIndex({ a: 1 }, { name: 'first' });
    expect(await items().createIndex({ a: 1 }, { name: 'first' })).toBe('first');
    await expect(items().createIndex({ a: 1 }, { name: 'second' })).rejects.toMatchObject({
      code: 85,
      codeName: 'IndexOptionsConflict',
    });
    await expect(items().createIndex({ b: 1 }, { name: 'first' })).rejects.toMatchObject({
      code: 86,
      codeName: 'IndexKeySpecsConflict',
    });
    await expect(items().createIndex({ a: 1 }, { name: 'first', unique: true })).rejects.toMatchObject({ code: 86 });
    await expect(items().createIndex({ t: 'text' })).rejects.toMatchObject({ code: 238 });
    await expect(items().createIndex({ t: '2dsphere' })).rejects.toMatchObject({ code: 238 });
    await expect(items().dropIndex('nope')).rejects.toMatchObject({ code: 27, codeName: 'IndexNotFound' });
    await expect(test.connection.collection('missing').indexes()).rejects.toMatchObject({
      code: 26,
      codeName: 'NamespaceNotFound',
    });
  });

  it('should refuse two arrays in one compound index', async () => {
    await items().createIndex({ a: 1, b: 1 });
    await expect(items().insertOne({ _id: 1, a: [1], b: [2] })).rejects.toMatchObject({ code: 171 });
    await items().insertOne({ _id: 1, a: [1, 2], b: 2 });
    expect(await items().find({ a: 2, b: 2 }).toArray()).toHaveLength(1);
  });

  it('should remove documents past their TTL and keep the rest', async () => {
    await items().createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    await items().insertMany([
      { _id: 1, at: new Date(0) },
      { _id: 2, at: new Date(Date.now() + 3_600_000) },
      { _id: 3, at: 'never' },
      { _id: 4 },
    ]);
    while ((await items().countDocuments()) > 3) await test.connection.db?.command({ ping: 1 });
    expect(await items().distinct('_id')).toEqual([2, 3, 4]);
    await test.connection.db?.command({ collMod: 'items', index: { name: 'at_1', expireAfterSeconds: 1 } });
    expect((await items().indexes())[1]).toMatchObject({ name: 'at_1', expireAfterSeconds: 1 });
  });

  it('should keep every index in step with its collection through all kinds of changes', async () => {
    await items().createIndexes([
      { key: { a: 1 } },
      { key: { 'list.x': 1, b: -1 } },
      { key: { b: 1 }, sparse: true },
      { key: { s: 1 }, unique: true, sparse: true },
    ]);
    for (let i = 0; i < 60; i++) {
      const filter = { _id: i % 20 };
      if (i % 3 === 0)
        await items().updateOne(filter, { $set: { a: i, list: [{ x: i }, { x: i + 1 }] } }, { upsert: true });
      else
        await items().updateOne(
          filter,
          { $push: { list: { x: i } } as never, $set: { s: `s${i}` }, $unset: { b: 1 } },
          { upsert: true },
        );
      if (i % 7 === 0) await items().deleteOne({ _id: i % 20 });
      if (i % 5 === 0) await items().replaceOne({ _id: i % 20 }, { b: i, list: [] }, { upsert: true });
    }
    expect(await test.connection.db?.command({ validate: 'items' })).toMatchObject({ valid: true, errors: [] });
  });
});
