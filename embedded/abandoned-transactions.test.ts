import { randomUUID } from 'node:crypto';
import { Binary, Long } from 'bson';
import { RawClient } from './testing/raw-client';
import { startTestServer, type TestServer } from './testing/test-server';

let test: TestServer;

beforeAll(async () => {
  test = await startTestServer();
});

afterAll(() => test.stop());

beforeEach(async () => {
  await test.connection.dropDatabase();
  await accounts().insertOne({ _id: 1, balance: 10 });
});

function accounts() {
  return test.connection.collection<{ _id: number; balance: number }>('accounts');
}

/** A write within a transaction of a session that the caller names. */
function pay(session: Binary, start: boolean) {
  return {
    update: 'accounts',
    updates: [{ q: { _id: 1 }, u: { $inc: { balance: 5 } } }],
    $db: test.connection.name,
    lsid: { id: session },
    txnNumber: Long.fromNumber(1),
    autocommit: false,
    ...(start ? { startTransaction: true } : {}),
  };
}

function newSession(): Binary {
  return new Binary(Buffer.from(randomUUID().replaceAll('-', ''), 'hex'), Binary.SUBTYPE_UUID);
}

describe('a transaction whose process is gone', () => {
  it('should give up what it holds, long before its lifetime ends', async () => {
    const killed = await RawClient.connect(test.server.uri);
    expect(await killed.command(pay(newSession(), true))).toMatchObject({ ok: 1, nModified: 1 });
    killed.close();
    // Waits for the lock: 60 s is the transaction's lifetime, and longer than this test may take.
    await accounts().updateOne({ _id: 1 }, { $inc: { balance: 1 } });
    expect(await accounts().findOne({ _id: 1 })).toEqual({ _id: 1, balance: 11 });
  }, 20_000);

  it('should stay open for a driver that comes back on another connection', async () => {
    const session = newSession();
    const broken = await RawClient.connect(test.server.uri);
    await broken.command(pay(session, true));
    const next = await RawClient.connect(test.server.uri);
    broken.close();
    expect(await next.command(pay(session, false))).toMatchObject({ ok: 1, nModified: 1 });
    // Past the moment at which the broken connection's transaction would have been given up.
    await expect(accounts().updateOne({ _id: 1 }, { $inc: { balance: 1 } }, { maxTimeMS: 5_000 })).rejects.toThrow();
    const committed = await next.command({
      commitTransaction: 1,
      $db: 'admin',
      lsid: { id: session },
      txnNumber: Long.fromNumber(1),
      autocommit: false,
    });
    expect(committed).toMatchObject({ ok: 1 });
    expect(await accounts().findOne({ _id: 1 })).toEqual({ _id: 1, balance: 20 });
    next.close();
  }, 20_000);
});
