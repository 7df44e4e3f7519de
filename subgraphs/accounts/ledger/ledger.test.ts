import fc from 'fast-check';
import { Book } from '../testing/book';
import { personId, posting, postings } from '../testing/postings';
import {
  checkPosting,
  checkRepeat,
  deltasOf,
  type LedgerTransaction,
  type Posting,
  SLOTS,
  slotOf,
  walletOf,
} from './ledger';
import { LedgerAudit } from './ledger-audit';

const WALLET = walletOf(personId(1));
const SALE = posting('pay-1', [
  ['provider:SANDBOX', -1250],
  ['escrow:orders', 1250],
]);

describe('checkPosting', () => {
  it('should accept balanced entries in each of several currencies', () => {
    expect(() => checkPosting(SALE)).not.toThrow();
    expect(() =>
      checkPosting(
        posting('mixed', [
          ['provider:SANDBOX', -5],
          [WALLET, 3],
          ['rewards:leaders', 2],
          ['provider:SANDBOX', -7, 'JPY'],
          [WALLET, 7, 'JPY'],
        ]),
      ),
    ).not.toThrow();
  });

  const withEntries = (...entries: (readonly [string, number, string?])[]) => posting('k', entries);
  it.each<[string, Posting, string]>([
    ['no entries', withEntries(), 'entries'],
    ['one entry', withEntries([WALLET, 5]), 'entries'],
    [
      'more than it can hold',
      withEntries(...Array.from({ length: 202 }, (_, n) => ['a:b', n % 2 ? 1 : -1] as const)),
      'entries',
    ],
    ['an unbalanced sum', withEntries([WALLET, 5], ['escrow:orders', -4]), 'entries'],
    ['currencies that only balance together', withEntries([WALLET, 5], ['escrow:orders', -5, 'JPY']), 'entries'],
    ['nothing', withEntries([WALLET, 0], ['escrow:orders', 0]), 'entries.0.amount'],
    ['part of a minor unit', withEntries([WALLET, 0.5], ['escrow:orders', -0.5]), 'entries.0.amount'],
    ['an amount beyond all sales', withEntries(['a:b', 1e12 + 1], ['a:c', -1e12 - 1]), 'entries.0.amount'],
    ['an account without a kind', withEntries(['orders', 1], ['a:c', -1]), 'entries.0.account'],
    ['an account with odd letters', withEntries(['a:b', 1], ['a:b|HKD', -1]), 'entries.1.account'],
    ['a wallet of nobody', withEntries(['wallet:ann', 1], ['a:c', -1]), 'entries.0.account'],
    ['a key with spaces', { ...SALE, key: 'a b' }, 'key'],
    ['an empty key', { ...SALE, key: '' }, 'key'],
    ['no kind', { ...SALE, kind: '' }, 'kind'],
    ['no reference', { ...SALE, reference: '' }, 'reference'],
    ['an essay', { ...SALE, description: 'x'.repeat(501) }, 'description'],
  ])('should refuse %s', (_, bad, field) => {
    expect(() => checkPosting(bad)).toThrow(
      expect.objectContaining({ code: 'INVALID', field: ['input', ...field.split('.')] }),
    );
  });
});

describe('deltasOf', () => {
  it('should add up entries of one account and leave out what comes to nothing', () => {
    expect(
      deltasOf(
        posting('k', [
          [WALLET, 5],
          ['escrow:orders', -3],
          [WALLET, -2],
          ['a:b', 4],
          ['a:b', -4],
        ]).entries,
      ),
    ).toEqual([
      { account: 'escrow:orders', currencyCode: 'HKD', minor: -3 },
      { account: WALLET, currencyCode: 'HKD', minor: 3 },
    ]);
  });

  it('should move as much up as down, in whatever order the entries come', () => {
    fc.assert(
      fc.property(postings(), (any) => {
        const deltas = deltasOf(any.entries);
        for (const currency of ['HKD', 'JPY']) {
          const moved = deltas.filter(({ currencyCode }) => currencyCode === currency);
          expect(moved.reduce((sum, { minor }) => sum + minor, 0)).toBe(0);
        }
        expect(deltasOf([...any.entries].reverse())).toEqual(deltas);
      }),
    );
  });
});

describe('a repeat under one key', () => {
  const first: LedgerTransaction = { ...SALE, id: 'ltx_1', postedAt: new Date(0) };

  it('should be the same in any order of entries and whatever is said about it', () => {
    expect(() => checkRepeat(first, SALE)).not.toThrow();
    expect(() =>
      checkRepeat(first, { ...SALE, description: 'again', entries: [...SALE.entries].reverse() }),
    ).not.toThrow();
  });

  it('should not bring other entries', () => {
    for (const entries of [
      posting('k', [
        ['provider:SANDBOX', -1251],
        ['escrow:orders', 1251],
      ]).entries,
      posting('k', [
        ['provider:SANDBOX', -1250, 'JPY'],
        ['escrow:orders', 1250, 'JPY'],
      ]).entries,
      posting('k', [
        ['provider:OTHER', -1250],
        ['escrow:orders', 1250],
      ]).entries,
      [...SALE.entries, ...SALE.entries],
    ]) {
      expect(() => checkRepeat(first, { ...SALE, entries })).toThrow(
        expect.objectContaining({ code: 'IDEMPOTENCY_KEY_REUSED', field: ['input', 'key'] }),
      );
    }
  });
});

describe('slotOf', () => {
  it('should always give one key one slot and spread keys over all', () => {
    const used = new Set(Array.from({ length: 400 }, (_, n) => slotOf(`pay_${n}`)));
    expect(used.size).toBe(SLOTS);
    expect([...used].every((slot) => Number.isInteger(slot) && slot >= 0 && slot < SLOTS)).toBe(true);
    expect(slotOf('pay_1')).toBe(slotOf('pay_1'));
  });
});

describe('the ledger', () => {
  it('should keep its rules under any sequence of postings', () => {
    fc.assert(
      fc.property(fc.array(postings(), { maxLength: 40 }), (sequence) => {
        const book = new Book();
        for (const next of sequence) {
          const before = new Map(book.balances);
          const outcome = book.post(next);
          if (outcome !== 'POSTED') expect(book.balances).toEqual(before);
          expect(book.audit()).toMatchObject({ ok: true, faults: [] });
        }
        for (const [name, minor] of book.balances)
          if (name.startsWith('wallet:')) expect(minor).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('LedgerAudit', () => {
  const audited = (change: (audit: LedgerAudit) => void, transactions = 1) => {
    const audit = new LedgerAudit();
    for (const entry of SALE.entries) audit.addEntry('ltx_1', entry);
    audit.addBalance({ account: 'provider:SANDBOX', currencyCode: 'HKD', minor: -1000 });
    audit.addBalance({ account: 'provider:SANDBOX', currencyCode: 'HKD', minor: -250 });
    change(audit);
    return audit.finish(transactions);
  };
  const escrow = (audit: LedgerAudit) =>
    audit.addBalance({ account: 'escrow:orders', currencyCode: 'HKD', minor: 1250 });

  it('should report the figures of a sound ledger, parts of a balance added up', () => {
    expect(audited(escrow)).toEqual({
      ok: true,
      transactions: 1,
      entries: 2,
      balances: 2,
      currencies: [{ currencyCode: 'HKD', debitsMinor: '1250', creditsMinor: '1250' }],
      faults: [],
    });
    expect(new LedgerAudit().finish(0)).toMatchObject({ ok: true, transactions: 0, currencies: [] });
  });

  it('should name a balance that is not the fold of its entries', () => {
    expect(audited(() => undefined).faults).toEqual(['The balance of escrow:orders|HKD is 0, its entries make 1250.']);
    expect(
      audited((audit) => audit.addBalance({ account: 'escrow:orders', currencyCode: 'HKD', minor: 1249 })).faults,
    ).toEqual(['The balance of escrow:orders|HKD is 1249, its entries make 1250.']);
  });

  it('should name a lost transaction, a lone entry and a currency out of balance', () => {
    expect(audited(escrow, 2).faults).toEqual(['2 transactions are recorded, entries name 1.']);
    const lone = audited((audit) => {
      escrow(audit);
      audit.addEntry('ltx_2', { account: 'a:b', amount: { minor: 5, currencyCode: 'JPY' } });
      audit.addBalance({ account: 'a:b', currencyCode: 'JPY', minor: 5 });
    }, 2);
    expect(lone.ok).toBe(false);
    expect(lone.faults).toEqual([
      'ltx_2 has fewer than two entries.',
      'The JPY entries of ltx_2 sum to 5.',
      'JPY has debits of 0 and credits of 5.',
    ]);
  });

  it('should name a wallet below zero', () => {
    const overdrawn = audited((audit) => {
      escrow(audit);
      audit.addEntry('ltx_2', { account: WALLET, amount: { minor: -5, currencyCode: 'HKD' } });
      audit.addEntry('ltx_2', { account: 'escrow:orders', amount: { minor: 5, currencyCode: 'HKD' } });
      audit.addBalance({ account: WALLET, currencyCode: 'HKD', minor: -5 });
      audit.addBalance({ account: 'escrow:orders', currencyCode: 'HKD', minor: 5 });
    }, 2);
    expect(overdrawn.faults).toEqual([`${WALLET}|HKD is below zero.`]);
  });

  it('should count beyond the safe integers', () => {
    const audit = new LedgerAudit();
    const half = Number.MAX_SAFE_INTEGER;
    for (const id of ['ltx_1', 'ltx_2']) {
      audit.addEntry(id, { account: 'a:b', amount: { minor: half, currencyCode: 'HKD' } });
      audit.addEntry(id, { account: 'a:c', amount: { minor: -half, currencyCode: 'HKD' } });
      audit.addBalance({ account: 'a:b', currencyCode: 'HKD', minor: half });
      audit.addBalance({ account: 'a:c', currencyCode: 'HKD', minor: -half });
    }
    expect(audit.finish(2)).toMatchObject({ ok: true, currencies: [{ creditsMinor: '18014398509481982' }] });
  });
});
