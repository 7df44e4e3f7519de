import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { AUDIT } from '../gateway/differential/audit/categories';
import { type HttpSubgraphs, startHttpSubgraphs } from '../gateway/differential/http-subgraphs';

const ROOT = path.join(__dirname, '..');

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

function start(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'tools/gateway.ts', ...args], { cwd: ROOT });
  let said = '';
  let heard: () => void = () => undefined;
  const listen = (chunk: Buffer): void => {
    said += String(chunk);
    heard();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, said })));
  const ready = new Promise<string>((resolve) => {
    heard = () => {
      const [, url] = /ready at (\S+)/.exec(said) ?? [];
      if (url) resolve(url);
    };
  });
  return { child, ended, ready };
}

describe('npm run gateway', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kaituan-gateway-'));
  const file = path.join(folder, 'supergraph.graphql');
  const category = AUDIT.find(({ name }) => name === 'simple-requires-provides');
  let subgraphs: HttpSubgraphs;
  beforeAll(async () => {
    if (!category) throw new Error('The category is gone.');
    subgraphs = await startHttpSubgraphs(category);
    writeFileSync(file, subgraphs.supergraphSdl);
  });
  afterAll(async () => {
    await subgraphs.stop();
    rmSync(folder, { recursive: true });
  });

  it('should serve the supergraph of a file at /graphql and at /, and stop on SIGTERM', async () => {
    const { child, ended, ready } = start('--supergraph', file, '--port', '0');
    const url = await Promise.race([ready, ended.then(({ said }) => Promise.reject(new Error(said)))]);
    for (const place of [url, url.replace('/graphql', '/')]) {
      const response = await fetch(place, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ products { upc shippingEstimate } }' }),
      });
      expect(await response.json()).toEqual({
        data: {
          products: [
            { upc: 'p1', shippingEstimate: 11 },
            { upc: 'p2', shippingEstimate: 44 },
          ],
        },
      });
    }
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, said: expect.stringContaining('ready at http://127.0.0.1:') });
  });

  it('should say what is wrong with a supergraph it cannot read or understand', async () => {
    const missing = path.join(folder, 'missing.graphql');
    expect(await start('--supergraph', missing).ended).toEqual({
      code: 78,
      said: `The supergraph ${missing} cannot be read (ENOENT).\n`,
    });
    const plain = path.join(folder, 'plain.graphql');
    writeFileSync(plain, 'type Query { a: Int }');
    const { code, said } = await start('--supergraph', plain).ended;
    expect({ code, lines: said.split('\n').length }).toEqual({ code: 78, lines: 2 });
    expect(said).toMatch(/^It is not a supergraph: /);
  });

  it('should say which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const { code, said } = await start('--supergraph', file, '--port', String(port)).ended;
    await new Promise((resolve) => other.close(resolve));
    expect(code).toBe(78);
    expect(said).toContain(`Port ${port} on 127.0.0.1 is taken.`);
  });
});
