import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';

/** Where an account lives. The account's id is the key: nobody has two homes. */
export interface Residency {
  readonly accountId: string;
  readonly neighborhoodId: string;
  readonly joinedAt: Date;
}

interface ResidencyRecord {
  _id: string;
  neighborhoodId: string;
  joinedAt: Date;
}

const schema = new Schema<ResidencyRecord>(
  {
    _id: { type: String, required: true },
    neighborhoodId: { type: String, required: true },
    joinedAt: { type: Date, required: true },
  },
  { collection: 'residencies', versionKey: false },
);
schema.index({ neighborhoodId: 1 });

export class ResidencyModel {
  private readonly model: Model<ResidencyRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'Residency', schema);
  }

  async find(accountId: string, session: ClientSession | null = null): Promise<Residency | null> {
    const record = await this.model.findById(accountId).session(session).lean<ResidencyRecord>();
    return record && toResidency(record);
  }

  async findByAccounts(accountIds: readonly string[]): Promise<readonly Residency[]> {
    const records = await this.model.find({ _id: { $in: accountIds } }).lean<ResidencyRecord[]>();
    return records.map(toResidency);
  }

  async insert(residency: Residency, session: ClientSession): Promise<void> {
    const { accountId, ...fields } = residency;
    await this.model.create([{ _id: accountId, ...fields }], { session });
  }

  /** Moves the account from the home it was read with; false when it no longer lives there. */
  async move(from: Residency, to: Residency, session: ClientSession): Promise<boolean> {
    const outcome = await this.model.updateOne(
      { _id: from.accountId, neighborhoodId: from.neighborhoodId },
      { $set: { neighborhoodId: to.neighborhoodId, joinedAt: to.joinedAt } },
      { session },
    );
    return outcome.modifiedCount === 1;
  }

  /** Removes the account from that neighborhood; false when it did not live there. */
  async remove(accountId: string, neighborhoodId: string, session: ClientSession): Promise<boolean> {
    const outcome = await this.model.deleteOne({ _id: accountId, neighborhoodId }, { session });
    return outcome.deletedCount === 1;
  }
}

function toResidency(record: ResidencyRecord): Residency {
  return { accountId: record._id, neighborhoodId: record.neighborhoodId, joinedAt: record.joinedAt };
}
