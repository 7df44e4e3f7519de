import { Field, ID, ObjectType } from 'type-graphql';
import { Key } from '../../platform/graphql/directives';

// Owned by catalog, which describes it; here it only gains a field.
@ObjectType('Product')
@Key('id')
export class ProductStub {
  @Field(() => ID)
  id!: string;
}
