import { mongo, Schema, Types } from 'mongoose';
import { type Item, startTestServer, type TestServer } from './testing/test-server';

let test: TestServer;

beforeAll(async () => {
  test = await startTestServer();
});

afterAll(() => test.stop());

beforeEach(async () => {
  await test.connection.dropDatabase();
});

function docs(name = 'docs') {
  return test.connection.collection<Item>(name);
}

describe('documents through mongoose', () => {
  it('should save, find, change and remove a model with references and timestamps', async () => {
    const { connection } = test;
    const Shop = connection.model('Shop', new Schema({ name: { type: String, required: true } }));
    const Order = connection.model(
      'Order',
      new Schema(
        {
          shop: { type: Schema.Types.ObjectId, ref: 'Shop' },
          lines: [{ sku: String, quantity: Number }],
          total: Schema.Types.Decimal128,
        },
        { timestamps: true, optimisticConcurrency: true },
      ),
    );
    const shop = await Shop.create({ name: '团购' });
    const order = await Order.create({
      shop: shop._id,
      lines: [{ sku: 'a', quantity: 2 }],
      total: mongo.BSON.Decimal128.fromString('12.50'),
    });
    const found = await Order.findById(order._id).populate<{ shop: { name: string } }>('shop');
    expect(found?.shop.name).toBe('团购');
    expect(found?.total?.toString()).toBe('12.50');
    order.lines.push({ sku: 'b', quantity: 1 });
    await order.save();
    expect((await Order.findOne({ 'lines.sku': 'b' }).lean())?.lines).toHaveLength(2);
    await Order.deleteOne({ _id: order._id });
    expect(await Order.countDocuments()).toBe(0);
    connection.deleteModel(/.*/);
  });

  it('should keep the type of every number and of what is no number', async () => {
    const { Long, Double, Int32, Decimal128, Binary, Timestamp, MinKey } = mongo.BSON;
    const stored = {
      _id: new Int32(1),
      long: Long.fromString('9007199254740993'),
      whole: new Double(3),
      decimal: Decimal128.fromString('1.500'),
      bytes: new Binary(Buffer.from('x'), 0),
      time: new Timestamp({ t: 5, i: 6 }),
      min: new MinKey(),
    };
    await docs().insertOne(stored as never);
    const [raw] = await docs().find({}, { promoteValues: false, promoteLongs: false }).toArray();
    expect(mongo.BSON.EJSON.stringify(raw, { relaxed: false })).toBe(
      mongo.BSON.EJSON.stringify(stored, { relaxed: false }),
    );
    await docs().updateOne({}, { $inc: { long: 1, whole: 1 } });
    const [after] = await docs().find({}, { promoteValues: false, promoteLongs: false }).toArray();
    expect(mongo.BSON.EJSON.stringify({ long: after?.['long'], whole: after?.['whole'] }, { relaxed: false })).toBe(
      '{"long":{"$numberLong":"9007199254740994"},"whole":{"$numberDouble":"4.0"}}',
    );
  });

  it('should return documents without a sort in the order they were inserted', async () => {
    await docs().insertMany([{ _id: 'b' }, { _id: 'a' }, { _id: 'c' }]);
    await docs().updateOne({ _id: 'b' }, { $set: { text: 'x'.repeat(5000) } });
    expect(await docs().distinct('_id')).toEqual(['b', 'a', 'c']);
    expect((await docs().find().sort({ $natural: -1 }).toArray()).map(({ _id }) => _id)).toEqual(['c', 'a', 'b']);
  });

  it('should hand out a large result in batches, none twice and none left out, while others write', async () => {
    await docs().insertMany(Array.from({ length: 1500 }, (_, i) => ({ _id: i, n: i % 10, text: 'x'.repeat(100) })));
    await docs().createIndex({ n: 1 });
    const seen: unknown[] = [];
    for await (const doc of docs().find({ n: { $gte: 5 } }, { batchSize: 40 })) {
      seen.push(doc._id);
      if (seen.length === 100) await docs().deleteMany({ n: 0 });
    }
    expect(seen).toHaveLength(750);
    expect(new Set(seen).size).toBe(750);
    const sorted = await docs().find().sort({ text: 1, _id: -1 }).skip(10).limit(205).batchSize(50).toArray();
    expect(sorted.map(({ _id }) => _id)).toEqual(
      Array.from({ length: 1500 }, (_, i) => 1499 - i)
        .filter((i) => i % 10 !== 0)
        .slice(10, 215),
    );
  });

  it('should send results larger than one message in several', async () => {
    await docs().insertMany(Array.from({ length: 20 }, (_, i) => ({ _id: i, text: 'x'.repeat(1_500_000) })));
    expect(await docs().find().toArray()).toHaveLength(20);
  });

  it('should close a cursor that is killed', async () => {
    await docs().insertMany(Array.from({ length: 300 }, (_, i) => ({ _id: i })));
    const { db } = test.connection;
    const reply = await db?.command({ find: 'docs', batchSize: 2 }, { promoteLongs: false });
    const id = reply?.['cursor'].id;
    expect(await db?.command({ getMore: id, collection: 'docs', batchSize: 3 })).toMatchObject({
      cursor: { nextBatch: [{ _id: 2 }, { _id: 3 }, { _id: 4 }] },
    });
    expect(await db?.command({ killCursors: 'docs', cursors: [id] }, { promoteLongs: false })).toMatchObject({
      cursorsKilled: [id],
      cursorsNotFound: [],
    });
    await expect(db?.command({ getMore: id, collection: 'docs' })).rejects.toMatchObject({
      code: 43,
      codeName: 'CursorNotFound',
    });
  });

  it('should upsert from the filter, once', async () => {
    const first = await docs().updateOne(
      { _id: 'k', kind: { $eq: 'x' } },
      { $inc: { n: 1 }, $setOnInsert: { made: true } },
      { upsert: true },
    );
    expect(first).toMatchObject({ upsertedCount: 1, upsertedId: 'k', matchedCount: 0 });
    await docs().updateOne({ _id: 'k' }, { $inc: { n: 1 }, $setOnInsert: { made: false } }, { upsert: true });
    expect(await docs().find().toArray()).toEqual([{ _id: 'k', kind: 'x', n: 2, made: true }]);
  });

  it('should count what matched and what changed', async () => {
    await docs().insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
      { _id: 3, a: 2 },
    ]);
    expect(await docs().updateMany({ a: { $gte: 1 } }, { $set: { a: 2 } })).toMatchObject({
      matchedCount: 3,
      modifiedCount: 1,
    });
    expect(await docs().deleteMany({ a: 2 })).toMatchObject({ deletedCount: 3 });
  });

  it('should find and modify with sort, projection, upsert and removal', async () => {
    await docs().insertMany([
      { _id: 1, n: 5, s: 'a' },
      { _id: 2, n: 7, s: 'b' },
    ]);
    expect(
      await docs().findOneAndUpdate(
        {},
        { $inc: { n: 1 } },
        { sort: { n: -1 }, projection: { n: 1, _id: 0 }, returnDocument: 'after' },
      ),
    ).toEqual({ n: 8 });
    expect(await docs().findOneAndUpdate({ _id: 1 }, { $set: { n: 0 } })).toEqual({ _id: 1, n: 5, s: 'a' });
    expect(await docs().findOneAndReplace({ _id: 1 }, { s: 'z' }, { returnDocument: 'after' })).toEqual({
      _id: 1,
      s: 'z',
    });
    expect(await docs().findOneAndDelete({ s: 'z' })).toEqual({ _id: 1, s: 'z' });
    expect(
      await docs().findOneAndUpdate({ _id: 9 }, { $set: { n: 9 } }, { upsert: true, returnDocument: 'after' }),
    ).toEqual({ _id: 9, n: 9 });
    expect(await docs().findOneAndUpdate({ _id: 404 }, { $set: { n: 9 } })).toBeNull();
  });

  it('should stop an ordered insert at the first error and go on with an unordered one', async () => {
    await docs().insertOne({ _id: 2 });
    const ordered = await docs()
      .insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }])
      .catch((error: unknown) => error);
    expect(ordered).toMatchObject({
      code: 11000,
      insertedCount: 1,
      message: 'E11000 duplicate key error collection: test.docs index: _id_ dup key: { _id: 2 }',
    });
    const unordered = await docs()
      .insertMany([{ _id: 1 }, { _id: 4 }, { _id: 2 }, { _id: 5 }], { ordered: false })
      .catch((error: unknown) => error);
    expect(unordered).toMatchObject({ code: 11000, insertedCount: 2 });
    expect((unordered as mongo.MongoBulkWriteError).writeErrors).toMatchObject([
      { index: 0, code: 11000 },
      { index: 2, code: 11000 },
    ]);
    expect(await docs().countDocuments()).toBe(4);
  });

  it('should aggregate over an indexed match, join a second collection and write a third', async () => {
    await docs('orders').insertMany([
      { _id: 1, sku: 'a', n: 2 },
      { _id: 2, sku: 'b', n: 1 },
      { _id: 3, sku: 'a', n: 5 },
    ]);
    await docs('items').insertMany([
      { _id: 'a', name: 'Apple' },
      { _id: 'b', name: 'Bread' },
    ]);
    const pipeline = [
      { $match: { n: { $gte: 1 } } },
      { $group: { _id: '$sku', total: { $sum: '$n' } } },
      { $lookup: { from: 'items', localField: '_id', foreignField: '_id', as: 'item' } },
      { $project: { total: 1, name: { $first: '$item.name' } } },
      { $sort: { _id: 1 } },
    ];
    const expected = [
      { _id: 'a', total: 7, name: 'Apple' },
      { _id: 'b', total: 1, name: 'Bread' },
    ];
    expect(await docs('orders').aggregate(pipeline).toArray()).toEqual(expected);
    await docs('orders')
      .aggregate([...pipeline, { $out: 'totals' }])
      .toArray();
    expect(await docs('totals').find().toArray()).toEqual(expected);
    await docs('orders')
      .aggregate([{ $match: { _id: 2 } }, { $project: { _id: '$sku', extra: { $literal: 1 } } }, { $merge: 'totals' }])
      .toArray();
    expect(await docs('totals').findOne({ _id: 'b' })).toEqual({ _id: 'b', total: 1, name: 'Bread', extra: 1 });
  });

  it('should leave the old content when $out fails', async () => {
    await docs('from').insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 1 },
    ]);
    await docs('into').createIndex({ n: 1 }, { unique: true });
    await docs('into').insertOne({ _id: 'old' });
    await expect(
      docs('from')
        .aggregate([{ $out: 'into' }])
        .toArray(),
    ).rejects.toMatchObject({ code: 11000 });
    expect(await docs('into').find().toArray()).toEqual([{ _id: 'old' }]);
    expect(await test.connection.db?.command({ validate: 'into' })).toMatchObject({ valid: true });
  });

  it('should compare without case under a collation, found or not by an index', async () => {
    await docs().insertMany([
      { _id: 1, s: 'Tea' },
      { _id: 2, s: 'tea' },
      { _id: 3, s: 'coffee' },
    ]);
    await docs().createIndex({ s: 1 });
    const collation = { locale: 'en', strength: 2 } as const;
    expect(await docs().countDocuments({ s: 'TEA' }, { collation })).toBe(2);
    expect(
      await docs()
        .find({})
        .collation(collation)
        .sort({ s: 1, _id: -1 })
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([3, 2, 1]);
  });

  it('should name unknown commands, options and operators the way MongoDB does', async () => {
    const { db } = test.connection;
    await expect(db?.command({ noSuchThing: 1 })).rejects.toMatchObject({ code: 59, codeName: 'CommandNotFound' });
    await expect(db?.command({ find: 'docs', notAnOption: 1 })).rejects.toMatchObject({
      code: 40415,
      message: "BSON field 'find.notAnOption' is an unknown field.",
    });
    await expect(db?.command({ find: 'docs', tailable: true })).rejects.toMatchObject({ code: 238 });
    await docs().insertOne({ _id: 1 });
    await expect(
      docs()
        .find({ a: { $nope: 1 } })
        .toArray(),
    ).rejects.toMatchObject({ code: 2 });
    await expect(docs().updateOne({ _id: 1 }, { $set: { _id: 2 } })).rejects.toMatchObject({ code: 66 });
    await expect(docs().insertOne({ _id: [1] as never })).rejects.toMatchObject({ code: 2 });
    await expect(
      test.connection.collection('docs').insertOne({ _id: new Types.ObjectId(), big: 'x'.repeat(17_000_000) }),
    ).rejects.toThrow();
  });

  it('should list, rename and drop collections and databases', async () => {
    await docs('b').insertOne({ _id: 1 });
    await docs('a').insertOne({ _id: 1 });
    await expect(test.connection.createCollection('a', { validator: { n: 1 } })).rejects.toMatchObject({ code: 48 });
    expect((await test.connection.listCollections()).map(({ name }) => name)).toEqual(['a', 'b']);
    await docs('a').rename('c');
    expect(await docs('c').countDocuments()).toBe(1);
    await docs('b').drop();
    expect((await test.connection.listCollections()).map(({ name }) => name)).toEqual(['c']);
    expect((await test.connection.listDatabases()).databases).toMatchObject([{ name: 'test', empty: false }]);
    await test.connection.dropDatabase();
    expect((await test.connection.listDatabases()).databases).toEqual([]);
  });

  it('should hold documents to the validator of their collection', async () => {
    await test.connection.createCollection('strict', {
      validator: { $jsonSchema: { required: ['name'], properties: { name: { bsonType: 'string' } } } },
    });
    await docs('strict').insertOne({ _id: 1, name: 'ok' });
    await expect(docs('strict').insertOne({ _id: 2 })).rejects.toMatchObject({
      code: 121,
      message: 'Document failed validation',
    });
    await expect(docs('strict').updateOne({ _id: 1 }, { $set: { name: 5 } })).rejects.toMatchObject({ code: 121 });
    await docs('strict').insertOne({ _id: 3 }, { bypassDocumentValidation: true });
    expect(await docs('strict').countDocuments()).toBe(2);
  });
});
