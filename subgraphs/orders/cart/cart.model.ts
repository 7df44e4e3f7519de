import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import type { Cart } from './cart';

const KEPT_SECONDS = 90 * 24 * 3600;

const schema = new Schema(
  {
    _id: { type: String, required: true },
    accountId: { type: String, default: null },
    lines: { type: Schema.Types.Mixed, default: [] },
    version: { type: Number, required: true },
    mergedInto: { type: String, default: null },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { collection: 'carts', minimize: false, versionKey: false },
);
// One cart per account; guests have as many as they like.
schema.index({ accountId: 1 }, { unique: true, partialFilterExpression: { accountId: { $type: 'string' } } });
schema.index({ updatedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export class CartModel {
  private readonly model: Model<Cart>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'Cart', schema as unknown as Schema<Cart>);
  }

  /** Fails with a duplicate key when the account has a cart already. */
  async insert(cart: Cart): Promise<void> {
    await this.model.create([cart]);
  }

  find(id: string, session: ClientSession | null = null): Promise<Cart | null> {
    return this.model.findById(id).session(session).lean<Cart>().exec();
  }

  findByAccounts(accountIds: readonly string[]): Promise<Cart[]> {
    return this.model
      .find({ accountId: { $in: [...accountIds] } })
      .lean<Cart[]>()
      .exec();
  }

  /** Writes on the version that was decided on; null when someone else wrote first. */
  async change(
    cart: Cart,
    change: Partial<Pick<Cart, 'lines' | 'mergedInto'>>,
    now: Date,
    session: ClientSession | null = null,
  ): Promise<Cart | null> {
    const set = { ...change, version: cart.version + 1, updatedAt: now };
    const result = await this.model.updateOne(
      { _id: cart._id, version: cart.version },
      { $set: set },
      session ? { session } : {},
    );
    return result.matchedCount === 1 ? { ...cart, ...set } : null;
  }
}
