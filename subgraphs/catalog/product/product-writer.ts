import type { ClientSession } from 'mongoose';
import { event, type Outbox } from '../../../platform/outbox/outbox';
import type { Category } from '../category/category';
import type { CategoryService } from '../category/category.service';
import type { Listing, ListingStore } from '../search/listing.model';
import { completableTerms, termWeights } from '../search/relevance';
import { normalise } from '../search/tokens';
import { isPublished, type Product } from './product';
import type { ProductChange, ProductStore } from './product.model';

/** Writes products with everything that must change with them: variants, listing, event. */
export class ProductWriter {
  constructor(
    private readonly products: ProductStore,
    private readonly listings: ListingStore,
    private readonly categories: CategoryService,
    private readonly outbox: Outbox,
  ) {}

  /** In the caller's transaction. Throws StaleProductError when a product is not what the change was decided on. */
  async write(session: ClientSession, changes: readonly ProductChange[]): Promise<void> {
    if (changes.length === 0) return;
    const categoryIds = [...new Set(changes.flatMap(({ product }) => product.categoryId ?? []))];
    // Categories never change once made, and an extra word to complete is harmless: neither needs the session.
    const leaves = categoryIds.length > 0 ? await this.categories.findMany(categoryIds) : [];
    const ancestors = [...new Set(leaves.flatMap(({ lineage }) => lineage))];
    const categories = new Map(
      (ancestors.length > 0 ? await this.categories.findMany(ancestors) : []).map((one) => [one.id, one]),
    );
    const listings = changes.map(({ product }) => listingOf(product, categories));
    await this.listings.learn(listings.flatMap(({ weights }) => completableTerms(weights)));
    await this.products.save(session, changes);
    await this.listings.save(session, listings);
    await this.outbox.write(
      session,
      changes.map(({ product }) =>
        event('product.changed', product.id, product.version, {
          productId: product.id,
          published: isPublished(product),
        }),
      ),
    );
  }
}

function listingOf(product: Product, categories: ReadonlyMap<string, Category>): Listing {
  const leaf = product.categoryId === null ? undefined : categories.get(product.categoryId);
  const lineage = (leaf?.lineage ?? []).flatMap((id) => categories.get(id) ?? []);
  return {
    productId: product.id,
    published: isPublished(product),
    status: product.status,
    titleKey: normalise(product.title),
    vendor: product.vendor,
    productType: product.productType,
    tags: product.tags,
    categoryIds: leaf?.lineage ?? [],
    currencyCode: product.priceMin.currencyCode,
    priceMin: product.priceMin.minor,
    priceMax: product.priceMax.minor,
    createdAt: product.createdAt.getTime(),
    updatedAt: product.updatedAt.getTime(),
    weights: termWeights({
      title: product.title,
      translations: product.translations.map(({ title }) => title),
      vendor: product.vendor,
      productType: product.productType,
      category: lineage.map(({ name, translations }) => [name, ...translations.map(({ title }) => title)]),
      tags: product.tags,
      descriptionHtml: product.descriptionHtml,
    }),
  };
}
