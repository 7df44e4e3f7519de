import type DataLoader from 'dataloader';
import { hasRole, type Identity } from '../../platform/context/identity';
import type { SubgraphContext } from '../../platform/subgraph/subgraph-context';
import type { Category } from './category/category';
import type { CategoryService } from './category/category.service';
import type { ProductExportService } from './import/product-export.service';
import type { ProductImportService } from './import/product-import.service';
import type { Product, Variant, Viewer } from './product/product';
import type { ProductService } from './product/product.service';
import type { VariantSnapshotService } from './product/variant-snapshot.service';
import type { SearchService } from './search/search.service';
import type { ReservationService } from './stock/reservation.service';
import type { Location, StockLevel } from './stock/stock';
import type { StockService } from './stock/stock.service';

export interface CatalogServices {
  readonly products: ProductService;
  readonly variantSnapshots: VariantSnapshotService;
  readonly categories: CategoryService;
  readonly search: SearchService;
  readonly stock: StockService;
  readonly reservations: ReservationService;
  readonly productImport: ProductImportService;
  readonly productExport: ProductExportService;
}

/** Each batches over one request. */
export interface CatalogLoaders {
  readonly product: DataLoader<string, Product | null>;
  readonly variant: DataLoader<string, Variant | null>;
  readonly variantsOf: DataLoader<string, readonly Variant[]>;
  readonly levelsOf: DataLoader<string, readonly StockLevel[]>;
  readonly location: DataLoader<string, Location | null>;
  readonly category: DataLoader<string, Category | null>;
  readonly childrenOf: DataLoader<string, readonly Category[]>;
}

export type CatalogContext = SubgraphContext<CatalogServices, CatalogLoaders>;

/** Roles of the people who run the shop. */
export const SHOP_ROLES = ['MERCHANT', 'STAFF', 'ADMIN'] as const;

export function viewerOf(identity: Identity): Viewer {
  return identity.kind === 'service' || hasRole(identity, ...SHOP_ROLES) ? 'SHOP' : 'PUBLIC';
}
