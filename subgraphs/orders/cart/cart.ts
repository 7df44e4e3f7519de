import { addMoney, equalMoney, type Money, multiplyMoney, zero } from '../../../platform/money/money';
import { invalid, notFound, Refusal } from '../../../platform/user-errors/refusal';
import { MAX_LINES, MAX_QUANTITY, type PricedVariant } from '../placing/place-request';

/** A cart holds wishes, no promises: prices and stock are read anew every time it is looked at. */
export interface CartLine {
  readonly id: string;
  readonly variantId: string;
  readonly quantity: number;
  /** The unit price when the line was last changed: what its owner expects to pay. */
  readonly seenPrice: Money;
}

export interface Cart {
  readonly _id: string;
  /** Null for a guest: then the id is the secret that opens the cart. */
  readonly accountId: string | null;
  readonly lines: readonly CartLine[];
  /** Rises with every write; each write is guarded by it. */
  readonly version: number;
  /** The cart this guest cart went into at login; it is empty since. */
  readonly mergedInto: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const CART_WARNING = {
  PRICE_CHANGED: 'PRICE_CHANGED',
  LOW: 'LOW',
  SOLD_OUT: 'SOLD_OUT',
  UNAVAILABLE: 'UNAVAILABLE',
} as const;
export type CartWarningCode = keyof typeof CART_WARNING;

export interface PricedCartLine extends CartLine {
  readonly productId: string | null;
  readonly unitPrice: Money;
  readonly lineTotal: Money;
}

export interface CartWarning {
  readonly code: CartWarningCode;
  readonly message: string;
  readonly line: PricedCartLine;
}

export interface PricedCart {
  readonly lines: readonly PricedCartLine[];
  /** Of the lines that can be bought. */
  readonly subtotal: Money;
  readonly warnings: readonly CartWarning[];
}

export type VariantsById = ReadonlyMap<string, PricedVariant>;

/** Adds units to lines; a variant that is not in the cart yet becomes a line. */
export function addLines(
  lines: readonly CartLine[],
  added: readonly { readonly variantId: string; readonly quantity: number }[],
  variants: VariantsById,
  newLineId: () => string,
): CartLine[] {
  const result = [...lines];
  for (const [index, { variantId, quantity }] of added.entries()) {
    const path = ['input', 'lines', String(index)];
    const variant = variants.get(variantId);
    if (!variant?.published) throw notFound([...path, 'variantId'], 'variant');
    checkCurrency(result, variant, variants, [...path, 'variantId']);
    const at = result.findIndex((line) => line.variantId === variantId);
    const line = result[at];
    const total = checkQuantity((line?.quantity ?? 0) + checkQuantity(quantity, 1, path), 1, path);
    const changed = { id: line?.id ?? newLineId(), variantId, quantity: total, seenPrice: variant.price };
    if (line) result[at] = changed;
    else result.push(changed);
  }
  if (result.length > MAX_LINES) throw invalid(['input', 'lines'], `A cart has at most ${MAX_LINES} lines.`);
  return result;
}

/** Sets the units of lines; none removes the line. */
export function updateLines(
  lines: readonly CartLine[],
  updates: readonly { readonly id: string; readonly quantity: number }[],
  variants: VariantsById,
): CartLine[] {
  const result = new Map(lines.map((line) => [line.id, line]));
  for (const [index, update] of updates.entries()) {
    const path = ['input', 'lines', String(index)];
    const line = result.get(update.id);
    if (!line) throw notFound([...path, 'id'], 'cart line');
    const quantity = checkQuantity(update.quantity, 0, path);
    const seenPrice = variants.get(line.variantId)?.price ?? line.seenPrice;
    if (quantity === 0) result.delete(line.id);
    else result.set(line.id, { ...line, quantity, seenPrice });
  }
  return [...result.values()];
}

/** Lines that are already gone are no fault. */
export function removeLines(lines: readonly CartLine[], ids: readonly string[]): CartLine[] {
  return lines.filter((line) => !ids.includes(line.id));
}

/** A guest's lines into an account's; quantities stop at the limit instead of refusing a login. */
export function mergeLines(into: readonly CartLine[], from: readonly CartLine[]): CartLine[] {
  const result = [...into];
  for (const line of from) {
    const at = result.findIndex(({ variantId }) => variantId === line.variantId);
    const mine = result[at];
    if (mine) result[at] = { ...mine, quantity: Math.min(MAX_QUANTITY, mine.quantity + line.quantity) };
    else if (result.length < MAX_LINES) result.push(line);
  }
  return result;
}

/** The cart at today's prices, and what its owner should know about them. */
export function priceCart(lines: readonly CartLine[], variants: VariantsById, currencyCode: string): PricedCart {
  const warnings: CartWarning[] = [];
  let subtotal: Money | null = null;
  const priced = lines.map((line) => {
    const variant = variants.get(line.variantId);
    const unitPrice = variant?.price ?? line.seenPrice;
    const lineTotal = multiplyMoney(unitPrice, line.quantity);
    const pricedLine = { ...line, productId: variant?.productId ?? null, unitPrice, lineTotal };
    warnings.push(...warningsOf(pricedLine, variant));
    if (variant?.published) subtotal = subtotal ? addMoney(subtotal, lineTotal) : lineTotal;
    return pricedLine;
  });
  return { lines: priced, subtotal: subtotal ?? zero(currencyCode), warnings };
}

function warningsOf(line: PricedCartLine, variant: PricedVariant | undefined): CartWarning[] {
  if (!variant?.published) return [{ code: 'UNAVAILABLE', message: 'This is no longer sold.', line }];
  const warnings: CartWarning[] = [];
  if (variant.available <= 0) warnings.push({ code: 'SOLD_OUT', message: 'Sold out.', line });
  else if (variant.available < line.quantity) {
    warnings.push({ code: 'LOW', message: `Only ${variant.available} left.`, line });
  }
  if (!equalMoney(line.seenPrice, line.unitPrice)) {
    warnings.push({ code: 'PRICE_CHANGED', message: 'The price has changed since this was added.', line });
  }
  return warnings;
}

function checkQuantity(quantity: number, least: number, path: readonly string[]): number {
  if (!Number.isInteger(quantity) || quantity < least || quantity > MAX_QUANTITY) {
    throw invalid([...path, 'quantity'], `A quantity is ${least} to ${MAX_QUANTITY}.`);
  }
  return quantity;
}

function checkCurrency(
  lines: readonly CartLine[],
  variant: PricedVariant,
  variants: VariantsById,
  field: readonly string[],
): void {
  const [first] = lines;
  const currency = first && (variants.get(first.variantId)?.price ?? first.seenPrice).currencyCode;
  if (currency && currency !== variant.price.currencyCode) {
    throw new Refusal('CURRENCY_MISMATCH', `The cart is in ${currency}.`, { field });
  }
}
