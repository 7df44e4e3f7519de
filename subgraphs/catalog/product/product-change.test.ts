import { Refusal } from '../../../platform/user-errors/refusal';
import type { ProductContent, VariantContent } from './product';
import { decideChange, type WantedProduct, type WholeProduct } from './product-change';

const monday = new Date('2026-06-01T00:00:00Z');
const tuesday = new Date('2026-06-02T00:00:00Z');

function surroundings(now: Date) {
  let count = 0;
  return { now, newId: (prefix: string) => `${prefix}_${now.getUTCDate()}_${++count}` };
}

const content: ProductContent = {
  handle: 'milk',
  title: 'Milk',
  translations: [],
  descriptionHtml: '',
  vendor: null,
  productType: null,
  tags: [],
  categoryId: null,
  categoryText: null,
  status: 'ACTIVE',
  published: true,
  optionNames: ['Size'],
  images: [],
  foreign: [],
};

const variant = (sku: string | null, size: string, minor = 1000, currencyCode = 'HKD'): VariantContent => ({
  sku,
  optionValues: [size],
  price: { minor, currencyCode },
  compareAtPrice: null,
  barcode: null,
  grams: null,
  weightUnit: null,
  image: null,
  foreign: [],
});

const wanted = (variants: VariantContent[], change: Partial<ProductContent> = {}): WantedProduct => ({
  content: { ...content, ...change },
  variants,
});

function existing(variants: VariantContent[], change: Partial<ProductContent> = {}): WholeProduct {
  const decision = decideChange(null, wanted(variants, change), surroundings(monday));
  if (!decision.change) throw new Error('A new product is a change.');
  return { product: decision.product, variants: decision.change.variants };
}

describe('deciding what changes of a product', () => {
  it('should make a new product with its variants, options and price range', () => {
    const { product, variants } = existing([variant('A', '1L', 2000), variant('B', '236mL', 900)]);
    expect(product).toMatchObject({
      version: 1,
      options: [{ name: 'Size', values: ['1L', '236mL'] }],
      priceMin: { minor: 900 },
      priceMax: { minor: 2000 },
      publishedAt: monday,
      everPublished: true,
      createdAt: monday,
    });
    expect(variants.map(({ sku, position }) => [sku, position])).toEqual([
      ['A', 0],
      ['B', 1],
    ]);
  });

  it('should change nothing when all is as wanted', () => {
    const all = [variant('A', '1L'), variant(null, '236mL')];
    const before = existing(all);
    const decision = decideChange(before, wanted(all), surroundings(tuesday));
    expect(decision.change).toBeNull();
    expect(decision.variantIds).toEqual(before.variants.map(({ id }) => id));
  });

  it('should write only the variant that changed, and the product for its price range', () => {
    const before = existing([variant('A', '1L', 2000), variant('B', '236mL', 900)]);
    const { change } = decideChange(
      before,
      wanted([variant('A', '1L', 2100), variant('B', '236mL', 900)]),
      surroundings(tuesday),
    );
    expect(change?.variants.map(({ id, price }) => [id, price.minor])).toEqual([[before.variants[0]?.id, 2100]]);
    expect(change).toMatchObject({
      fromVersion: 1,
      product: { version: 2, priceMax: { minor: 2100 }, updatedAt: tuesday },
    });
  });

  it('should recognise a variant by SKU before option values', () => {
    const before = existing([variant('A', '1L'), variant('B', '2L')]);
    const decision = decideChange(before, wanted([variant('B', '1L'), variant('A', '3L')]), surroundings(tuesday));
    expect(decision.variantIds).toEqual([before.variants[1]?.id, before.variants[0]?.id]);
  });

  it('should recognise a variant by option values when its SKU is new', () => {
    const before = existing([variant('A', '1L')]);
    const decision = decideChange(before, wanted([variant('A2', '1L')]), surroundings(tuesday));
    expect(decision.variantIds).toEqual([before.variants[0]?.id]);
    expect(decision.change?.variants).toMatchObject([{ sku: 'A2' }]);
  });

  it('should keep variants that are not mentioned, behind the others', () => {
    const before = existing([variant('A', '1L'), variant('B', '2L', 3000)]);
    const { change, product } = decideChange(before, wanted([variant('B', '2L', 3000)]), surroundings(tuesday));
    expect(change?.variants.map(({ sku, position }) => [sku, position])).toEqual([
      ['B', 0],
      ['A', 1],
    ]);
    expect(product.options).toEqual([{ name: 'Size', values: ['2L', '1L'] }]);
  });

  it('should remember that it was published, and since when', () => {
    const before = existing([variant('A', '1L')]);
    const hidden = decideChange(
      before,
      wanted([variant('A', '1L')], { published: false }),
      surroundings(tuesday),
    ).product;
    expect(hidden).toMatchObject({ publishedAt: null, everPublished: true });
    const draft = existing([variant('A', '1L')], { status: 'DRAFT' }).product;
    expect(draft).toMatchObject({ publishedAt: monday, everPublished: false });
  });

  it('should refuse prices in two currencies', () => {
    const before = existing([variant('A', '1L'), variant('B', '2L')]);
    expect(() => decideChange(before, wanted([variant('A', '1L', 1000, 'USD')]), surroundings(tuesday))).toThrow(
      Refusal,
    );
  });
});
