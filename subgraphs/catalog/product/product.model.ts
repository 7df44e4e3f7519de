import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import type { Money } from '../../../platform/money/money';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { modelOf } from '../../../platform/mongo/model';
import type { Translation } from './language';
import type { ForeignCell, Picture, Product, ProductOption, Variant } from './product';

type ProductRecord = Omit<Product, 'id'> & { readonly _id: string };
type VariantRecord = Omit<Variant, 'id'> & { readonly _id: string };

const part = { _id: false } as const;
const money = new Schema<Money>(
  { minor: { type: Number, required: true }, currencyCode: { type: String, required: true } },
  part,
);
const translation = new Schema<Translation>(
  { language: { type: String, required: true }, title: { type: String, required: true } },
  part,
);
const option = new Schema<ProductOption>(
  { name: { type: String, required: true }, values: { type: [String], required: true } },
  part,
);
const picture = new Schema<Picture>(
  {
    src: { type: String, required: true },
    url: { type: String, required: true },
    altText: { type: String, default: null },
    width: { type: Number, default: null },
    height: { type: Number, default: null },
  },
  part,
);
const foreign = new Schema<ForeignCell>(
  { column: { type: String, required: true }, value: { type: String, required: true } },
  part,
);

const productSchema = new Schema<ProductRecord>(
  {
    _id: { type: String, required: true },
    handle: { type: String, required: true },
    title: { type: String, required: true },
    translations: { type: [translation], default: [] },
    descriptionHtml: { type: String, default: '' },
    vendor: { type: String, default: null },
    productType: { type: String, default: null },
    tags: { type: [String], default: [] },
    categoryId: { type: String, default: null },
    categoryText: { type: String, default: null },
    status: { type: String, enum: ['ACTIVE', 'DRAFT', 'ARCHIVED'], required: true },
    options: { type: [option], default: [] },
    images: { type: [picture], default: [] },
    foreign: { type: [foreign], default: [] },
    publishedAt: { type: Date, default: null },
    everPublished: { type: Boolean, required: true },
    priceMin: { type: money, required: true },
    priceMax: { type: money, required: true },
    version: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { collection: 'products', versionKey: false },
);
productSchema.index({ handle: 1 }, { unique: true });

const variantSchema = new Schema<VariantRecord>(
  {
    _id: { type: String, required: true },
    productId: { type: String, required: true },
    position: { type: Number, required: true },
    sku: { type: String, default: null },
    optionValues: { type: [String], default: [] },
    price: { type: money, required: true },
    compareAtPrice: { type: money, default: null },
    barcode: { type: String, default: null },
    grams: { type: Number, default: null },
    weightUnit: { type: String, default: null },
    image: { type: picture, default: null },
    foreign: { type: [foreign], default: [] },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { collection: 'product_variants', versionKey: false },
);
variantSchema.index({ productId: 1, position: 1 });
variantSchema.index({ sku: 1 });

/** One changed product with the variants that changed with it. */
export interface ProductChange {
  readonly product: Product;
  /** The version this change was decided on; 0 for a new product. */
  readonly fromVersion: number;
  readonly variants: readonly Variant[];
}

/** A change was decided on a state that is no longer there; read again and decide again. */
export class StaleProductError extends Error {
  override readonly name = 'StaleProductError';
}

/** Another product has the handle, perhaps since a moment ago. */
export class HandleTakenError extends Error {
  override readonly name = 'HandleTakenError';

  constructor(readonly handle: string) {
    super(`The handle ${handle} is taken.`);
  }
}

export class ProductStore {
  private readonly products: Model<ProductRecord>;
  private readonly variants: Model<VariantRecord>;

  constructor(connection: Connection) {
    this.products = modelOf(connection, 'Product', productSchema);
    this.variants = modelOf(connection, 'ProductVariant', variantSchema);
  }

  async findMany(ids: readonly string[], session: ClientSession | null = null): Promise<Product[]> {
    const records = await this.products
      .find({ _id: { $in: ids } })
      .session(session)
      .lean<ProductRecord[]>();
    return records.map(toEntity);
  }

  async findByHandles(handles: readonly string[], session: ClientSession | null = null): Promise<Product[]> {
    const records = await this.products
      .find({ handle: { $in: handles } })
      .session(session)
      .lean<ProductRecord[]>();
    return records.map(toEntity);
  }

  async findVariants(ids: readonly string[], session: ClientSession | null = null): Promise<Variant[]> {
    const records = await this.variants
      .find({ _id: { $in: ids } })
      .session(session)
      .lean<VariantRecord[]>();
    return records.map(toEntity);
  }

  /** All variants of the products, each product's in their order. */
  async findVariantsOf(productIds: readonly string[], session: ClientSession | null = null): Promise<Variant[]> {
    const records = await this.variants
      .find({ productId: { $in: productIds } })
      .sort({ productId: 1, position: 1 })
      .session(session)
      .lean<VariantRecord[]>();
    return records.map(toEntity);
  }

  /** SKU and product of every variant whose SKU is one of these or starts with one of them and "-". */
  async findSkus(skus: readonly string[]): Promise<{ readonly sku: string; readonly productId: string }[]> {
    if (skus.length === 0) return [];
    const records = await this.variants
      .find(
        // "." follows "-" in the order of characters, so this is the prefix "SKU-" as a range of the index.
        { $or: [{ sku: { $in: skus } }, ...skus.map((sku) => ({ sku: { $gte: `${sku}-`, $lt: `${sku}.` } }))] },
        { sku: 1, productId: 1 },
      )
      .lean<{ sku: string; productId: string }[]>();
    return records.map(({ sku, productId }) => ({ sku, productId }));
  }

  /** Products after an id, in the order of their making; for walks over the whole catalog. */
  async walk(afterId: string, limit: number): Promise<Product[]> {
    const records = await this.products
      .find({ _id: { $gt: afterId } })
      .sort({ _id: 1 })
      .limit(limit)
      .lean<ProductRecord[]>();
    return records.map(toEntity);
  }

  count(): Promise<number> {
    return this.products.countDocuments({});
  }

  /** Names of all columns that came with some import and mean nothing here. */
  async foreignColumns(): Promise<string[]> {
    const found = [
      ...(await this.products.distinct('foreign.column')),
      ...(await this.variants.distinct('foreign.column')),
    ];
    return [...new Set(found.map(String))];
  }

  /**
   * Writes changes decided on given versions. Throws StaleProductError when one of them is no longer so, and
   * HandleTakenError when a handle belongs to another product.
   */
  async save(session: ClientSession, changes: readonly ProductChange[]): Promise<void> {
    try {
      await this.write(session, changes);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // Bulk writes tell of the index only in words.
      const taken = changes.find(({ product }) => String(error).includes(`handle: "${product.handle}"`));
      throw taken ? new HandleTakenError(taken.product.handle) : error;
    }
  }

  private async write(session: ClientSession, changes: readonly ProductChange[]): Promise<void> {
    const fresh = changes.filter((change) => change.fromVersion === 0).map(({ product }) => toRecord(product));
    if (fresh.length > 0) await this.products.insertMany(fresh, { session, lean: true });
    const changed = changes.filter((change) => change.fromVersion > 0);
    if (changed.length > 0) {
      const result = await this.products.bulkWrite(
        changed.map(({ product, fromVersion }) => ({
          replaceOne: { filter: { _id: product.id, version: fromVersion }, replacement: toRecord(product) },
        })),
        { session },
      );
      if (result.matchedCount !== changed.length) throw new StaleProductError('A product changed meanwhile.');
    }
    const newIds = new Set(fresh.map((record) => record._id));
    const variants = changes.flatMap((change) => change.variants);
    const freshVariants = variants.filter((variant) => newIds.has(variant.productId)).map(toRecord);
    if (freshVariants.length > 0) await this.variants.insertMany(freshVariants, { session, lean: true });
    const otherVariants = variants.filter((variant) => !newIds.has(variant.productId));
    if (otherVariants.length > 0) {
      await this.variants.bulkWrite(
        otherVariants.map((variant) => ({
          replaceOne: { filter: { _id: variant.id }, replacement: toRecord(variant), upsert: true },
        })),
        { session },
      );
    }
  }
}

function toEntity<T extends { readonly _id: string }>(record: T): Omit<T, '_id'> & { readonly id: string } {
  const { _id, ...rest } = record;
  return { id: _id, ...rest };
}

function toRecord<T extends { readonly id: string }>(entity: T): Omit<T, 'id'> & { readonly _id: string } {
  const { id, ...rest } = entity;
  return { _id: id, ...rest };
}
