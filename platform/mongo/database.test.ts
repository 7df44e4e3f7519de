import { Schema } from 'mongoose';
import { openTestDatabase } from '../testing/test-database';
import { isDuplicateKey } from './database';
import { modelOf } from './model';

interface Item {
  _id: string;
  number: string;
  n: number;
}

describe('the database of a subgraph', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  const schema = new Schema<Item>({ _id: String, number: String, n: Number }).index({ number: 1 }, { unique: true });
  const items = () => modelOf<Item>(database.connection, 'Item', schema);

  beforeAll(async () => {
    database = await openTestDatabase();
    await items().init();
  });
  afterAll(() => database.remove());
  beforeEach(() => items().deleteMany({}));

  const failure = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => {
        throw new Error('It should have failed.');
      },
      (error: unknown) => error,
    );

  it('should tell which unique key was taken, one write or many', async () => {
    await items().create([{ _id: 'a', number: '1', n: 0 }]);
    const single = await failure(items().create([{ _id: 'a', number: '2', n: 0 }]));
    const many = await failure(
      items().insertMany([
        { _id: 'b', number: '3', n: 0 },
        { _id: 'c', number: '1', n: 0 },
      ]),
    );
    expect([isDuplicateKey(single), isDuplicateKey(single, '_id'), isDuplicateKey(single, 'number')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([isDuplicateKey(many), isDuplicateKey(many, '_id'), isDuplicateKey(many, 'number')]).toEqual([
      true,
      false,
      true,
    ]);
    expect(isDuplicateKey(new Error('E11000 duplicate key'))).toBe(false);
  });

  it('should repeat transactions that met, so that no update is lost', async () => {
    await items().create([{ _id: 'a', number: '1', n: 0 }]);
    await Promise.all(
      Array.from({ length: 12 }, () =>
        database.transaction(async (session) => {
          const item = await items().findById('a').session(session).lean();
          await items().updateOne({ _id: 'a' }, { $set: { n: (item?.n ?? 0) + 1 } }, { session });
        }),
      ),
    );
    expect((await items().findById('a').lean())?.n).toBe(12);
  });

  it('should leave nothing of a transaction that threw', async () => {
    const failed = await failure(
      database.transaction(async (session) => {
        await items().create([{ _id: 'x', number: '9', n: 0 }], { session });
        throw new Error('no');
      }),
    );
    expect(failed).toEqual(new Error('no'));
    expect(await items().countDocuments()).toBe(0);
  });
});
