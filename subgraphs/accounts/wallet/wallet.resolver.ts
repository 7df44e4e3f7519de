import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { MoneyType, toMoneyType } from '../../../platform/money/money.type';
import { PageArgs } from '../../../platform/pagination/connection.type';
import { mapPage, type Page, readPage } from '../../../platform/pagination/page';
import { AccountType } from '../account/account.type';
import type { AccountsContext } from '../context';
import { WalletEntryConnection, type WalletEntryType, WalletType } from './wallet.type';

// Whoever holds an Account may see its wallet: the account is resolved only for its owner, STAFF and ADMIN.
@Resolver(() => AccountType)
export class AccountWalletResolver {
  @FieldResolver(() => WalletType, { description: 'Money of this person in the system.' })
  wallet(@Root() account: { readonly id: string }): WalletType {
    return { accountId: account.id };
  }
}

@Resolver(() => WalletType)
export class WalletResolver {
  @FieldResolver(() => MoneyType, { description: "The amount in the shop's own currency; zero when there is none." })
  async balance(@Root() wallet: WalletType, @Ctx() { services, loaders }: AccountsContext): Promise<MoneyType> {
    return toMoneyType(services.wallets.main(await loaders.balances.load(wallet.accountId)));
  }

  @FieldResolver(() => [MoneyType], { description: 'The amount in every currency the wallet has ever held.' })
  async balances(@Root() wallet: WalletType, @Ctx() { loaders }: AccountsContext): Promise<MoneyType[]> {
    return (await loaders.balances.load(wallet.accountId)).map(toMoneyType);
  }

  @FieldResolver(() => WalletEntryConnection, { description: 'Movements, newest first.' })
  async entries(
    @Root() wallet: WalletType,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services }: AccountsContext,
  ): Promise<Page<WalletEntryType>> {
    const entries = await services.wallets.entries(wallet.accountId, readPage(page));
    return mapPage(entries, (entry) => ({ ...entry, amount: toMoneyType(entry.amount) }));
  }
}
