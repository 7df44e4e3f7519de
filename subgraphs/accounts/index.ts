import DataLoader from 'dataloader';
import { defineSubgraph } from '../../platform/subgraph/define-subgraph';
import { AccountModel } from './account/account.model';
import { AccountResolver } from './account/account.resolver';
import { AccountService } from './account/account.service';
import { ProfileType } from './account/account.type';
import { RegistrationService } from './account/registration.service';
import { ApiKeyModel } from './api-key/api-key.model';
import { ApiKeyResolver } from './api-key/api-key.resolver';
import { ApiKeyService } from './api-key/api-key.service';
import type { AccountsLoaders, AccountsServices } from './context';
import { CredentialModel } from './credential/credential.model';
import { PasswordHashing } from './credential/password-hashing';
import { ACCOUNTS_ERROR_CODES } from './errors';
import { BalanceModel } from './ledger/balance.model';
import { LedgerModel } from './ledger/ledger.model';
import { LedgerResolver } from './ledger/ledger.resolver';
import { LedgerService } from './ledger/ledger.service';
import { OverlayTokenModel } from './overlay-token/overlay-token.model';
import { OverlayTokenResolver } from './overlay-token/overlay-token.resolver';
import { OverlayTokenService } from './overlay-token/overlay-token.service';
import { SessionModel } from './session/session.model';
import { SessionResolver } from './session/session.resolver';
import { SessionService } from './session/session.service';
import { SignInAttempts } from './session/sign-in-attempts.model';
import { AccountWalletResolver, WalletResolver } from './wallet/wallet.resolver';
import { WalletService } from './wallet/wallet.service';

export type { AccountsServices } from './context';
export type { LedgerReport } from './ledger/ledger-audit';
export { type AccessToken, verifyAccessToken } from './session/access-token';

export const accounts = defineSubgraph<AccountsServices, AccountsLoaders>({
  name: 'accounts',
  resolvers: [
    AccountResolver,
    SessionResolver,
    ApiKeyResolver,
    OverlayTokenResolver,
    LedgerResolver,
    AccountWalletResolver,
    WalletResolver,
  ],
  orphanedTypes: [ProfileType],
  codes: ACCOUNTS_ERROR_CODES,
  create(kernel) {
    const { connection } = kernel.database;
    const accountModel = new AccountModel(connection);
    const credentials = new CredentialModel(connection);
    const sessionModel = new SessionModel(connection);
    const passwords = new PasswordHashing();
    const attempts = new SignInAttempts(connection);
    const ledger = new LedgerService(kernel, new LedgerModel(connection), new BalanceModel(connection));
    return {
      accounts: new AccountService(kernel, accountModel, credentials, sessionModel),
      registration: new RegistrationService(kernel, accountModel, credentials, passwords),
      sessions: new SessionService(kernel, accountModel, credentials, sessionModel, attempts, passwords),
      apiKeys: new ApiKeyService(kernel, new ApiKeyModel(connection)),
      overlayTokens: new OverlayTokenService(kernel, new OverlayTokenModel(connection)),
      ledger,
      wallets: new WalletService(kernel, ledger),
    };
  },
  prepare: (services) => services.sessions.prepare(),
  loaders: ({ accounts: service, wallets }) => ({
    account: new DataLoader(async (ids) => {
      const found = new Map((await service.findMany(ids)).map((account) => [account.id, account]));
      return ids.map((id) => found.get(id) ?? null);
    }),
    balances: new DataLoader((accountIds) => wallets.balances(accountIds)),
  }),
  references: {
    Account: ({ id }, { identity, loaders, services }) =>
      services.accounts.canRead(identity, id) ? loaders.account.load(id) : null,
    Profile: ({ id }, { loaders }) => loaders.account.load(id),
  },
});
