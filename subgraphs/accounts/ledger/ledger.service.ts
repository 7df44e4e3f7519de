import { isDuplicateKey } from '../../../platform/mongo/database';
import { KeyQueue } from '../../../platform/mongo/key-queue';
import { decodeCursor, type Page, type PageRequest, pageOf } from '../../../platform/pagination/page';
import type { Kernel } from '../../../platform/subgraph/kernel';
import type { BalanceModel } from './balance.model';
import {
  type Balance,
  checkPosting,
  checkRepeat,
  deltasOf,
  insufficientFunds,
  isCustomerAccount,
  type LedgerTransaction,
  type Posting,
  slotOf,
} from './ledger';
import type { LedgerModel, StatementLine } from './ledger.model';
import { LedgerAudit, type LedgerReport } from './ledger-audit';

const ATTEMPTS = 3;

/** Where value moves: double entry, written once, unique by key. */
export class LedgerService {
  private readonly queue = new KeyQueue();

  constructor(
    private readonly kernel: Kernel,
    private readonly ledger: LedgerModel,
    private readonly balances: BalanceModel,
  ) {}

  /**
   * Posts a transaction, or answers the one already posted under its key. Refuses INVALID, INSUFFICIENT_FUNDS (a
   * person's account would go below zero) and IDEMPOTENCY_KEY_REUSED; then nothing has changed.
   */
  post(posting: Posting): Promise<LedgerTransaction> {
    checkPosting(posting);
    const deltas = deltasOf(posting.entries);
    // The person's turn first: those who wait for one wallet must not hold up everybody else's slot.
    const turns = [...deltas.map(({ account }) => account).filter(isCustomerAccount), `slot:${slotOf(posting.key)}`];
    return this.inTurn([...new Set(turns)], () => this.postOnce(posting, deltas));
  }

  /** Per account and currency; an account never posted to has none. */
  balancesOf(accounts: readonly string[]): Promise<readonly Balance[]> {
    return this.balances.findMany(accounts);
  }

  /** Entries of one account, newest first. */
  async statement(account: string, request: PageRequest): Promise<Page<StatementLine>> {
    const after = request.after === null ? null : decodeCursor(request.after, 1);
    const rows = await this.ledger.statement(account, after, request.first + 1);
    return pageOf(
      rows,
      request,
      (line) => [line.id],
      () => this.ledger.countStatement(account),
    );
  }

  /** Reads the whole ledger as of one instant and reports whether it keeps its rules. */
  verify(): Promise<LedgerReport> {
    return this.kernel.database.transaction(async (session) => {
      const audit = new LedgerAudit();
      for await (const { transactionId, entry } of this.ledger.everyEntry(session)) {
        audit.addEntry(transactionId, entry);
      }
      for await (const balance of this.balances.every(session)) audit.addBalance(balance);
      return audit.finish(await this.ledger.countTransactions(session));
    });
  }

  private async postOnce(posting: Posting, deltas: readonly Balance[]): Promise<LedgerTransaction> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.write(posting, deltas);
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const first = await this.ledger.findByKey(posting.key);
        if (first) {
          checkRepeat(first, posting);
          return first;
        }
        // Not this key, then: another process made the first balance of an account at the same moment.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  private async write(posting: Posting, deltas: readonly Balance[]): Promise<LedgerTransaction> {
    const { newId, clock, database } = this.kernel;
    const { key, kind, reference, description, entries } = posting;
    const transaction = { id: newId('ltx'), key, kind, reference, description, entries, postedAt: clock.now() };
    const entryIds = entries.map(() => newId('lent'));
    const withdrawals = deltas.filter(({ account, minor }) => isCustomerAccount(account) && minor < 0);
    const slot = slotOf(key);
    const moves = deltas
      .filter((delta) => !withdrawals.includes(delta))
      .map((delta) => ({ ...delta, slot: isCustomerAccount(delta.account) ? null : slot }));
    await database.transaction(async (session) => {
      // First of all, so that a repeat meets its key before it meets a wallet that is empty by now.
      await this.ledger.insert(session, transaction, entryIds);
      for (const withdrawal of withdrawals) {
        if (!(await this.balances.withdraw(session, withdrawal))) throw insufficientFunds();
      }
      await this.balances.move(session, moves);
    });
    return transaction;
  }

  /** Takes the turns one inside the other, always in the same order, so that no two wait for each other. */
  private inTurn<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const [first, ...rest] = keys;
    return first === undefined ? work() : this.queue.run(first, () => this.inTurn(rest, work));
  }
}
