import { Arg, Args, Authorized, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { Internal } from '../../../platform/graphql/directives';
import { PageArgs } from '../../../platform/pagination/connection.type';
import { type Page, readPage } from '../../../platform/pagination/page';
import { payload } from '../../../platform/user-errors/user-error.type';
import type { AccountsContext } from '../context';
import type { ApiKey } from './api-key';
import {
  ApiKeyConnection,
  ApiKeyCreateInput,
  ApiKeyCreatePayload,
  ApiKeyRevokeInput,
  ApiKeyRevokePayload,
  ApiKeySnapshot,
} from './api-key.type';

@Resolver()
export class ApiKeyResolver {
  @Authorized('MERCHANT', 'ADMIN')
  @Query(() => ApiKeyConnection, {
    description: 'Keys, newest first, revoked ones included. MERCHANT: their own; ADMIN: all.',
  })
  apiKeys(@Args(() => PageArgs) page: PageArgs, @Ctx() { services, identity }: AccountsContext): Promise<Page<ApiKey>> {
    return services.apiKeys.list(identity, readPage(page));
  }

  @Authorized('MERCHANT', 'ADMIN')
  @Mutation(() => ApiKeyCreatePayload, { description: 'Makes a key for an embedding app. MERCHANT or ADMIN.' })
  apiKeyCreate(
    @Arg('input', () => ApiKeyCreateInput, { description: 'The key.' }) input: ApiKeyCreateInput,
    @Ctx() { services, identity }: AccountsContext,
  ) {
    return payload(() => services.apiKeys.createFor(identity, input));
  }

  @Authorized('MERCHANT', 'ADMIN')
  @Mutation(() => ApiKeyRevokePayload, {
    description:
      'Stops a key from working, within seconds everywhere. MERCHANT: their own; ADMIN: any. Unique by the id: a repeat changes nothing.',
  })
  apiKeyRevoke(
    @Arg('input', () => ApiKeyRevokeInput, { description: 'Which key.' }) input: ApiKeyRevokeInput,
    @Ctx() { services, identity }: AccountsContext,
  ) {
    return payload(async () => ({ apiKey: await services.apiKeys.revoke(identity, input.id) }));
  }

  @Internal()
  @Query(() => ApiKeySnapshot, {
    nullable: true,
    description: 'Who a storefront key (full text) stands for; null when unknown or revoked.',
  })
  async _apiKey(
    @Arg('key', () => String, { description: 'The full text.' }) text: string,
    @Ctx() { services }: AccountsContext,
  ): Promise<ApiKeySnapshot | null> {
    const key = await services.apiKeys.identify(text);
    return key && { keyId: key.id, kind: key.kind, scopes: key.scopes, origins: key.origins };
  }

  @Internal()
  @Query(() => Boolean, { description: "Whether any active key's origin list contains this one." })
  _originListed(
    @Arg('origin', () => String, { description: 'A serialised origin.' }) origin: string,
    @Ctx() { services }: AccountsContext,
  ): Promise<boolean> {
    return services.apiKeys.isOriginListed(origin);
  }
}
