import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { GraphClient } from '../../tools/graph-client';
import { placeOrder, settle } from '../../tools/shop/shopping';

const TOOLS = path.join(__dirname, '..', '..', 'tools');
const PATIENCE_MS = 150_000;
const children: ChildProcess[] = [];
const folders: string[] = [];

/** A command of the product as a process, with what it prints. */
function run(script: string, args: readonly string[], env: Record<string, string>) {
  const { JEST_WORKER_ID: _own, ...inherited } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(TOOLS, script), ...args], {
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
    ended: new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code))),
  };
}

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), 'kaituan-distributed-'));
  folders.push(made);
  return made;
}

async function until<T>(what: string, find: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Not within ${PATIENCE_MS / 1000} s: ${what}.`);
}

function processesOf(dataDir: string): Record<string, { pid: number; url?: string }> {
  return JSON.parse(readFileSync(path.join(dataDir, 'processes.json'), 'utf8'));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  for (const made of folders) await rm(made, { recursive: true, force: true });
});

describe('npm run start:distributed', () => {
  it(
    'should be the same shop as nine processes, miss only what dies, bring it back, and stop in order',
    async () => {
      const dataDir = await folder();
      const shop = run('distributed.ts', [], { PORT: '0', DATA_DIR: dataDir, MONGODB_URI: '', REDIS_URL: '' });
      const url = await until('the shop is ready', async () => {
        if (shop.child.exitCode !== null) throw new Error(shop.output());
        return /ready at (http:\S+)\/graphql/.exec(shop.output())?.[1];
      });
      expect(shop.output()).toMatch(/Storefront key pk_/);
      const started = processesOf(dataDir);
      expect(Object.keys(started).sort()).toEqual([
        ...[
          'accounts',
          'catalog',
          'community',
          'content',
          'database',
          'gateway',
          'orders',
          'recommendations',
          'social',
        ],
        'supervisor',
      ]);

      const client = new GraphClient(url);
      const caller = { token: await client.signIn('shopper1@example.com', 'demo-password-1') };
      const { products } = await client.data<{
        products: { nodes: { id: string; variants: { nodes: { id: string }[] } }[] };
      }>('{ products(first: 1, query: "milk") { nodes { id variants(first: 1) { nodes { id } } } } }');
      const product = products.nodes[0];
      const variantId = product?.variants.nodes[0]?.id ?? '';
      const placed = await placeOrder(client, caller, { variantId, idempotencyKey: 'one' });
      const settled = await settle(client, caller, placed.order?.payment.id ?? '');
      expect(settled.payment?.status).toBe('SUCCEEDED');

      const { content } = started;
      if (!content) throw new Error('content is not running.');
      process.kill(content.pid, 'SIGKILL');
      const rating = () =>
        client.send<{ product: { title: string; reviews: unknown } }>(
          'query R($id: ID!) { product(id: $id) { title reviews(first: 1) { totalCount } } }',
          { id: product?.id },
        );
      const without = await rating();
      expect(without.data?.product.title).toEqual(expect.any(String));
      expect(without.data?.product.reviews).toBeNull();
      expect(without.errors).toMatchObject([
        { path: ['product', 'reviews'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } },
      ]);
      await until('content is back', async () => (await rating()).errors.length === 0);
      expect(processesOf(dataDir)['content']?.pid).not.toBe(content.pid);

      const { database } = processesOf(dataDir);
      if (!database) throw new Error('The database is not running.');
      process.kill(database.pid, 'SIGKILL');
      const kept = await until('the order is there again', async () => {
        const { data } = await client.send<{ order: { status: string } | null }>(
          'query O($id: ID!) { order(id: $id) { status } }',
          { id: placed.order?.id },
          caller,
        );
        return data?.order;
      });
      expect(kept.status).toBe('CONFIRMED');
      const repeated = await until('orders are taken again', () =>
        placeOrder(client, caller, { variantId, idempotencyKey: 'one' }).catch(() => null),
      );
      expect(repeated.order?.id).toBe(placed.order?.id);

      const running = processesOf(dataDir);
      const asked = Date.now();
      shop.child.kill('SIGTERM');
      expect(await shop.ended).toBe(0);
      expect(Date.now() - asked).toBeLessThan(15_000);
      expect(Object.entries(running).filter(([, { pid }]) => isAlive(pid))).toEqual([]);
      expect(existsSync(path.join(dataDir, 'processes.json'))).toBe(false);
    },
    2 * PATIENCE_MS,
  );
});

describe('the parts of the distributed shape', () => {
  it('should say what they need and exit with 78 or 1, without a stack', async () => {
    const dataDir = await folder();
    const lonely = run('subgraph.ts', ['catalog'], { DATA_DIR: dataDir, SUBGRAPH_URLS: '' });
    const gateway = run('distributed/gateway-command.ts', [], { DATA_DIR: dataDir, SUBGRAPH_URLS: 'accounts=nowhere' });
    const unknown = run('subgraph.ts', ['warehouse'], { DATA_DIR: dataDir });
    const nowhere = run('embedded.ts', ['serve'], {});
    expect(await Promise.all([lonely.ended, gateway.ended, unknown.ended, nowhere.ended])).toEqual([78, 78, 1, 1]);
    expect(lonely.output()).toContain('SUBGRAPH_URLS is needed');
    expect(gateway.output()).toContain('SUBGRAPH_URLS lacks catalog, orders');
    expect(unknown.output()).toContain('Allowed choices are accounts, catalog, orders');
    expect(nowhere.output()).toContain("required option '--data <dir>' not specified");
    for (const { output } of [lonely, gateway, unknown, nowhere]) expect(output()).not.toMatch(/^\s+at /m);
  });
});
