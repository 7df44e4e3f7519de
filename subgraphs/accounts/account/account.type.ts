import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { Role } from '../../../platform/context/identity';
import { Inaccessible, Key } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { UserError } from '../../../platform/user-errors/user-error.type';
import type { IdentifierKind } from './account';

export enum RoleName {
  CUSTOMER = 'CUSTOMER',
  LEADER = 'LEADER',
  HOST = 'HOST',
  STAFF = 'STAFF',
  MERCHANT = 'MERCHANT',
  ADMIN = 'ADMIN',
}

registerEnumType(RoleName, {
  name: 'Role',
  description: 'What an account may do beyond its own affairs.',
  valuesConfig: {
    CUSTOMER: { description: 'Buys, joins groups, writes reviews.' },
    LEADER: { description: 'Leads a neighborhood: opens its rounds and hands out its parcels.' },
    HOST: { description: 'Sells in live streams.' },
    STAFF: { description: 'Works for the shop: may read accounts and serve orders.' },
    MERCHANT: { description: 'Owns products, campaigns and API keys.' },
    ADMIN: { description: 'Runs the installation: sets roles and manages every key.' },
  },
});

export enum IdentifierKindName {
  EMAIL = 'EMAIL',
  PHONE = 'PHONE',
}

registerEnumType(IdentifierKindName, {
  name: 'AccountIdentifierKind',
  description: 'What kind of name a person signs in with.',
  valuesConfig: {
    EMAIL: { description: 'An e-mail address in lower case.' },
    PHONE: { description: 'A phone number in E.164 form, for example "+85291234567".' },
  },
});

@ObjectType('AccountIdentifier', { description: 'A name to sign in with. Personal: only its owner and staff see it.' })
export class AccountIdentifierType {
  @Field(() => IdentifierKindName, { description: 'E-mail or phone.' })
  kind!: IdentifierKind;

  @Field(() => String, { description: 'The address or number in its one written form.' })
  value!: string;
}

@ObjectType('Account', {
  description:
    "A person's own view of themselves. Others see the Profile of the same id. Resolved only for its owner and for STAFF and ADMIN.",
})
@Key('id')
export class AccountType {
  @Field(() => ID, { description: 'Id, the same as that of the profile.' })
  id!: string;

  @Field(() => String, { description: 'The name others see, 1 to 60 characters.' })
  displayName!: string;

  @Field(() => [RoleName], { description: 'What the account may do.' })
  roles!: readonly Role[];

  @Field(() => [AccountIdentifierType], { description: 'The names to sign in with.' })
  identifiers!: readonly AccountIdentifierType[];

  @Field(() => DateTimeScalar, { description: 'When it was registered.' })
  createdAt!: Date;
}

@ObjectType('Profile', { description: 'What anyone may see of a person. The id is that of the account.' })
@Key('id')
export class ProfileType {
  @Field(() => ID, { description: 'Id, the same as that of the account.' })
  id!: string;

  @Field(() => String, { description: 'The name the person goes by, 1 to 60 characters.' })
  displayName!: string;
}

@InputType({ description: 'Someone new.' })
export class UserRegisterInput {
  @Field(() => String, {
    description: 'E-mail address (kept in lower case) or E.164 phone number, for example "+85291234567".',
  })
  identifier!: string;

  @Field(() => String, { description: 'At least 8 characters, none of the common ones, not the identifier itself.' })
  password!: string;

  @Field(() => String, { description: 'The name others will see, 1 to 60 characters.' })
  displayName!: string;
}

@InputType({ description: 'New roles of an account.' })
export class AccountRolesSetInput {
  @Field(() => ID, { description: 'Whose roles.' })
  accountId!: string;

  @Field(() => [RoleName], { description: 'All roles it shall have, at least one.' })
  roles!: Role[];
}

@ObjectType({ description: 'The account with its new roles, or why they were not set.' })
export class AccountRolesSetPayload {
  @Field(() => AccountType, { nullable: true, description: 'Null when refused.' })
  account?: AccountType | null;

  @Field(() => [UserError], { description: 'NOT_FOUND, INVALID. Nothing changed when not empty.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'Public profile and standing of an account, for other subgraphs.' })
@Inaccessible()
export class AccountSnapshot {
  @Field(() => ID, { description: 'Account id.' })
  id!: string;

  @Field(() => String, { description: 'The name others see.' })
  displayName!: string;

  @Field(() => [String], { description: 'Role names; empty for a person known only from another system.' })
  roles!: readonly string[];

  @Field(() => DateTimeScalar, { description: 'When the account came into being.' })
  createdAt!: Date;
}

@InputType({ description: 'A person outside the system.' })
@Inaccessible()
export class ProfileImportInput {
  @Field(() => String, { description: 'The other system, for example "luma-reviews".' })
  source!: string;

  @Field(() => String, { description: 'The name it has for the person; also the display name (its first part).' })
  externalName!: string;
}
