import fc from 'fast-check';
import mongoose from 'mongoose';
import { ANONYMOUS, serviceIdentity } from '../../../platform/context/identity';
import { newId } from '../../../platform/ids/id';
import { account as stranger } from '../../../test/support/subgraph-harness';
import { type AccountsHarness, startAccounts } from '../testing/accounts-harness';
import { Book } from '../testing/book';
import { personId, posting, postings } from '../testing/postings';
import { type Posting, walletOf } from './ledger';

let it_: AccountsHarness;
beforeAll(async () => {
  it_ = await startAccounts();
});
afterAll(() => it_.stop());

const post = (next: Posting) => it_.services.ledger.post(next);
const outcomeOf = (next: Posting) =>
  post(next).then(
    () => 'POSTED',
    (error: { code?: string }) => error.code ?? String(error),
  );
const held = async (account: string) =>
  Object.fromEntries(
    (await it_.services.ledger.balancesOf([account])).map(({ currencyCode, minor }) => [currencyCode, minor]),
  );
const fund = (account: string, minor: number) =>
  post(
    posting(newId('pay'), [
      ['provider:SANDBOX', -minor],
      [account, minor],
    ]),
  );
const newWallet = () => walletOf(newId('acct'));
const tally = (values: readonly string[]) => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};
const model = (name: string) => {
  const found = mongoose.connections.map(({ models }) => models[name]).find(Boolean);
  if (!found) throw new Error(`There is no model ${name}.`);
  return found;
};

describe('posting', () => {
  it('should move value between accounts and remember the transaction', async () => {
    const wallet = newWallet();
    const refund = {
      ...posting('refund-1', [
        ['escrow:orders', -500],
        [wallet, 500],
      ]),
      description: 'Refund',
    };
    const transaction = await post(refund);
    expect(transaction).toEqual({ ...refund, id: expect.stringMatching(/^ltx_/), postedAt: it_.clock.now() });
    expect(await held(wallet)).toEqual({ HKD: 500 });
    expect(await held(newWallet())).toEqual({});
  });

  it('should answer a repeat with the first transaction and refuse other entries under its key', async () => {
    const wallet = newWallet();
    const key = newId('pay');
    const first = await post(
      posting(key, [
        ['escrow:orders', -700],
        [wallet, 700],
      ]),
    );
    it_.clock.advance(1000);
    expect(
      await post(
        posting(key, [
          [wallet, 700],
          ['escrow:orders', -700],
        ]),
      ),
    ).toEqual(first);
    await expect(
      post(
        posting(key, [
          ['escrow:orders', -701],
          [wallet, 701],
        ]),
      ),
    ).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(await held(wallet)).toEqual({ HKD: 700 });
  });

  it('should have one effect when one key is posted many times at once', async () => {
    const wallet = newWallet();
    const same = posting(newId('pay'), [
      ['escrow:orders', -900],
      [wallet, 900],
    ]);
    const transactions = await Promise.all(Array.from({ length: 10 }, () => post(same)));
    expect(new Set(transactions.map(({ id }) => id)).size).toBe(1);
    expect(await held(wallet)).toEqual({ HKD: 900 });
  });

  it('should answer a repeated withdrawal with the first though the wallet is empty by now', async () => {
    const wallet = newWallet();
    await fund(wallet, 300);
    const withdrawal = posting(newId('wd'), [
      [wallet, -300],
      ['provider:SANDBOX', 300],
    ]);
    const first = await post(withdrawal);
    expect(await post(withdrawal)).toEqual(first);
    expect(await held(wallet)).toEqual({ HKD: 0 });
  });

  it('should refuse to take more than a wallet holds, currency by currency, and leave no trace', async () => {
    const wallet = newWallet();
    await fund(wallet, 100);
    const before = await it_.services.ledger.verify();
    for (const entries of [
      [
        [wallet, -101],
        ['revenue:sales', 101],
      ],
      [
        [wallet, -1, 'JPY'],
        ['revenue:sales', 1, 'JPY'],
      ],
      [
        [newWallet(), -1],
        ['revenue:sales', 1],
      ],
      // One of two wallets is short: neither moves.
      [
        [wallet, -50],
        [newWallet(), -50],
        ['revenue:sales', 100],
      ],
    ] as const) {
      expect(await outcomeOf(posting(newId('pay'), entries))).toBe('INSUFFICIENT_FUNDS');
    }
    expect(await it_.services.ledger.verify()).toEqual(before);
    expect(
      await outcomeOf(
        posting(newId('pay'), [
          [wallet, -100],
          ['revenue:sales', 100],
        ]),
      ),
    ).toBe('POSTED');
    expect(await held(wallet)).toEqual({ HKD: 0 });
  });

  it('should pay exactly ten of a hundred withdrawals at once with money for ten', async () => {
    const wallet = newWallet();
    await fund(wallet, 1000);
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () =>
        outcomeOf(
          posting(newId('wd'), [
            [wallet, -100],
            ['provider:SANDBOX', 100],
          ]),
        ),
      ),
    );
    expect(tally(outcomes)).toEqual({ POSTED: 10, INSUFFICIENT_FUNDS: 90 });
    expect(await held(wallet)).toEqual({ HKD: 0 });
  });

  it('should keep busy system accounts right under many payments at once', async () => {
    const [before] = await it_.services.ledger.balancesOf(['escrow:busy']);
    expect(before).toBeUndefined();
    const outcomes = await Promise.all(
      Array.from({ length: 400 }, (_, n) =>
        outcomeOf(
          posting(newId('pay'), [
            ['provider:BUSY', -(n + 1)],
            ['escrow:busy', n + 1],
          ]),
        ),
      ),
    );
    expect(tally(outcomes)).toEqual({ POSTED: 400 });
    expect(await held('escrow:busy')).toEqual({ HKD: 80_200 });
    expect(await held('provider:BUSY')).toEqual({ HKD: -80_200 });
  });

  it('should not let people who pay each other at once wait for each other forever', async () => {
    const [one, two] = [newWallet(), newWallet()];
    await fund(one, 500);
    await fund(two, 500);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, n) => {
        const [from, to] = n % 2 === 0 ? [one, two] : [two, one];
        return outcomeOf(
          posting(newId('gift'), [
            [from, -10],
            [to, 10],
          ]),
        );
      }),
    );
    expect(tally(outcomes)).toEqual({ POSTED: 40 });
    expect([await held(one), await held(two)]).toEqual([{ HKD: 500 }, { HKD: 500 }]);
  });
});

describe('the kept ledger', () => {
  it('should agree with the ledger on paper over any sequence of commands', async () => {
    let sequence = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(postings(), { minLength: 1, maxLength: 8 }), async (commands) => {
        sequence += 1;
        const book = new Book();
        // Accounts and keys of this sequence alone, so that all sequences share one database.
        const apart = (next: Posting): Posting => ({
          ...next,
          key: `${next.key}-${sequence}`,
          entries: next.entries.map(({ account, amount }) => ({
            account: account.startsWith('wallet:')
              ? walletOf(personId(sequence * 10 + Number(account.slice(-1))))
              : `${account}-${sequence}`,
            amount,
          })),
        });
        for (const command of commands.map(apart)) {
          const expected = book.post(command);
          expect(await outcomeOf(command)).toBe(expected === 'REPEATED' ? 'POSTED' : expected);
        }
        const names = [...new Set([...book.balances.keys()].map((name) => name.split('|')[0] ?? ''))];
        const kept = await it_.services.ledger.balancesOf(names);
        expect(new Map(kept.map(({ account, currencyCode, minor }) => [`${account}|${currencyCode}`, minor]))).toEqual(
          book.balances,
        );
      }),
      { numRuns: 300 },
    );
    expect(await it_.services.ledger.verify()).toMatchObject({ ok: true, faults: [] });
  });

  it('should give no way to change or remove what is written', async () => {
    const wallet = newWallet();
    await fund(wallet, 5);
    const count = async () => [
      await model('LedgerTransaction').countDocuments(),
      await model('LedgerEntry').countDocuments(),
    ];
    const before = await count();
    for (const name of ['LedgerTransaction', 'LedgerEntry']) {
      const stored = model(name);
      const document = await stored.findOne();
      for (const attempt of [
        () => stored.updateOne({}, { $set: { kind: 'x' } }),
        () => stored.updateMany({}, { $set: { kind: 'x' } }),
        () => stored.replaceOne({}, { kind: 'x' }),
        () => stored.findOneAndUpdate({}, { $set: { kind: 'x' } }),
        () => stored.findByIdAndUpdate(document?._id, { $set: { kind: 'x' } }),
        () => stored.findOneAndReplace({}, { kind: 'x' }),
        () => stored.findOneAndDelete({}),
        () => stored.deleteOne({}),
        () => stored.deleteMany({}),
        () => stored.bulkWrite([{ deleteMany: { filter: {} } }]),
        () => document?.deleteOne(),
        () => document?.updateOne({ $set: { kind: 'x' } }),
        () => document?.set('kind', 'x').save(),
      ]) {
        await expect((async () => attempt())()).rejects.toThrow('written once');
      }
    }
    expect(await count()).toEqual(before);
    expect(await model('LedgerEntry').countDocuments({ kind: 'x' })).toBe(0);
  });

  it('should be found out when someone changes a balance or removes an entry behind its back', async () => {
    const wallet = newWallet();
    await fund(wallet, 40);
    const balances = model('LedgerBalance').collection;
    await balances.updateOne({ account: wallet }, { $inc: { minor: 1 } });
    expect((await it_.services.ledger.verify()).faults).toEqual([
      `The balance of ${wallet}|HKD is 41, its entries make 40.`,
    ]);
    await balances.updateOne({ account: wallet }, { $inc: { minor: -1 } });
    expect(await it_.services.ledger.verify()).toMatchObject({ ok: true });

    const entries = model('LedgerEntry').collection;
    const entry = await entries.findOne({ account: wallet });
    await entries.deleteOne({ account: wallet });
    const report = await it_.services.ledger.verify();
    expect(report.ok).toBe(false);
    expect(report.faults).toHaveLength(4);
    await entries.insertOne(entry as never);
    expect(await it_.services.ledger.verify()).toMatchObject({ ok: true });
  });

  it('should be read as of one instant while payments go on', async () => {
    const payments = Promise.all(
      Array.from({ length: 60 }, () =>
        outcomeOf(
          posting(newId('pay'), [
            ['provider:LIVE', -1],
            ['escrow:live', 1],
          ]),
        ),
      ),
    );
    const reports = [await it_.services.ledger.verify(), await it_.services.ledger.verify()];
    expect(reports.map(({ faults }) => faults)).toEqual([[], []]);
    expect(tally(await payments)).toEqual({ POSTED: 60 });
  });
});

describe('_ledgerPost', () => {
  const POST = `mutation ($input: LedgerPostInput!) {
    _ledgerPost(input: $input) { transactionId refusal { code field } }
  }`;
  const input = (wallet: string, amount: string, key = newId('pay')) => ({
    key,
    kind: 'order.payment',
    reference: 'ord_1',
    entries: [
      { account: 'escrow:orders', amount: { amount: `-${amount}`, currencyCode: 'HKD' } },
      { account: wallet, amount: { amount, currencyCode: 'HKD' } },
    ],
  });
  const service = serviceIdentity('orders');
  const run = async (value: object) => (await it_.graph(POST, { input: value }, service)).data._ledgerPost;

  it('should post for other subgraphs, once per key', async () => {
    const wallet = newWallet();
    const same = input(wallet, '12.50');
    const first = await run(same);
    expect(first).toEqual({ transactionId: expect.stringMatching(/^ltx_/), refusal: null });
    expect(await run(same)).toEqual(first);
    expect(await held(wallet)).toEqual({ HKD: 1250 });
  });

  it('should answer refusals as values', async () => {
    const wallet = newWallet();
    const key = newId('pay');
    await run(input(wallet, '1.00', key));
    expect(await run(input(wallet, '2.00', key))).toEqual({
      transactionId: null,
      refusal: { code: 'IDEMPOTENCY_KEY_REUSED', field: ['input', 'key'] },
    });
    expect(await run(input(wallet, '1.005'))).toEqual({
      transactionId: null,
      refusal: { code: 'INVALID', field: ['input', 'entries', '0', 'amount'] },
    });
    const withdrawal = input(wallet, '1.01');
    const reversed = withdrawal.entries.map(({ account }, index) => ({
      account,
      amount: withdrawal.entries[1 - index]?.amount,
    }));
    expect(await run({ ...withdrawal, entries: reversed })).toEqual({
      transactionId: null,
      refusal: { code: 'INSUFFICIENT_FUNDS', field: ['input', 'entries'] },
    });
    expect(await held(wallet)).toEqual({ HKD: 100 });
  });

  it('should refuse every client, and post nothing', async () => {
    const wallet = newWallet();
    for (const identity of [ANONYMOUS, stranger(['ADMIN', 'STAFF', 'MERCHANT'])]) {
      const { errors } = await it_.graph(POST, { input: input(wallet, '5.00') }, identity);
      expect(errors.map(({ code }) => code)).toEqual(['FORBIDDEN']);
    }
    expect(await held(wallet)).toEqual({});
  });
});
