import type { IdFactory } from '../../../platform/ids/id';
import { invalid } from '../../../platform/user-errors/refusal';
import {
  isPublished,
  optionsOf,
  type Product,
  type ProductContent,
  priceRangeOf,
  type Variant,
  type VariantContent,
} from './product';
import type { ProductChange } from './product.model';

/** A product as it is, with all its variants in their order. */
export interface WholeProduct {
  readonly product: Product;
  readonly variants: readonly Variant[];
}

export interface WantedProduct {
  readonly content: ProductContent;
  readonly variants: readonly VariantContent[];
}

export interface Decision {
  /** Null when everything is as wanted already. */
  readonly change: ProductChange | null;
  /** The product as it will be. */
  readonly product: Product;
  /** For each wanted variant, the id it has or gets. */
  readonly variantIds: readonly string[];
}

/**
 * What must be written so that the product is as wanted. Variants are recognised by SKU, then by option values; those
 * nobody mentions stay behind the others, since orders may refer to them. Refused: INVALID for mixed currencies.
 */
export function decideChange(
  current: WholeProduct | null,
  wanted: WantedProduct,
  surroundings: { readonly now: Date; readonly newId: IdFactory },
): Decision {
  const { now, newId } = surroundings;
  const productId = current?.product.id ?? newId('prod');
  const before = current?.variants ?? [];
  const matches = matchVariants(before, wanted.variants);
  const matched = new Set(matches.map((variant) => variant?.id));
  const mentioned = wanted.variants.map((content, position): Variant => {
    const match = matches[position] ?? null;
    const variant = { ...content, id: match?.id ?? newId('var'), productId, position };
    if (match && sameVariant(match, variant)) return match;
    return { ...variant, createdAt: match?.createdAt ?? now, updatedAt: now };
  });
  const kept = before
    .filter((variant) => !matched.has(variant.id))
    .map((variant, index): Variant => {
      const position = mentioned.length + index;
      return variant.position === position ? variant : { ...variant, position, updatedAt: now };
    });
  const all = [...mentioned, ...kept];
  const currencies = new Set(all.map(({ price }) => price.currencyCode));
  if (currencies.size > 1) {
    throw invalid(
      ['price'],
      `All prices of a product are in one currency; these are in ${[...currencies].join(', ')}.`,
    );
  }
  const variants = all.filter((variant) => !before.includes(variant));
  const product = productOf(productId, current?.product ?? null, wanted.content, all, now);
  const unchanged = current !== null && variants.length === 0 && sameProduct(current.product, product);
  return {
    change: unchanged ? null : { product, fromVersion: current?.product.version ?? 0, variants },
    product: unchanged ? current.product : product,
    variantIds: mentioned.map(({ id }) => id),
  };
}

function productOf(
  id: string,
  current: Product | null,
  { optionNames, published, ...content }: ProductContent,
  variants: readonly Variant[],
  now: Date,
): Product {
  const { min, max } = priceRangeOf(variants);
  const publishedAt = published ? (current?.publishedAt ?? now) : null;
  return {
    ...content,
    id,
    options: optionsOf(optionNames, variants),
    publishedAt,
    everPublished: (current?.everPublished ?? false) || isPublished({ status: content.status, publishedAt }),
    priceMin: min,
    priceMax: max,
    version: (current?.version ?? 0) + 1,
    createdAt: current?.createdAt ?? now,
    updatedAt: now,
  };
}

/** For each wanted variant the present one it continues, by SKU before option values; each at most once. */
function matchVariants(before: readonly Variant[], wanted: readonly VariantContent[]): (Variant | null)[] {
  const free = new Set(before);
  const take = (test: (variant: Variant) => boolean): Variant | null => {
    for (const variant of free) {
      if (!test(variant)) continue;
      free.delete(variant);
      return variant;
    }
    return null;
  };
  const bySku = wanted.map(({ sku }) => (sku === null ? null : take((variant) => variant.sku === sku)));
  return wanted.map(
    ({ optionValues }, index) => bySku[index] ?? take((variant) => sameValue(variant.optionValues, optionValues)),
  );
}

function sameVariant(a: Variant, b: Omit<Variant, 'createdAt' | 'updatedAt'>): boolean {
  const { createdAt: _created, updatedAt: _updated, ...rest } = a;
  return sameValue(rest, b);
}

function sameProduct(a: Product, b: Product): boolean {
  const comparable = ({ version: _version, updatedAt: _updated, ...rest }: Product) => rest;
  return sameValue(comparable(a), comparable(b));
}

/** Equality of plain values, whatever the order of their keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => sameValue(value, b[index]));
  }
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  const left = Object.entries(a);
  const right = b as Record<string, unknown>;
  return left.length === Object.keys(right).length && left.every(([key, value]) => sameValue(value, right[key]));
}
