import { newId } from '../../platform/ids/id';
import { account, type Fakes, type SubgraphHarness, startSubgraph } from '../../test/support/subgraph-harness';
import { catalog } from '.';
import type { CatalogServices } from './context';
import type { Product } from './product/product';
import type { ProductCreate } from './product/product.service';

export type CatalogHarness = SubgraphHarness<CatalogServices>;

export const merchant = account(['CUSTOMER', 'MERCHANT']);
export const shopper = account(['CUSTOMER']);
export const service = { kind: 'service', service: 'test' } as const;

export function startCatalog(fakes: Fakes = {}): Promise<CatalogHarness> {
  return startSubgraph(catalog, { fakes });
}

/** A product of one or more variants at HK$10, with this much of each in stock. */
export async function givenProduct(
  { services }: CatalogHarness,
  wish: Partial<ProductCreate> = {},
  stock = 0,
): Promise<{ readonly product: Product; readonly variantIds: readonly string[] }> {
  const product = await services.products.create({ title: 'Milk', variants: [{ price: hkd('10.00') }], ...wish });
  const variants = await services.products.findVariantsOf([product.id]);
  const variantIds = variants.map(({ id }) => id);
  for (const variantId of stock > 0 ? variantIds : []) await givenStock({ services }, variantId, stock);
  return { product, variantIds };
}

export async function givenStock(
  { services }: Pick<CatalogHarness, 'services'>,
  variantId: string,
  delta: number,
  locationId: string | null = null,
): Promise<void> {
  await services.stock.adjust(merchant.accountId, {
    variantId,
    locationId,
    delta,
    reason: 'delivery',
    idempotencyKey: newId('key'),
  });
}

export function hkd(amount: string) {
  return { amount, currencyCode: 'HKD' };
}
