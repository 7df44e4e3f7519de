import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import type { RatingSummary } from './review';

interface RatingSummaryRecord {
  _id: string;
  count: number;
  sum: number;
  newest: string[];
}

const schema = new Schema<RatingSummaryRecord>(
  {
    _id: { type: String, required: true },
    count: { type: Number, required: true },
    sum: { type: Number, required: true },
    newest: { type: [String], required: true },
  },
  { collection: 'rating_summaries', versionKey: false },
);

export class RatingSummaryModel {
  private readonly model: Model<RatingSummaryRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'RatingSummary', schema);
  }

  /** In no order; products nobody reviewed are left out. */
  async findByProducts(productIds: readonly string[]): Promise<readonly RatingSummary[]> {
    const records = await this.model.find({ _id: { $in: productIds } }).lean<RatingSummaryRecord[]>();
    return records.map(({ _id, ...summary }) => ({ productId: _id, ...summary }));
  }

  /**
   * Makes sure the products have a summary, outside any transaction: two transactions that both made the first one
   * would meet on its key, which no retry of the same snapshot resolves.
   */
  async ensure(productIds: readonly string[]): Promise<void> {
    await this.model.bulkWrite(
      productIds.map((productId) => ({
        updateOne: {
          filter: { _id: productId },
          update: { $setOnInsert: { count: 0, sum: 0, newest: [] } },
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }

  /** Adds to the sums in the transaction of the reviews themselves. Neither may fall below zero. */
  async add(
    productId: string,
    change: { readonly count: number; readonly sum: number; readonly newest: readonly string[] },
    session: ClientSession,
  ): Promise<void> {
    const { count, sum, newest } = change;
    const outcome = await this.model.updateOne(
      { _id: productId, count: { $gte: -count }, sum: { $gte: -sum } },
      { $inc: { count, sum }, $set: { newest: [...newest] } },
      { session },
    );
    if (outcome.matchedCount !== 1) throw new Error(`The rating summary of ${productId} does not match its reviews.`);
  }
}
