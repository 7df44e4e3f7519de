import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Inaccessible } from '../../../platform/graphql/directives';
import { MoneyType } from '../../../platform/money/money.type';

@ObjectType('VariantSnapshot', { description: 'What an order or a campaign needs to know of a variant.' })
@Inaccessible()
export class VariantSnapshot {
  @Field(() => ID, { description: 'Id of the variant.' })
  variantId!: string;

  @Field(() => ID, { description: 'Id of its product.' })
  productId!: string;

  @Field(() => String, { description: 'Title of the product as stored.' })
  productTitle!: string;

  @Field(() => String, { description: 'Handle of the product.' })
  productHandle!: string;

  @Field(() => String, { description: 'Title of the variant.' })
  title!: string;

  @Field(() => String, { nullable: true, description: "The shop's own number." })
  sku!: string | null;

  @Field(() => MoneyType, { description: 'Price of one unit.' })
  price!: MoneyType;

  @Field(() => Boolean, { description: 'Whether shoppers may buy it.' })
  published!: boolean;

  @Field(() => Int, { description: 'Units free at all locations together.' })
  available!: number;
}
