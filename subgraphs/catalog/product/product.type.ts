import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { CacheControl, Key } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { MoneyType } from '../../../platform/money/money.type';
import { connectionType } from '../../../platform/pagination/connection.type';

/** How long kept answers may show a former price or name. */
export const PRODUCT_SECONDS = 5;
/** Short enough to be right for whoever looks again, long enough for a crowd on one page to cost one reading. */
const AVAILABILITY_SECONDS = 1;

export enum ProductStatusType {
  ACTIVE = 'ACTIVE',
  DRAFT = 'DRAFT',
  ARCHIVED = 'ARCHIVED',
}

registerEnumType(ProductStatusType, {
  name: 'ProductStatus',
  description: 'Where a product stands in its life.',
  valuesConfig: {
    ACTIVE: { description: 'For sale, once it is published.' },
    DRAFT: { description: 'Being prepared; only the shop sees it.' },
    ARCHIVED: { description: 'No longer sold; orders still show it.' },
  },
});

export enum AvailabilityStateType {
  IN_STOCK = 'IN_STOCK',
  LOW = 'LOW',
  SOLD_OUT = 'SOLD_OUT',
}

registerEnumType(AvailabilityStateType, {
  name: 'AvailabilityState',
  description: 'How much can be bought, in words.',
  valuesConfig: {
    IN_STOCK: { description: 'More than ten.' },
    LOW: { description: 'Ten or fewer; `lowCount` says how many.' },
    SOLD_OUT: { description: 'None.' },
  },
});

@ObjectType('Availability', { description: 'Whether something can be bought. Exact stock is for the shop only.' })
@CacheControl({ maxAge: AVAILABILITY_SECONDS })
export class AvailabilityType {
  @Field(() => AvailabilityStateType, { description: 'How much, in words.' })
  state!: string;

  @Field(() => Int, { nullable: true, description: 'Units left when the state is LOW, else null.' })
  lowCount!: number | null;
}

@ObjectType('Image', { description: 'A picture.' })
@CacheControl({ inheritMaxAge: true })
export class ImageType {
  @Field(() => String, {
    description:
      "Where it is: an absolute path on this API's host (`/images/…`) when the file is here, else as the source gave it.",
  })
  url!: string;

  @Field(() => String, { nullable: true, description: 'What it shows, for those who do not see it.' })
  altText!: string | null;

  @Field(() => Int, { nullable: true, description: 'Width in pixels; null when the file is not here.' })
  width!: number | null;

  @Field(() => Int, { nullable: true, description: 'Height in pixels; null when the file is not here.' })
  height!: number | null;
}

export const ImageConnection = connectionType(() => ImageType, 'Image');

@ObjectType('ProductOption', { description: 'A way in which the variants of a product differ.' })
@CacheControl({ inheritMaxAge: true })
export class ProductOptionType {
  @Field(() => String, { description: 'For example "Size".' })
  name!: string;

  @Field(() => [String], { description: 'Its values in the order of the variants.' })
  values!: readonly string[];
}

@ObjectType('SelectedOption', { description: "A variant's value of one option." })
@CacheControl({ inheritMaxAge: true })
export class SelectedOptionType {
  @Field(() => String, { description: 'Name of the option.' })
  name!: string;

  @Field(() => String, { description: 'Value of this variant.' })
  value!: string;
}

@ObjectType('ProductTranslation', { description: "A product's name in one language." })
@CacheControl({ inheritMaxAge: true })
export class ProductTranslationType {
  @Field(() => String, { description: 'BCP 47 tag, for example "zh-Hant".' })
  language!: string;

  @Field(() => String, { description: 'The name in that language.' })
  title!: string;
}

@ObjectType('PriceRange', { description: 'Lowest and highest price of the variants.' })
@CacheControl({ inheritMaxAge: true })
export class PriceRangeType {
  @Field(() => MoneyType, { description: 'The lowest.' })
  min!: MoneyType;

  @Field(() => MoneyType, { description: 'The highest.' })
  max!: MoneyType;
}

@ObjectType('Weight', { description: 'How heavy a variant is.' })
@CacheControl({ inheritMaxAge: true })
export class WeightType {
  @Field(() => Float, { description: 'In grams.' })
  grams!: number;

  @Field(() => String, { nullable: true, description: 'The unit the shop prefers to show, for example "lb".' })
  unit!: string | null;
}

@ObjectType('ProductVariant', { description: 'What can be put into a cart: one combination of option values.' })
@CacheControl({ maxAge: PRODUCT_SECONDS })
@Key('id')
export class ProductVariantType {
  @Field(() => ID, { description: 'Id of the variant.' })
  id!: string;

  @Field(() => String, { nullable: true, description: "The shop's own number." })
  sku!: string | null;

  @Field(() => String, { nullable: true, description: 'GTIN, EAN or UPC.' })
  barcode!: string | null;
}

export const ProductVariantConnection = connectionType(() => ProductVariantType, 'ProductVariant');

@ObjectType('Product', { description: 'Goods for sale, in one or more variants.' })
@CacheControl({ maxAge: PRODUCT_SECONDS })
@Key('id')
export class ProductType {
  @Field(() => ID, { description: 'Id of the product.' })
  id!: string;

  @Field(() => String, { description: 'Its name in addresses; unique.' })
  handle!: string;

  @Field(() => [ProductTranslationType], {
    description: 'The name in other languages, as far as the catalog has them.',
  })
  translations!: readonly ProductTranslationType[];

  @Field(() => String, { description: 'Description as the merchant wrote it, HTML. Empty when there is none.' })
  descriptionHtml!: string;

  @Field(() => String, { nullable: true, description: 'Brand or maker.' })
  vendor!: string | null;

  @Field(() => String, { nullable: true, description: "The merchant's own kind of product." })
  productType!: string | null;

  @Field(() => ProductStatusType, { description: 'Where it stands in its life.' })
  status!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Since when shoppers may see it; null while they may not.',
  })
  publishedAt!: Date | null;

  @Field(() => [ProductOptionType], { description: 'How its variants differ, at most three ways.' })
  options!: readonly ProductOptionType[];

  @Field(() => DateTimeScalar, { description: 'When it came into the catalog.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When anything about it last changed, stock aside.' })
  updatedAt!: Date;
}

export const ProductConnection = connectionType(() => ProductType, 'Product');
