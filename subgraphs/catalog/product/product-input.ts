import { fromMoneyInput } from '../../../platform/money/money.type';
import { invalid } from '../../../platform/user-errors/refusal';
import type { Translation } from './language';
import {
  HANDLE,
  ONLY_OPTION,
  ONLY_VALUE,
  type ProductContent,
  type ProductStatus,
  type VariantContent,
} from './product';

/** An amount as clients write it. */
export interface MoneyText {
  readonly amount: string;
  readonly currencyCode: string;
}

export interface VariantWish {
  readonly sku?: string | null;
  readonly optionValues?: readonly string[] | null;
  readonly price: MoneyText;
  readonly compareAtPrice?: MoneyText | null;
  readonly barcode?: string | null;
  readonly grams?: number | null;
}

/** What a client may say of a variant that exists. */
export type VariantPatch = Omit<Partial<VariantWish>, 'price'> & { readonly price?: MoneyText | null };

/** What a client may say of a product; what it leaves out stays, or takes its default in a new one. */
export interface ProductWish {
  readonly handle?: string | null;
  readonly title?: string | null;
  readonly translations?: readonly Translation[] | null;
  readonly descriptionHtml?: string | null;
  readonly vendor?: string | null;
  readonly productType?: string | null;
  readonly tags?: readonly string[] | null;
  readonly status?: ProductStatus | null;
  readonly published?: boolean | null;
}

const LIMITS = { title: 500, handle: 255, descriptionHtml: 200_000, vendor: 200, productType: 200 } as const;
const MAX_TAGS = 250;
const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** The content with the wish's parts in place. Refused: INVALID with the part at fault. */
export function withWish(base: ProductContent, wish: ProductWish): ProductContent {
  const content: ProductContent = {
    ...base,
    handle: wish.handle ?? base.handle,
    title: wish.title?.trim() ?? base.title,
    translations:
      wish.translations?.map(({ language, title }) => ({ language, title: title.trim() })) ?? base.translations,
    descriptionHtml: wish.descriptionHtml ?? base.descriptionHtml,
    vendor: wish.vendor === undefined ? base.vendor : emptyToNull(wish.vendor),
    productType: wish.productType === undefined ? base.productType : emptyToNull(wish.productType),
    tags: wish.tags?.map((tag) => tag.trim()).filter((tag) => tag !== '') ?? base.tags,
    status: wish.status ?? base.status,
    published: wish.published ?? base.published,
  };
  checkContent(content);
  return content;
}

function emptyToNull(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text.trim();
}

function checkContent(content: ProductContent): void {
  if (content.title === '') throw invalid(['input', 'title'], 'A product has a title.');
  for (const [part, limit] of Object.entries(LIMITS)) {
    const value = content[part as keyof typeof LIMITS] ?? '';
    if (value.length > limit) throw invalid(['input', part], `${part} has at most ${limit} characters.`);
  }
  if (!HANDLE.test(content.handle)) {
    throw invalid(
      ['input', 'handle'],
      'A handle is letters, digits, "-", "_" and ".", starting with a letter or digit.',
    );
  }
  if (content.tags.length > MAX_TAGS || content.tags.some((tag) => tag.length > 255 || tag.includes(','))) {
    throw invalid(['input', 'tags'], `At most ${MAX_TAGS} tags of 255 characters, without commas.`);
  }
  for (const { language, title } of content.translations) {
    if (!LANGUAGE.test(language) || title === '' || title.length > LIMITS.title) {
      throw invalid(['input', 'translations'], 'A translation has a BCP 47 language and a title.');
    }
  }
  const languages = content.translations.map(({ language }) => language.toLowerCase());
  if (new Set(languages).size !== languages.length) {
    throw invalid(['input', 'translations'], 'One translation per language.');
  }
}

const MAX_OPTIONS = 3;
const MAX_VARIANTS = 2048;

/** The options of a new product: none given means the one that Shopify gives. */
export function optionNamesOf(names: readonly string[] | null | undefined): string[] {
  const given = (names ?? []).map((name) => name.trim());
  if (given.length > MAX_OPTIONS || given.some((name) => name === '') || new Set(given).size !== given.length) {
    throw invalid(['input', 'optionNames'], `At most ${MAX_OPTIONS} different option names.`);
  }
  return given.length > 0 ? given : [ONLY_OPTION];
}

/** The variants of a new product. Refused: INVALID when option values are missing or two variants are the same. */
export function variantsOf(wishes: readonly VariantWish[], optionNames: readonly string[]): VariantContent[] {
  if (wishes.length === 0 || wishes.length > MAX_VARIANTS) {
    throw invalid(['input', 'variants'], `A product has 1 to ${MAX_VARIANTS} variants.`);
  }
  const seen = new Set<string>();
  return wishes.map((wish, index) => {
    const field = ['input', 'variants', String(index)];
    const isOnly = optionNames[0] === ONLY_OPTION && optionNames.length === 1;
    const optionValues = (wish.optionValues ?? (isOnly ? [ONLY_VALUE] : [])).map((value) => value.trim());
    if (optionValues.length !== optionNames.length || optionValues.some((value) => value === '')) {
      throw invalid([...field, 'optionValues'], `A variant has one value for each of: ${optionNames.join(', ')}.`);
    }
    const combination = JSON.stringify(optionValues);
    if (seen.has(combination)) throw invalid([...field, 'optionValues'], 'Another variant has the same option values.');
    seen.add(combination);
    return withVariantWish(null, { ...wish, optionValues }, field);
  });
}

/** A variant with the wish's parts in place; `base` null makes a new one, which must have a price. */
export function withVariantWish(
  base: VariantContent | null,
  wish: VariantPatch,
  field: readonly string[],
): VariantContent {
  const price = wish.price ? fromMoneyInput(wish.price, [...field, 'price']) : base?.price;
  if (!price || price.minor < 0) throw invalid([...field, 'price'], 'A price is 0 or more.');
  const compareAtPrice =
    wish.compareAtPrice === undefined
      ? (base?.compareAtPrice ?? null)
      : wish.compareAtPrice && fromMoneyInput(wish.compareAtPrice, [...field, 'compareAtPrice']);
  if (compareAtPrice && (compareAtPrice.minor < 0 || compareAtPrice.currencyCode !== price.currencyCode)) {
    throw invalid([...field, 'compareAtPrice'], 'A former price is 0 or more, in the currency of the price.');
  }
  const grams = wish.grams === undefined ? (base?.grams ?? null) : wish.grams;
  if (grams !== null && (!Number.isFinite(grams) || grams < 0)) {
    throw invalid([...field, 'grams'], 'A weight is 0 grams or more.');
  }
  return {
    sku: wish.sku === undefined ? (base?.sku ?? null) : emptyToNull(wish.sku),
    optionValues: wish.optionValues ?? base?.optionValues ?? [],
    price,
    compareAtPrice,
    barcode: wish.barcode === undefined ? (base?.barcode ?? null) : emptyToNull(wish.barcode),
    grams,
    weightUnit: base?.weightUnit ?? null,
    image: base?.image ?? null,
    foreign: base?.foreign ?? [],
  };
}
