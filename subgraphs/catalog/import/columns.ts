/** The columns of a Shopify product CSV that mean something here; every other column is carried along untouched. */
export const COLUMN = {
  handle: 'Handle',
  title: 'Title',
  body: 'Body (HTML)',
  vendor: 'Vendor',
  category: 'Product Category',
  type: 'Type',
  tags: 'Tags',
  published: 'Published',
  sku: 'Variant SKU',
  grams: 'Variant Grams',
  quantity: 'Variant Inventory Qty',
  price: 'Variant Price',
  compareAtPrice: 'Variant Compare At Price',
  /** Ours: Shopify's file has one currency, a shop here may have several. Empty or absent means the import's own. */
  currency: 'Variant Currency',
  barcode: 'Variant Barcode',
  imageSrc: 'Image Src',
  imagePosition: 'Image Position',
  imageAlt: 'Image Alt Text',
  variantImage: 'Variant Image',
  weightUnit: 'Variant Weight Unit',
  status: 'Status',
} as const;

export const OPTION_COLUMNS = [1, 2, 3].map((index) => ({
  name: `Option${index} Name`,
  value: `Option${index} Value`,
}));

export const REQUIRED_COLUMNS = [COLUMN.handle, COLUMN.title, COLUMN.price];

/** The order in which an export writes its columns, as Shopify's own does; foreign ones follow or stand in their place. */
export const EXPORT_COLUMNS: readonly string[] = [
  COLUMN.handle,
  COLUMN.title,
  COLUMN.body,
  COLUMN.vendor,
  COLUMN.category,
  COLUMN.type,
  COLUMN.tags,
  COLUMN.published,
  ...OPTION_COLUMNS.flatMap(({ name, value }) => [name, value]),
  COLUMN.sku,
  COLUMN.grams,
  'Variant Inventory Tracker',
  COLUMN.quantity,
  'Variant Inventory Policy',
  'Variant Fulfillment Service',
  COLUMN.price,
  COLUMN.compareAtPrice,
  COLUMN.currency,
  'Variant Requires Shipping',
  'Variant Taxable',
  COLUMN.barcode,
  COLUMN.imageSrc,
  COLUMN.imagePosition,
  COLUMN.imageAlt,
  'Gift Card',
  'SEO Title',
  'SEO Description',
  COLUMN.variantImage,
  COLUMN.weightUnit,
  COLUMN.status,
];

const OWN = new Set<string>([...Object.values(COLUMN), ...OPTION_COLUMNS.flatMap(({ name, value }) => [name, value])]);

export function isForeign(column: string): boolean {
  return !OWN.has(column);
}

/** Whether a foreign column speaks of the variant of its row or of the product of its first row. */
export function isVariantColumn(column: string): boolean {
  return column === 'Cost per item' || /^(?:Variant |(?:Included|Price|Compare At Price) \/ )/.test(column);
}
