import { Field, ID, ObjectType } from 'type-graphql';
import { Key } from '../../platform/graphql/directives';

// Both are owned elsewhere and described there.

@ObjectType('Product')
@Key('id')
export class ProductStub {
  @Field(() => ID)
  id!: string;
}

@ObjectType('Profile')
@Key('id', { resolvable: false })
export class ProfileStub {
  @Field(() => ID)
  id!: string;
}
