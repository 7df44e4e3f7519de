import { checkPosting, deltasOf, isCustomerAccount, type LedgerEntry, type Posting } from '../ledger/ledger';
import { LedgerAudit, type LedgerReport } from '../ledger/ledger-audit';

/** The ledger as one would explain it on paper: what the real one is compared with. */
export class Book {
  readonly postings = new Map<string, Posting>();
  readonly balances = new Map<string, number>();

  post(posting: Posting): 'POSTED' | 'REPEATED' | 'IDEMPOTENCY_KEY_REUSED' | 'INSUFFICIENT_FUNDS' {
    checkPosting(posting);
    const first = this.postings.get(posting.key);
    if (first) return sorted(first.entries) === sorted(posting.entries) ? 'REPEATED' : 'IDEMPOTENCY_KEY_REUSED';
    const deltas = deltasOf(posting.entries);
    const after = deltas.map((delta) => ({
      ...delta,
      name: `${delta.account}|${delta.currencyCode}`,
      held: (this.balances.get(`${delta.account}|${delta.currencyCode}`) ?? 0) + delta.minor,
    }));
    if (after.some(({ account, minor, held }) => isCustomerAccount(account) && minor < 0 && held < 0)) {
      return 'INSUFFICIENT_FUNDS';
    }
    this.postings.set(posting.key, posting);
    for (const { name, held } of after) this.balances.set(name, held);
    return 'POSTED';
  }

  audit(): LedgerReport {
    const audit = new LedgerAudit();
    for (const [key, { entries }] of this.postings) for (const entry of entries) audit.addEntry(key, entry);
    for (const [name, minor] of this.balances) {
      const [account = '', currencyCode = ''] = name.split('|');
      audit.addBalance({ account, currencyCode, minor });
    }
    return audit.finish(this.postings.size);
  }
}

function sorted(entries: readonly LedgerEntry[]): string {
  return JSON.stringify(
    entries.map(({ account, amount }) => [account, amount.currencyCode, amount.minor].join('|')).sort(),
  );
}
