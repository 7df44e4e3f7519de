import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Internal } from '../../../platform/graphql/directives';
import { MoneyType, toMoneyType } from '../../../platform/money/money.type';
import { payload } from '../../../platform/user-errors/user-error.type';
import { type CatalogContext, SHOP_ROLES, viewerOf } from '../context';
import { type Availability, availabilityOf, totalAvailable } from '../stock/stock';
import { isVisible, type Picture, type Product, type Variant, variantTitle } from './product';
import {
  AvailabilityType,
  ImageType,
  ProductType,
  ProductVariantType,
  SelectedOptionType,
  WeightType,
} from './product.type';
import { ProductVariantUpdateInput } from './product-input.type';
import { ProductVariantUpdatePayload } from './product-payload.type';
import { VariantSnapshot } from './variant-snapshot.type';

@Resolver(() => ProductVariantType)
export class VariantResolver {
  @Query(() => ProductVariantType, {
    nullable: true,
    description: 'One variant; null when there is none of that id that the caller may see.',
  })
  async productVariant(
    @Arg('id', () => ID, { description: 'Id of the variant.' }) id: string,
    @Ctx() { identity, loaders }: CatalogContext,
  ): Promise<Variant | null> {
    const variant = await loaders.variant.load(id);
    const product = variant && (await loaders.product.load(variant.productId));
    return product && isVisible(product, viewerOf(identity)) ? variant : null;
  }

  @Authorized(...SHOP_ROLES)
  @Mutation(() => ProductVariantUpdatePayload, {
    description:
      'Changes the price and numbers of a variant; what the input leaves out stays. MERCHANT, STAFF or ADMIN.',
  })
  productVariantUpdate(
    @Arg('input', () => ProductVariantUpdateInput, { description: 'Which variant, and what of it.' })
    input: ProductVariantUpdateInput,
    @Ctx() { services }: CatalogContext,
  ) {
    return payload(async () => ({ productVariant: await services.products.updateVariant(input) }));
  }

  @Internal()
  @Query(() => [VariantSnapshot], {
    description:
      'Published and unpublished variants by id, for pricing an order or a campaign; unknown ids are left out.',
  })
  _variants(
    @Arg('ids', () => [ID], { description: 'Ids of variants.' }) ids: string[],
    @Ctx() { services }: CatalogContext,
  ): Promise<VariantSnapshot[]> {
    return services.variantSnapshots.findMany(ids);
  }

  @Internal()
  @Query(() => [ID], {
    description:
      'Published products that go with this one (same category, then vendor or tags), best first, itself left out.',
  })
  _relatedProductIds(
    @Arg('productId', () => ID, { description: 'Id of the product.' }) productId: string,
    @Arg('limit', () => Int, { description: 'How many, at most.' }) limit: number,
    @Ctx() { services }: CatalogContext,
  ): Promise<string[]> {
    return services.search.related(productId, limit);
  }

  @FieldResolver(() => String, {
    description: 'Its option values, or "Default Title" when the product has no options.',
  })
  title(@Root() variant: Variant): string {
    return variantTitle(variant);
  }

  @FieldResolver(() => MoneyType, { description: 'Price of one unit.' })
  price(@Root() variant: Variant): MoneyType {
    return toMoneyType(variant.price);
  }

  @FieldResolver(() => MoneyType, { nullable: true, description: 'Former price, to be shown struck out.' })
  compareAtPrice(@Root() variant: Variant): MoneyType | null {
    return variant.compareAtPrice && toMoneyType(variant.compareAtPrice);
  }

  @FieldResolver(() => AvailabilityType, { description: 'Over all locations.' })
  async availability(@Root() variant: Variant, @Ctx() { loaders }: CatalogContext): Promise<Availability> {
    return availabilityOf(totalAvailable(await loaders.levelsOf.load(variant.id)));
  }

  @FieldResolver(() => [SelectedOptionType], { description: "Its value of each of the product's options." })
  async options(@Root() variant: Variant, @Ctx() { loaders }: CatalogContext): Promise<SelectedOptionType[]> {
    const product = await loaders.product.load(variant.productId);
    return (product?.options ?? []).flatMap(({ name }, index) => {
      const value = variant.optionValues[index];
      return value === undefined ? [] : [{ name, value }];
    });
  }

  @FieldResolver(() => WeightType, { nullable: true, description: 'How heavy it is; null when unknown.' })
  weight(@Root() variant: Variant): WeightType | null {
    return variant.grams === null ? null : { grams: variant.grams, unit: variant.weightUnit };
  }

  @FieldResolver(() => ImageType, { nullable: true, description: 'Its own picture.' })
  image(@Root() variant: Variant): Picture | null {
    return variant.image;
  }

  @FieldResolver(() => ProductType, { description: 'The product it is a variant of.' })
  async product(@Root() variant: Variant, @Ctx() { loaders }: CatalogContext): Promise<Product> {
    const product = await loaders.product.load(variant.productId);
    if (!product) throw new Error(`The variant ${variant.id} has no product.`);
    return product;
  }
}
