import { MoneyError, parseMoney } from '../../../platform/money/money';
import {
  type Cursor,
  decodeCursor,
  mapPage,
  type Page,
  type PageRequest,
  pageOf,
} from '../../../platform/pagination/page';
import { badInput } from '../../../platform/user-errors/api-error';
import type { Product, ProductStatus, Viewer } from '../product/product';
import type { ProductStore } from '../product/product.model';
import type { ListingFilter, ListingStore, Scoring } from './listing.model';
import { closest } from './related';
import { parseQuery, type SearchQuery } from './tokens';

export type ProductSortKey = 'RELEVANCE' | 'TITLE' | 'PRICE' | 'CREATED_AT' | 'UPDATED_AT';

export interface ProductFilter {
  /** A category id; its descendants count too. */
  readonly categoryId: string | null;
  readonly vendor: string | null;
  readonly tags: readonly string[];
  readonly productType: string | null;
  readonly price: {
    readonly min: string | null;
    readonly max: string | null;
    readonly currencyCode: string | null;
  } | null;
  readonly available: boolean | null;
  readonly status: ProductStatus | null;
}

export interface ProductSearch {
  readonly query: string | null;
  readonly filter: ProductFilter;
  readonly sortKey: ProductSortKey;
  readonly reverse: boolean;
}

const SORT_FIELDS = {
  TITLE: 'titleKey',
  PRICE: 'priceMin',
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  // Without words to be relevant to: the order in which products were made.
  RELEVANCE: '_id',
} as const;

const MAX_QUERY = 200;
/** A word that only starts as typed is worth this share of one that is as typed. */
const COMPLETION_FACTOR = 0.6;
/** Longer words are found too, but being found by them earns nothing. */
const SCORED_COMPLETIONS = 24;
const MAX_RELATED = 200;

interface Ranked {
  readonly product: Product;
  readonly cursor: Cursor;
}

/** Lists and searches products: one read for the order of ids, one for the products of the page. */
export class SearchService {
  constructor(
    private readonly listings: ListingStore,
    private readonly products: ProductStore,
    /** The currency of price filters that name none. */
    private readonly currencyCode: string,
  ) {}

  async page(search: ProductSearch, request: PageRequest, viewer: Viewer): Promise<Page<Product>> {
    const text = search.query?.trim() ?? '';
    if (text.length > MAX_QUERY) throw badInput(`query may have at most ${MAX_QUERY} characters.`);
    const base = listingFilter(search.filter, viewer, this.currencyCode);
    if (text === '') return this.byField(base, search, request);
    // The untrimmed text: a space at the end says that the last word is whole.
    const query = parseQuery((search.query ?? '').trimStart());
    if (query.terms.length === 0 && query.prefix === null)
      return pageOf<Product>(
        [],
        request,
        () => [],
        () => 0,
      );
    const completions = query.prefix === null ? [] : await this.listings.completions(query.prefix);
    const filter = { ...base, ...termFilter(query, completions) };
    if (search.sortKey !== 'RELEVANCE') return this.byField(filter, search, request);
    return this.byScore(filter, scoringOf(query, completions), search.reverse, request);
  }

  /** Published products that go with this one, best first: the same category before the vendor before the tags. */
  async related(productId: string, limit: number): Promise<string[]> {
    const product = await this.listings.find(productId);
    if (!product || limit <= 0) return [];
    const { categoryIds, vendor, tags } = product;
    const others = { published: true, _id: { $ne: productId } };
    const leaf = categoryIds.at(-1);
    const near = leaf ? await this.listings.candidates({ ...others, categoryIds: leaf }, MAX_RELATED) : [];
    if (near.length >= limit) return closest(product, near, limit);
    const parent = categoryIds.at(-2);
    const wider = [
      ...(parent ? [{ categoryIds: parent }] : []),
      ...(vendor === null ? [] : [{ vendor }]),
      ...(tags.length > 0 ? [{ tags: { $in: [...tags] } }] : []),
    ];
    const far = wider.length > 0 ? await this.listings.candidates({ ...others, $or: wider }, MAX_RELATED) : [];
    return closest(product, [...near, ...far], limit);
  }

  private async byScore(
    filter: ListingFilter,
    scoring: Scoring,
    reverse: boolean,
    request: PageRequest,
  ): Promise<Page<Product>> {
    const after = request.after === null ? null : decodeCursor(request.after, 2);
    const rows = await this.listings.pageByScore(filter, scoring, reverse ? -1 : 1, after, request.first + 1);
    return this.withProducts(
      rows.map(({ id, score }) => ({ id, cursor: [score, id] })),
      filter,
      request,
    );
  }

  private async byField(filter: ListingFilter, search: ProductSearch, request: PageRequest): Promise<Page<Product>> {
    const field = SORT_FIELDS[search.sortKey];
    const length = field === '_id' ? 1 : 2;
    const after = request.after === null ? null : decodeCursor(request.after, length);
    const rows = await this.listings.pageByField(filter, field, search.reverse ? -1 : 1, after, request.first + 1);
    return this.withProducts(
      rows.map(({ id, value }) => ({ id, cursor: length === 1 ? [id] : [value, id] })),
      filter,
      request,
    );
  }

  private async withProducts(
    rows: readonly { readonly id: string; readonly cursor: Cursor }[],
    filter: ListingFilter,
    request: PageRequest,
  ): Promise<Page<Product>> {
    const wanted = rows.slice(0, request.first).map(({ id }) => id);
    const found = new Map((wanted.length > 0 ? await this.products.findMany(wanted) : []).map((one) => [one.id, one]));
    const ranked = rows.flatMap(({ id, cursor }, index): Ranked[] => {
      const product = found.get(id);
      if (product) return [{ product, cursor }];
      // The row beyond the page only says that there is one.
      return index >= request.first ? [{ product: {} as Product, cursor }] : [];
    });
    return mapPage(
      pageOf(
        ranked,
        request,
        ({ cursor }) => cursor,
        () => this.listings.count(filter),
      ),
      ({ product }) => product,
    );
  }
}

function termFilter(query: SearchQuery, completions: readonly string[]): ListingFilter {
  const conditions: Record<string, unknown>[] = [];
  if (query.terms.length > 0) conditions.push({ terms: { $all: [...query.terms] } });
  if (query.prefix !== null) conditions.push({ terms: { $in: [...completions] } });
  return conditions.length === 1 ? (conditions[0] ?? {}) : { $and: conditions };
}

function scoringOf(query: SearchQuery, completions: readonly string[]): Scoring {
  return {
    required: query.terms,
    alternatives: completions
      .slice(0, SCORED_COMPLETIONS)
      .map((term) => ({ term, factor: term === query.prefix ? 1 : COMPLETION_FACTOR })),
    bonus: query.phrases,
  };
}

function listingFilter(filter: ProductFilter, viewer: Viewer, shopCurrency: string): ListingFilter {
  const conditions: Record<string, unknown> = {};
  if (viewer === 'PUBLIC') conditions['published'] = true;
  if (filter.status !== null) conditions['status'] = filter.status;
  else if (viewer === 'SHOP') conditions['status'] = { $ne: 'ARCHIVED' };
  if (filter.categoryId !== null) conditions['categoryIds'] = filter.categoryId;
  if (filter.vendor !== null) conditions['vendor'] = filter.vendor;
  if (filter.productType !== null) conditions['productType'] = filter.productType;
  if (filter.tags.length > 0) conditions['tags'] = { $all: [...filter.tags] };
  if (filter.available !== null) conditions['available'] = filter.available;
  if (filter.price) {
    const { min, max } = filter.price;
    const currencyCode = filter.price.currencyCode ?? shopCurrency;
    conditions['currencyCode'] = currencyCode;
    // A product is in the range when any of its prices may be.
    if (min !== null) conditions['priceMax'] = { $gte: minorUnits(min, currencyCode) };
    if (max !== null) conditions['priceMin'] = { $lte: minorUnits(max, currencyCode) };
  }
  return conditions;
}

function minorUnits(amount: string, currencyCode: string): number {
  try {
    return parseMoney(amount, currencyCode).minor;
  } catch (error) {
    if (error instanceof MoneyError) throw badInput(error.message);
    throw error;
  }
}
