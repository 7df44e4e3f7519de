import { Schema } from 'mongoose';
import { ManualClock } from '../clock/clock';
import { ensureIndexes } from '../mongo/database';
import { modelOf } from '../mongo/model';
import { openTestDatabase } from '../testing/test-database';
import { Refusal } from '../user-errors/refusal';
import { bodyHash, Idempotency } from './idempotency';

interface Counter {
  _id: string;
  n: number;
}

describe('Idempotency', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let idempotency: Idempotency;
  const counters = () =>
    modelOf<Counter>(database.connection, 'Counter', new Schema<Counter>({ _id: String, n: Number }));
  const request = (key: string, body: unknown = { amount: 1 }) => ({
    accountId: 'acct_1',
    mutation: 'walletTopUp',
    key,
    body,
  });
  const count = (key: string, body?: unknown) =>
    idempotency.run(request(key, body), async (session) => {
      const after = await counters()
        .findOneAndUpdate({ _id: 'c' }, { $inc: { n: 1 } }, { upsert: true, returnDocument: 'after', session })
        .lean();
      return { n: after?.n };
    });

  beforeAll(async () => {
    database = await openTestDatabase();
    idempotency = new Idempotency(database, new ManualClock());
    await ensureIndexes(database.connection);
  });
  beforeEach(() => counters().deleteMany({}));
  afterAll(() => database.remove());

  it('should have one effect and one result for ten parallel and ten later repeats', async () => {
    const first = await Promise.all(Array.from({ length: 10 }, () => count('a')));
    const later = [];
    for (let i = 0; i < 10; i += 1) later.push(await count('a'));
    expect([...first, ...later]).toEqual(Array.from({ length: 20 }, () => ({ n: 1 })));
    expect((await counters().findById('c').lean())?.n).toBe(1);
  });

  it('should refuse the key with another body and change nothing', async () => {
    await count('b', { amount: 1 });
    await expect(count('b', { amount: 2 })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect((await counters().findById('c').lean())?.n).toBe(1);
  });

  it('should remember a refusal and undo what came before it', async () => {
    let tries = 0;
    const refuse = () =>
      idempotency.run(request('c'), async (session) => {
        tries += 1;
        await counters().create([{ _id: 'half', n: 1 }], { session });
        throw new Refusal('SOLD_OUT', 'Gone.', { fields: { available: 0 } });
      });
    await expect(refuse()).rejects.toMatchObject({ code: 'SOLD_OUT', fields: { available: 0 } });
    await expect(refuse()).rejects.toMatchObject({ code: 'SOLD_OUT' });
    expect(tries).toBe(1);
    expect(await counters().findById('half').lean()).toBeNull();
  });

  it('should keep apart accounts and mutations', async () => {
    await count('d');
    await idempotency.run({ ...request('d'), accountId: 'acct_2' }, async (session) => {
      await counters().updateOne({ _id: 'c' }, { $inc: { n: 1 } }, { session });
      return {};
    });
    expect((await counters().findById('c').lean())?.n).toBe(2);
  });

  it.each(['', 'a b', 'ü', 'x'.repeat(129)])('should refuse %p as a key', async (key) => {
    await expect(count(key)).rejects.toMatchObject({ code: 'INVALID', field: ['input', 'idempotencyKey'] });
  });

  it('should digest equal bodies equally whatever the order of their keys', () => {
    expect(bodyHash({ a: 1, b: [{ c: 2, d: undefined }] })).toBe(bodyHash({ b: [{ c: 2 }], a: 1 }));
    expect(bodyHash({ a: [1, 2] })).not.toBe(bodyHash({ a: [2, 1] }));
    expect(bodyHash({ a: '1' })).not.toBe(bodyHash({ a: 1 }));
  });
});
