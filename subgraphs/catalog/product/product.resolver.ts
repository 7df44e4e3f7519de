import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { CacheControl } from '../../../platform/graphql/directives';
import { toMoneyType } from '../../../platform/money/money.type';
import { PageArgs } from '../../../platform/pagination/connection.type';
import { type Page, readPage } from '../../../platform/pagination/page';
import { badInput } from '../../../platform/user-errors/api-error';
import { payload } from '../../../platform/user-errors/user-error.type';
import type { Category } from '../category/category';
import { CategoryType } from '../category/category.type';
import { type CatalogContext, SHOP_ROLES, viewerOf } from '../context';
import { pageOfList } from '../list-page';
import { type Availability, availabilityOf, totalAvailable } from '../stock/stock';
import { nameFor } from './language';
import { isVisible, type Picture, type Product, type Variant } from './product';
import {
  AvailabilityType,
  ImageConnection,
  PRODUCT_SECONDS,
  PriceRangeType,
  ProductConnection,
  ProductType,
  ProductVariantConnection,
} from './product.type';
import {
  ProductCreateInput,
  ProductDeleteInput,
  type ProductFilterInput,
  ProductsArgs,
  ProductUpdateInput,
} from './product-input.type';
import { ProductCreatePayload, ProductDeletePayload, ProductUpdatePayload } from './product-payload.type';

@Resolver(() => ProductType)
export class ProductResolver {
  @Query(() => ProductType, {
    nullable: true,
    description:
      'One product by id or by handle (give one of them); null when there is none that the caller may see. Drafts are for the shop only.',
  })
  async product(
    @Arg('id', () => ID, { nullable: true, description: 'Id of the product.' }) id: string | null,
    @Arg('handle', () => String, { nullable: true, description: 'Handle of the product.' }) handle: string | null,
    @Ctx() { identity, services, loaders }: CatalogContext,
  ): Promise<Product | null> {
    if ((id ?? null) === null) {
      if ((handle ?? null) === null) throw badInput('Give the id or the handle of the product.');
      return services.products.findByHandle(handle ?? '', viewerOf(identity));
    }
    const product = await loaders.product.load(id ?? '');
    const fits =
      product !== null && isVisible(product, viewerOf(identity)) && (handle ?? product.handle) === product.handle;
    return fits ? product : null;
  }

  @CacheControl({ maxAge: PRODUCT_SECONDS })
  @Query(() => ProductConnection, {
    description: 'Published products; the shop also sees drafts. A cursor belongs to one query, filter and order.',
  })
  async products(
    @Args(() => ProductsArgs) { query, filter, sortKey, reverse, ...args }: ProductsArgs,
    @Ctx() { identity, services, loaders }: CatalogContext,
  ): Promise<Page<Product>> {
    const search = { query: query ?? null, filter: readFilter(filter), sortKey, reverse };
    const page = await services.search.page(search, readPage(args), viewerOf(identity));
    // Their variants ask for them again.
    for (const product of page.nodes) loaders.product.prime(product.id, product);
    return page;
  }

  @Authorized(...SHOP_ROLES)
  @Mutation(() => ProductCreatePayload, {
    description:
      'Creates a product with its variants, without stock. MERCHANT, STAFF or ADMIN. HANDLE_TAKEN when another product has the handle; a repeat with a handle is therefore safe.',
  })
  productCreate(
    @Arg('input', () => ProductCreateInput, { description: 'The product.' }) input: ProductCreateInput,
    @Ctx() { services }: CatalogContext,
  ) {
    return payload(async () => ({ product: await services.products.create(input) }));
  }

  @Authorized(...SHOP_ROLES)
  @Mutation(() => ProductUpdatePayload, {
    description: 'Changes a product; what the input leaves out stays. MERCHANT, STAFF or ADMIN.',
  })
  productUpdate(
    @Arg('input', () => ProductUpdateInput, { description: 'Which product, and what of it.' })
    input: ProductUpdateInput,
    @Ctx() { services }: CatalogContext,
  ) {
    return payload(async () => ({ product: await services.products.update(input) }));
  }

  @Authorized(...SHOP_ROLES)
  @Mutation(() => ProductDeletePayload, {
    description:
      'Archives a product: it leaves every list, while orders keep showing it. MERCHANT, STAFF or ADMIN. Repeating it changes nothing.',
  })
  productDelete(
    @Arg('input', () => ProductDeleteInput, { description: 'Which product.' }) input: ProductDeleteInput,
    @Ctx() { services }: CatalogContext,
  ) {
    return payload(async () => ({ product: await services.products.archive(input.id) }));
  }

  @FieldResolver(() => String, { description: "Its name, in the reader's language where the catalog has it." })
  title(@Root() product: Product, @Ctx() { languages }: CatalogContext): string {
    return nameFor(product.title, product.translations, languages);
  }

  @FieldResolver(() => [String], { description: 'Words the merchant files it under, each once.' })
  tags(@Root() product: Product): string[] {
    return [...new Set(product.tags)];
  }

  @FieldResolver(() => CategoryType, { nullable: true, description: 'Its place in the tree of goods.' })
  category(@Root() product: Product, @Ctx() { loaders }: CatalogContext): Promise<Category | null> | null {
    return product.categoryId === null ? null : loaders.category.load(product.categoryId);
  }

  @FieldResolver(() => ImageConnection, { description: 'Its pictures, the main one first.' })
  images(@Root() product: Product, @Args(() => PageArgs) args: PageArgs): Page<Picture> {
    return pageOfList(product.images, args, ({ src }) => src);
  }

  @FieldResolver(() => ProductVariantConnection, { description: 'Its variants in the order of the merchant.' })
  async variants(
    @Root() product: Product,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: CatalogContext,
  ): Promise<Page<Variant>> {
    return pageOfList(await loaders.variantsOf.load(product.id), args, ({ id }) => id);
  }

  @FieldResolver(() => PriceRangeType, { description: 'From the cheapest to the dearest variant.' })
  priceRange(@Root() product: Product): PriceRangeType {
    return { min: toMoneyType(product.priceMin), max: toMoneyType(product.priceMax) };
  }

  @FieldResolver(() => AvailabilityType, { description: 'Of all variants together.' })
  async availability(@Root() product: Product, @Ctx() { loaders }: CatalogContext): Promise<Availability> {
    const variants = await loaders.variantsOf.load(product.id);
    const levels = await Promise.all(variants.map(({ id }) => loaders.levelsOf.load(id)));
    return availabilityOf(totalAvailable(levels.flat()));
  }
}

function readFilter(filter: ProductFilterInput | null | undefined) {
  const price = filter?.price ?? null;
  return {
    categoryId: filter?.category ?? null,
    vendor: filter?.vendor ?? null,
    tags: filter?.tags ?? [],
    productType: filter?.productType ?? null,
    price: price && { min: price.min ?? null, max: price.max ?? null, currencyCode: price.currencyCode ?? null },
    available: filter?.available ?? null,
    status: filter?.status ?? null,
  };
}
