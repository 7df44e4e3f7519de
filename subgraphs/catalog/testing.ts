import mongoose from 'mongoose';
import { newId } from '../../platform/ids/id';
import { type OutboxRecord, outboxModel } from '../../platform/outbox/outbox';
import { account, type SubgraphHarness, startSubgraph } from '../../test/support/subgraph-harness';
import { catalog } from '.';
import type { CatalogServices } from './context';
import type { Product } from './product/product';
import type { ProductCreate } from './product/product.service';

export type CatalogHarness = SubgraphHarness<CatalogServices>;

export const merchant = account(['CUSTOMER', 'MERCHANT']);
export const shopper = account(['CUSTOMER']);
export const service = { kind: 'service', service: 'test' } as const;

/** `dataDir`: where imported images go; the database has a folder of its own. */
export function startCatalog(config: { readonly dataDir?: string } = {}): Promise<CatalogHarness> {
  return startSubgraph(catalog, { config });
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

/** What the catalog has told other subgraphs about a product, in order. */
export function eventsOf(productId: string): Promise<OutboxRecord[]> {
  return outboxModel(connection()).find({ aggregateId: productId }).sort({ sequence: 1 }).lean<OutboxRecord[]>().exec();
}

/** The database calls that some work makes, as "collection.method". */
export async function callsOf(work: () => Promise<unknown>): Promise<string[]> {
  const calls: string[] = [];
  connection().set('debug', (collection: string, method: string) => calls.push(`${collection}.${method}`));
  try {
    await work();
  } finally {
    connection().set('debug', false);
  }
  return calls;
}

/** Empties the catalog but for categories and locations, which its services remember. */
export async function clearProducts(): Promise<void> {
  const kept = ['categories', 'locations', 'leases'];
  for (const [name, collection] of Object.entries(connection().collections)) {
    if (!kept.includes(name)) await collection.deleteMany({});
  }
}

/** The open connection of the one catalog that a test file runs. */
export function connection(): mongoose.Connection {
  const found = mongoose.connections.find(({ name, readyState }) => name === 'kaituan_catalog' && readyState === 1);
  if (!found) throw new Error('No catalog is running.');
  return found;
}

export function hkd(amount: string) {
  return { amount, currencyCode: 'HKD' };
}
