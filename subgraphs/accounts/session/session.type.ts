import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { UserError } from '../../../platform/user-errors/user-error.type';
import { AccountType } from '../account/account.type';

@ObjectType('Session', {
  description: 'A sign-in on one device, with the tokens to use it. Shown only to whoever just opened or refreshed it.',
})
export class SessionType {
  @Field(() => ID, { description: 'Id of the session.' })
  id!: string;

  @Field(() => String, {
    description: 'For the Authorization header: "Bearer" and this. A JWT that lapses after ten minutes.',
  })
  accessToken!: string;

  @Field(() => String, {
    description: 'For sessionRefresh. Works once, for 30 days; keep it where scripts of other sites cannot read it.',
  })
  refreshToken!: string;

  @Field(() => DateTimeScalar, { description: 'When the access token lapses.' })
  expiresAt!: Date;

  @Field(() => AccountType, { description: 'Who signed in.' })
  account!: AccountType;
}

@InputType({ description: 'What to sign in with.' })
export class SessionCreateInput {
  @Field(() => String, { description: 'E-mail address or E.164 phone number.' })
  identifier!: string;

  @Field(() => String, { description: 'The password.' })
  password!: string;
}

@InputType({ description: 'What to refresh a session with.' })
export class SessionRefreshInput {
  @Field(() => String, { description: 'The newest refresh token of the session.' })
  refreshToken!: string;
}

@ObjectType({ description: 'The new person, signed in, or why not.' })
export class UserRegisterPayload {
  @Field(() => AccountType, { nullable: true, description: 'Null when refused.' })
  account?: AccountType | null;

  @Field(() => SessionType, { nullable: true, description: 'A first session; null when refused.' })
  session?: SessionType | null;

  @Field(() => [UserError], {
    description: 'IDENTIFIER_TAKEN, PASSWORD_TOO_WEAK, INVALID. Nothing changed when not empty.',
  })
  userErrors!: UserError[];
}

@ObjectType({ description: 'The opened session, or why not.' })
export class SessionCreatePayload {
  @Field(() => SessionType, { nullable: true, description: 'Null when refused.' })
  session?: SessionType | null;

  @Field(() => [UserError], { description: 'INVALID_CREDENTIALS, TOO_MANY_ATTEMPTS.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'The session with new tokens, or why not.' })
export class SessionRefreshPayload {
  @Field(() => SessionType, { nullable: true, description: 'Null when refused.' })
  session?: SessionType | null;

  @Field(() => [UserError], { description: 'INVALID_REFRESH_TOKEN, REFRESH_TOKEN_REUSED.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'How many sessions were closed.' })
export class SessionRevokePayload {
  @Field(() => Int, { nullable: true, description: 'Sessions that were open before; 0 when there was none.' })
  revokedCount?: number | null;

  @Field(() => [UserError], { description: 'Always empty at present.' })
  userErrors!: UserError[];
}
