import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { modelOf } from '../../../platform/mongo/model';

/** What this subgraph knows of a product: whether it is on sale, as of the catalog's `sequence`. */
interface ListingRecord {
  _id: string;
  published: boolean;
  sequence: number;
}

const schema = new Schema<ListingRecord>(
  {
    _id: { type: String, required: true },
    published: { type: Boolean, required: true },
    sequence: { type: Number, required: true },
  },
  { collection: 'listings', versionKey: false },
);

export class ListingModel {
  private readonly model: Model<ListingRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'Listing', schema);
  }

  async isPublished(productId: string, session: ClientSession | null = null): Promise<boolean> {
    return (await this.model.exists({ _id: productId, published: true }).session(session)) !== null;
  }

  /** Takes over what the catalog said, unless something newer is known. */
  async put(productId: string, published: boolean, sequence: number): Promise<void> {
    try {
      await this.model.updateOne(
        { _id: productId, sequence: { $lt: sequence } },
        { $set: { published, sequence } },
        { upsert: true },
      );
    } catch (error) {
      // The record holds this sequence or a later one, so that the upsert met it: nothing to take over.
      if (!isDuplicateKey(error)) throw error;
    }
  }
}
