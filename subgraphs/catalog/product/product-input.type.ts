import { ArgsType, Field, Float, ID, InputType, registerEnumType } from 'type-graphql';
import { CurrencyCodeScalar, DecimalScalar } from '../../../platform/graphql/scalars';
import { MoneyInput } from '../../../platform/money/money.type';
import { PageArgs } from '../../../platform/pagination/connection.type';
import type { ProductSortKey } from '../search/search.service';
import type { ProductStatus } from './product';
import { ProductStatusType } from './product.type';

export enum ProductSortKeyType {
  RELEVANCE = 'RELEVANCE',
  TITLE = 'TITLE',
  PRICE = 'PRICE',
  CREATED_AT = 'CREATED_AT',
  UPDATED_AT = 'UPDATED_AT',
}

registerEnumType(ProductSortKeyType, {
  name: 'ProductSortKey',
  description: 'The order of a list of products.',
  valuesConfig: {
    RELEVANCE: { description: 'How well the query fits, best first; without a query the order of creation.' },
    TITLE: { description: 'By title, A to Z.' },
    PRICE: { description: 'By lowest price, cheapest first.' },
    CREATED_AT: { description: 'Oldest first.' },
    UPDATED_AT: { description: 'Longest unchanged first.' },
  },
});

@InputType('ProductPriceFilter', { description: 'Products with a price that may lie in a range, ends included.' })
export class ProductPriceFilter {
  @Field(() => DecimalScalar, { nullable: true, description: 'Lowest price, decimal text.' })
  min?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Highest price, decimal text.' })
  max?: string | null;

  @Field(() => CurrencyCodeScalar, { nullable: true, description: "Currency of both; the shop's own when left out." })
  currencyCode?: string | null;
}

@InputType('ProductFilter', { description: 'Conditions that all must hold.' })
export class ProductFilterInput {
  @Field(() => ID, { nullable: true, description: 'In this category or below it.' })
  category?: string | null;

  @Field(() => String, { nullable: true, description: 'Of exactly this vendor.' })
  vendor?: string | null;

  @Field(() => [String], { nullable: true, description: 'With all of these tags.' })
  tags?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Of exactly this type.' })
  productType?: string | null;

  @Field(() => ProductPriceFilter, { nullable: true, description: 'In this range of prices.' })
  price?: ProductPriceFilter | null;

  @Field(() => Boolean, { nullable: true, description: 'True: some variant can be bought now; false: none.' })
  available?: boolean | null;

  @Field(() => ProductStatusType, {
    nullable: true,
    description: 'In this state. The shop sees drafts with or without it and archived products only with it.',
  })
  status?: ProductStatus | null;
}

@ArgsType()
export class ProductsArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'Words that must all be found in title, translations, vendor, category, tags or description, in any script; the last may be the beginning of a word. At most 200 characters.',
  })
  query?: string | null;

  @Field(() => ProductFilterInput, { nullable: true, description: 'Conditions besides the query.' })
  filter?: ProductFilterInput | null;

  @Field(() => ProductSortKeyType, { defaultValue: ProductSortKeyType.RELEVANCE, description: 'The order.' })
  sortKey!: ProductSortKey;

  @Field(() => Boolean, { defaultValue: false, description: 'The order turned round.' })
  reverse!: boolean;
}

@InputType('ProductTranslationInput', { description: "A product's name in one language." })
export class ProductTranslationInput {
  @Field(() => String, { description: 'BCP 47 tag, for example "zh-Hant".' })
  language!: string;

  @Field(() => String, { description: 'The name in that language.' })
  title!: string;
}

@InputType('ProductVariantInput', { description: 'A variant of a new product.' })
export class ProductVariantInput {
  @Field(() => String, { nullable: true, description: "The shop's own number, one per variant of the product." })
  sku?: string | null;

  @Field(() => [String], { nullable: true, description: 'One value per option; left out when there are no options.' })
  optionValues?: string[] | null;

  @Field(() => MoneyInput, { description: 'Price, 0 or more; one currency for the whole product.' })
  price!: MoneyInput;

  @Field(() => MoneyInput, { nullable: true, description: 'Former price, shown struck out.' })
  compareAtPrice?: MoneyInput | null;

  @Field(() => String, { nullable: true, description: 'GTIN, EAN or UPC.' })
  barcode?: string | null;

  @Field(() => Float, { nullable: true, description: 'Weight in grams, 0 or more.' })
  grams?: number | null;
}

@InputType('ProductCreateInput', { description: 'A new product.' })
export class ProductCreateInput {
  @Field(() => String, { description: 'Its name, 1 to 500 characters.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'Its name in addresses; made from the title when left out.' })
  handle?: string | null;

  @Field(() => [ProductTranslationInput], { nullable: true, description: 'The name in other languages, one each.' })
  translations?: ProductTranslationInput[] | null;

  @Field(() => String, { nullable: true, description: 'Description, HTML; at most 200,000 characters.' })
  descriptionHtml?: string | null;

  @Field(() => String, { nullable: true, description: 'Brand or maker.' })
  vendor?: string | null;

  @Field(() => String, { nullable: true, description: 'Kind of product.' })
  productType?: string | null;

  @Field(() => [String], { nullable: true, description: 'At most 250 tags, without commas.' })
  tags?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Names from the root of the tree; made where they are missing.',
  })
  categoryPath?: string[] | null;

  @Field(() => ProductStatusType, { nullable: true, description: 'ACTIVE when left out.' })
  status?: ProductStatus | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether shoppers may see it while it is ACTIVE; true when left out.',
  })
  published?: boolean | null;

  @Field(() => [String], { nullable: true, description: 'How its variants differ, at most three names.' })
  optionNames?: string[] | null;

  @Field(() => [ProductVariantInput], { description: 'At least one.' })
  variants!: ProductVariantInput[];
}

@InputType('ProductUpdateInput', { description: 'Changes of a product; what is left out stays.' })
export class ProductUpdateInput {
  @Field(() => ID, { description: 'Id of the product.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Its name, 1 to 500 characters.' })
  title?: string | null;

  @Field(() => String, { nullable: true, description: 'Its name in addresses.' })
  handle?: string | null;

  @Field(() => [ProductTranslationInput], {
    nullable: true,
    description: 'All translations of the name, in place of the present ones.',
  })
  translations?: ProductTranslationInput[] | null;

  @Field(() => String, { nullable: true, description: 'Description, HTML; at most 200,000 characters.' })
  descriptionHtml?: string | null;

  @Field(() => String, { nullable: true, description: 'Brand or maker; null or empty for none.' })
  vendor?: string | null;

  @Field(() => String, { nullable: true, description: 'Kind of product; null or empty for none.' })
  productType?: string | null;

  @Field(() => [String], { nullable: true, description: 'All tags, in place of the present ones.' })
  tags?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Names from the root of the tree; an empty list for no category.',
  })
  categoryPath?: string[] | null;

  @Field(() => ProductStatusType, { nullable: true, description: 'Where it stands in its life.' })
  status?: ProductStatus | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether shoppers may see it while it is ACTIVE.' })
  published?: boolean | null;
}

@InputType('ProductDeleteInput', { description: 'Which product to take off sale for good.' })
export class ProductDeleteInput {
  @Field(() => ID, { description: 'Id of the product.' })
  id!: string;
}

@InputType('ProductVariantUpdateInput', { description: 'Changes of a variant; what is left out stays.' })
export class ProductVariantUpdateInput {
  @Field(() => ID, { description: 'Id of the variant.' })
  id!: string;

  @Field(() => MoneyInput, { nullable: true, description: "Price, 0 or more, in the product's currency." })
  price?: MoneyInput | null;

  @Field(() => MoneyInput, { nullable: true, description: 'Former price, shown struck out; null for none.' })
  compareAtPrice?: MoneyInput | null;

  @Field(() => String, { nullable: true, description: "The shop's own number; null or empty for none." })
  sku?: string | null;

  @Field(() => String, { nullable: true, description: 'GTIN, EAN or UPC; null or empty for none.' })
  barcode?: string | null;

  @Field(() => Float, { nullable: true, description: 'Weight in grams; null for unknown.' })
  grams?: number | null;
}
