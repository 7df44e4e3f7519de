import { type CategoryLevel, categoryLevels } from '../category/category';
import {
  type ForeignCell,
  HANDLE,
  ONLY_OPTION,
  ONLY_VALUE,
  type ProductContent,
  type VariantContent,
} from '../product/product';
import { readCurrency, readGrams, readPosition, readPrice, readPublished, readQuantity, readStatus } from './cells';
import { COLUMN, isForeign, isVariantColumn, OPTION_COLUMNS } from './columns';
import { nameTranslations } from './name-translations';
import { cell, Faults, type Row, type RowRefusal } from './row';

export interface ImageDraft {
  readonly src: string;
  readonly altText: string | null;
}

export interface VariantDraft extends Omit<VariantContent, 'image'> {
  readonly imageSrc: string | null;
  /** Null when the file leaves it open. */
  readonly quantity: number | null;
  /** The row it came from. */
  readonly row: number;
}

/** A product as its rows say it, before anything is looked up. */
export interface ProductDraft {
  readonly row: number;
  readonly content: Omit<ProductContent, 'categoryId' | 'images'>;
  readonly category: readonly CategoryLevel[];
  readonly images: readonly ImageDraft[];
  readonly variants: readonly VariantDraft[];
}

export type ParsedProduct =
  | { readonly kind: 'PRODUCT'; readonly draft: ProductDraft }
  | { readonly kind: 'REFUSED'; readonly refusals: readonly RowRefusal[] };

const MAX_VARIANTS = 2048;
const MAX_TITLE = 500;

/** Reads the rows of one handle. One bad cell refuses the product; all bad cells are told at once. */
export function parseProduct(rows: readonly Row[], currencyCode: string): ParsedProduct {
  const faults = new Faults();
  const [first] = rows;
  if (!first) return { kind: 'REFUSED', refusals: [] };
  const options = readOptions(first, rows);
  const variantRows = rows.filter((row) => isVariantRow(row, row === first));
  const variants = variantRows.map((row) => readVariant(row, options, row === first, currencyCode, faults));
  const content = readContent(
    first,
    options.map(({ name }) => name),
    faults,
  );
  const images = readImages(rows, faults);
  if (variants.length > MAX_VARIANTS) {
    faults.add(
      first,
      COLUMN.handle,
      `A product has at most ${MAX_VARIANTS} variants.`,
      'Split it into several products.',
    );
  }
  refuseRepeats(variantRows, variants, faults);
  for (const row of rows) refuseIdleRow(row, faults);
  if (faults.found.length > 0) return { kind: 'REFUSED', refusals: faults.found };
  const category = categoryLevels(content.categoryText, content.productType, content.tags);
  return { kind: 'PRODUCT', draft: { row: first.row, content, category, images, variants } };
}

function readContent(first: Row, optionNames: readonly string[], faults: Faults): ProductDraft['content'] {
  const handle = cell(first, COLUMN.handle) ?? '';
  if (!HANDLE.test(handle)) {
    faults.add(
      first,
      COLUMN.handle,
      'A handle is letters, digits, "-", "_" and ".", at most 255, starting with a letter or digit.',
      'Write a handle such as fresh-milk-1l.',
    );
  }
  const title = cell(first, COLUMN.title) ?? '';
  if (title === '')
    faults.add(first, COLUMN.title, 'The product has no title.', 'Fill Title in the first row of the handle.');
  if (title.length > MAX_TITLE) {
    faults.add(first, COLUMN.title, `A title has at most ${MAX_TITLE} characters.`, 'Shorten it.');
  }
  const descriptionHtml = cell(first, COLUMN.body) ?? '';
  return {
    handle,
    title,
    translations: nameTranslations(descriptionHtml),
    descriptionHtml,
    vendor: cell(first, COLUMN.vendor),
    productType: cell(first, COLUMN.type),
    tags: readTags(first),
    categoryText: cell(first, COLUMN.category),
    status: readStatus(first, faults),
    published: readPublished(first, faults),
    optionNames,
    foreign: foreignCells(first, (column) => !isVariantColumn(column)),
  };
}

function readTags(row: Row): string[] {
  return (cell(row, COLUMN.tags) ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** A row with none of these is there for an image; the first row always describes a variant too. */
function isVariantRow(row: Row, isFirst: boolean): boolean {
  const telling = [COLUMN.sku, COLUMN.price, ...OPTION_COLUMNS.map(({ value }) => value)];
  return isFirst || telling.some((column) => cell(row, column) !== null);
}

/** An option that the product uses, and the column that holds each variant's value of it. */
interface OptionColumn {
  readonly name: string;
  readonly column: string;
}

function readOptions(first: Row, rows: readonly Row[]): OptionColumn[] {
  const used = OPTION_COLUMNS.filter(({ name, value }) => cell(first, name) || rows.some((row) => cell(row, value)));
  const columns = used.length > 0 ? used : OPTION_COLUMNS.slice(0, 1);
  return columns.map(({ name, value }, index) => ({
    name: cell(first, name) ?? (index === 0 ? ONLY_OPTION : name),
    column: value,
  }));
}

function readVariant(
  row: Row,
  options: readonly OptionColumn[],
  isFirst: boolean,
  fileCurrency: string,
  faults: Faults,
): VariantDraft {
  const isOnly = options.length === 1 && options[0]?.name === ONLY_OPTION;
  const optionValues = options.map(({ name, column }) => {
    const value = cell(row, column);
    if (value !== null) return value;
    if (isOnly) return ONLY_VALUE;
    faults.add(row, column, `The variant has no ${name}.`, 'Fill the value of every option.');
    return '';
  });
  if (cell(row, COLUMN.price) === null) {
    faults.add(row, COLUMN.price, 'The variant has no price.', 'Write a plain decimal such as 12.50.');
  }
  const currencyCode = readCurrency(row, fileCurrency, faults);
  return {
    row: row.row,
    sku: cell(row, COLUMN.sku),
    optionValues,
    price: readPrice(row, COLUMN.price, currencyCode, faults) ?? { minor: 0, currencyCode },
    compareAtPrice: readPrice(row, COLUMN.compareAtPrice, currencyCode, faults),
    barcode: cell(row, COLUMN.barcode),
    grams: readGrams(row, faults),
    weightUnit: cell(row, COLUMN.weightUnit),
    imageSrc: cell(row, COLUMN.variantImage),
    quantity: readQuantity(row, faults),
    foreign: foreignCells(row, (name) => !isFirst || isVariantColumn(name)),
  };
}

function foreignCells(row: Row, belongs: (column: string) => boolean): ForeignCell[] {
  return Object.keys(row.cells).flatMap((column) => {
    const value = cell(row, column);
    return value !== null && isForeign(column) && belongs(column) ? [{ column, value }] : [];
  });
}

function readImages(rows: readonly Row[], faults: Faults): ImageDraft[] {
  const images = rows.flatMap((row, index) => {
    const src = cell(row, COLUMN.imageSrc);
    if (src === null) return [];
    return [{ src, altText: cell(row, COLUMN.imageAlt), position: readPosition(row, faults) ?? index + 1 }];
  });
  return images
    .sort((a, b) => a.position - b.position)
    .filter(({ src }, index, all) => all.findIndex((image) => image.src === src) === index)
    .map(({ src, altText }) => ({ src, altText }));
}

function refuseRepeats(rows: readonly Row[], variants: readonly VariantDraft[], faults: Faults): void {
  const options = new Map<string, number>();
  const skus = new Map<string, number>();
  for (const [index, variant] of variants.entries()) {
    const row = rows[index];
    if (!row) continue;
    const combination = JSON.stringify(variant.optionValues);
    const sameOptions = options.get(combination);
    if (sameOptions !== undefined) {
      const shown = variant.optionValues.join(' / ');
      faults.add(
        row,
        OPTION_COLUMNS[0]?.value ?? '',
        `Row ${sameOptions} is ${shown} too.`,
        'Give each variant other option values.',
      );
    }
    const sameSku = variant.sku === null ? undefined : skus.get(variant.sku);
    if (sameSku !== undefined) {
      faults.add(row, COLUMN.sku, `Row ${sameSku} has this SKU too.`, 'Give each variant of a product its own SKU.');
    }
    options.set(combination, options.get(combination) ?? row.row);
    if (variant.sku !== null) skus.set(variant.sku, skus.get(variant.sku) ?? row.row);
  }
}

function refuseIdleRow(row: Row, faults: Faults): void {
  const said = Object.keys(row.cells).some((column) => column !== COLUMN.handle && cell(row, column) !== null);
  if (!said)
    faults.add(row, '', 'The row has a handle and nothing else.', 'Remove the row, or give it a variant or an image.');
}
