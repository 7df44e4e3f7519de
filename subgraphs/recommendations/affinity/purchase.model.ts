import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';

interface PurchaseRecord {
  /** Account and product: one record however often it was bought. */
  _id: string;
  accountId: string;
  productId: string;
  paidAt: Date;
}

const schema = new Schema<PurchaseRecord>(
  {
    _id: { type: String, required: true },
    accountId: { type: String, required: true },
    productId: { type: String, required: true },
    paidAt: { type: Date, required: true },
  },
  { collection: 'account_purchases', versionKey: false },
);
schema.index({ accountId: 1, paidAt: -1, productId: 1 });

export class PurchaseModel {
  private readonly model: Model<PurchaseRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'AccountPurchase', schema);
  }

  async record(accountId: string, productIds: readonly string[], paidAt: Date, session: ClientSession): Promise<void> {
    await this.model.bulkWrite(
      productIds.map((productId) => ({
        updateOne: {
          filter: { _id: `${accountId}:${productId}` },
          // Events of different orders may arrive in any order.
          update: { $max: { paidAt }, $setOnInsert: { accountId, productId } },
          upsert: true,
        },
      })),
      { session },
    );
  }

  /** Products the account bought last, newest first. */
  async findRecent(accountId: string, limit: number): Promise<readonly string[]> {
    const records = await this.model
      .find({ accountId }, { productId: 1 })
      .sort({ paidAt: -1, productId: 1 })
      .limit(limit)
      .lean<{ productId: string }[]>();
    return records.map(({ productId }) => productId);
  }
}
