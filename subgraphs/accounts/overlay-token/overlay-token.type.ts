import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Inaccessible } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { connectionType } from '../../../platform/pagination/connection.type';
import { UserError } from '../../../platform/user-errors/user-error.type';
import { GRACE_MINUTES } from './overlay-token';

@ObjectType('OverlayToken', {
  description:
    'What lets an overlay follow one group or one campaign, and nothing else. Seen by whoever made it and by ADMIN.',
})
export class OverlayTokenType {
  @Field(() => ID, { description: 'Id of the token; not the token itself.' })
  id!: string;

  @Field(() => String, { description: 'What its maker calls it.' })
  name!: string;

  @Field(() => ID, { nullable: true, description: 'The group it is for; null when it is for a campaign.' })
  groupBuyId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The campaign it is for; null when it is for a group.' })
  campaignId!: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it stops working by itself.' })
  expiresAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last rotated; null when never.' })
  rotatedAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when it is refused; null while it works.' })
  revokedAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'About when it was last used (within a quarter of an hour); null when never.',
  })
  lastUsedAt!: Date | null;
}

export const OverlayTokenConnection = connectionType(() => OverlayTokenType, 'OverlayToken');

@InputType({ description: 'A new overlay token: for one group or for one campaign.' })
export class OverlayTokenCreateInput {
  @Field(() => String, { description: 'What to call it, 1 to 80 characters.' })
  name!: string;

  @Field(() => ID, { nullable: true, description: 'The group an overlay shall show.' })
  groupBuyId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The campaign an overlay shall show.' })
  campaignId?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it shall stop working, at most 366 days ahead; 30 days when absent.',
  })
  expiresAt?: Date | null;
}

@InputType({ description: 'Which overlay token to rotate.' })
export class OverlayTokenRotateInput {
  @Field(() => ID, { description: 'Id of the token.' })
  id!: string;

  @Field(() => Int, {
    defaultValue: GRACE_MINUTES.usual,
    description:
      'Minutes the text used until now goes on working, 15 to 10080: an overlay that is open, or is opened, in this time takes the new one by itself.',
  })
  graceMinutes!: number;
}

@InputType({ description: 'Which overlay token.' })
export class OverlayTokenRevokeInput {
  @Field(() => ID, { description: 'Id of the token.' })
  id!: string;
}

@InputType({ description: 'The token an overlay holds.' })
export class OverlayTokenRefreshInput {
  @Field(() => String, { description: 'The text ("ot_…").' })
  token!: string;
}

@ObjectType({ description: 'The new overlay token, or why there is none.' })
export class OverlayTokenCreatePayload {
  @Field(() => OverlayTokenType, { nullable: true, description: 'Null when refused.' })
  overlayToken?: OverlayTokenType | null;

  @Field(() => String, { nullable: true, description: 'The text ("ot_…"), shown this once. Null when refused.' })
  token?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Path of the overlay page with the token in it, to stand behind the address of this API. Null when refused.',
  })
  path?: string | null;

  @Field(() => [UserError], { description: 'INVALID. Nothing changed when not empty.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'The rotated overlay token, or why it was not rotated.' })
export class OverlayTokenRotatePayload {
  @Field(() => OverlayTokenType, { nullable: true, description: 'Null when refused.' })
  overlayToken?: OverlayTokenType | null;

  @Field(() => String, { nullable: true, description: 'The new text ("ot_…"), shown this once. Null when refused.' })
  token?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Path of the overlay page with the new token, for further places; those that have one need no change.',
  })
  path?: string | null;

  @Field(() => [UserError], {
    description: 'INVALID, NOT_FOUND, OVERLAY_TOKEN_ENDED, CONFLICT. Nothing changed when not empty.',
  })
  userErrors!: UserError[];
}

@ObjectType({ description: 'The revoked overlay token, or why it was not revoked.' })
export class OverlayTokenRevokePayload {
  @Field(() => OverlayTokenType, { nullable: true, description: 'Null when refused.' })
  overlayToken?: OverlayTokenType | null;

  @Field(() => [UserError], { description: 'NOT_FOUND. Nothing changed when not empty.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What an overlay shows and with which token, or why it has to stop.' })
export class OverlayTokenRefreshPayload {
  @Field(() => String, { nullable: true, description: 'The newest text; use it from now on. Null when refused.' })
  token?: string | null;

  @Field(() => ID, { nullable: true, description: 'The group to show; null when refused or for a campaign.' })
  groupBuyId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The campaign to show; null when refused or for a group.' })
  campaignId?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the token stops working; null when refused.' })
  expiresAt?: Date | null;

  @Field(() => [UserError], { description: 'INVALID_OVERLAY_TOKEN.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What an overlay token stands for, for the gateway.' })
@Inaccessible()
export class OverlayTokenSnapshot {
  @Field(() => ID, { description: 'Id of the token.' })
  id!: string;

  @Field(() => ID, { description: 'The one thing it may follow.' })
  resource!: string;

  @Field(() => DateTimeScalar, { description: 'When this text stops working.' })
  expiresAt!: Date;
}
