import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { modelOf } from '../../../platform/mongo/model';
import type { Basket } from './affinity';

/** What is known of one product's sales, and whether it may be shown. */
export interface Demand {
  readonly productId: string;
  /** Paid orders that held it. */
  readonly orders: number;
  readonly units: number;
  readonly listed: boolean;
}

interface DemandRecord {
  _id: string;
  orders: number;
  units: number;
  listed: boolean;
  /** The catalog's sequence that `listed` is from; below all of them until the catalog has said anything. */
  listingSequence: number;
}

const UNHEARD_OF = -1;

const demandSchema = new Schema<DemandRecord>(
  {
    _id: { type: String, required: true },
    orders: { type: Number, required: true },
    units: { type: Number, required: true },
    listed: { type: Boolean, required: true },
    listingSequence: { type: Number, required: true },
  },
  { collection: 'product_demand', versionKey: false },
);
demandSchema.index({ listed: 1, orders: -1, _id: 1 });

interface TotalRecord {
  _id: string;
  orders: number;
}

const totalSchema = new Schema<TotalRecord>(
  { _id: { type: String, required: true }, orders: { type: Number, required: true } },
  { collection: 'order_totals', versionKey: false },
);

const ALL_ORDERS = 'all';

export class DemandModel {
  private readonly demand: Model<DemandRecord>;
  private readonly totals: Model<TotalRecord>;

  constructor(connection: Connection) {
    this.demand = modelOf(connection, 'ProductDemand', demandSchema);
    this.totals = modelOf(connection, 'OrderTotal', totalSchema);
  }

  /** In no order; products neither sold nor heard of are left out. */
  async findByProducts(productIds: readonly string[]): Promise<readonly Demand[]> {
    const records = await this.demand.find({ _id: { $in: productIds } }).lean<DemandRecord[]>();
    return records.map(toDemand);
  }

  /** Listed products that sold, most ordered first. */
  async findPopular(limit: number): Promise<readonly Demand[]> {
    const records = await this.demand
      .find({ listed: true, orders: { $gt: 0 } })
      .sort({ orders: -1, _id: 1 })
      .limit(limit)
      .lean<DemandRecord[]>();
    return records.map(toDemand);
  }

  async countOrders(): Promise<number> {
    return (await this.totals.findById(ALL_ORDERS).lean<TotalRecord>())?.orders ?? 0;
  }

  /** Counts one paid order in. */
  async count(basket: Basket, session: ClientSession): Promise<void> {
    await this.totals.updateOne({ _id: ALL_ORDERS }, { $inc: { orders: 1 } }, { upsert: true, session });
    await this.demand.bulkWrite(
      [...basket].map(([productId, units]) => ({
        updateOne: {
          filter: { _id: productId },
          update: { $inc: { orders: 1, units }, $setOnInsert: { listed: true, listingSequence: UNHEARD_OF } },
          upsert: true,
        },
      })),
      { session },
    );
  }

  /** Takes over whether the catalog shows the product, unless something newer is known. */
  async list(productId: string, listed: boolean, sequence: number): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.demand.updateOne(
          { _id: productId, listingSequence: { $lt: sequence } },
          { $set: { listed, listingSequence: sequence }, $setOnInsert: { orders: 0, units: 0 } },
          { upsert: true },
        );
        return;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        // The upsert met a record. Made a moment ago by a sale, it takes the second try; otherwise it knows better.
        if (attempt === 2) return;
      }
    }
  }
}

function toDemand(record: DemandRecord): Demand {
  return { productId: record._id, orders: record.orders, units: record.units, listed: record.listed };
}
