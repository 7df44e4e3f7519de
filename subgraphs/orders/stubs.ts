import { Field, ID, ObjectType } from 'type-graphql';
import { Key } from '../../platform/graphql/directives';

@ObjectType('ProductVariant', { description: 'What can be bought: one variant of a product. Owned by catalog.' })
@Key('id', { resolvable: false })
export class ProductVariantStub {
  @Field(() => ID, { description: 'The variant.' })
  id!: string;
}

@ObjectType('Product', { description: 'A product with its variants. Owned by catalog.' })
@Key('id', { resolvable: false })
export class ProductStub {
  @Field(() => ID, { description: 'The product.' })
  id!: string;
}

@ObjectType('GroupBuy', { description: 'A group that buys together. Owned by social.' })
@Key('id', { resolvable: false })
export class GroupBuyStub {
  @Field(() => ID, { description: 'The group.' })
  id!: string;
}

@ObjectType('Account', { description: "A signed-in person's own view of themselves. Owned by accounts." })
@Key('id')
export class AccountStub {
  @Field(() => ID, { description: 'The account.' })
  id!: string;
}
