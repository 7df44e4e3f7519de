import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import type { Clock } from '../../../platform/clock/clock';
import { modelOf } from '../../../platform/mongo/model';
import { afterCursor, type Cursor } from '../../../platform/pagination/page';
import { gatheredRead } from '../gathered-read';
import type { Group, GroupBuyStatus } from './group-buy';

/** A group as stored. `revision` rises with every write, seen by the public or not: writers guard on it. */
export interface StoredGroup extends Group {
  readonly revision: number;
}

type GroupRecord = Omit<StoredGroup, 'id'> & { _id: string };

const schema = new Schema<GroupRecord>(
  {
    _id: { type: String, required: true },
    campaignId: { type: String, required: true },
    // A copy of the campaign's terms, read whole and never changed: the campaign's schema has checked it.
    terms: { type: Schema.Types.Mixed, required: true },
    status: { type: String, required: true },
    held: { type: Number, required: true },
    paid: { type: Number, required: true },
    refunding: { type: Number, required: true },
    version: { type: Number, required: true },
    revision: { type: Number, required: true },
    leaderId: { type: String, required: true },
    openedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    completedBy: { type: String, default: null },
  },
  { collection: 'group_buys', minimize: false, versionKey: false },
);
schema.index({ campaignId: 1, status: 1, paid: -1 });
schema.index({ campaignId: 1, _id: -1 });
schema.index({ status: 1, expiresAt: 1 });

/** One more than are ever shown, since one of them may be the group that was full. */
const FEW = 6;

export class GroupBuyModel {
  /** The group as it stands now. A crowd that asks for one group at once costs one query. */
  readonly find = gatheredRead(async (ids) => new Map((await this.findMany(ids)).map((group) => [group.id, group])));
  private readonly roomy = gatheredRead((keys) => this.findRoomy(keys));
  private readonly model: Model<GroupRecord>;

  constructor(
    connection: Connection,
    private readonly clock: Clock,
  ) {
    this.model = modelOf(connection, 'GroupBuy', schema);
  }

  /** The group as it stands in a transaction. */
  async findIn(session: ClientSession, id: string): Promise<StoredGroup | null> {
    return read(await this.model.findById(id).session(session).lean<GroupRecord>());
  }

  async findMany(ids: readonly string[]): Promise<StoredGroup[]> {
    return readAll(await this.model.find({ _id: { $in: ids } }).lean<GroupRecord[]>());
  }

  async insert(session: ClientSession, group: Group): Promise<void> {
    const { id, ...rest } = group;
    await this.model.create([{ _id: id, ...rest, revision: 1 }], { session });
  }

  /** Writes what was decided, provided the group is still exactly what the decision was made on. */
  async replace(session: ClientSession, before: StoredGroup, after: Group): Promise<boolean> {
    const { status, held, paid, refunding, version, leaderId, completedBy } = after;
    const result = await this.model.updateOne(
      { _id: before.id, revision: before.revision, status: before.status },
      { $set: { status, held, paid, refunding, version, leaderId, completedBy }, $inc: { revision: 1 } },
      { session },
    );
    return result.matchedCount === 1;
  }

  /** Ids of a few open groups of a campaign that have room, the fullest first. */
  async withRoom(campaignId: string, size: number): Promise<readonly string[]> {
    return (await this.roomy(`${campaignId} ${size}`)) ?? [];
  }

  private async findRoomy(keys: readonly string[]): Promise<Map<string, readonly string[]>> {
    const found = keys.map(async (key): Promise<[string, readonly string[]]> => {
      const [campaignId = '', size] = key.split(' ');
      const records = await this.model
        .find(
          {
            campaignId,
            status: 'OPEN',
            expiresAt: { $gt: this.clock.now() },
            $expr: { $lt: [{ $add: ['$held', '$paid'] }, Number(size)] },
          },
          { _id: 1 },
        )
        .sort({ paid: -1, _id: 1 })
        .limit(FEW)
        .lean();
      return [key, idsOf(records)];
    });
    return new Map(await Promise.all(found));
  }

  /** Newest first, from a place on. */
  async page(input: {
    campaignId: string;
    status: GroupBuyStatus | null;
    after: Cursor | null;
    limit: number;
  }): Promise<StoredGroup[]> {
    return readAll(
      await this.model
        .find({
          campaignId: input.campaignId,
          ...(input.status ? { status: input.status } : {}),
          ...(input.after ? afterCursor([['_id', -1]], input.after) : {}),
        })
        .sort({ _id: -1 })
        .limit(input.limit)
        .lean<GroupRecord[]>(),
    );
  }

  count(campaignId: string, status: GroupBuyStatus | null): Promise<number> {
    return this.model.countDocuments({ campaignId, ...(status ? { status } : {}) }).exec();
  }

  async openIds(campaignId: string, limit: number): Promise<string[]> {
    return idsOf(await this.model.find({ campaignId, status: 'OPEN' }, { _id: 1 }).limit(limit).lean());
  }

  /** Open groups whose time is up, longest overdue first. */
  async overdueIds(now: Date, limit: number): Promise<string[]> {
    return idsOf(
      await this.model
        .find({ status: 'OPEN', expiresAt: { $lte: now } }, { _id: 1 })
        .sort({ expiresAt: 1 })
        .limit(limit)
        .lean(),
    );
  }
}

function idsOf(records: readonly { _id: string }[]): string[] {
  return records.map((record) => record._id);
}

function read(record: GroupRecord | null): StoredGroup | null {
  if (!record) return null;
  const { _id, ...rest } = record;
  return { id: _id, ...rest };
}

function readAll(records: readonly GroupRecord[]): StoredGroup[] {
  return records.flatMap((record) => read(record) ?? []);
}
