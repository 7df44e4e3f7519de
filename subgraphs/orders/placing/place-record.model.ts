import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import type { RefusalValue } from '../../../platform/user-errors/refusal';

/** What became of one idempotency key of `orderPlace`: an order, or a refusal before there was one. */
export interface PlaceRecord {
  /** `<accountId>:<key>` */
  readonly _id: string;
  readonly bodyHash: string;
  readonly orderId: string | null;
  readonly refusal: RefusalValue | null;
  readonly createdAt: Date;
}

const KEPT_SECONDS = 72 * 3600;

const schema = new Schema(
  {
    _id: { type: String, required: true },
    bodyHash: { type: String, required: true },
    orderId: { type: String, default: null },
    refusal: { type: Schema.Types.Mixed, default: null },
    createdAt: { type: Date, required: true },
  },
  { collection: 'order_place_keys', minimize: false, versionKey: false },
);
schema.index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export class PlaceRecordModel {
  private readonly model: Model<PlaceRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'OrderPlaceKey', schema as unknown as Schema<PlaceRecord>);
  }

  find(id: string): Promise<PlaceRecord | null> {
    return this.model.findById(id).lean<PlaceRecord>().exec();
  }

  /** Fails with a duplicate key when another request was first. */
  async insert(record: PlaceRecord, session: ClientSession | null = null): Promise<void> {
    await this.model.create([record], session ? { session } : {});
  }
}
