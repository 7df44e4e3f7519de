import type { ProductStore } from '../product/product.model';
import type { StockService } from '../stock/stock.service';
import { EXPORT_COLUMNS } from './columns';
import { productRows } from './product-csv';

export interface ExportBatch {
  /** Rows of cells, in the order of the columns. */
  readonly rows: readonly (readonly string[])[];
  readonly products: number;
}

export interface ProductExport {
  readonly columns: readonly string[];
  readonly totalProducts: number;
  batches(): AsyncGenerator<ExportBatch>;
}

const BATCH = 200;

/** The whole catalog as a Shopify product CSV, in the order in which products came in. */
export class ProductExportService {
  constructor(
    private readonly products: ProductStore,
    private readonly stock: StockService,
  ) {}

  /** `location`: the name of the place whose stock stands in the file. */
  async open(location: string): Promise<ProductExport> {
    const foreign = (await this.products.foreignColumns()).filter((column) => !EXPORT_COLUMNS.includes(column));
    const columns = [...EXPORT_COLUMNS, ...foreign.sort()];
    const { id: locationId } = await this.stock.ensureLocation(location);
    const totalProducts = await this.products.count();
    return { columns, totalProducts, batches: () => this.batches(columns, locationId) };
  }

  private async *batches(columns: readonly string[], locationId: string): AsyncGenerator<ExportBatch> {
    for (let after = ''; ; ) {
      const products = await this.products.walk(after, BATCH);
      const last = products.at(-1);
      if (!last) return;
      const variants = await this.products.findVariantsOf(products.map(({ id }) => id));
      const levels = await this.stock.levelsOf(variants.map(({ id }) => id));
      const onHand = new Map(
        levels.filter((level) => level.locationId === locationId).map((level) => [level.variantId, level.onHand]),
      );
      const rows = products.flatMap((product) =>
        productRows(
          product,
          variants.filter(({ productId }) => productId === product.id),
          (variantId) => onHand.get(variantId) ?? null,
        ),
      );
      yield { rows: rows.map((cells) => columns.map((column) => cells[column] ?? '')), products: products.length };
      after = last.id;
    }
  }
}
