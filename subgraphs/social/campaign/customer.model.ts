import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { modelOf } from '../../../platform/mongo/model';

interface CustomerRecord {
  _id: string;
  campaignId: string;
  accountId: string;
  /** Units held or paid for; counted only where the campaign has a limit per person. */
  units: number;
  /** Paid seats in groups that are open or succeeded. */
  paidSeats: number;
}

const schema = new Schema<CustomerRecord>(
  {
    _id: { type: String, required: true },
    campaignId: { type: String, required: true },
    accountId: { type: String, required: true },
    units: { type: Number, required: true },
    paidSeats: { type: Number, required: true },
  },
  { collection: 'group_buy_customers', versionKey: false },
);

export interface CustomerMove {
  readonly accountId: string;
  readonly units: number;
  readonly paidSeats: number;
}

/** What one person has of one campaign: how the limit per person holds when they try many times at once. */
export class CustomerModel {
  private readonly model: Model<CustomerRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'GroupBuyCustomer', schema);
  }

  async units(campaignId: string, accountId: string): Promise<number> {
    return (await this.model.findById(keyOf(campaignId, accountId)).lean<CustomerRecord>())?.units ?? 0;
  }

  /** Takes units unless the person would then have more than `limit`: false, and the transaction must be given up. */
  async take(
    session: ClientSession,
    campaignId: string,
    accountId: string,
    units: number,
    limit: number,
  ): Promise<boolean> {
    if (units > limit) return false;
    try {
      await this.model.updateOne(
        { _id: keyOf(campaignId, accountId), units: { $lte: limit - units } },
        { $inc: { units }, $setOnInsert: { campaignId, accountId, paidSeats: 0 } },
        { upsert: true, session },
      );
      return true;
    } catch (error) {
      // The upsert met the person's record, which did not match the guard: the limit is reached.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** One more paid seat; answers whether it is the person's only one. */
  async bought(session: ClientSession, campaignId: string, accountId: string): Promise<boolean> {
    const record = await this.model
      .findOneAndUpdate(
        { _id: keyOf(campaignId, accountId) },
        { $inc: { paidSeats: 1 }, $setOnInsert: { campaignId, accountId, units: 0 } },
        { upsert: true, session, returnDocument: 'after' },
      )
      .lean<CustomerRecord>();
    return record?.paidSeats === 1;
  }

  /** Gives units and paid seats back; answers how many people have no paid seat left who had one. */
  async giveBack(session: ClientSession, campaignId: string, moves: readonly CustomerMove[]): Promise<number> {
    const needed = moves.filter((move) => move.units > 0 || move.paidSeats > 0);
    if (needed.length === 0) return 0;
    const result = await this.model.bulkWrite(
      needed.map(({ accountId, units, paidSeats }) => ({
        updateOne: {
          filter: { _id: keyOf(campaignId, accountId), units: { $gte: units }, paidSeats: { $gte: paidSeats } },
          update: { $inc: { units: -units, paidSeats: -paidSeats } },
        },
      })),
      { session },
    );
    if (result.matchedCount !== needed.length) throw new Error('Broken rule: a person gives back only what they had.');
    const buyers = needed.filter((move) => move.paidSeats > 0);
    if (buyers.length === 0) return 0;
    return this.model
      .countDocuments({ _id: { $in: buyers.map((move) => keyOf(campaignId, move.accountId)) }, paidSeats: 0 })
      .session(session)
      .exec();
  }
}

function keyOf(campaignId: string, accountId: string): string {
  return `${campaignId}:${accountId}`;
}
