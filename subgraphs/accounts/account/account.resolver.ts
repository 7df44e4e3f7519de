import { Arg, Authorized, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { Internal } from '../../../platform/graphql/directives';
import { payload } from '../../../platform/user-errors/user-error.type';
import type { AccountsContext } from '../context';
import type { Account } from './account';
import {
  AccountRolesSetInput,
  AccountRolesSetPayload,
  AccountSnapshot,
  AccountType,
  ProfileImportInput,
  ProfileType,
} from './account.type';

@Resolver()
export class AccountResolver {
  @Query(() => AccountType, { nullable: true, description: 'The signed-in person; null when nobody is signed in.' })
  viewer(@Ctx() { identity, loaders }: AccountsContext): Promise<Account | null> | null {
    return identity.kind === 'account' ? loaders.account.load(identity.accountId) : null;
  }

  @Query(() => ProfileType, { nullable: true, description: 'What anyone may see of a person; null when unknown.' })
  profile(
    @Arg('id', () => ID, { description: 'Profile id.' }) id: string,
    @Ctx() { loaders }: AccountsContext,
  ): Promise<ProfileType | null> {
    return loaders.account.load(id);
  }

  @Authorized('ADMIN')
  @Mutation(() => AccountRolesSetPayload, {
    description:
      'Replaces the roles of an account. ADMIN only. New roles reach open sessions at their next refresh; taking a role away closes them. Administrators cannot take that role from themselves.',
  })
  accountRolesSet(
    @Arg('input', () => AccountRolesSetInput, { description: 'Whose, and which.' }) input: AccountRolesSetInput,
    @Ctx() { services, identity }: AccountsContext,
  ) {
    return payload(async () => ({
      account: await services.accounts.setRoles(identity, input.accountId, input.roles),
    }));
  }

  @Internal()
  @Query(() => [AccountSnapshot], {
    description: 'Public profiles and standing of accounts by id; unknown ids are left out.',
  })
  _accounts(
    @Arg('ids', () => [ID], { description: 'Account ids.' }) ids: string[],
    @Ctx() { services }: AccountsContext,
  ): Promise<readonly AccountSnapshot[]> {
    return services.accounts.findMany(ids);
  }

  @Internal()
  @Mutation(() => [ID], {
    description:
      'Profiles of people outside the system (authors of imported reviews); unique by source and externalName. Ids in the order asked.',
  })
  _profileImport(
    @Arg('input', () => [ProfileImportInput], { description: 'The people.' }) input: ProfileImportInput[],
    @Ctx() { services }: AccountsContext,
  ): Promise<readonly string[]> {
    return services.accounts.importProfiles(input);
  }
}
