import { type Money, zero } from '../../../platform/money/money';
import type { Page, PageRequest } from '../../../platform/pagination/page';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { walletOf } from '../ledger/ledger';
import type { StatementLine } from '../ledger/ledger.model';
import type { LedgerService } from '../ledger/ledger.service';

/** A person's part of the ledger. */
export class WalletService {
  constructor(
    private readonly kernel: Kernel,
    private readonly ledger: LedgerService,
  ) {}

  /** What each person's wallet holds, one amount per currency ever used; in the order asked. */
  async balances(accountIds: readonly string[]): Promise<readonly (readonly Money[])[]> {
    const held = new Map<string, Money[]>(accountIds.map((id) => [walletOf(id), []]));
    for (const { account, minor, currencyCode } of await this.ledger.balancesOf([...held.keys()])) {
      held.get(account)?.push({ minor, currencyCode });
    }
    return accountIds.map((id) => held.get(walletOf(id)) ?? []);
  }

  /** The amount in the currency of this installation; zero when there is none. */
  main(balances: readonly Money[]): Money {
    const { currencyCode } = this.kernel.config;
    return balances.find((balance) => balance.currencyCode === currencyCode) ?? zero(currencyCode);
  }

  entries(accountId: string, request: PageRequest): Promise<Page<StatementLine>> {
    return this.ledger.statement(walletOf(accountId), request);
  }
}
