import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import { afterCursor, type Cursor, decodeCursor, type PageRequest } from '../../../platform/pagination/page';
import type { BoundingBox, Point } from './distance';
import { cityKey, type Neighborhood, type NeighborhoodChange, type NeighborhoodStatus } from './neighborhood';

interface NeighborhoodRecord {
  _id: string;
  name: string;
  city: string;
  cityKey: string;
  countryCode: string;
  centre: { latitude: number; longitude: number };
  radiusMeters: number;
  households: number | null;
  status: NeighborhoodStatus;
  residentCount: number;
  createdAt: Date;
}

const schema = new Schema<NeighborhoodRecord>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    city: { type: String, required: true },
    cityKey: { type: String, required: true },
    countryCode: { type: String, required: true },
    centre: {
      type: new Schema(
        { latitude: { type: Number, required: true }, longitude: { type: Number, required: true } },
        { _id: false },
      ),
      required: true,
    },
    radiusMeters: { type: Number, required: true },
    households: { type: Number, default: null },
    status: { type: String, required: true },
    residentCount: { type: Number, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'neighborhoods', versionKey: false },
);
schema.index({ name: 1, _id: 1 });
schema.index({ cityKey: 1, name: 1, _id: 1 });
schema.index({ status: 1, 'centre.latitude': 1, 'centre.longitude': 1 });

const ORDER = [
  ['name', 1],
  ['_id', 1],
] as const;

export class NeighborhoodModel {
  private readonly model: Model<NeighborhoodRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'Neighborhood', schema);
  }

  async insert(neighborhood: Neighborhood, session: ClientSession): Promise<void> {
    const { id, ...fields } = neighborhood;
    await this.model.create([{ _id: id, ...fields, cityKey: cityKey(fields.city) }], { session });
  }

  async findByIds(ids: readonly string[]): Promise<readonly Neighborhood[]> {
    const records = await this.model.find({ _id: { $in: ids } }).lean<NeighborhoodRecord[]>();
    return records.map(toNeighborhood);
  }

  async findById(id: string, session: ClientSession | null = null): Promise<Neighborhood | null> {
    const record = await this.model.findById(id).session(session).lean<NeighborhoodRecord>();
    return record && toNeighborhood(record);
  }

  /** One row more than asked for, by name. */
  async findPage(city: string | null, page: PageRequest): Promise<readonly Neighborhood[]> {
    const after = page.after === null ? {} : afterCursor(ORDER, decodeCursor(page.after, ORDER.length));
    const records = await this.model
      .find({ ...inCity(city), ...after })
      .sort({ name: 1, _id: 1 })
      .limit(page.first + 1)
      .lean<NeighborhoodRecord[]>();
    return records.map(toNeighborhood);
  }

  count(city: string | null): Promise<number> {
    return this.model.countDocuments(inCity(city)).exec();
  }

  /** Ids and centres of the active neighborhoods in the box. */
  async findCentres(box: BoundingBox): Promise<readonly { readonly id: string; readonly centre: Point }[]> {
    const records = await this.model
      .find(
        {
          status: 'ACTIVE',
          'centre.latitude': { $gte: box.south, $lte: box.north },
          $or: box.longitudes.map(({ west, east }) => ({ 'centre.longitude': { $gte: west, $lte: east } })),
        },
        { centre: 1 },
      )
      .lean<Pick<NeighborhoodRecord, '_id' | 'centre'>[]>();
    return records.map((record) => ({ id: record._id, centre: record.centre }));
  }

  /** The neighborhood after the change; null when there is none of that id. */
  async update(id: string, change: NeighborhoodChange): Promise<Neighborhood | null> {
    const $set = { ...change, ...(change.city === undefined ? {} : { cityKey: cityKey(change.city) }) };
    const record = await this.model
      .findOneAndUpdate({ _id: id }, { $set }, { returnDocument: 'after' })
      .lean<NeighborhoodRecord>();
    return record && toNeighborhood(record);
  }

  /** Counts a resident in, only while the neighborhood is active; answers whether it did. */
  async countIn(id: string, session: ClientSession): Promise<boolean> {
    const outcome = await this.model.updateOne(
      { _id: id, status: 'ACTIVE' },
      { $inc: { residentCount: 1 } },
      { session },
    );
    return outcome.modifiedCount === 1;
  }

  /** Counts a resident out; the count never goes below zero. */
  async countOut(id: string, session: ClientSession): Promise<void> {
    await this.model.updateOne({ _id: id, residentCount: { $gt: 0 } }, { $inc: { residentCount: -1 } }, { session });
  }
}

export function cursorOf(neighborhood: Neighborhood): Cursor {
  return [neighborhood.name, neighborhood.id];
}

function inCity(city: string | null): { cityKey?: string } {
  return city === null ? {} : { cityKey: cityKey(city) };
}

function toNeighborhood(record: NeighborhoodRecord): Neighborhood {
  return {
    id: record._id,
    name: record.name,
    city: record.city,
    countryCode: record.countryCode,
    centre: { latitude: record.centre.latitude, longitude: record.centre.longitude },
    radiusMeters: record.radiusMeters,
    households: record.households,
    status: record.status,
    residentCount: record.residentCount,
    createdAt: record.createdAt,
  };
}
