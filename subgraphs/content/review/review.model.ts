import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import { type Cursor, decodeCursor, type PageRequest } from '../../../platform/pagination/page';
import { badInput } from '../../../platform/user-errors/api-error';
import { NEWEST_KEPT, type Review, type ReviewStatus } from './review';

/** A review and the key by which it exists once. */
export interface KeyedReview {
  readonly key: string;
  readonly review: Review;
}

interface ReviewRecord {
  _id: string;
  key: string;
  productId: string;
  authorId: string;
  rating: number;
  title: string | null;
  body: string;
  verifiedPurchase: boolean;
  status: ReviewStatus;
  createdAt: Date;
}

const schema = new Schema<ReviewRecord>(
  {
    _id: { type: String, required: true },
    key: { type: String, required: true },
    productId: { type: String, required: true },
    authorId: { type: String, required: true },
    rating: { type: Number, required: true },
    title: { type: String, default: null },
    // Empty once deleted.
    body: { type: String, default: '' },
    verifiedPurchase: { type: Boolean, required: true },
    status: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'reviews', versionKey: false },
);
schema.index({ key: 1 }, { unique: true });
schema.index({ productId: 1, status: 1, createdAt: -1, _id: -1 });

export class ReviewModel {
  private readonly model: Model<ReviewRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'Review', schema);
  }

  /** In no order, deleted ones included; unknown ids are left out. */
  async findByIds(ids: readonly string[]): Promise<readonly Review[]> {
    const records = await this.model.find({ _id: { $in: ids } }).lean<ReviewRecord[]>();
    return records.map(toReview);
  }

  async findById(id: string, session: ClientSession | null = null): Promise<Review | null> {
    const record = await this.model.findById(id).session(session).lean<ReviewRecord>();
    return record && toReview(record);
  }

  async findByKeys(keys: readonly string[], session: ClientSession | null = null): Promise<readonly KeyedReview[]> {
    const records = await this.model
      .find({ key: { $in: keys } })
      .session(session)
      .lean<ReviewRecord[]>();
    return records.map((record) => ({ key: record.key, review: toReview(record) }));
  }

  /** One row more than asked for of a product's published reviews, newest first. */
  async findPage(productId: string, page: PageRequest): Promise<readonly Review[]> {
    const records = await this.model
      .find({ productId, status: 'PUBLISHED', ...(page.after === null ? {} : after(page.after)) })
      .sort({ createdAt: -1, _id: -1 })
      .limit(page.first + 1)
      .lean<ReviewRecord[]>();
    return records.map(toReview);
  }

  /** Ids of the newest published reviews of a product, newest first. */
  async findNewest(productId: string, session: ClientSession): Promise<readonly string[]> {
    const records = await this.model
      .find({ productId, status: 'PUBLISHED' }, { _id: 1 })
      .sort({ createdAt: -1, _id: -1 })
      .limit(NEWEST_KEPT)
      .session(session)
      .lean<{ _id: string }[]>();
    return records.map((record) => record._id);
  }

  async insert(reviews: readonly KeyedReview[], session: ClientSession): Promise<void> {
    await this.model.insertMany(
      reviews.map(({ key, review: { id, ...fields } }) => ({ _id: id, key, ...fields })),
      { session },
    );
  }

  /** Erases a published review's words, and gives up its key where `freedKey` is given; false when it was not published. */
  async erase(id: string, freedKey: string | null, session: ClientSession): Promise<boolean> {
    const outcome = await this.model.updateOne(
      { _id: id, status: 'PUBLISHED' },
      { $set: { status: 'DELETED', title: null, body: '', ...(freedKey === null ? {} : { key: freedKey }) } },
      { session },
    );
    return outcome.modifiedCount === 1;
  }

  /** Marks the reviews that exist once by these keys as written by a buyer. */
  async verify(keys: readonly string[]): Promise<void> {
    await this.model.updateMany({ key: { $in: keys }, verifiedPurchase: false }, { $set: { verifiedPurchase: true } });
  }
}

export function cursorOf(review: Review): Cursor {
  return [review.createdAt.getTime(), review.id];
}

function after(cursor: string): Record<string, unknown> {
  const [time, id] = decodeCursor(cursor, 2);
  const createdAt = new Date(typeof time === 'number' ? time : Number.NaN);
  if (Number.isNaN(createdAt.getTime()) || typeof id !== 'string')
    throw badInput('The cursor is not one that this list returned.');
  return { $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }] };
}

function toReview(record: ReviewRecord): Review {
  return {
    id: record._id,
    productId: record.productId,
    authorId: record.authorId,
    rating: record.rating,
    title: record.title,
    body: record.body,
    verifiedPurchase: record.verifiedPurchase,
    status: record.status,
    createdAt: record.createdAt,
  };
}
