import fc from 'fast-check';
import type { LedgerEntry, Posting } from '../ledger/ledger';
import { walletOf } from '../ledger/ledger';

/** Account ids of the right shape, readable: the n-th person. */
export function personId(n: number): string {
  return `acct_${String(n).padStart(26, '0')}`;
}

export function posting(key: string, entries: readonly (readonly [string, number, string?])[]): Posting {
  return {
    key,
    kind: 'test.posting',
    reference: key,
    description: null,
    entries: entries.map(([account, minor, currencyCode = 'HKD']) => ({ account, amount: { minor, currencyCode } })),
  };
}

/**
 * Balanced postings over few accounts and few keys, so that sequences of them meet: repeats, reused keys, several
 * currencies, several entries on one account, and withdrawals beyond what is held. `suffix` keeps sequences apart.
 */
export function postings(suffix = ''): fc.Arbitrary<Posting> {
  const account = fc.constantFrom(
    walletOf(personId(1)),
    walletOf(personId(2)),
    `escrow:orders${suffix}`,
    `provider:SANDBOX${suffix}`,
  );
  const amount = fc.integer({ min: -500, max: 500 }).filter((minor) => minor !== 0);
  const legs = fc
    .array(fc.tuple(account, amount), { minLength: 1, maxLength: 3 })
    .chain((some) => account.map((last) => [...some, [last, -sum(some)] as [string, number]]))
    .filter((all) => all.every(([, minor]) => minor !== 0));
  const inCurrency = fc
    .tuple(legs, fc.constantFrom('HKD', 'JPY'))
    .map(([some, currencyCode]): LedgerEntry[] =>
      some.map(([name, minor]) => ({ account: name, amount: { minor, currencyCode } })),
    );
  return fc
    .tuple(fc.nat(5), fc.array(inCurrency, { minLength: 1, maxLength: 2 }))
    .map(([n, groups]) => ({ ...posting(`key-${n}${suffix}`, []), entries: groups.flat() }));
}

function sum(legs: readonly (readonly [string, number])[]): number {
  return legs.reduce((total, [, minor]) => total + minor, 0);
}
