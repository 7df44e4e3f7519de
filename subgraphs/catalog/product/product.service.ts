import type { Kernel } from '../../../platform/subgraph/kernel';
import { ApiError } from '../../../platform/user-errors/api-error';
import { invalid, notFound, Refusal } from '../../../platform/user-errors/refusal';
import { pathKey } from '../category/category';
import type { CategoryService } from '../category/category.service';
import { handleFrom, isVisible, type Product, type ProductContent, type Variant, type Viewer } from './product';
import { HandleTakenError, type ProductStore, StaleProductError } from './product.model';
import { decideChange, type WantedProduct } from './product-change';
import {
  optionNamesOf,
  type ProductWish,
  type VariantPatch,
  type VariantWish,
  variantsOf,
  withVariantWish,
  withWish,
} from './product-input';
import type { ProductWriter } from './product-writer';

export interface ProductCreate extends ProductWish {
  readonly title: string;
  readonly categoryPath?: readonly string[] | null;
  readonly optionNames?: readonly string[] | null;
  readonly variants: readonly VariantWish[];
}

export interface ProductUpdate extends ProductWish {
  readonly id: string;
  readonly categoryPath?: readonly string[] | null;
}

export interface VariantUpdate extends VariantPatch {
  readonly id: string;
}

const MAX_TRIES = 5;
const MAX_DEPTH = 8;

/** Reading single products, and what the shop's own people do to them. */
export class ProductService {
  constructor(
    private readonly kernel: Kernel,
    private readonly store: ProductStore,
    private readonly writer: ProductWriter,
    private readonly categories: CategoryService,
  ) {}

  findMany(ids: readonly string[]): Promise<Product[]> {
    return this.store.findMany(ids);
  }

  findVariants(ids: readonly string[]): Promise<Variant[]> {
    return this.store.findVariants(ids);
  }

  findVariantsOf(productIds: readonly string[]): Promise<Variant[]> {
    return this.store.findVariantsOf(productIds);
  }

  async findByHandle(handle: string, viewer: Viewer): Promise<Product | null> {
    const [product] = await this.store.findByHandles([handle]);
    return product && isVisible(product, viewer) ? product : null;
  }

  /** Product ids by SKU: of a variant, or of a product whose variants' SKUs start with it ("MH01" of "MH01-XS-Black"). */
  async findIdsBySku(skus: readonly string[]): Promise<Map<string, string>> {
    const found = await this.store.findSkus(skus);
    const ids = new Map<string, string>();
    for (const wanted of skus) {
      const match = found.find(({ sku }) => sku === wanted) ?? found.find(({ sku }) => sku.startsWith(`${wanted}-`));
      if (match) ids.set(wanted, match.productId);
    }
    return ids;
  }

  /** Refused: INVALID, HANDLE_TAKEN. Without a handle the title gives one, numbered when it is taken. */
  async create(input: ProductCreate): Promise<Product> {
    const optionNames = optionNamesOf(input.optionNames);
    const variants = variantsOf(input.variants, optionNames);
    const categoryId = await this.categoryOf(input.categoryPath);
    const base = { ...EMPTY, optionNames, categoryId, categoryText: pathText(input.categoryPath) };
    for (let number = 1; ; number += 1) {
      const handle = input.handle ?? (number === 1 ? handleFrom(input.title) : `${handleFrom(input.title)}-${number}`);
      const content = withWish(base, { ...input, handle });
      try {
        return await this.write(null, { content, variants });
      } catch (error) {
        if (!(error instanceof HandleTakenError)) throw error;
        if (input.handle || number >= 100) throw handleTaken(handle);
      }
    }
  }

  /** Refused: NOT_FOUND, INVALID, HANDLE_TAKEN. What the input leaves out stays. */
  update(input: ProductUpdate): Promise<Product> {
    return this.change(input.id, async ({ content, variants }) => {
      const placed =
        input.categoryPath === undefined || input.categoryPath === null
          ? content
          : {
              ...content,
              categoryId: await this.categoryOf(input.categoryPath),
              categoryText: pathText(input.categoryPath),
            };
      return { content: withWish(placed, input), variants };
    });
  }

  /** Takes it off every list; orders keep showing it. Repeating it changes nothing. */
  archive(id: string): Promise<Product> {
    return this.change(id, async ({ content, variants }) => ({
      content: { ...content, status: 'ARCHIVED' },
      variants,
    }));
  }

  /** Refused: NOT_FOUND, INVALID (a price in another currency than the product's other variants). */
  async updateVariant(input: VariantUpdate): Promise<Variant> {
    const [variant] = await this.store.findVariants([input.id]);
    if (!variant) throw notFound(['input', 'id'], 'variant');
    await this.change(variant.productId, async ({ content, variants }, all) => ({
      content,
      variants: variants.map((wanted, index) =>
        all[index]?.id === input.id ? withVariantWish(wanted, input, ['input']) : wanted,
      ),
    }));
    const [changed] = await this.store.findVariants([input.id]);
    if (!changed) throw notFound(['input', 'id'], 'variant');
    return changed;
  }

  private async change(
    id: string,
    wish: (present: WantedProduct, variants: readonly Variant[]) => Promise<WantedProduct>,
  ): Promise<Product> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      const [product] = await this.store.findMany([id]);
      if (!product) throw notFound(['input', 'id'], 'product');
      const variants = await this.store.findVariantsOf([id]);
      const wanted = await wish({ content: contentOf(product), variants: variants.map(variantContentOf) }, variants);
      try {
        return await this.write({ product, variants }, wanted);
      } catch (error) {
        if (error instanceof HandleTakenError) throw handleTaken(error.handle);
        if (!(error instanceof StaleProductError)) throw error;
      }
    }
    throw new ApiError('CONFLICT', 'Too many changes met on this product. Nothing changed; send the request again.');
  }

  private async write(current: Parameters<typeof decideChange>[0], wanted: WantedProduct): Promise<Product> {
    refuseRepeatedSkus(wanted.variants);
    const now = this.kernel.clock.now();
    const { change, product } = decideChange(current, wanted, { now, newId: this.kernel.newId });
    if (!change) return product;
    await this.kernel.database.transaction((session) => this.writer.write(session, [change]));
    this.kernel.outbox.notify();
    return product;
  }

  private async categoryOf(path: readonly string[] | null | undefined): Promise<string | null> {
    const names = (path ?? []).map((name) => name.trim());
    if (names.length === 0) return null;
    if (names.length > MAX_DEPTH || names.some((name) => name === '' || name.length > 200 || name.includes('>'))) {
      throw invalid(['input', 'categoryPath'], `A path has at most ${MAX_DEPTH} names of 200 characters, without ">".`);
    }
    const found = await this.categories.ensure([names.map((name) => ({ name, translations: [] }))]);
    return found.get(pathKey(names))?.id ?? null;
  }
}

const EMPTY: ProductContent = {
  handle: 'product',
  title: '',
  translations: [],
  descriptionHtml: '',
  vendor: null,
  productType: null,
  tags: [],
  categoryId: null,
  categoryText: null,
  status: 'ACTIVE',
  published: true,
  optionNames: [],
  images: [],
  foreign: [],
};

function pathText(path: readonly string[] | null | undefined): string | null {
  return path && path.length > 0 ? pathKey(path.map((name) => name.trim())) : null;
}

/** Variants are recognised by their SKU, so within a product it belongs to one. */
function refuseRepeatedSkus(variants: WantedProduct['variants']): void {
  const skus = variants.flatMap(({ sku }) => sku ?? []);
  const repeated = skus.find((sku, index) => skus.indexOf(sku) !== index);
  if (repeated !== undefined) throw invalid(['input', 'sku'], `Another variant has the SKU "${repeated}".`);
}

function handleTaken(handle: string): Refusal {
  return new Refusal('HANDLE_TAKEN', `Another product has the handle "${handle}".`, { field: ['input', 'handle'] });
}

function contentOf(product: Product): ProductContent {
  const {
    id: _id,
    options,
    publishedAt,
    everPublished: _ever,
    priceMin: _min,
    priceMax: _max,
    version: _version,
    createdAt: _created,
    updatedAt: _updated,
    ...rest
  } = product;
  return { ...rest, published: publishedAt !== null, optionNames: options.map(({ name }) => name) };
}

function variantContentOf(variant: Variant): WantedProduct['variants'][number] {
  const {
    id: _id,
    productId: _product,
    position: _position,
    createdAt: _created,
    updatedAt: _updated,
    ...content
  } = variant;
  return content;
}
