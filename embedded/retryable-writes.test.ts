import { rmSync } from 'node:fs';
import { Long, UUID } from 'bson';
import { startEmbedded } from './index';
import { RawClient } from './testing/raw-client';
import { startTestServer, type TestServer, tempDir } from './testing/test-server';

let test: TestServer;
let client: RawClient;

beforeAll(async () => {
  test = await startTestServer();
  client = await RawClient.connect(test.server.uri);
});

afterAll(async () => {
  client.close();
  await test.stop();
});

beforeEach(async () => {
  await test.connection.dropDatabase();
});

const session = { id: new UUID('00112233-4455-4677-8899-aabbccddeeff').toBinary() };

/** A numbered write as a driver sends it, the same when repeated. */
function numbered(command: Record<string, unknown>, txnNumber: number) {
  return { ...command, lsid: session, txnNumber: Long.fromNumber(txnNumber) };
}

describe('retryable writes', () => {
  it('should answer a repeated write again without doing it twice', async () => {
    const update = numbered({ update: 'c', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } }, upsert: true }] }, 1);
    for (let i = 0; i < 2; i++)
      expect(await client.command(update)).toMatchObject({
        n: 1,
        nModified: 0,
        upserted: [{ index: 0, _id: 1 }],
        ok: 1,
      });
    const modify = numbered({ findAndModify: 'c', query: { _id: 1 }, update: { $inc: { n: 1 } }, new: true }, 2);
    for (let i = 0; i < 2; i++) expect((await client.command(modify))['value']).toEqual({ _id: 1, n: 2 });
    const remove = numbered({ delete: 'c', deletes: [{ q: { _id: 1 }, limit: 1 }] }, 3);
    for (let i = 0; i < 2; i++) expect(await client.command(remove)).toMatchObject({ n: 1, ok: 1 });
    expect(await client.command({ delete: 'c', deletes: [{ q: { _id: 1 }, limit: 1 }] })).toMatchObject({
      n: 0,
      ok: 1,
    });
  });

  it('should do the statements of a repeated insert that were not done, and only those', async () => {
    expect(await client.command(numbered({ insert: 'c', documents: [{ _id: 1 }, { _id: 2 }] }, 4))).toMatchObject({
      n: 2,
    });
    expect(
      await client.command(numbered({ insert: 'c', documents: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] }, 4)),
    ).toMatchObject({ n: 3 });
    expect(await test.connection.collection('c').countDocuments()).toBe(3);
  });

  it('should refuse a number older than the newest one', async () => {
    await client.command(numbered({ insert: 'c', documents: [{ _id: 1 }] }, 9));
    expect(await client.command(numbered({ insert: 'c', documents: [{ _id: 2 }] }, 8))).toMatchObject({
      ok: 0,
      code: 225,
      codeName: 'TransactionTooOld',
    });
  });

  it('should refuse a number on what is no retryable write', async () => {
    expect(await client.command(numbered({ find: 'c' }, 10))).toMatchObject({ ok: 0, code: 50768 });
  });

  it('should send no answer where none is wanted, and do the next command after it', async () => {
    client.send({ insert: 'c', documents: [{ _id: 1 }], writeConcern: { w: 0 } }, 2);
    expect(await client.command({ count: 'c' })).toMatchObject({ n: 1 });
  });

  it('should remember answers and commits across a restart', async () => {
    const dataDir = tempDir();
    const insert = numbered({ insert: 'c', documents: [{ _id: 1 }] }, 1);
    const other = { id: new UUID('99112233-4455-4677-8899-aabbccddeeff').toBinary() };
    const part = { lsid: other, txnNumber: Long.fromNumber(5), autocommit: false };
    const commit = { commitTransaction: 1, ...part, $db: 'admin' };
    const first = await startEmbedded({ dataDir });
    const before = await RawClient.connect(first.uri);
    await before.command(insert);
    await before.command({ insert: 'c', documents: [{ _id: 2 }], ...part, startTransaction: true });
    expect(await before.command(commit)).toMatchObject({ ok: 1 });
    before.close();
    await first.stop();

    const second = await startEmbedded({ dataDir });
    const after = await RawClient.connect(second.uri);
    expect(await after.command(insert)).toMatchObject({ n: 1, ok: 1 });
    expect(await after.command(commit)).toMatchObject({ ok: 1 });
    expect(await after.command({ ...commit, txnNumber: Long.fromNumber(6) })).toMatchObject({ ok: 0, code: 251 });
    expect(await after.command({ count: 'c' })).toMatchObject({ n: 2 });
    after.close();
    await second.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('should let the driver retry through a lost connection', async () => {
    const { connection } = test;
    await connection.db?.admin().command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['insert'], closeConnection: true },
    });
    await connection.collection('c').insertOne({ a: 1 });
    expect(await connection.collection('c').countDocuments()).toBe(1);
    await connection.db?.admin().command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['insert'], errorCode: 91 },
    });
    await connection.collection('c').insertOne({ a: 2 });
    expect(await connection.collection('c').countDocuments()).toBe(2);
  });
});
