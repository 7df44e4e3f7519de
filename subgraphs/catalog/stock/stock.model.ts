import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { modelOf } from '../../../platform/mongo/model';
import { afterCursor, type Cursor } from '../../../platform/pagination/page';
import type { Location, StockLevel } from './stock';

interface LevelRecord extends StockLevel {
  /** `variantId@locationId`: one level per pair. */
  _id: string;
}

const levelSchema = new Schema<LevelRecord>(
  {
    _id: { type: String, required: true },
    variantId: { type: String, required: true },
    productId: { type: String, required: true },
    locationId: { type: String, required: true },
    onHand: { type: Number, required: true, min: 0 },
    reserved: { type: Number, required: true, min: 0 },
    available: { type: Number, required: true, min: 0 },
    importedQuantity: { type: Number, default: null },
  },
  { collection: 'stock_levels', versionKey: false },
);
levelSchema.index({ variantId: 1, locationId: 1 });
levelSchema.index({ productId: 1, available: 1 });

interface LocationRecord {
  _id: string;
  name: string;
}

const locationSchema = new Schema<LocationRecord>(
  { _id: { type: String, required: true }, name: { type: String, required: true } },
  { collection: 'locations', versionKey: false },
);
locationSchema.index({ name: 1 }, { unique: true });

/** One line of the log of everything that changed what is on hand. Never updated or deleted. */
export interface StockAdjustment {
  readonly id: string;
  readonly variantId: string;
  readonly locationId: string;
  readonly delta: number;
  readonly reason: string;
  /** Who: an account id, or `order:…` and `import:…` for what the system did. */
  readonly actor: string;
  readonly at: Date;
}

type AdjustmentRecord = Omit<StockAdjustment, 'id'> & { readonly _id: string };

const adjustmentSchema = new Schema<AdjustmentRecord>(
  {
    _id: { type: String, required: true },
    variantId: { type: String, required: true },
    locationId: { type: String, required: true },
    delta: { type: Number, required: true },
    reason: { type: String, required: true },
    actor: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { collection: 'stock_adjustments', versionKey: false },
);
adjustmentSchema.index({ variantId: 1, _id: -1 });

export interface LevelChange {
  readonly variantId: string;
  readonly locationId: string;
  readonly onHand: number;
  readonly reserved: number;
}

export class StockStore {
  private readonly levels: Model<LevelRecord>;
  private readonly locations: Model<LocationRecord>;
  private readonly adjustments: Model<AdjustmentRecord>;

  constructor(connection: Connection) {
    this.levels = modelOf(connection, 'StockLevel', levelSchema);
    this.locations = modelOf(connection, 'Location', locationSchema);
    this.adjustments = modelOf(connection, 'StockAdjustment', adjustmentSchema);
  }

  async findLevels(variantIds: readonly string[], session: ClientSession | null = null): Promise<StockLevel[]> {
    const records = await this.levels
      .find({ variantId: { $in: variantIds } })
      .session(session)
      .lean<LevelRecord[]>();
    return records.map(({ _id, ...level }) => level);
  }

  async hasAvailable(session: ClientSession, productId: string): Promise<boolean> {
    const found = await this.levels.exists({ productId, available: { $gt: 0 } }).session(session);
    return found !== null;
  }

  /**
   * Changes one level by these amounts if nothing becomes negative by it. Answers the level after the change, or null
   * when the guard refused or there is no such level.
   */
  async change(session: ClientSession, change: LevelChange): Promise<StockLevel | null> {
    const available = change.onHand - change.reserved;
    const atLeast = (field: string, delta: number) => (delta < 0 ? { [field]: { $gte: -delta } } : {});
    const record = await this.levels
      .findOneAndUpdate(
        {
          _id: levelId(change),
          ...atLeast('onHand', change.onHand),
          ...atLeast('reserved', change.reserved),
          ...atLeast('available', available),
        },
        { $inc: { onHand: change.onHand, reserved: change.reserved, available } },
        { session, returnDocument: 'after' },
      )
      .lean<LevelRecord>();
    if (!record) return null;
    const { _id, ...level } = record;
    return level;
  }

  /** Writes whole levels as an import decided them, in a transaction that has read them. */
  async put(session: ClientSession, levels: readonly StockLevel[]): Promise<void> {
    if (levels.length === 0) return;
    await this.levels.bulkWrite(
      levels.map((level) => ({
        replaceOne: { filter: { _id: levelId(level) }, replacement: { _id: levelId(level), ...level }, upsert: true },
      })),
      { session },
    );
  }

  async log(session: ClientSession, entries: readonly StockAdjustment[]): Promise<void> {
    if (entries.length === 0) return;
    await this.adjustments.insertMany(
      entries.map(({ id, ...entry }) => ({ _id: id, ...entry })),
      { session, lean: true },
    );
  }

  /** The log of one variant, newest first. */
  async adjustmentsOf(variantId: string, after: Cursor | null, limit: number): Promise<StockAdjustment[]> {
    const records = await this.adjustments
      .find({ variantId, ...(after ? afterCursor([['_id', -1]], after) : {}) })
      .sort({ _id: -1 })
      .limit(limit)
      .lean<AdjustmentRecord[]>();
    return records.map(({ _id, ...entry }) => ({ id: _id, ...entry }));
  }

  countAdjustments(variantId: string): Promise<number> {
    return this.adjustments.countDocuments({ variantId });
  }

  async findAdjustment(id: string): Promise<StockAdjustment | null> {
    const record = await this.adjustments.findById(id).lean<AdjustmentRecord>();
    if (!record) return null;
    const { _id, ...entry } = record;
    return { id: _id, ...entry };
  }

  async findLocations(ids: readonly string[]): Promise<Location[]> {
    const records = await this.locations.find({ _id: { $in: ids } }).lean<LocationRecord[]>();
    return records.map(({ _id, name }) => ({ id: _id, name }));
  }

  /** In the order of their making. */
  async pageLocations(after: Cursor | null, limit: number): Promise<Location[]> {
    const records = await this.locations
      .find(after ? afterCursor([['_id', 1]], after) : {})
      .sort({ _id: 1 })
      .limit(limit)
      .lean<LocationRecord[]>();
    return records.map(({ _id, name }) => ({ id: _id, name }));
  }

  countLocations(): Promise<number> {
    return this.locations.countDocuments({});
  }

  /** The location of that name, made under `id` when there is none. */
  async ensureLocation(name: string, id: string): Promise<Location> {
    const present = await this.locations.findOne({ name }).lean<LocationRecord>();
    if (present) return { id: present._id, name };
    try {
      await this.locations.create([{ _id: id, name }]);
      return { id, name };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return this.ensureLocation(name, id);
    }
  }
}

function levelId(level: Pick<StockLevel, 'variantId' | 'locationId'>): string {
  return `${level.variantId}@${level.locationId}`;
}
