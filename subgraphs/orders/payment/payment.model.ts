import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import { type Payment, type PaymentStatus, REACHED_FROM } from './payment';

const schema = new Schema(
  {
    _id: { type: String, required: true },
    orderId: { type: String, required: true },
    accountId: { type: String, required: true },
    provider: { type: String, required: true },
    reference: { type: String, required: true },
    amount: { minor: { type: Number, required: true }, currencyCode: { type: String, required: true } },
    status: { type: String, required: true },
    createdAt: { type: Date, required: true },
    settledAt: { type: Date, default: null },
  },
  { collection: 'payments', versionKey: false },
);
schema.index({ orderId: 1 }, { unique: true });

export class PaymentModel {
  private readonly model: Model<Payment>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'Payment', schema as unknown as Schema<Payment>);
  }

  async insert(session: ClientSession, payment: Payment): Promise<void> {
    await this.model.create([payment], { session });
  }

  find(id: string, session: ClientSession | null = null): Promise<Payment | null> {
    return this.model.findById(id).session(session).lean<Payment>().exec();
  }

  findMany(ids: readonly string[]): Promise<Payment[]> {
    return this.model
      .find({ _id: { $in: [...ids] } })
      .lean<Payment[]>()
      .exec();
  }

  /** Moves the payment to `status` if it is in a state that leads there; answers whether it was. */
  async become(session: ClientSession, id: string, status: PaymentStatus, settledAt?: Date): Promise<boolean> {
    const result = await this.model.updateOne(
      { _id: id, status: { $in: [...REACHED_FROM[status]] } },
      { $set: { status, ...(settledAt ? { settledAt } : {}) } },
      { session },
    );
    return result.matchedCount === 1;
  }
}
