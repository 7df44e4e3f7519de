import { type ClientSession, type Connection, type Model, type PipelineStage, Schema } from 'mongoose';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { modelOf } from '../../../platform/mongo/model';
import { afterCursor, type Cursor } from '../../../platform/pagination/page';

/** What lists and search need of a product, in one small record beside it. */
export interface Listing {
  readonly productId: string;
  readonly published: boolean;
  readonly status: string;
  /** The title in lower case without accents, for sorting. */
  readonly titleKey: string;
  readonly vendor: string | null;
  readonly productType: string | null;
  readonly tags: readonly string[];
  /** From the root of the tree to the product's category. */
  readonly categoryIds: readonly string[];
  readonly currencyCode: string;
  readonly priceMin: number;
  readonly priceMax: number;
  /** Milliseconds since 1970, so that cursors hold them as they are. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly weights: Readonly<Record<string, number>>;
}

interface ListingRecord extends Omit<Listing, 'productId'> {
  _id: string;
  terms: string[];
  /** Whether any variant can be bought somewhere; kept by the stock. */
  available: boolean;
  /** Rises whenever `available` is decided anew, so that two such decisions meet instead of passing each other. */
  availabilityRevision: number;
}

const schema = new Schema<ListingRecord>(
  {
    _id: { type: String, required: true },
    published: { type: Boolean, required: true },
    status: { type: String, required: true },
    titleKey: { type: String, required: true },
    vendor: { type: String, default: null },
    productType: { type: String, default: null },
    tags: { type: [String], default: [] },
    categoryIds: { type: [String], default: [] },
    currencyCode: { type: String, required: true },
    priceMin: { type: Number, required: true },
    priceMax: { type: Number, required: true },
    createdAt: { type: Number, required: true },
    updatedAt: { type: Number, required: true },
    weights: { type: Schema.Types.Mixed, required: true },
    terms: { type: [String], required: true },
    available: { type: Boolean, default: false },
    availabilityRevision: { type: Number, default: 0 },
  },
  { collection: 'product_listings', minimize: false, versionKey: false },
);
schema.index({ terms: 1 });
schema.index({ published: 1, _id: 1 });
schema.index({ published: 1, titleKey: 1, _id: 1 });
schema.index({ published: 1, priceMin: 1, _id: 1 });
schema.index({ published: 1, createdAt: 1, _id: 1 });
schema.index({ published: 1, updatedAt: 1, _id: 1 });
schema.index({ categoryIds: 1, published: 1 });
schema.index({ vendor: 1, published: 1 });
schema.index({ productType: 1, published: 1 });
schema.index({ tags: 1, published: 1 });

interface TermRecord {
  _id: string;
}

const termSchema = new Schema<TermRecord>(
  { _id: { type: String, required: true } },
  { collection: 'search_terms', versionKey: false },
);

/** A condition on listings, in the words of the database. */
export type ListingFilter = Readonly<Record<string, unknown>>;

/** Terms with their share of a product's score; alternatives count once, by the best of them. */
export interface Scoring {
  readonly required: readonly string[];
  readonly alternatives: readonly { readonly term: string; readonly factor: number }[];
  readonly bonus: readonly string[];
}

/** Whole numbers in scores keep cursors exact. */
const SCORE_UNIT = 10;
const MAX_COMPLETIONS = 200;
const KNOWN_TERMS_KEPT = 50_000;

export class ListingStore {
  private readonly model: Model<ListingRecord>;
  private readonly terms: Model<TermRecord>;
  private readonly knownTerms = new Set<string>();

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'ProductListing', schema);
    this.terms = modelOf(connection, 'SearchTerm', termSchema);
  }

  async save(session: ClientSession, listings: readonly Listing[]): Promise<void> {
    if (listings.length === 0) return;
    await this.model.bulkWrite(
      listings.map(({ productId, ...listing }) => ({
        updateOne: {
          filter: { _id: productId },
          update: {
            $set: { ...listing, terms: Object.keys(listing.weights).filter((term) => !term.includes(' ')) },
            $setOnInsert: { available: false, availabilityRevision: 0 },
          },
          upsert: true,
        },
      })),
      { session },
    );
  }

  async setAvailable(session: ClientSession, productIds: readonly string[], available: boolean): Promise<void> {
    if (productIds.length === 0) return;
    await this.model.updateMany(
      { _id: { $in: productIds } },
      { $set: { available }, $inc: { availabilityRevision: 1 } },
      { session },
    );
  }

  /** Makes words known for completion. Safe to repeat; a word too many does no harm. */
  async learn(terms: Iterable<string>): Promise<void> {
    const fresh = [...new Set(terms)].filter((term) => !this.knownTerms.has(term));
    if (fresh.length === 0) return;
    const present = await this.terms.find({ _id: { $in: fresh } }).lean<TermRecord[]>();
    const known = new Set(present.map((record) => record._id));
    const missing = fresh.filter((term) => !known.has(term));
    if (missing.length > 0) {
      await this.terms
        .insertMany(
          missing.map((term) => ({ _id: term })),
          { ordered: false, lean: true },
        )
        // Another import was first with some of them; the rest are in.
        .catch((error: unknown) => (isDuplicateKey(error) ? undefined : Promise.reject(error)));
    }
    if (this.knownTerms.size > KNOWN_TERMS_KEPT) this.knownTerms.clear();
    for (const term of fresh) this.knownTerms.add(term);
  }

  /** Known words that start with this one, the shortest first: itself, when it is known. */
  async completions(prefix: string): Promise<string[]> {
    const records = await this.terms
      .find({ _id: { $gte: prefix, $lt: `${prefix}\u{10ffff}` } })
      .sort({ _id: 1 })
      .limit(MAX_COMPLETIONS)
      .lean<TermRecord[]>();
    return records.map((record) => record._id).sort((a, b) => a.length - b.length);
  }

  async pageByScore(
    filter: ListingFilter,
    scoring: Scoring,
    direction: 1 | -1,
    after: Cursor | null,
    limit: number,
  ): Promise<{ readonly id: string; readonly score: number }[]> {
    const order = [
      ['score', direction === 1 ? -1 : 1],
      ['_id', direction],
    ] as const;
    const pipeline: PipelineStage[] = [
      { $match: filter },
      { $project: { score: { $add: scoreTerms(scoring) } } },
      ...(after ? [{ $match: afterCursor(order, after) }] : []),
      { $sort: Object.fromEntries(order) as Record<string, 1 | -1> },
      { $limit: limit },
    ];
    const rows = await this.model.aggregate<{ _id: string; score: number }>(pipeline);
    return rows.map(({ _id, score }) => ({ id: _id, score }));
  }

  async pageByField(
    filter: ListingFilter,
    field: string,
    direction: 1 | -1,
    after: Cursor | null,
    limit: number,
  ): Promise<{ readonly id: string; readonly value: string | number }[]> {
    const order: [string, 1 | -1][] =
      field === '_id'
        ? [['_id', direction]]
        : [
            [field, direction],
            ['_id', direction],
          ];
    const rows = await this.model
      .find(after ? { $and: [filter, afterCursor(order, after)] } : filter, { [field]: 1 })
      .sort(Object.fromEntries(order))
      .limit(limit)
      .lean<(Record<string, string | number> & { _id: string })[]>();
    return rows.map((row) => ({ id: row._id, value: row[field] ?? '' }));
  }

  count(filter: ListingFilter): Promise<number> {
    return this.model.countDocuments(filter);
  }

  async find(productId: string): Promise<Omit<Listing, 'weights'> | null> {
    const record = await this.model.findById(productId, { weights: 0, terms: 0 }).lean<ListingRecord>();
    return record ? { productId: record._id, ...record } : null;
  }

  /** Candidates for comparison, without what only search needs. */
  async candidates(filter: ListingFilter, limit: number): Promise<Omit<Listing, 'weights'>[]> {
    const records = await this.model
      .find(filter, { categoryIds: 1, vendor: 1, tags: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .lean<ListingRecord[]>();
    return records.map((record) => ({ productId: record._id, ...record }));
  }
}

function scoreTerms(scoring: Scoring): unknown[] {
  const worth = (term: string, factor: number): unknown => ({
    $multiply: [{ $ifNull: [`$weights.${term}`, 0] }, factor],
  });
  return [
    0,
    ...scoring.required.map((term) => worth(term, SCORE_UNIT)),
    ...scoring.bonus.map((term) => worth(term, SCORE_UNIT)),
    ...(scoring.alternatives.length > 0
      ? [{ $max: scoring.alternatives.map(({ term, factor }) => worth(term, Math.round(factor * SCORE_UNIT))) }]
      : []),
  ];
}
