import DataLoader from 'dataloader';
import { defineSubgraph } from '../../platform/subgraph/define-subgraph';
import { CategoryStore } from './category/category.model';
import { CategoryResolver } from './category/category.resolver';
import { CategoryService } from './category/category.service';
import { CategoryType } from './category/category.type';
import { type CatalogLoaders, type CatalogServices, viewerOf } from './context';
import { errorCodes } from './errors';
import { ImportRunStore } from './import/import-run.model';
import { ImportStock } from './import/import-stock';
import { ProductExportService } from './import/product-export.service';
import { ProductImportService } from './import/product-import.service';
import { isReferable } from './product/product';
import { ProductStore } from './product/product.model';
import { ProductResolver } from './product/product.resolver';
import { ProductService } from './product/product.service';
import { ProductWriter } from './product/product-writer';
import { VariantResolver } from './product/variant.resolver';
import { VariantSnapshotService } from './product/variant-snapshot.service';
import { ListingStore } from './search/listing.model';
import { SearchService } from './search/search.service';
import { ReservationStore } from './stock/reservation.model';
import { RESERVATION_EXPIRE, ReservationService } from './stock/reservation.service';
import { StockStore } from './stock/stock.model';
import {
  StockAdjustmentResolver,
  StockLevelResolver,
  StockResolver,
  VariantStockResolver,
} from './stock/stock.resolver';
import { DEFAULT_LOCATION, StockService } from './stock/stock.service';
import { LocationType } from './stock/stock.type';

export type { CatalogServices } from './context';
export { ImportFileError, openCsv } from './import/csv-file';
export type { ProductExport } from './import/product-export.service';
export type {
  ImportProgress,
  ProductImportOptions,
  ProductImportSummary,
} from './import/product-import.service';
export type { RowRefusal } from './import/row';
export { DEFAULT_LOCATION } from './stock/stock.service';

export const catalog = defineSubgraph<CatalogServices, CatalogLoaders>({
  name: 'catalog',
  resolvers: [
    ProductResolver,
    VariantResolver,
    CategoryResolver,
    StockResolver,
    VariantStockResolver,
    StockLevelResolver,
    StockAdjustmentResolver,
  ],
  orphanedTypes: [CategoryType, LocationType],
  codes: errorCodes,
  create(kernel) {
    const { connection } = kernel.database;
    const productStore = new ProductStore(connection);
    const listings = new ListingStore(connection);
    const stockStore = new StockStore(connection);
    const categories = new CategoryService(new CategoryStore(connection), kernel.newId);
    const writer = new ProductWriter(productStore, listings, categories, kernel.outbox);
    const stock = new StockService(kernel, stockStore, listings, productStore);
    return {
      products: new ProductService(kernel, productStore, writer, categories),
      variantSnapshots: new VariantSnapshotService(productStore, stock),
      categories,
      search: new SearchService(listings, productStore, kernel.config.currencyCode),
      stock,
      reservations: new ReservationService(kernel, new ReservationStore(connection), stock),
      productImport: new ProductImportService(
        kernel,
        productStore,
        writer,
        categories,
        stock,
        new ImportStock(stockStore, stock, listings),
        new ImportRunStore(connection),
      ),
      productExport: new ProductExportService(productStore, stock),
    };
  },
  jobs: ({ reservations }) => [
    { kind: RESERVATION_EXPIRE, run: (data) => reservations.expire(String(data['orderId'])) },
  ],
  async prepare({ stock }) {
    await stock.ensureLocation(DEFAULT_LOCATION);
  },
  loaders: ({ products, categories, stock }) => ({
    product: byId((ids) => products.findMany(ids)),
    variant: byId((ids) => products.findVariants(ids)),
    variantsOf: grouped(
      (ids) => products.findVariantsOf(ids),
      ({ productId }) => productId,
    ),
    levelsOf: grouped(
      (ids) => stock.levelsOf(ids),
      ({ variantId }) => variantId,
    ),
    location: byId((ids) => stock.locationsOf(ids)),
    category: byId((ids) => categories.findMany(ids)),
    childrenOf: grouped(
      (ids) => categories.childrenOf(ids),
      ({ parentId }) => parentId ?? '',
    ),
  }),
  references: {
    async Product({ id }, { identity, loaders }) {
      const product = await loaders.product.load(id);
      return product && isReferable(product, viewerOf(identity)) ? product : null;
    },
    async ProductVariant({ id }, { identity, loaders }) {
      const variant = await loaders.variant.load(id);
      const product = variant && (await loaders.product.load(variant.productId));
      return product && isReferable(product, viewerOf(identity)) ? variant : null;
    },
    Category: ({ id }, { loaders }) => loaders.category.load(id),
    Location: ({ id }, { loaders }) => loaders.location.load(id),
  },
});

function byId<T extends { readonly id: string }>(
  find: (ids: readonly string[]) => Promise<readonly T[]>,
): DataLoader<string, T | null> {
  return new DataLoader(async (ids) => {
    const found = new Map((await find(ids)).map((one) => [one.id, one]));
    return ids.map((id) => found.get(id) ?? null);
  });
}

function grouped<T>(
  find: (keys: readonly string[]) => Promise<readonly T[]>,
  keyOf: (one: T) => string,
): DataLoader<string, readonly T[]> {
  return new DataLoader(async (keys) => {
    const groups = new Map<string, T[]>(keys.map((key) => [key, []]));
    for (const one of await find(keys)) groups.get(keyOf(one))?.push(one);
    return keys.map((key) => groups.get(key) ?? []);
  });
}
