import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type EmbeddedServer, startEmbedded } from '../../../embedded';
import { readConfig } from '../../../platform/config/config';
import { newId } from '../../../platform/ids/id';
import { silentLog } from '../../../platform/logging/log';
import { type Runtime, startRuntime } from '../../../platform/subgraph/runtime';
import { MemorySecretStore } from '../../../platform/subgraph/secret-store';
import { accounts } from '..';
import { posting } from '../testing/postings';
import { type Posting, walletOf } from './ledger';

/** Two runtimes share nothing but the database, as two processes would: their queues do not help each other. */
describe('the ledger under two processes', () => {
  let dataDir: string;
  let database: EmbeddedServer;
  let runtimes: Runtime<{ accounts: typeof accounts }>[];

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-test-'));
    database = await startEmbedded({ dataDir, durability: 'relaxed' });
    const start = () =>
      startRuntime({
        config: readConfig({ NODE_ENV: 'test', DATA_DIR: dataDir }),
        mongodbUri: database.uri,
        subgraphs: { accounts },
        log: silentLog,
        secrets: new MemorySecretStore(),
        workers: false,
      });
    runtimes = [await start(), await start()];
  });
  afterAll(async () => {
    await Promise.all(runtimes.map((runtime) => runtime.stop()));
    await database.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const ledgerOf = (n: number) => {
    const runtime = runtimes[n % 2];
    if (!runtime) throw new Error('There are two runtimes.');
    return runtime.running.accounts.services.ledger;
  };
  const outcomes = async (count: number, next: (n: number) => Posting) => {
    const all = await Promise.all(
      Array.from({ length: count }, (_, n) =>
        ledgerOf(n)
          .post(next(n))
          .then(
            ({ id }) => id,
            (error: { code: string }) => error.code,
          ),
      ),
    );
    return { posted: all.filter((id) => id.startsWith('ltx_')), refused: all.filter((id) => !id.startsWith('ltx_')) };
  };
  const held = async (account: string) => (await ledgerOf(0).balancesOf([account])).map(({ minor }) => minor);

  it('should pay exactly what the wallet holds', async () => {
    const wallet = walletOf(newId('acct'));
    await ledgerOf(0).post(
      posting(newId('pay'), [
        ['provider:SANDBOX', -500],
        [wallet, 500],
      ]),
    );
    const { posted, refused } = await outcomes(40, () =>
      posting(newId('wd'), [
        [wallet, -100],
        ['provider:SANDBOX', 100],
      ]),
    );
    expect(posted).toHaveLength(5);
    expect(refused).toEqual(Array.from({ length: 35 }, () => 'INSUFFICIENT_FUNDS'));
    expect(await held(wallet)).toEqual([0]);
  });

  it('should have one effect per key', async () => {
    const wallet = walletOf(newId('acct'));
    const key = newId('pay');
    const { posted, refused } = await outcomes(10, () =>
      posting(key, [
        ['provider:SANDBOX', -700],
        [wallet, 700],
      ]),
    );
    expect(refused).toEqual([]);
    expect(new Set(posted).size).toBe(1);
    expect(await held(wallet)).toEqual([700]);
  });

  it('should lose no payment on a busy account', async () => {
    const { posted } = await outcomes(120, () =>
      posting(newId('pay'), [
        ['provider:BUSY', -1],
        ['escrow:busy', 1],
      ]),
    );
    expect(posted).toHaveLength(120);
    expect(await held('escrow:busy')).toEqual([120]);
    expect(await ledgerOf(1).verify()).toMatchObject({ ok: true, faults: [] });
  });
});
