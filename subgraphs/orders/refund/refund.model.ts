import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import type { Refund, RefundStatus } from './refund';

const schema = new Schema(
  {
    _id: { type: String, required: true },
    key: { type: String, required: true },
    orderId: { type: String, required: true },
    paymentId: { type: String, required: true },
    provider: { type: String, required: true },
    amount: { minor: { type: Number, required: true }, currencyCode: { type: String, required: true } },
    source: { type: String, required: true },
    reason: { type: String, required: true },
    status: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'refunds', versionKey: false },
);
schema.index({ key: 1 }, { unique: true });
schema.index({ orderId: 1, _id: 1 });

export class RefundModel {
  private readonly model: Model<Refund>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'Refund', schema as unknown as Schema<Refund>);
  }

  async insert(session: ClientSession, refund: Refund): Promise<void> {
    await this.model.create([refund], { session });
  }

  find(id: string): Promise<Refund | null> {
    return this.model.findById(id).lean<Refund>().exec();
  }

  findByOrders(orderIds: readonly string[]): Promise<Refund[]> {
    return this.model
      .find({ orderId: { $in: [...orderIds] } })
      .sort({ orderId: 1, _id: 1 })
      .lean<Refund[]>()
      .exec();
  }

  /** Answers whether the refund was in `from`. */
  async become(
    id: string,
    from: RefundStatus,
    to: RefundStatus,
    session: ClientSession | null = null,
  ): Promise<boolean> {
    const result = await this.model.updateOne(
      { _id: id, status: from },
      { $set: { status: to } },
      session ? { session } : {},
    );
    return result.matchedCount === 1;
  }
}
