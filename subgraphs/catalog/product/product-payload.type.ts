import { Field, ObjectType } from 'type-graphql';
import { UserError } from '../../../platform/user-errors/user-error.type';
import { ProductType, ProductVariantType } from './product.type';

@ObjectType('ProductCreatePayload', { description: 'What came of creating a product.' })
export class ProductCreatePayload {
  @Field(() => ProductType, { nullable: true, description: 'The new product; null when refused.' })
  product?: ProductType | null;

  @Field(() => [UserError], { description: 'Why nothing changed; empty when it did.' })
  userErrors!: UserError[];
}

@ObjectType('ProductUpdatePayload', { description: 'What came of changing a product.' })
export class ProductUpdatePayload {
  @Field(() => ProductType, { nullable: true, description: 'The product as it is now; null when refused.' })
  product?: ProductType | null;

  @Field(() => [UserError], { description: 'Why nothing changed; empty when it did.' })
  userErrors!: UserError[];
}

@ObjectType('ProductDeletePayload', { description: 'What came of archiving a product.' })
export class ProductDeletePayload {
  @Field(() => ProductType, { nullable: true, description: 'The product, archived; null when refused.' })
  product?: ProductType | null;

  @Field(() => [UserError], { description: 'Why nothing changed; empty when it did.' })
  userErrors!: UserError[];
}

@ObjectType('ProductVariantUpdatePayload', { description: 'What came of changing a variant.' })
export class ProductVariantUpdatePayload {
  @Field(() => ProductVariantType, { nullable: true, description: 'The variant as it is now; null when refused.' })
  productVariant?: ProductVariantType | null;

  @Field(() => [UserError], { description: 'Why nothing changed; empty when it did.' })
  userErrors!: UserError[];
}
