import type DataLoader from 'dataloader';
import type { Money } from '../../platform/money/money';
import type { SubgraphContext } from '../../platform/subgraph/subgraph-context';
import type { Account } from './account/account';
import type { AccountService } from './account/account.service';
import type { RegistrationService } from './account/registration.service';
import type { ApiKeyService } from './api-key/api-key.service';
import type { LedgerService } from './ledger/ledger.service';
import type { OverlayTokenService } from './overlay-token/overlay-token.service';
import type { SessionService } from './session/session.service';
import type { WalletService } from './wallet/wallet.service';

export interface AccountsServices {
  readonly accounts: AccountService;
  readonly registration: RegistrationService;
  readonly sessions: SessionService;
  readonly apiKeys: ApiKeyService;
  readonly overlayTokens: OverlayTokenService;
  readonly ledger: LedgerService;
  readonly wallets: WalletService;
}

export interface AccountsLoaders {
  readonly account: DataLoader<string, Account | null>;
  /** Account id to its wallet's balances, one per currency. */
  readonly balances: DataLoader<string, readonly Money[]>;
}

export type AccountsContext = SubgraphContext<AccountsServices, AccountsLoaders>;
