import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';

/** Somebody paid for a product, with the first order that proved it. */
export interface Purchase {
  readonly accountId: string;
  readonly productId: string;
  readonly orderId: string;
  readonly paidAt: Date;
}

interface PurchaseRecord {
  _id: string;
  orderId: string;
  paidAt: Date;
}

const schema = new Schema<PurchaseRecord>(
  {
    _id: { type: String, required: true },
    orderId: { type: String, required: true },
    paidAt: { type: Date, required: true },
  },
  { collection: 'purchases', versionKey: false },
);

export class PurchaseModel {
  private readonly model: Model<PurchaseRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'Purchase', schema);
  }

  async has(accountId: string, productId: string, session: ClientSession | null = null): Promise<boolean> {
    return (await this.model.exists({ _id: key(accountId, productId) }).session(session)) !== null;
  }

  /** Keeps the first purchase of each product; recording again changes nothing. */
  async record(purchases: readonly Purchase[]): Promise<void> {
    if (purchases.length === 0) return;
    await this.model.bulkWrite(
      purchases.map(({ accountId, productId, orderId, paidAt }) => ({
        updateOne: {
          filter: { _id: key(accountId, productId) },
          update: { $setOnInsert: { orderId, paidAt } },
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }
}

function key(accountId: string, productId: string): string {
  return `${accountId}:${productId}`;
}
