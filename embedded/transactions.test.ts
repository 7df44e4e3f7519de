import { type ClientSession, type Connection, mongo } from 'mongoose';
import { startTestServer, type TestServer } from './testing/test-server';

let test: TestServer;
let connection: Connection;

beforeAll(async () => {
  // With real flushes, so that writes are under way long enough to meet each other.
  test = await startTestServer({ durability: 'fsync' });
  connection = test.connection;
});

afterAll(() => test.stop());

beforeEach(async () => {
  await connection.dropDatabase();
});

interface Account {
  _id: number;
  balance: number;
}

function accounts() {
  return connection.collection<Account>('accounts');
}

async function session(): Promise<ClientSession> {
  return connection.startSession();
}

/** Runs a body in an open transaction that is then left to the caller. */
async function begin(): Promise<ClientSession> {
  const opened = await session();
  opened.startTransaction();
  return opened;
}

describe('transactions', () => {
  it('should show its writes to itself at once and to others when it commits', async () => {
    await accounts().insertOne({ _id: 1, balance: 10 });
    const own = await begin();
    await accounts().updateOne({ _id: 1 }, { $inc: { balance: 5 } }, { session: own });
    await accounts().insertOne({ _id: 2, balance: 7 }, { session: own });
    const inside = await accounts()
      .find({}, { session: own, sort: { balance: 1 } })
      .toArray();
    expect(inside).toEqual([
      { _id: 2, balance: 7 },
      { _id: 1, balance: 15 },
    ]);
    const [sum] = await accounts()
      .aggregate([{ $group: { _id: null, sum: { $sum: '$balance' } } }], { session: own })
      .toArray();
    expect(sum).toEqual({ _id: null, sum: 22 });
    expect(await accounts().countDocuments({ balance: { $gt: 1 } }, { session: own })).toBe(2);
    expect(await accounts().find().toArray()).toEqual([{ _id: 1, balance: 10 }]);
    await own.commitTransaction();
    expect(await accounts().find().toArray()).toEqual([
      { _id: 1, balance: 15 },
      { _id: 2, balance: 7 },
    ]);
    await own.endSession();
  });

  it('should leave nothing behind when it aborts', async () => {
    await accounts().createIndex({ balance: 1 }, { unique: true });
    await accounts().insertOne({ _id: 1, balance: 10 });
    const own = await begin();
    await accounts().deleteOne({ _id: 1 }, { session: own });
    await accounts().insertOne({ _id: 2, balance: 10 }, { session: own });
    await own.abortTransaction();
    await own.endSession();
    expect(await accounts().find().toArray()).toEqual([{ _id: 1, balance: 10 }]);
    await accounts().insertOne({ _id: 2, balance: 11 });
    expect(await connection.db?.command({ validate: 'accounts' })).toMatchObject({ valid: true, nrecords: 2 });
  });

  it('should keep reading the moment it began while others commit, through an index too', async () => {
    await accounts().createIndex({ balance: 1 });
    await accounts().insertMany([
      { _id: 1, balance: 1 },
      { _id: 2, balance: 2 },
    ]);
    const own = await begin();
    expect(await accounts().countDocuments({}, { session: own })).toBe(2);
    await accounts().updateOne({ _id: 1 }, { $set: { balance: 100 } });
    await accounts().insertOne({ _id: 3, balance: 3 });
    await accounts().deleteOne({ _id: 2 });
    expect(
      await accounts()
        .find({ balance: { $gte: 0 } }, { session: own })
        .toArray(),
    ).toEqual([
      { _id: 1, balance: 1 },
      { _id: 2, balance: 2 },
    ]);
    await own.commitTransaction();
    await own.endSession();
    expect(await accounts().countDocuments()).toBe(2);
  });

  it('should refuse the second of two transactions that write one document', async () => {
    await accounts().insertOne({ _id: 1, balance: 0 });
    const first = await begin();
    const second = await begin();
    await accounts().updateOne({ _id: 1 }, { $inc: { balance: 1 } }, { session: first });
    const refused = await accounts()
      .updateOne({ _id: 1 }, { $inc: { balance: 1 } }, { session: second })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(mongo.MongoServerError);
    expect(refused).toMatchObject({ code: 112, codeName: 'WriteConflict', errorLabels: ['TransientTransactionError'] });
    await first.commitTransaction();
    await second.abortTransaction();
    await Promise.all([first.endSession(), second.endSession()]);
    expect(await accounts().findOne({ _id: 1 })).toEqual({ _id: 1, balance: 1 });
  });

  it('should refuse to write over what is newer than its snapshot', async () => {
    await accounts().insertOne({ _id: 1, balance: 0 });
    const own = await begin();
    expect(await accounts().findOne({ _id: 1 }, { session: own })).toEqual({ _id: 1, balance: 0 });
    await accounts().updateOne({ _id: 1 }, { $inc: { balance: 5 } });
    await expect(accounts().updateOne({ _id: 1 }, { $inc: { balance: 1 } }, { session: own })).rejects.toMatchObject({
      code: 112,
    });
    await own.abortTransaction();
    await own.endSession();
  });

  it('should give one of two transactions the unique key they both insert', async () => {
    await accounts().createIndex({ balance: 1 }, { unique: true });
    const first = await begin();
    const second = await begin();
    await accounts().insertOne({ _id: 1, balance: 5 }, { session: first });
    await expect(accounts().insertOne({ _id: 2, balance: 5 }, { session: second })).rejects.toMatchObject({
      code: 112,
    });
    await first.commitTransaction();
    await second.abortTransaction();
    await Promise.all([first.endSession(), second.endSession()]);
    expect(await accounts().find().toArray()).toEqual([{ _id: 1, balance: 5 }]);
  });

  it('should report a duplicate key against committed and own documents as 11000 and end there', async () => {
    await accounts().insertOne({ _id: 1, balance: 0 });
    const own = await begin();
    await accounts().insertOne({ _id: 2, balance: 0 }, { session: own });
    await expect(accounts().insertOne({ _id: 2, balance: 0 }, { session: own })).rejects.toMatchObject({
      code: 11000,
      keyValue: { _id: 2 },
    });
    await expect(accounts().findOne({}, { session: own })).rejects.toMatchObject({
      code: 251,
      errorLabels: ['TransientTransactionError'],
    });
    await own.abortTransaction();
    await own.endSession();
    expect(await accounts().countDocuments()).toBe(1);
  });

  it('should let a plain write wait for the transaction that holds its document', async () => {
    await accounts().insertOne({ _id: 1, balance: 1 });
    const own = await begin();
    await accounts().updateOne({ _id: 1 }, { $inc: { balance: 10 } }, { session: own });
    const order: string[] = [];
    const plain = accounts()
      .updateOne({ _id: 1 }, { $mul: { balance: 2 } })
      .then(() => order.push('plain'));
    // Another client's write goes through meanwhile, so the waiting one had its chance.
    await accounts().insertOne({ _id: 2, balance: 0 });
    order.push('commit');
    await own.commitTransaction();
    await plain;
    await own.endSession();
    expect(order).toEqual(['commit', 'plain']);
    expect(await accounts().findOne({ _id: 1 })).toEqual({ _id: 1, balance: 22 });
  });

  it('should let a statement about many documents wait in the middle and then finish', async () => {
    await accounts().insertMany(Array.from({ length: 1300 }, (_, i) => ({ _id: i, balance: 1 })));
    const own = await begin();
    await accounts().updateOne({ _id: 700 }, { $set: { balance: 5 } }, { session: own });
    const many = accounts().updateMany({ balance: { $gt: 0 } }, { $inc: { balance: 1 } });
    while ((await accounts().countDocuments({ balance: 2 })) < 700) await connection.db?.command({ ping: 1 });
    await own.commitTransaction();
    await own.endSession();
    expect(await many).toMatchObject({ matchedCount: 1300, modifiedCount: 1300 });
    expect(await accounts().countDocuments({ balance: 2 })).toBe(1299);
    expect(await accounts().findOne({ _id: 700 })).toEqual({ _id: 700, balance: 6 });
    expect(await accounts().deleteMany({})).toMatchObject({ deletedCount: 1300 });
  });

  it('should make a collection of its own only by committing', async () => {
    const own = await begin();
    await connection.collection('fresh').insertOne({ a: 1 }, { session: own });
    expect(await connection.listCollections()).toEqual([]);
    await own.commitTransaction();
    await own.endSession();
    expect((await connection.listCollections()).map(({ name }) => name)).toEqual(['fresh']);
    expect(await connection.collection('fresh').countDocuments()).toBe(1);
  });

  it('should not lose an increment when 8 workers change the same two documents', async () => {
    await accounts().insertMany([
      { _id: 1, balance: 0 },
      { _id: 2, balance: 0 },
    ]);
    const worker = async () => {
      const own = await session();
      for (let i = 0; i < 25; i++) {
        await own.withTransaction(async () => {
          await accounts().updateOne({ _id: 1 }, { $inc: { balance: 1 } }, { session: own });
          await accounts().updateOne({ _id: 2 }, { $inc: { balance: 1 } }, { session: own });
        });
      }
      await own.endSession();
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect(await accounts().find().toArray()).toEqual([
      { _id: 1, balance: 200 },
      { _id: 2, balance: 200 },
    ]);
  });

  it('should not lose an increment when plain writes and transactions change one document', async () => {
    await accounts().insertOne({ _id: 1, balance: 0 });
    const plain = async () => {
      for (let i = 0; i < 40; i++) await accounts().updateOne({ _id: 1 }, { $inc: { balance: 1 } });
    };
    const inTransactions = async () => {
      const own = await session();
      for (let i = 0; i < 20; i++) {
        await own.withTransaction(async () => {
          const found = await accounts().findOne({ _id: 1 }, { session: own });
          await accounts().updateOne({ _id: 1 }, { $set: { balance: (found?.balance ?? 0) + 1 } }, { session: own });
        });
      }
      await own.endSession();
    };
    await Promise.all([plain(), plain(), plain(), inTransactions(), inTransactions()]);
    expect(await accounts().findOne()).toEqual({ _id: 1, balance: 160 });
  });

  it('should keep the total while 4 workers move money at random, as every transaction reads it', async () => {
    const size = 12;
    await accounts().insertMany(Array.from({ length: size }, (_, i) => ({ _id: i, balance: 100 })));
    const totals = new Set<number>();
    const worker = async (seed: number) => {
      let state = seed;
      const random = (limit: number) => {
        state = (state * 1103515245 + 12345) % 2147483648;
        return (state >> 8) % limit;
      };
      const own = await session();
      for (let i = 0; i < 50; i++) {
        const from = random(size);
        const to = (from + 1 + random(size - 1)) % size;
        const amount = 1 + random(30);
        await own.withTransaction(async () => {
          const all = await accounts().find({}, { session: own }).toArray();
          totals.add(all.reduce((sum, { balance }) => sum + balance, 0));
          await accounts().updateOne({ _id: from }, { $inc: { balance: -amount } }, { session: own });
          await accounts().updateOne({ _id: to }, { $inc: { balance: amount } }, { session: own });
        });
      }
      await own.endSession();
    };
    const plainReads = async () => {
      for (let i = 0; i < 50; i++)
        totals.add((await accounts().find().toArray()).reduce((sum, { balance }) => sum + balance, 0));
    };
    await Promise.all([worker(1), worker(2), worker(3), worker(4), plainReads()]);
    expect([...totals]).toEqual([1200]);
  });

  it('should answer a repeated commit, and refuse what comes after it', async () => {
    const own = await begin();
    await accounts().insertOne({ _id: 1, balance: 0 }, { session: own });
    await own.commitTransaction();
    await own.commitTransaction();
    await own.endSession();
    expect(await accounts().countDocuments()).toBe(1);
  });

  it('should abort when its session ends, also for those who wait for it', async () => {
    await accounts().insertOne({ _id: 1, balance: 0 });
    const own = await begin();
    await accounts().updateOne({ _id: 1 }, { $set: { balance: 9 } }, { session: own });
    const waiting = accounts().updateOne({ _id: 1 }, { $inc: { balance: 1 } });
    await own.endSession();
    await waiting;
    expect(await accounts().findOne()).toEqual({ _id: 1, balance: 1 });
  });

  it('should refuse what cannot be part of a transaction', async () => {
    const own = await begin();
    await expect(connection.db?.command({ count: 'accounts' }, { session: own })).rejects.toMatchObject({ code: 263 });
    await own.abortTransaction();
    await own.endSession();
  });
});
