import { type Money, MoneyError, parseMoney } from '../../../platform/money/money';
import type { ProductStatus } from '../product/product';
import { COLUMN } from './columns';
import { cell, type Faults, type Row } from './row';

/** Reading single cells: null for an empty one, and a fault with a remedy for one that cannot be read. */

export function readPrice(row: Row, column: string, currencyCode: string, faults: Faults): Money | null {
  const text = cell(row, column);
  if (text === null) return null;
  try {
    const price = parseMoney(text, currencyCode);
    if (price.minor >= 0) return price;
    return faults.add(row, column, 'A price cannot be negative.', 'Write a price of 0 or more.');
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    return faults.add(row, column, error.message, 'Write a plain decimal such as 12.50, without currency or commas.');
  }
}

/** The row's own currency, or the import's. */
export function readCurrency(row: Row, otherwise: string, faults: Faults): string {
  const text = cell(row, COLUMN.currency) ?? otherwise;
  if (/^[A-Z]{3}$/.test(text)) return text;
  faults.add(row, COLUMN.currency, 'A currency is three capital letters (ISO 4217).', 'Write for example HKD.');
  return otherwise;
}

const MAX_QUANTITY = 1_000_000_000;

export function readQuantity(row: Row, faults: Faults): number | null {
  const text = cell(row, COLUMN.quantity);
  if (text === null) return null;
  const quantity = Number(text);
  if (/^\d+$/.test(text) && quantity <= MAX_QUANTITY) return quantity;
  return faults.add(
    row,
    COLUMN.quantity,
    'A quantity is a whole number of 0 or more.',
    'Write digits only, or leave the cell empty for the default stock.',
  );
}

export function readGrams(row: Row, faults: Faults): number | null {
  const text = cell(row, COLUMN.grams);
  if (text === null) return null;
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) return Number(text);
  return faults.add(row, COLUMN.grams, 'A weight is a number of grams.', 'Write for example 453 or 453.5.');
}

export function readPosition(row: Row, faults: Faults): number | null {
  const text = cell(row, COLUMN.imagePosition);
  if (text === null) return null;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  return faults.add(row, COLUMN.imagePosition, 'A position is a whole number from 1.', 'Write 1, 2, 3 …');
}

/** An empty cell means published, as in Shopify. */
export function readPublished(row: Row, faults: Faults): boolean {
  const text = cell(row, COLUMN.published)?.toLowerCase() ?? 'true';
  if (text !== 'true' && text !== 'false') {
    faults.add(row, COLUMN.published, 'Published is TRUE or FALSE.', 'Write TRUE or FALSE.');
  }
  return text === 'true';
}

/** An empty cell means active, as in Shopify. */
export function readStatus(row: Row, faults: Faults): ProductStatus {
  const text = cell(row, COLUMN.status)?.toUpperCase() ?? 'ACTIVE';
  if (text === 'ACTIVE' || text === 'DRAFT' || text === 'ARCHIVED') return text;
  faults.add(row, COLUMN.status, 'A status is active, draft or archived.', 'Write one of these words.');
  return 'DRAFT';
}
