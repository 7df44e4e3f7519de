import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import type { Balance } from './ledger';

interface BalanceRecord extends Balance {
  /** `account|currency` of a person's account, `account|currency|slot` of a system account. */
  _id: string;
  version: number;
}

const schema = new Schema<BalanceRecord>(
  {
    _id: { type: String, required: true },
    account: { type: String, required: true },
    currencyCode: { type: String, required: true },
    minor: { type: Number, required: true },
    version: { type: Number, required: true },
  },
  { collection: 'ledger_balances', versionKey: false },
);
schema.index({ account: 1 });

/** What accounts hold, kept in step with the entries by writing both in one transaction. */
export class BalanceModel {
  private readonly model: Model<BalanceRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'LedgerBalance', schema);
  }

  /** Takes from a person's account unless it would go below zero; answers whether it did. `minor` is negative. */
  async withdraw(session: ClientSession, { account, currencyCode, minor }: Balance): Promise<boolean> {
    const result = await this.model.updateOne(
      { _id: `${account}|${currencyCode}`, minor: { $gte: -minor } },
      { $inc: { minor, version: 1 } },
      { session },
    );
    return result.modifiedCount === 1;
  }

  /** Moves accounts that may hold any amount, or up: a slot of a system account, or a person's account (slot null). */
  async move(session: ClientSession, moves: readonly (Balance & { readonly slot: number | null })[]): Promise<void> {
    if (moves.length === 0) return;
    await this.model.bulkWrite(
      moves.map(({ account, currencyCode, minor, slot }) => ({
        updateOne: {
          filter: { _id: slot === null ? `${account}|${currencyCode}` : `${account}|${currencyCode}|${slot}` },
          update: { $inc: { minor, version: 1 }, $setOnInsert: { account, currencyCode } },
          upsert: true,
        },
      })),
      { session },
    );
  }

  /** Per account and currency, slots added up; accounts never posted to are left out. Ordered by currency. */
  async findMany(accounts: readonly string[]): Promise<readonly Balance[]> {
    const records = await this.model
      .find({ account: { $in: [...accounts] } })
      .sort({ _id: 1 })
      .lean<BalanceRecord[]>();
    const sums = new Map<string, Balance>();
    for (const { account, currencyCode, minor } of records) {
      const name = `${account}|${currencyCode}`;
      sums.set(name, { account, currencyCode, minor: (sums.get(name)?.minor ?? 0) + minor });
    }
    return [...sums.values()];
  }

  /** Every kept record, a slot each. */
  async *every(session: ClientSession): AsyncGenerator<Balance> {
    const cursor = this.model.find({}).session(session).lean<BalanceRecord[]>().cursor({ batchSize: 2000 });
    for await (const record of cursor) yield record as unknown as BalanceRecord;
  }
}
