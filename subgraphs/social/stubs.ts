import { Field, ID, ObjectType } from 'type-graphql';
import { Key } from '../../platform/graphql/directives';

@ObjectType('Product', { description: 'A product; catalog owns it.' })
@Key('id')
export class ProductStub {
  @Field(() => ID, { description: 'Id of the product.' })
  id!: string;
}

@ObjectType('ProductVariant', { description: 'A variant of a product; catalog owns it.' })
@Key('id')
export class ProductVariantStub {
  @Field(() => ID, { description: 'Id of the variant.' })
  id!: string;
}

@ObjectType('Account', { description: "A person's own view of their account; accounts owns it." })
@Key('id')
export class AccountStub {
  @Field(() => ID, { description: 'Id of the account.' })
  id!: string;
}

@ObjectType('Profile', { description: 'What others may see of a person; accounts owns it.' })
@Key('id', { resolvable: false })
export class ProfileStub {
  @Field(() => ID, { description: 'Id of the person, the same as of their account.' })
  id!: string;
}

@ObjectType('Neighborhood', { description: 'A place with residents; community owns it.' })
@Key('id', { resolvable: false })
export class NeighborhoodStub {
  @Field(() => ID, { description: 'Id of the neighborhood.' })
  id!: string;
}
