import { createHash } from 'node:crypto';
import { isId } from '../../../platform/ids/id';
import type { Money } from '../../../platform/money/money';
import { invalid, Refusal } from '../../../platform/user-errors/refusal';

/** A signed amount on one account: positive for what the account's owner is owed. Never zero. */
export interface LedgerEntry {
  readonly account: string;
  readonly amount: Money;
}

/** What shall be written: two entries or more that sum to zero in every currency, known by `key`. */
export interface Posting {
  readonly key: string;
  /** What it is for, for example "order.payment"; shown on statements. */
  readonly kind: string;
  /** Id of what caused it. */
  readonly reference: string;
  readonly description: string | null;
  readonly entries: readonly LedgerEntry[];
}

export interface LedgerTransaction extends Posting {
  readonly id: string;
  readonly postedAt: Date;
}

/** What an account holds in one currency, in minor units. */
export interface Balance {
  readonly account: string;
  readonly currencyCode: string;
  readonly minor: number;
}

const MAX_ENTRIES = 200;
/** Of a single entry. Far above any sale, and low enough that sums stay whole numbers. */
const MAX_MINOR = 1_000_000_000_000;
const ACCOUNT = /^[a-z][a-z0-9-]{0,31}:[\w-]{1,64}$/;
const KIND = /^[A-Za-z][\w.-]{0,63}$/;
/** Of a key and of a reference: printable ASCII without spaces. */
const NAME = /^[\x21-\x7e]{1,128}$/;
const MAX_DESCRIPTION = 500;
const WALLET = 'wallet:';

/**
 * Into how many documents the balance of a system account is split. Every sale touches the same few accounts; by the
 * slot of its key, sixteen of them can be written at once without meeting.
 */
export const SLOTS = 16;

/** The slot of everything posted under this key. */
export function slotOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % SLOTS;
}

export function walletOf(accountId: string): string {
  return WALLET + accountId;
}

/** Whether the account belongs to a person: it never goes below zero. */
export function isCustomerAccount(account: string): boolean {
  return account.startsWith(WALLET);
}

/** Refuses (INVALID) a posting that is not double entry or not well-formed. */
export function checkPosting({ key, kind, reference, description, entries }: Posting): void {
  if (!NAME.test(key)) throw invalid(['input', 'key'], 'A key is 1 to 128 printable ASCII characters without spaces.');
  if (!KIND.test(kind)) throw invalid(['input', 'kind'], 'A kind is up to 64 letters, digits, dots and dashes.');
  if (!NAME.test(reference)) throw invalid(['input', 'reference'], 'A reference is an id.');
  if ((description ?? '').length > MAX_DESCRIPTION) {
    throw invalid(['input', 'description'], `A description has at most ${MAX_DESCRIPTION} characters.`);
  }
  if (entries.length < 2 || entries.length > MAX_ENTRIES) {
    throw invalid(['input', 'entries'], `A transaction has 2 to ${MAX_ENTRIES} entries.`);
  }
  const sums = new Map<string, number>();
  entries.forEach(({ account, amount }, index) => {
    const field = ['input', 'entries', String(index)];
    if (!ACCOUNT.test(account) || (isCustomerAccount(account) && !isId('acct', account.slice(WALLET.length)))) {
      throw invalid([...field, 'account'], 'This is not the name of a ledger account.');
    }
    if (!Number.isSafeInteger(amount.minor) || amount.minor === 0 || Math.abs(amount.minor) > MAX_MINOR) {
      throw invalid([...field, 'amount'], 'An entry has an amount, not zero and not beyond ten thousand million.');
    }
    sums.set(amount.currencyCode, (sums.get(amount.currencyCode) ?? 0) + amount.minor);
  });
  for (const [currencyCode, sum] of sums) {
    if (sum !== 0) throw invalid(['input', 'entries'], `The ${currencyCode} entries do not sum to zero.`);
  }
}

/** By how much the entries move each account in each currency; what comes to nothing is left out. Ordered by name. */
export function deltasOf(entries: readonly LedgerEntry[]): readonly Balance[] {
  const deltas = new Map<string, Balance>();
  for (const { account, amount } of entries) {
    const name = `${account}|${amount.currencyCode}`;
    const minor = (deltas.get(name)?.minor ?? 0) + amount.minor;
    deltas.set(name, { account, currencyCode: amount.currencyCode, minor });
  }
  return [...deltas.entries()]
    .filter(([, { minor }]) => minor !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, delta]) => delta);
}

/** A repeat under one key must bring the same entries, in any order; else IDEMPOTENCY_KEY_REUSED. */
export function checkRepeat(first: LedgerTransaction, posting: Posting): void {
  if (entriesText(first.entries) !== entriesText(posting.entries)) {
    throw new Refusal('IDEMPOTENCY_KEY_REUSED', 'Other entries were posted under this key. Use a new key.', {
      field: ['input', 'key'],
    });
  }
}

export function insufficientFunds(): Refusal {
  return new Refusal('INSUFFICIENT_FUNDS', 'The account does not hold that much.', { field: ['input', 'entries'] });
}

function entriesText(entries: readonly LedgerEntry[]): string {
  return entries
    .map(({ account, amount }) => `${account}|${amount.currencyCode}|${amount.minor}`)
    .sort()
    .join('\n');
}
