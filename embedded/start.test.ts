import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { EmbeddedStartError, findRunning, startEmbedded } from './index';
import { connectTo, tempDir } from './testing/test-server';

let dataDir: string;

beforeEach(() => {
  dataDir = tempDir();
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

async function failureOf(dir: string, options: { port?: number } = {}): Promise<string> {
  try {
    const server = await startEmbedded({ dataDir: dir, durability: 'relaxed', ...options });
    await server.stop();
  } catch (error) {
    expect(error).toBeInstanceOf(EmbeddedStartError);
    return (error as Error).message;
  }
  throw new Error('it started');
}

async function fill(count: number): Promise<void> {
  const server = await startEmbedded({ dataDir });
  const connection = await connectTo(server.uri);
  await connection
    .collection('kept')
    .insertMany(Array.from({ length: count }, (_, i) => ({ _id: i as never, text: 'x'.repeat(200) })));
  await connection.close();
  await server.stop();
}

describe('starting and stopping', () => {
  it('should make the directory, be found while it runs, and keep its data for the next start', async () => {
    const nested = join(dataDir, 'a', 'b');
    const first = await startEmbedded({ dataDir: nested });
    expect(await findRunning(nested)).toBe(first.uri);
    const connection = await connectTo(first.uri);
    await connection.collection('kept').createIndex({ a: 1 }, { unique: true });
    await connection.collection('kept').insertOne({ a: 1 });
    await connection.close();
    await first.stop();
    expect(await findRunning(nested)).toBeNull();
    expect(existsSync(join(nested, 'embedded.lock'))).toBe(false);

    const second = await startEmbedded({ dataDir: nested });
    const again = await connectTo(second.uri);
    expect(await again.collection('kept').countDocuments({ a: 1 })).toBe(1);
    await expect(again.collection('kept').insertOne({ a: 1 })).rejects.toMatchObject({ code: 11000 });
    await again.close();
    await second.stop();
  });

  it('should listen on a socket that only its owner may open, or on a loopback port when asked', async () => {
    const socket = await startEmbedded({ dataDir });
    expect(socket.uri).toContain(encodeURIComponent(dataDir));
    expect(statSync(join(dataDir, 'embedded.sock')).mode & 0o777).toBe(0o600);
    await socket.stop();
    const tcp = await startEmbedded({ dataDir, port: 0 });
    expect(tcp.uri).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\/\?replicaSet=kaituan0&directConnection=true$/);
    await tcp.stop();
  });

  it('should refuse a directory that is already served', async () => {
    const server = await startEmbedded({ dataDir });
    expect(await failureOf(dataDir)).toMatch(
      /is in use by process \d+ .*Stop that process, connect to it, or choose another directory/,
    );
    expect(await findRunning(dataDir)).toBe(server.uri);
    await server.stop();
  });

  it('should take over the lock of a process that is gone', async () => {
    writeFileSync(
      join(dataDir, 'embedded.lock'),
      JSON.stringify({ pid: 2 ** 22 + 1, processStart: '1', uri: 'mongodb://127.0.0.1:1/', lockedAt: Date.now() }),
    );
    expect(await findRunning(dataDir)).toBeNull();
    const server = await startEmbedded({ dataDir });
    expect(JSON.parse(readFileSync(join(dataDir, 'embedded.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
      uri: server.uri,
    });
    await server.stop();
  });

  it('should take over the lock of an earlier process with the same number', async () => {
    writeFileSync(
      join(dataDir, 'embedded.lock'),
      JSON.stringify({ pid: process.pid, processStart: '1', uri: 'mongodb://127.0.0.1:1/', lockedAt: Date.now() }),
    );
    const server = await startEmbedded({ dataDir });
    await server.stop();
  });

  it('should say what to do when the file is not a database', async () => {
    writeFileSync(join(dataDir, 'data.mdb'), Buffer.alloc(16384, 'not a database '));
    expect(await failureOf(dataDir)).toMatch(
      /is damaged: its first pages are not those of an LMDB file\. Restore the directory from a backup, or move data\.mdb aside/,
    );
    expect(readFileSync(join(dataDir, 'data.mdb')).toString('utf8', 0, 5)).toBe('not a');
    expect(existsSync(join(dataDir, 'embedded.lock'))).toBe(false);
  });

  it('should say what to do when the file was cut short', async () => {
    await fill(2000);
    truncateSync(join(dataDir, 'data.mdb'), 100_000);
    expect(await failureOf(dataDir)).toMatch(
      /is damaged: it ends after 100000 bytes, but page \d+ belongs to it\. Restore/,
    );
  });

  it('should say what to do when a page is overwritten', async () => {
    await fill(10);
    const file = join(dataDir, 'data.mdb');
    const handle = openSync(file, 'r+');
    const pages = statSync(file).size / 4096;
    for (let page = 2; page < pages; page++) writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096);
    expect(await failureOf(dataDir)).toMatch(/is damaged: page \d+ was overwritten\. Restore/);
  });

  it('should say what to do when the path is no directory', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    expect(await failureOf(file)).toMatch(/cannot be used \(EEXIST|cannot be used \(ENOTDIR/);
  });

  it('should say what to do when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    expect(await failureOf(dataDir, { port })).toBe(
      `Port ${port} on 127.0.0.1 is taken. Choose another port, or 0 for a free one.`,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it('should say what to do when the directory cannot be made or written', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, 'not a folder');
    expect(await failureOf(join(file, 'db'))).toMatch(/cannot be used \(ENOTDIR\)/);
    // Root may write everywhere, so only others see the second.
    if (process.getuid?.() === 0) return;
    const closed = join(dataDir, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    expect(await failureOf(closed)).toMatch(/cannot be used \(EACCES\)/);
  });

  it('should close only the connection that sends what cannot be read', async () => {
    const server = await startEmbedded({ dataDir, port: 0 });
    const connection = await connectTo(server.uri);
    const port = Number(/:(\d+)\//.exec(server.uri)?.[1]);
    for (const garbage of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(64, 0xff),
      Buffer.from([20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xdd, 7, 0, 0, 0, 0, 0, 0]),
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(garbage));
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
      });
    }
    expect(await connection.db?.command({ ping: 1 })).toMatchObject({ ok: 1 });
    await connection.close();
    await server.stop();
  });
});
