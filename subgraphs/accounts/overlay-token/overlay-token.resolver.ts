import { Arg, Args, Authorized, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { Internal } from '../../../platform/graphql/directives';
import { PageArgs } from '../../../platform/pagination/connection.type';
import { type Page, readPage } from '../../../platform/pagination/page';
import { payload } from '../../../platform/user-errors/user-error.type';
import type { AccountsContext } from '../context';
import type { OverlayToken } from './overlay-token';
import type { IssuedOverlayToken } from './overlay-token.service';
import {
  OverlayTokenConnection,
  OverlayTokenCreateInput,
  OverlayTokenCreatePayload,
  OverlayTokenRefreshInput,
  OverlayTokenRefreshPayload,
  OverlayTokenRevokeInput,
  OverlayTokenRevokePayload,
  OverlayTokenRotateInput,
  OverlayTokenRotatePayload,
  OverlayTokenSnapshot,
} from './overlay-token.type';

/** Those who put numbers on air. What a token shows is public, so none of them needs to own the group. */
const MAKERS = ['HOST', 'LEADER', 'MERCHANT', 'STAFF', 'ADMIN'] as const;

@Resolver()
export class OverlayTokenResolver {
  @Authorized(...MAKERS)
  @Query(() => OverlayTokenConnection, {
    description:
      'Overlay tokens, newest first, ended ones included. HOST, LEADER, MERCHANT, STAFF: their own; ADMIN: all.',
  })
  overlayTokens(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, identity }: AccountsContext,
  ): Promise<Page<OverlayToken>> {
    return services.overlayTokens.list(identity, readPage(page));
  }

  @Authorized(...MAKERS)
  @Mutation(() => OverlayTokenCreatePayload, {
    description: 'Makes a token for an overlay of one group or campaign. HOST, LEADER, MERCHANT, STAFF or ADMIN.',
  })
  overlayTokenCreate(
    @Arg('input', () => OverlayTokenCreateInput, { description: 'The token.' }) input: OverlayTokenCreateInput,
    @Ctx() { services, identity }: AccountsContext,
  ) {
    const { name, groupBuyId = null, campaignId = null, expiresAt = null } = input;
    return payload(async () =>
      withPath(await services.overlayTokens.create(identity, { name, groupBuyId, campaignId, expiresAt })),
    );
  }

  @Authorized(...MAKERS)
  @Mutation(() => OverlayTokenRotatePayload, {
    description:
      'Gives the token a new text; the old one ends after a grace in which every overlay takes the new one by itself, its address unchanged. HOST, LEADER, MERCHANT, STAFF: their own; ADMIN: any. A repeat rotates again.',
  })
  overlayTokenRotate(
    @Arg('input', () => OverlayTokenRotateInput, { description: 'Which token.' }) input: OverlayTokenRotateInput,
    @Ctx() { services, identity }: AccountsContext,
  ) {
    return payload(async () => withPath(await services.overlayTokens.rotate(identity, input.id, input.graceMinutes)));
  }

  @Authorized(...MAKERS)
  @Mutation(() => OverlayTokenRevokePayload, {
    description:
      'Takes every overlay with the token off air, within five seconds. HOST, LEADER, MERCHANT, STAFF: their own; ADMIN: any. Unique by the id: a repeat changes nothing.',
  })
  overlayTokenRevoke(
    @Arg('input', () => OverlayTokenRevokeInput, { description: 'Which token.' }) input: OverlayTokenRevokeInput,
    @Ctx() { services, identity }: AccountsContext,
  ) {
    return payload(async () => ({ overlayToken: await services.overlayTokens.revoke(identity, input.id) }));
  }

  @Mutation(() => OverlayTokenRefreshPayload, {
    description:
      'Exchanges the token an overlay holds for its newest text, the same where it was not rotated. Whoever holds a token may call. A repeat changes nothing.',
  })
  overlayTokenRefresh(
    @Arg('input', () => OverlayTokenRefreshInput, { description: 'The token.' }) input: OverlayTokenRefreshInput,
    @Ctx() { services }: AccountsContext,
  ) {
    return payload(async () => {
      const { token, overlayToken } = await services.overlayTokens.refresh(input.token);
      const { groupBuyId, campaignId, expiresAt } = overlayToken;
      return { token, groupBuyId, campaignId, expiresAt };
    });
  }

  @Internal()
  @Query(() => OverlayTokenSnapshot, {
    nullable: true,
    description: 'What an overlay token (its text) stands for; null when it does not work.',
  })
  async _overlayToken(
    @Arg('token', () => String, { description: 'The text.' }) text: string,
    @Ctx() { services }: AccountsContext,
  ): Promise<OverlayTokenSnapshot | null> {
    const known = await services.overlayTokens.identify(text);
    if (!known) return null;
    const { id, groupBuyId, campaignId } = known.overlayToken;
    return { id, resource: groupBuyId ?? campaignId ?? '', expiresAt: known.until };
  }
}

/** The token stands behind the "#": browsers send that part to no server, so it reaches no log on the way. */
function withPath({ token, overlayToken }: IssuedOverlayToken) {
  const { groupBuyId, campaignId } = overlayToken;
  const shown = groupBuyId === null ? `campaign=${campaignId}` : `group=${groupBuyId}`;
  return { token, overlayToken, path: `/overlay/v1?${shown}#token=${token}` };
}
