import { toMoneyType } from '../../../platform/money/money.type';
import { totalAvailable } from '../stock/stock';
import type { StockService } from '../stock/stock.service';
import { isPublished, variantTitle } from './product';
import type { ProductStore } from './product.model';
import type { VariantSnapshot } from './variant-snapshot.type';

/** Variants with their product and stock, for other subgraphs: three reads however many are asked for. */
export class VariantSnapshotService {
  constructor(
    private readonly products: ProductStore,
    private readonly stock: StockService,
  ) {}

  /** In the order asked for; unknown ids are left out. */
  async findMany(ids: readonly string[]): Promise<VariantSnapshot[]> {
    const variants = new Map((await this.products.findVariants(ids)).map((variant) => [variant.id, variant]));
    if (variants.size === 0) return [];
    const productIds = [...new Set([...variants.values()].map(({ productId }) => productId))];
    const [found, levels] = await Promise.all([
      this.products.findMany(productIds),
      this.stock.levelsOf([...variants.keys()]),
    ]);
    const products = new Map(found.map((product) => [product.id, product]));
    return [...new Set(ids)].flatMap((id) => {
      const variant = variants.get(id);
      const product = variant && products.get(variant.productId);
      if (!product) return [];
      return [
        {
          variantId: id,
          productId: product.id,
          productTitle: product.title,
          productHandle: product.handle,
          title: variantTitle(variant),
          sku: variant.sku,
          price: toMoneyType(variant.price),
          published: isPublished(product),
          available: totalAvailable(levels.filter(({ variantId }) => variantId === id)),
        },
      ];
    });
  }
}
