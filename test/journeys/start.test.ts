import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { GraphClient } from '../../tools/graph-client';
import { placeOrder, settle } from '../../tools/shop/shopping';

const START = path.join(__dirname, '..', '..', 'tools', 'start.ts');
const children: ChildProcess[] = [];
const folders: string[] = [];

function start(env: Record<string, string>): {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
} {
  const { JEST_WORKER_ID: _own, ...inherited } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', START], {
    env: { ...inherited, NODE_ENV: 'development', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  }
  return {
    child,
    output: () => output.join(''),
    ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
  };
}

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), 'kaituan-start-'));
  folders.push(made);
  return made;
}

async function ready(started: ReturnType<typeof start>): Promise<string> {
  for (const until = Date.now() + 60_000; Date.now() < until; ) {
    const url = /ready at (http:\S+)\/graphql/.exec(started.output())?.[1];
    if (url) return url;
    if (started.child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Not ready:\n${started.output()}`);
}

afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  for (const made of folders) await rm(made, { recursive: true, force: true });
});

describe('npm start', () => {
  it('should name every fault of the environment on one screen and exit with 78', async () => {
    const started = start({
      PORT: 'http',
      MONGODB_URI: 'postgres://secret@db',
      LOG_LEVEL: 'loud',
      DATA_DIR: await folder(),
    });
    expect(await started.ended).toBe(78);
    expect(started.output()).toMatch(/PORT must be a whole number/);
    expect(started.output()).toMatch(/MONGODB_URI must start with mongodb:\/\//);
    expect(started.output()).toMatch(/LOG_LEVEL must be one of/);
    expect(started.output()).not.toContain('secret');
  });

  it('should say what to do about a taken port', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const started = start({ PORT: String(port), DATA_DIR: await folder() });
    expect(await started.ended).toBe(1);
    expect(started.output()).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(started.output()).toContain(`PORT=${port + 1}`);
    expect(started.output()).not.toMatch(/^\s+at /m);
    await new Promise((resolve) => server.close(resolve));
  });

  it('should leave a corrupt data directory as it is and say what to do', async () => {
    const dataDir = await folder();
    await mkdir(path.join(dataDir, 'db'));
    const before = await start({ PORT: '0', DATA_DIR: dataDir });
    await ready(before);
    before.child.kill('SIGTERM');
    expect(await before.ended).toBe(0);
    const files = (await readdir(path.join(dataDir, 'db'))).filter(
      (name) => name.endsWith('.mdb') && !name.includes('lock'),
    );
    expect(files.length).toBeGreaterThan(0);
    const file = path.join(dataDir, 'db', files[0] ?? '');
    const rubbish = Buffer.alloc((await stat(file)).size, 'not a database ');
    await writeFile(file, rubbish);
    const started = start({ PORT: '0', DATA_DIR: dataDir });
    expect(await started.ended).toBe(1);
    expect(started.output()).toMatch(/damaged/);
    expect(started.output()).toContain(dataDir);
    expect((await stat(file)).size).toBe(rubbish.length);
  });

  it('should start in production with nothing else set, and say that it made its keys', async () => {
    const dataDir = await folder();
    const started = start({ NODE_ENV: 'production', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'info' });
    const url = await ready(started);
    expect(started.output()).toMatch(/new secret was generated/);
    const secrets = path.join(dataDir, 'secrets');
    const names = await readdir(secrets);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(((await stat(path.join(secrets, name))).mode & 0o777).toString(8)).toBe('600');
    const { products } = await new GraphClient(url).data<{ products: { nodes: unknown[] } }>(
      '{ products(first: 5) { nodes { id } } }',
    );
    expect(products.nodes).toEqual([]);
    const introspected = await new GraphClient(url).send('{ __schema { queryType { name } } }');
    expect(introspected.data).toBeNull();
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
  });

  it('should keep every acknowledged order through kill -9', async () => {
    const dataDir = await folder();
    const first = start({ PORT: '0', DATA_DIR: dataDir });
    const client = new GraphClient(await ready(first));
    expect(first.output()).toMatch(/Storefront key pk_/);
    const token = await client.signIn('shopper1@example.com', 'demo-password-1');
    const { products } = await client.data<{ products: { nodes: { variants: { nodes: { id: string }[] } }[] } }>(
      '{ products(first: 1, query: "milk") { nodes { variants(first: 1) { nodes { id } } } } }',
    );
    const variantId = products.nodes[0]?.variants.nodes[0]?.id ?? '';
    const orders: { id: string; paid: boolean }[] = [];
    for (let at = 0; at < 5; at += 1) {
      const placed = await placeOrder(client, { token }, { variantId, idempotencyKey: `kill-${at}` });
      if (!placed.order) throw new Error(placed.userErrors[0]?.message);
      if (at % 2 === 0) await settle(client, { token }, placed.order.payment.id);
      orders.push({ id: placed.order.id, paid: at % 2 === 0 });
    }
    first.child.kill('SIGKILL');
    await first.ended;

    const second = start({ PORT: '0', DATA_DIR: dataDir });
    const again = new GraphClient(await ready(second));
    const fresh = await again.signIn('shopper1@example.com', 'demo-password-1');
    for (const { id, paid } of orders) {
      const { order } = await again.data<{ order: { status: string } | null }>(
        'query O($id: ID!) { order(id: $id) { status } }',
        { id },
        { token: fresh },
      );
      expect(order?.status).toBe(paid ? 'CONFIRMED' : 'AWAITING_PAYMENT');
    }
    const repeated = await placeOrder(again, { token: fresh }, { variantId, idempotencyKey: 'kill-0' });
    expect(repeated.order?.id).toBe(orders[0]?.id);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });
});
