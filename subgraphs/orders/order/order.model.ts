import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import { afterCursor, decodeCursor, type PageRequest } from '../../../platform/pagination/page';
import type { Order, OrderChange } from './order';

const money = { minor: { type: Number, required: true }, currencyCode: { type: String, required: true } };
const mixed = { type: Schema.Types.Mixed, default: null };

const schema = new Schema(
  {
    _id: { type: String, required: true },
    number: { type: String, required: true },
    accountId: { type: String, required: true },
    status: { type: String, required: true },
    version: { type: Number, required: true },
    lines: { type: Schema.Types.Mixed, required: true },
    total: money,
    refundRequested: money,
    refunded: money,
    group: mixed,
    stock: { attempt: { type: Number, required: true }, state: { type: String, required: true } },
    paymentId: { type: String, required: true },
    provider: { type: String, required: true },
    payBy: { type: Date, required: true },
    deliveryOptionId: { type: String, required: true },
    deliveryAddress: mixed,
    todo: { type: Schema.Types.Mixed, default: [] },
    driveJob: { type: String, default: null },
    tierRefund: mixed,
    lateOffer: mixed,
    refusal: mixed,
    refusedAt: { type: Date, default: null },
    cancelReason: { type: String, default: null },
    cancelNote: { type: String, default: null },
    createdAt: { type: Date, required: true },
    paidAt: { type: Date, default: null },
  },
  { collection: 'orders', minimize: false, versionKey: false },
);
schema.index({ number: 1 }, { unique: true });
schema.index({ accountId: 1, _id: -1 });
schema.index({ accountId: 1, paidAt: 1 });
// An order that was never placed is only the answer to its idempotency key, and leaves with it.
schema.index({ refusedAt: 1 }, { expireAfterSeconds: 96 * 3600 });

/** Someone else changed the order since it was read: read it again and decide again. */
export class StaleOrder extends Error {
  override readonly name = 'StaleOrder';
}

const VISIBLE = { refusal: null };

export class OrderModel {
  private readonly model: Model<Order>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'Order', schema as unknown as Schema<Order>);
  }

  async insert(session: ClientSession, order: Order): Promise<void> {
    await this.model.create([order], { session });
  }

  find(id: string, session: ClientSession | null = null): Promise<Order | null> {
    return this.model.findById(id).session(session).lean<Order>().exec();
  }

  /** Throws when there is none. */
  async get(id: string, session: ClientSession | null = null): Promise<Order> {
    const order = await this.find(id, session);
    if (!order) throw new Error(`There is no order ${id}.`);
    return order;
  }

  findMany(ids: readonly string[]): Promise<Order[]> {
    return this.model
      .find({ _id: { $in: [...ids] } })
      .lean<Order[]>()
      .exec();
  }

  /** Writes on the version that was decided on, or throws StaleOrder. Answers the order as it is now. */
  async change(
    order: Order,
    change: OrderChange & { readonly driveJob?: string | null },
    session: ClientSession | null = null,
  ): Promise<Order> {
    const version = order.version + 1;
    // Once the list is done its job has nothing left to drive.
    const idle = change.todo?.length === 0 && change.driveJob === undefined ? { driveJob: null } : {};
    const set = { ...change, ...idle, version };
    const result = await this.model.updateOne(
      { _id: order._id, version: order.version },
      { $set: set },
      session ? { session } : {},
    );
    if (result.matchedCount !== 1) throw new StaleOrder(`Order ${order._id} is past version ${order.version}.`);
    return { ...order, ...set };
  }

  /** Newest first, `first + 1` rows. */
  page(accountId: string, request: PageRequest): Promise<Order[]> {
    const after = request.after === null ? {} : afterCursor([['_id', -1]], decodeCursor(request.after, 1));
    return this.model
      .find({ accountId, ...VISIBLE, ...after })
      .sort({ _id: -1 })
      .limit(request.first + 1)
      .lean<Order[]>()
      .exec();
  }

  count(accountId: string): Promise<number> {
    return this.model.countDocuments({ accountId, ...VISIBLE }).exec();
  }

  async hasPaid(accountId: string): Promise<boolean> {
    return (await this.model.exists({ accountId, paidAt: { $gt: new Date(0) } })) !== null;
  }
}
