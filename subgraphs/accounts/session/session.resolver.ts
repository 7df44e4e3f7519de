import { Arg, Authorized, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { Identity } from '../../../platform/context/identity';
import { Internal } from '../../../platform/graphql/directives';
import { unauthenticated } from '../../../platform/user-errors/api-error';
import { payload } from '../../../platform/user-errors/user-error.type';
import { UserRegisterInput } from '../account/account.type';
import type { AccountsContext } from '../context';
import {
  SessionCreateInput,
  SessionCreatePayload,
  SessionRefreshInput,
  SessionRefreshPayload,
  SessionRevokePayload,
  UserRegisterPayload,
} from './session.type';

@Resolver()
export class SessionResolver {
  @Mutation(() => UserRegisterPayload, {
    description:
      'Registers a person as a CUSTOMER and signs them in. Anyone may call. Unique by the identifier: a repeat is refused IDENTIFIER_TAKEN.',
  })
  userRegister(
    @Arg('input', () => UserRegisterInput, { description: 'The person.' }) input: UserRegisterInput,
    @Ctx() { services }: AccountsContext,
  ) {
    return payload(async () => {
      const { identifier, password, displayName } = input;
      const account = await services.registration.register({ identifier, password, displayName });
      return { account, session: await services.sessions.openFor(account) };
    });
  }

  @Mutation(() => SessionCreatePayload, {
    description:
      'Signs in. Anyone may call. After five failures with one identifier within 15 minutes, more are refused until the 15 minutes are over.',
  })
  sessionCreate(
    @Arg('input', () => SessionCreateInput, { description: 'Identifier and password.' }) input: SessionCreateInput,
    @Ctx() { services }: AccountsContext,
  ) {
    return payload(async () => ({ session: await services.sessions.signIn(input) }));
  }

  @Mutation(() => SessionRefreshPayload, {
    description:
      'Exchanges a refresh token for new tokens. Whoever holds the token may call. Each token works once: one that comes a second time closes the session.',
  })
  sessionRefresh(
    @Arg('input', () => SessionRefreshInput, { description: 'The newest refresh token.' }) input: SessionRefreshInput,
    @Ctx() { services }: AccountsContext,
  ) {
    return payload(async () => ({ session: await services.sessions.refresh(input.refreshToken) }));
  }

  @Authorized()
  @Mutation(() => SessionRevokePayload, {
    description: 'Signs out: closes the session of the access token sent. Signed-in people only.',
  })
  sessionRevoke(@Ctx() { services, identity }: AccountsContext) {
    return payload(async () => {
      const { accountId, sessionId } = ownSession(identity);
      return { revokedCount: await services.sessions.revoke(accountId, sessionId) };
    });
  }

  @Authorized()
  @Mutation(() => SessionRevokePayload, {
    description: 'Signs out everywhere: closes every session of the caller. Signed-in people only.',
  })
  sessionRevokeAll(@Ctx() { services, identity }: AccountsContext) {
    return payload(async () => ({ revokedCount: await services.sessions.revokeAll(ownSession(identity).accountId) }));
  }

  @Internal()
  @Query(() => Boolean, { description: 'Whether a session is still open (not logged out, not revoked).' })
  _sessionActive(
    @Arg('sessionId', () => ID, { description: 'Session id.' }) sessionId: string,
    @Ctx() { services }: AccountsContext,
  ): Promise<boolean> {
    return services.sessions.isActive(sessionId);
  }

  @Internal()
  @Query(() => [ID], { description: 'Which of these sessions are not open any more; at most 500 ids.' })
  _sessionsEnded(
    @Arg('sessionIds', () => [ID], { description: 'Session ids.' }) sessionIds: string[],
    @Ctx() { services }: AccountsContext,
  ): Promise<string[]> {
    return services.sessions.ended(sessionIds.slice(0, 500));
  }
}

function ownSession(identity: Identity) {
  if (identity.kind !== 'account') throw unauthenticated();
  return identity;
}
