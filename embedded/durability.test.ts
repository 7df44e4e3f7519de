import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbedded } from './index';
import { connectTo, tempDir } from './testing/test-server';

const ROUNDS = 3;

interface Acknowledged {
  readonly inserts: Set<number>;
  readonly transfers: number;
}

/** Lets a child write until it is killed in the middle, and gives what it had acknowledged. */
async function killWhileWriting(dataDir: string, from: number, enough: number): Promise<Acknowledged> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'testing', 'writer.ts'), dataDir, String(from)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const inserts = new Set<number>();
  let transfers = 0;
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === 't') transfers++;
      else inserts.add(Number(line));
    }
    if (inserts.size >= enough) child.kill('SIGKILL');
  });
  await new Promise<void>((resolve) => child.on('close', () => resolve()));
  expect(child.signalCode).toBe('SIGKILL');
  return { inserts, transfers };
}

describe('a process killed while it writes', () => {
  it(`should have lost nothing it had acknowledged, ${ROUNDS} times in a row`, async () => {
    const dataDir = tempDir();
    let transfers = 0;
    const expected = new Set<number>();
    for (let round = 0; round < ROUNDS; round++) {
      const acknowledged = await killWhileWriting(dataDir, round * 1_000_000, 150 + round * 211);
      transfers += acknowledged.transfers;
      for (const id of acknowledged.inserts) expected.add(id);
      const server = await startEmbedded({ dataDir });
      const connection = await connectTo(server.uri);
      const found = new Set(
        (await connection.collection<{ _id: number }>('writes').find().toArray()).map(({ _id }) => _id),
      );
      expect([...expected].filter((id) => !found.has(id))).toEqual([]);
      const pair = await connection.collection<{ _id: string; n: number }>('pair').find().sort({ _id: 1 }).toArray();
      expect((pair[0]?.n ?? 0) + (pair[1]?.n ?? 0)).toBe(0);
      expect(pair[0]?.n).toBeGreaterThanOrEqual(transfers);
      for (const name of ['writes', 'pair'])
        expect(await connection.db?.command({ validate: name })).toMatchObject({ valid: true, errors: [] });
      await connection.close();
      await server.stop();
    }
    expect(expected.size).toBeGreaterThan(1000);
    rmSync(dataDir, { recursive: true, force: true });
  });
});
