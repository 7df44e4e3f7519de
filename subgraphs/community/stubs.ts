import { Field, ID, ObjectType } from 'type-graphql';
import { Key } from '../../platform/graphql/directives';

// Owned by accounts, which describes it; here it only gains a field.
@ObjectType('Account')
@Key('id')
export class AccountStub {
  @Field(() => ID)
  id!: string;
}
