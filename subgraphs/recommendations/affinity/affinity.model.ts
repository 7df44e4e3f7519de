import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import type { Partner } from './affinity';

interface AffinityRecord {
  /** Both ids: a pair stands once in each direction. */
  _id: string;
  productId: string;
  otherId: string;
  count: number;
}

const affinitySchema = new Schema<AffinityRecord>(
  {
    _id: { type: String, required: true },
    productId: { type: String, required: true },
    otherId: { type: String, required: true },
    count: { type: Number, required: true },
  },
  { collection: 'product_affinities', versionKey: false },
);

/** The strongest partners of a product in one place, so that a list of products is read in one query. */
interface TopRecord {
  _id: string;
  partners: { otherId: string; count: number }[];
}

const topSchema = new Schema<TopRecord>(
  {
    _id: { type: String, required: true },
    partners: {
      type: [
        new Schema(
          { otherId: { type: String, required: true }, count: { type: Number, required: true } },
          { _id: false },
        ),
      ],
      required: true,
    },
  },
  { collection: 'top_affinities', versionKey: false },
);

export interface Pair {
  readonly productId: string;
  readonly otherId: string;
}

export class AffinityModel {
  private readonly affinities: Model<AffinityRecord>;
  private readonly tops: Model<TopRecord>;

  constructor(connection: Connection) {
    this.affinities = modelOf(connection, 'ProductAffinity', affinitySchema);
    this.tops = modelOf(connection, 'TopAffinity', topSchema);
  }

  /** Counts one more order for each pair and answers the new counts by product. */
  async count(pairs: readonly Pair[], session: ClientSession): Promise<ReadonlyMap<string, readonly Partner[]>> {
    await this.affinities.bulkWrite(
      pairs.map(({ productId, otherId }) => ({
        updateOne: {
          filter: { _id: key(productId, otherId) },
          update: { $inc: { count: 1 }, $setOnInsert: { productId, otherId } },
          upsert: true,
        },
      })),
      { session },
    );
    const records = await this.affinities
      .find({ _id: { $in: pairs.map(({ productId, otherId }) => key(productId, otherId)) } })
      .session(session)
      .lean<AffinityRecord[]>();
    const counts = new Map<string, Partner[]>();
    for (const { productId, otherId, count } of records) {
      const partners = counts.get(productId) ?? [];
      partners.push({ otherId, count });
      counts.set(productId, partners);
    }
    return counts;
  }

  /** Strongest partners by product, strongest first; products never bought with another are left out. */
  async findTops(
    productIds: readonly string[],
    session: ClientSession | null = null,
  ): Promise<ReadonlyMap<string, readonly Partner[]>> {
    const records = await this.tops
      .find({ _id: { $in: productIds } })
      .session(session)
      .lean<TopRecord[]>();
    return new Map(records.map(({ _id, partners }) => [_id, partners]));
  }

  async putTops(tops: ReadonlyMap<string, readonly Partner[]>, session: ClientSession): Promise<void> {
    await this.tops.bulkWrite(
      [...tops].map(([productId, partners]) => ({
        updateOne: {
          filter: { _id: productId },
          update: { $set: { partners: [...partners] } },
          upsert: true,
        },
      })),
      { session },
    );
  }
}

function key(productId: string, otherId: string): string {
  return `${productId}:${otherId}`;
}
