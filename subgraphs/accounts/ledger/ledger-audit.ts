import { type Balance, isCustomerAccount, type LedgerEntry } from './ledger';

/** What a reading of the whole ledger found. `ok` means `faults` is empty. */
export interface LedgerReport {
  readonly ok: boolean;
  readonly transactions: number;
  readonly entries: number;
  /** Pairs of account and currency. */
  readonly balances: number;
  /** Sums over all entries, in minor units as decimal text (they may pass the safe integers). */
  readonly currencies: readonly {
    readonly currencyCode: string;
    readonly debitsMinor: string;
    readonly creditsMinor: string;
  }[];
  /** One sentence each, the first hundred. */
  readonly faults: readonly string[];
}

const MAX_FAULTS = 100;

/**
 * Reads every entry once, grouped by transaction, then the kept balances, and holds the ledger to its rules: every
 * transaction sums to zero per currency, every balance is the fold of its entries, no wallet is below zero.
 */
export class LedgerAudit {
  private transactions = 0;
  private entries = 0;
  private readonly faults: string[] = [];
  private readonly credits = new Map<string, bigint>();
  private readonly debits = new Map<string, bigint>();
  private readonly folds = new Map<string, bigint>();
  private readonly kept = new Map<string, bigint>();
  private current: { id: string; count: number; readonly sums: Map<string, bigint> } | null = null;

  /** Entries of one transaction come one after another. */
  addEntry(transactionId: string, { account, amount }: LedgerEntry): void {
    if (this.current?.id !== transactionId) {
      this.endTransaction();
      this.current = { id: transactionId, count: 0, sums: new Map() };
    }
    const minor = BigInt(amount.minor);
    this.entries += 1;
    this.current.count += 1;
    add(this.current.sums, amount.currencyCode, minor);
    add(this.folds, `${account}|${amount.currencyCode}`, minor);
    if (minor > 0n) add(this.credits, amount.currencyCode, minor);
    else add(this.debits, amount.currencyCode, -minor);
    if (minor === 0n) this.fault(`${transactionId} has an entry of nothing.`);
  }

  /** The parts of a split balance come as several. */
  addBalance({ account, currencyCode, minor }: Balance): void {
    add(this.kept, `${account}|${currencyCode}`, BigInt(minor));
  }

  /** `transactions` is how many the ledger says it has. */
  finish(transactions: number): LedgerReport {
    this.endTransaction();
    if (transactions !== this.transactions) {
      this.fault(`${transactions} transactions are recorded, entries name ${this.transactions}.`);
    }
    const names = new Set([...this.folds.keys(), ...this.kept.keys()]);
    for (const name of names) {
      const fold = this.folds.get(name) ?? 0n;
      const kept = this.kept.get(name) ?? 0n;
      if (kept !== fold) this.fault(`The balance of ${name} is ${kept}, its entries make ${fold}.`);
      if (isCustomerAccount(name) && (kept < 0n || fold < 0n)) this.fault(`${name} is below zero.`);
    }
    const currencies = [...new Set([...this.credits.keys(), ...this.debits.keys()])].sort().map((currencyCode) => {
      const credits = this.credits.get(currencyCode) ?? 0n;
      const debits = this.debits.get(currencyCode) ?? 0n;
      if (credits !== debits) this.fault(`${currencyCode} has debits of ${debits} and credits of ${credits}.`);
      return { currencyCode, debitsMinor: String(debits), creditsMinor: String(credits) };
    });
    return {
      ok: this.faults.length === 0,
      transactions: this.transactions,
      entries: this.entries,
      balances: names.size,
      currencies,
      faults: this.faults,
    };
  }

  private endTransaction(): void {
    if (!this.current) return;
    const { id, count, sums } = this.current;
    this.transactions += 1;
    if (count < 2) this.fault(`${id} has fewer than two entries.`);
    for (const [currencyCode, sum] of sums) {
      if (sum !== 0n) this.fault(`The ${currencyCode} entries of ${id} sum to ${sum}.`);
    }
    this.current = null;
  }

  private fault(sentence: string): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push(sentence);
  }
}

function add(sums: Map<string, bigint>, name: string, minor: bigint): void {
  sums.set(name, (sums.get(name) ?? 0n) + minor);
}
