import { compareMoney, type Money } from '../../../platform/money/money';
import type { Translation } from './language';

export type ProductStatus = 'ACTIVE' | 'DRAFT' | 'ARCHIVED';

export interface ProductOption {
  readonly name: string;
  readonly values: readonly string[];
}

export interface Picture {
  /** As the source names it: an address or a relative path. */
  readonly src: string;
  /** Where a client finds it: `/images/…` when the file is here, else `src`. */
  readonly url: string;
  readonly altText: string | null;
  /** Pixels; null when the file has not been seen. */
  readonly width: number | null;
  readonly height: number | null;
}

/** A cell of an import file that means nothing to us and goes back out as it came. */
export interface ForeignCell {
  readonly column: string;
  readonly value: string;
}

/** The parts of a product that its merchant decides. */
export interface ProductContent {
  readonly handle: string;
  readonly title: string;
  readonly translations: readonly Translation[];
  readonly descriptionHtml: string;
  readonly vendor: string | null;
  readonly productType: string | null;
  readonly tags: readonly string[];
  readonly categoryId: string | null;
  /** The category as the import file spelled it; null when it was derived. */
  readonly categoryText: string | null;
  readonly status: ProductStatus;
  /** Whether shoppers may see it while it is ACTIVE. */
  readonly published: boolean;
  readonly optionNames: readonly string[];
  readonly images: readonly Picture[];
  readonly foreign: readonly ForeignCell[];
}

export interface Product extends Omit<ProductContent, 'optionNames' | 'published'> {
  readonly id: string;
  readonly options: readonly ProductOption[];
  /** When it became visible; null while it is not meant to be. */
  readonly publishedAt: Date | null;
  /** Once published, references from orders stay readable for good. */
  readonly everPublished: boolean;
  readonly priceMin: Money;
  readonly priceMax: Money;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface VariantContent {
  readonly sku: string | null;
  /** One value per option of the product. */
  readonly optionValues: readonly string[];
  readonly price: Money;
  readonly compareAtPrice: Money | null;
  readonly barcode: string | null;
  readonly grams: number | null;
  readonly weightUnit: string | null;
  readonly image: Picture | null;
  readonly foreign: readonly ForeignCell[];
}

export interface Variant extends VariantContent {
  readonly id: string;
  readonly productId: string;
  readonly position: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The option Shopify gives a product that has none. */
export const ONLY_OPTION = 'Title';
export const ONLY_VALUE = 'Default Title';

export function isPublished(product: Pick<Product, 'status' | 'publishedAt'>): boolean {
  return product.status === 'ACTIVE' && product.publishedAt !== null;
}

/** Who looks: shoppers see what is published, the shop's own people everything. */
export type Viewer = 'PUBLIC' | 'SHOP';

export function isVisible(product: Pick<Product, 'status' | 'publishedAt'>, viewer: Viewer): boolean {
  return viewer === 'SHOP' || isPublished(product);
}

/** Whether an order, a group or a review may still show it: what was once on sale stays readable. */
export function isReferable(product: Pick<Product, 'everPublished'>, viewer: Viewer): boolean {
  return viewer === 'SHOP' || product.everPublished;
}

export function variantTitle(variant: Pick<Variant, 'optionValues'>): string {
  return variant.optionValues.join(' / ') || ONLY_VALUE;
}

/** The options with their values in the order of the variants. */
export function optionsOf(
  names: readonly string[],
  variants: readonly Pick<Variant, 'optionValues'>[],
): ProductOption[] {
  return names.map((name, index) => ({
    name,
    values: [...new Set(variants.flatMap((variant) => variant.optionValues[index] ?? []))],
  }));
}

/** Lowest and highest price; all variants of a product share one currency. */
export function priceRangeOf(variants: readonly Pick<Variant, 'price'>[]): { min: Money; max: Money } {
  const sorted = variants.map(({ price }) => price).sort(compareMoney);
  const min = sorted[0];
  const max = sorted.at(-1);
  if (!min || !max) throw new Error('A product has at least one variant.');
  return { min, max };
}

export const HANDLE = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,254}$/u;

/** A handle from a title: lower case, letters and digits of any script, words joined by "-". */
export function handleFrom(title: string): string {
  const handle = title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 120)
    .replace(/-+$/, '');
  return handle || 'product';
}
