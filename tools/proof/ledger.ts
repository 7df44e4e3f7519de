import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '../../embedded';
import { readConfig } from '../../platform/config/config';
import { newId } from '../../platform/ids/id';
import { silentLog } from '../../platform/logging/log';
import { startRuntime } from '../../platform/subgraph/runtime';
import { MemorySecretStore } from '../../platform/subgraph/secret-store';
import { Refusal } from '../../platform/user-errors/refusal';
import { accounts } from '../../subgraphs/accounts';
import { auditLedgerOf } from './audit';
import { Dice } from './dice';
import { type Goal, type GoalOptions, outcome } from './goal';

const FIGURES = {
  smoke: { commands: 200, withdrawals: 50, funds: 5 },
  ci: { commands: 1000, withdrawals: 200, funds: 20 },
  full: { commands: 10_000, withdrawals: 1000, funds: 100 },
};
const LANES = 16;
const CURRENCY = 'HKD';

type Ledger = Awaited<ReturnType<typeof open>>['ledger'];

async function open() {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-ledger-'));
  const database = await startEmbedded({ dataDir });
  const runtime = await startRuntime({
    config: readConfig({ NODE_ENV: 'test', DATA_DIR: dataDir }),
    mongodbUri: database.uri,
    subgraphs: { accounts },
    log: silentLog,
    secrets: new MemorySecretStore(),
    workers: false,
  });
  return {
    ledger: runtime.running.accounts.services.ledger,
    uri: database.uri,
    async close() {
      await runtime.stop();
      await database.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function run({ size, seed, progress }: GoalOptions) {
  const figures = FIGURES[size];
  const dice = new Dice(seed);
  const faults: string[] = [];
  const { ledger, uri, close } = await open();
  try {
    const started = Date.now();
    const refused = await againstModel(ledger, dice, figures.commands, faults, progress);
    const seconds = (Date.now() - started) / 1000;
    progress(`${figures.withdrawals} parallel withdrawals`);
    const paid = await withdrawals(ledger, figures.withdrawals, figures.funds, faults);
    progress('auditing');
    const report = await ledger.verify();
    faults.push(...report.faults.map((fault) => `ledger: ${fault}`), ...(await auditLedgerOf(uri)));
    for (const { currencyCode, debitsMinor, creditsMinor } of report.currencies) {
      if (debitsMinor !== creditsMinor)
        faults.push(`debits ${debitsMinor} are not credits ${creditsMinor} in ${currencyCode}`);
    }
    const [sum] = report.currencies;
    return outcome(
      `${figures.commands} commands against a model in ${seconds.toFixed(1)} s (${refused} refused as the model refused), ` +
        `${paid} of ${figures.withdrawals} withdrawals with money for ${figures.funds}, ${report.entries} entries, debits = credits = ${sum?.creditsMinor} minor units`,
      faults,
    );
  } finally {
    await close();
  }
}

/** Random transfers, repeats of old keys included, next to a map that says what must happen. */
async function againstModel(
  ledger: Ledger,
  dice: Dice,
  commands: number,
  faults: string[],
  progress: (message: string) => void,
): Promise<number> {
  // Every lane has wallets of its own, so that the model knows the order of what touches them.
  let refused = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    const wallets = Array.from({ length: 5 }, () => `wallet:${newId('acct')}`);
    const balances = new Map<string, number>(wallets.map((wallet) => [wallet, 0]));
    const posted: { key: string; from: string; to: string; minor: number }[] = [];
    for (let at = 0; at < commands / LANES; at += 1) {
      done += 1;
      if (done % 500 === 0) progress(`${done} of ${commands} commands`);
      const old = posted.length > 0 && dice.next() < 0.1 ? dice.pick(posted) : null;
      const command = old ?? {
        key: newId('cmd'),
        from: dice.next() < 0.3 ? 'provider:SANDBOX' : dice.pick(wallets),
        to: dice.next() < 0.2 ? 'escrow:orders' : dice.pick(wallets),
        minor: dice.between(1, 500),
      };
      if (command.from === command.to) continue;
      const short = !old && (balances.get(command.from) ?? Number.POSITIVE_INFINITY) < command.minor;
      const answer = await transfer(ledger, command);
      if (answer !== (short ? 'INSUFFICIENT_FUNDS' : 'posted'))
        faults.push(`the model expected ${short ? 'a refusal' : 'a posting'}, the ledger answered ${answer}`);
      if (short) refused += 1;
      else if (!old) {
        posted.push(command);
        for (const [wallet, delta] of [
          [command.from, -command.minor],
          [command.to, command.minor],
        ] as const) {
          const balance = balances.get(wallet);
          if (balance !== undefined) balances.set(wallet, balance + delta);
        }
      }
    }
    const kept = await ledger.balancesOf(wallets);
    for (const [wallet, expected] of balances) {
      const minor = kept.filter(({ account }) => account === wallet).reduce((sum, balance) => sum + balance.minor, 0);
      if (minor !== expected) faults.push(`${wallet} has ${minor}, the model says ${expected}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return refused;
}

async function transfer(
  ledger: Ledger,
  { key, from, to, minor }: { key: string; from: string; to: string; minor: number },
): Promise<string> {
  try {
    await ledger.post({
      key,
      kind: 'proof',
      reference: key,
      description: null,
      entries: [
        { account: from, amount: { minor: -minor, currencyCode: CURRENCY } },
        { account: to, amount: { minor, currencyCode: CURRENCY } },
      ],
    });
    return 'posted';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

async function withdrawals(ledger: Ledger, times: number, funds: number, faults: string[]): Promise<number> {
  const wallet = `wallet:${newId('acct')}`;
  await transfer(ledger, { key: newId('cmd'), from: 'provider:SANDBOX', to: wallet, minor: funds * 100 });
  const answers = await Promise.all(
    Array.from({ length: times }, () =>
      transfer(ledger, { key: newId('cmd'), from: wallet, to: 'provider:SANDBOX', minor: 100 }),
    ),
  );
  const paid = answers.filter((answer) => answer === 'posted').length;
  const refused = answers.filter((answer) => answer === 'INSUFFICIENT_FUNDS').length;
  if (paid !== funds || refused !== times - funds) faults.push(`withdrawals: ${paid} paid and ${refused} refused`);
  return paid;
}

export const ledger: Goal = { id: 'R2', title: 'Ledger: double entry against a model, no wallet below zero', run };
