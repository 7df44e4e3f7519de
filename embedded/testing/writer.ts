import { createConnection } from 'mongoose';
import { startEmbedded } from '../index';

/**
 * Writes until it is killed, and prints what was acknowledged: the number of each inserted document, and a `t` for
 * each transaction that moved 1 from one document to the other.
 */
async function main(): Promise<void> {
  const [dataDir = '', from = '0'] = process.argv.slice(2);
  const server = await startEmbedded({ dataDir });
  const connection = await createConnection(server.uri, { dbName: 'test' }).asPromise();
  const writes = connection.collection<{ _id: number; group: number; text: string }>('writes');
  await writes.createIndex({ group: 1 });
  const pair = connection.collection<{ _id: string; n: number }>('pair');
  let next = Number(from);
  const insert = async () => {
    for (;;) {
      const id = next++;
      await writes.insertOne({ _id: id, group: id % 17, text: 'x'.repeat(id % 300) });
      process.stdout.write(`${id}\n`);
    }
  };
  const transfer = async () => {
    const session = await connection.startSession();
    for (;;) {
      await session.withTransaction(async () => {
        await pair.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session, upsert: true });
        await pair.updateOne({ _id: 'b' }, { $inc: { n: -1 } }, { session, upsert: true });
      });
      process.stdout.write('t\n');
    }
  };
  await Promise.all([insert(), insert(), insert(), insert(), transfer()]);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
