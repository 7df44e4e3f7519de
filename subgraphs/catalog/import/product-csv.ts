import { formatAmount } from '../../../platform/money/money';
import type { Product, Variant } from '../product/product';
import { COLUMN, OPTION_COLUMNS } from './columns';

/** Cells by column name; a column left out is an empty cell. */
export type CsvCells = Readonly<Record<string, string>>;

/**
 * A product as rows of a Shopify product CSV: what is the product's on the first row, one row per variant, pictures
 * along the rows and on rows of their own once the variants end. Importing these rows changes nothing.
 */
export function productRows(
  product: Product,
  variants: readonly Variant[],
  onHandOf: (variantId: string) => number | null,
): CsvCells[] {
  const length = Math.max(variants.length, product.images.length);
  return Array.from({ length }, (_unused, index) => {
    const variant = variants[index];
    return {
      ...(index === 0 ? productCells(product) : {}),
      ...(variant ? variantCells(variant, onHandOf(variant.id)) : {}),
      ...imageCells(product, index),
      [COLUMN.handle]: product.handle,
    };
  });
}

function productCells(product: Product): CsvCells {
  return {
    ...Object.fromEntries(product.foreign.map(({ column, value }) => [column, value])),
    [COLUMN.title]: product.title,
    [COLUMN.body]: product.descriptionHtml,
    [COLUMN.vendor]: product.vendor ?? '',
    [COLUMN.category]: product.categoryText ?? '',
    [COLUMN.type]: product.productType ?? '',
    [COLUMN.tags]: product.tags.join(', '),
    [COLUMN.published]: product.publishedAt === null ? 'FALSE' : 'TRUE',
    [COLUMN.status]: product.status.toLowerCase(),
    ...Object.fromEntries(product.options.map(({ name }, index) => [OPTION_COLUMNS[index]?.name ?? '', name])),
  };
}

function variantCells(variant: Variant, onHand: number | null): CsvCells {
  return {
    ...Object.fromEntries(variant.foreign.map(({ column, value }) => [column, value])),
    ...Object.fromEntries(variant.optionValues.map((value, index) => [OPTION_COLUMNS[index]?.value ?? '', value])),
    [COLUMN.sku]: variant.sku ?? '',
    [COLUMN.grams]: variant.grams === null ? '' : String(variant.grams),
    [COLUMN.quantity]: onHand === null ? '' : String(onHand),
    [COLUMN.price]: formatAmount(variant.price),
    [COLUMN.compareAtPrice]: variant.compareAtPrice ? formatAmount(variant.compareAtPrice) : '',
    [COLUMN.currency]: variant.price.currencyCode,
    [COLUMN.barcode]: variant.barcode ?? '',
    [COLUMN.variantImage]: variant.image?.src ?? '',
    [COLUMN.weightUnit]: variant.weightUnit ?? '',
  };
}

function imageCells(product: Product, index: number): CsvCells {
  const image = product.images[index];
  if (!image) return {};
  return {
    [COLUMN.imageSrc]: image.src,
    [COLUMN.imagePosition]: String(index + 1),
    [COLUMN.imageAlt]: image.altText ?? '',
  };
}
