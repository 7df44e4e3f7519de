import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Inaccessible } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { connectionType } from '../../../platform/pagination/connection.type';
import { UserError } from '../../../platform/user-errors/user-error.type';
import type { ApiKeyKind } from './api-key';

export enum ApiKeyKindName {
  PUBLISHABLE = 'PUBLISHABLE',
  SECRET = 'SECRET',
}

registerEnumType(ApiKeyKindName, {
  name: 'ApiKeyKind',
  description: 'Where a key may be kept.',
  valuesConfig: {
    PUBLISHABLE: { description: 'In a page or app that visitors can read: browser-safe scopes and an origin list.' },
    SECRET: { description: 'On a server only.' },
  },
});

@ObjectType('ApiKey', { description: 'A key of an embedding app. Seen by the MERCHANT who made it and by ADMIN.' })
export class ApiKeyType {
  @Field(() => ID, { description: 'Id of the key; not the key itself.' })
  id!: string;

  @Field(() => String, { description: 'What its maker calls it.' })
  name!: string;

  @Field(() => ApiKeyKindName, { description: 'Where it may be kept.' })
  kind!: ApiKeyKind;

  @Field(() => String, { description: 'The last four characters of the key.' })
  hint!: string;

  @Field(() => String, { nullable: true, description: 'The key, where it is no secret; null for a SECRET key.' })
  key!: string | null;

  @Field(() => [String], { description: 'What it allows, for example "catalog:read".' })
  scopes!: readonly string[];

  @Field(() => [String], { description: 'Origins whose pages may use it, for example "https://shop.example".' })
  origins!: readonly string[];

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when it is refused; null while it works.' })
  revokedAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'About when it was last used (within a quarter of an hour); null when never.',
  })
  lastUsedAt!: Date | null;
}

export const ApiKeyConnection = connectionType(() => ApiKeyType, 'ApiKey');

@InputType({ description: 'A new key.' })
export class ApiKeyCreateInput {
  @Field(() => String, { description: 'What to call it, 1 to 80 characters.' })
  name!: string;

  @Field(() => ApiKeyKindName, { description: 'Where it will be kept.' })
  kind!: ApiKeyKind;

  @Field(() => [String], {
    description:
      'What it shall allow. Any key: catalog:read, cart:write, group:join, live:overlay. SECRET only: catalog:write, stock:read, orders:read, orders:write.',
  })
  scopes!: string[];

  @Field(() => [String], {
    defaultValue: [],
    description: 'Origins whose pages may use it, at most 50; none for a SECRET key.',
  })
  origins!: string[];
}

@InputType({ description: 'Which key.' })
export class ApiKeyRevokeInput {
  @Field(() => ID, { description: 'Id of the key.' })
  id!: string;
}

@ObjectType({ description: 'The new key, or why there is none.' })
export class ApiKeyCreatePayload {
  @Field(() => ApiKeyType, { nullable: true, description: 'Null when refused.' })
  apiKey?: ApiKeyType | null;

  @Field(() => String, {
    nullable: true,
    description: 'The full key ("pk_…" or "sk_…"); a secret one is never shown again. Null when refused.',
  })
  key?: string | null;

  @Field(() => [UserError], { description: 'INVALID, SCOPE_NOT_ALLOWED. Nothing changed when not empty.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'The revoked key, or why it was not revoked.' })
export class ApiKeyRevokePayload {
  @Field(() => ApiKeyType, { nullable: true, description: 'Null when refused.' })
  apiKey?: ApiKeyType | null;

  @Field(() => [UserError], { description: 'NOT_FOUND. Nothing changed when not empty.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'Who a storefront key stands for, for the gateway.' })
@Inaccessible()
export class ApiKeySnapshot {
  @Field(() => ID, { description: 'Id of the key.' })
  keyId!: string;

  @Field(() => String, { description: 'PUBLISHABLE or SECRET.' })
  kind!: string;

  @Field(() => [String], { description: 'What it allows.' })
  scopes!: readonly string[];

  @Field(() => [String], { description: 'Origins whose pages may use it.' })
  origins!: readonly string[];
}
