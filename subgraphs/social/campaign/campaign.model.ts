import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import type { Clock } from '../../../platform/clock/clock';
import type { Money } from '../../../platform/money/money';
import { modelOf } from '../../../platform/mongo/model';
import { afterCursor, type Cursor } from '../../../platform/pagination/page';
import { gatheredRead } from '../gathered-read';
import type { Campaign, CampaignStatus, Terms } from './campaign';

type CampaignRecord = Omit<Campaign, 'id'> & { _id: string; createdAt: Date; createdBy: string };

const money = { minor: { type: Number, required: true }, currencyCode: { type: String, required: true } };
const moneySchema = new Schema<Money>(money, { _id: false });

const termsSchema = new Schema<Terms>(
  {
    variantId: { type: String, required: true },
    productId: { type: String, required: true },
    groupPrice: { type: moneySchema, required: true },
    size: { type: Number, required: true },
    tiers: [
      new Schema(
        { people: { type: Number, required: true }, price: { type: moneySchema, required: true } },
        { _id: false },
      ),
    ],
    minimumFill: { type: Number, default: null },
    perUserLimit: { type: Number, default: null },
    perOrderLimit: { type: Number, default: null },
    quota: { type: Number, default: null },
    newCustomersOnly: { type: Boolean, required: true },
    neighborhoodId: { type: String, default: null },
    leaderReward: { type: moneySchema, default: null },
  },
  { _id: false },
);

const schema = new Schema<CampaignRecord>(
  {
    _id: { type: String, required: true },
    terms: { type: termsSchema, required: true },
    windowMinutes: { type: Number, required: true },
    startsAt: { type: Date, required: true },
    endsAt: { type: Date, required: true },
    soloPurchaseAllowed: { type: Boolean, required: true },
    createdAt: { type: Date, required: true },
    createdBy: { type: String, required: true },
    cancelledAt: { type: Date, default: null },
    cancelReason: { type: String, default: null },
    quotaUsed: { type: Number, required: true },
    soldUnits: { type: Number, required: true },
    buyers: { type: Number, required: true },
    openGroups: { type: Number, required: true },
    succeededGroups: { type: Number, required: true },
    version: { type: Number, required: true },
  },
  { collection: 'group_buy_campaigns', versionKey: false },
);
schema.index({ 'terms.productId': 1, endsAt: 1 });
schema.index({ 'terms.variantId': 1, endsAt: 1 });

/** By how much a command moves a campaign's numbers. */
export interface CampaignMove {
  readonly quotaUsed?: number;
  readonly soldUnits?: number;
  readonly buyers?: number;
  readonly openGroups?: number;
  readonly succeededGroups?: number;
}

export type CampaignScope = { readonly productIds: readonly string[] } | { readonly variantIds: readonly string[] };

/** Newest first: ids are TypeIDs and sort by creation. */
const ORDER = [['_id', -1]] as const;

export class CampaignModel {
  /** The variant, if a campaign that runs now sells it in groups only. A crowd that asks at once costs one query. */
  readonly groupsOnly = gatheredRead((variantIds) => this.findGroupsOnly(variantIds));
  private readonly model: Model<CampaignRecord>;

  constructor(
    connection: Connection,
    private readonly clock: Clock,
  ) {
    this.model = modelOf(connection, 'GroupBuyCampaign', schema);
  }

  async find(id: string, session: ClientSession | null = null): Promise<Campaign | null> {
    return read(await this.model.findById(id).session(session).lean<CampaignRecord>());
  }

  async findMany(ids: readonly string[]): Promise<Campaign[]> {
    return readAll(await this.model.find({ _id: { $in: ids } }).lean<CampaignRecord[]>());
  }

  async insert(session: ClientSession, campaign: Campaign, by: { accountId: string; at: Date }): Promise<void> {
    const { id, ...rest } = campaign;
    await this.model.create([{ _id: id, ...rest, createdBy: by.accountId, createdAt: by.at }], { session });
  }

  /**
   * Adds to the numbers and raises the version, unless one would fall below zero or the quota would be passed:
   * then null, and nothing is written. Answers the campaign after the change.
   */
  async move(session: ClientSession, id: string, move: CampaignMove, quota: number | null): Promise<Campaign | null> {
    const guard: Record<string, unknown> = { _id: id };
    for (const [name, by] of Object.entries(move)) if (by < 0) guard[name] = { $gte: -by };
    if (quota !== null && (move.quotaUsed ?? 0) > 0) guard['quotaUsed'] = { $lte: quota - (move.quotaUsed ?? 0) };
    return read(
      await this.model
        .findOneAndUpdate(guard, { $inc: { ...move, version: 1 } }, { session, returnDocument: 'after' })
        .lean<CampaignRecord>(),
    );
  }

  /** Cancels unless cancelled before (then null). */
  async cancel(session: ClientSession, id: string, at: Date, reason: string): Promise<Campaign | null> {
    return read(
      await this.model
        .findOneAndUpdate(
          { _id: id, cancelledAt: null },
          { $set: { cancelledAt: at, cancelReason: reason }, $inc: { version: 1 } },
          { session, returnDocument: 'after' },
        )
        .lean<CampaignRecord>(),
    );
  }

  /** Newest first, from a place on. */
  async page(input: {
    status: CampaignStatus | null;
    now: Date;
    after: Cursor | null;
    limit: number;
  }): Promise<Campaign[]> {
    const conditions = [
      ...(input.status ? [statusCondition(input.status, input.now)] : []),
      ...(input.after ? [afterCursor(ORDER, input.after)] : []),
    ];
    return readAll(
      await this.model
        .find(conditions.length > 0 ? { $and: conditions } : {})
        .sort({ _id: -1 })
        .limit(input.limit)
        .lean<CampaignRecord[]>(),
    );
  }

  count(status: CampaignStatus | null, now: Date): Promise<number> {
    return this.model.countDocuments(status ? statusCondition(status, now) : {}).exec();
  }

  /** Running campaigns of these products or variants, newest first. */
  async running(scope: CampaignScope, now: Date, after: Cursor | null, limit: number): Promise<Campaign[]> {
    const of =
      'productIds' in scope
        ? { 'terms.productId': { $in: scope.productIds } }
        : { 'terms.variantId': { $in: scope.variantIds } };
    const conditions = [of, statusCondition('RUNNING', now), ...(after ? [afterCursor(ORDER, after)] : [])];
    return readAll(await this.model.find({ $and: conditions }).sort({ _id: -1 }).limit(limit).lean<CampaignRecord[]>());
  }

  countRunning(scope: CampaignScope, now: Date): Promise<number> {
    const of =
      'productIds' in scope
        ? { 'terms.productId': { $in: scope.productIds } }
        : { 'terms.variantId': { $in: scope.variantIds } };
    return this.model.countDocuments({ $and: [of, statusCondition('RUNNING', now)] }).exec();
  }

  private async findGroupsOnly(variantIds: readonly string[]): Promise<Map<string, string>> {
    const of = { 'terms.variantId': { $in: variantIds }, soloPurchaseAllowed: false };
    const found = await this.model
      .find({ $and: [of, statusCondition('RUNNING', this.clock.now())] }, { 'terms.variantId': 1 })
      .lean<Pick<CampaignRecord, 'terms'>[]>();
    return new Map(found.map(({ terms }) => [terms.variantId, terms.variantId]));
  }
}

/** `campaignStatus` as a condition of the database. */
function statusCondition(status: CampaignStatus, now: Date): Record<string, unknown> {
  const hasUnits = { $or: [{ 'terms.quota': null }, { $expr: { $lt: ['$soldUnits', '$terms.quota'] } }] };
  switch (status) {
    case 'CANCELLED':
      return { cancelledAt: { $ne: null } };
    case 'ENDED':
      return {
        cancelledAt: null,
        $or: [
          { endsAt: { $lte: now } },
          { 'terms.quota': { $ne: null }, $expr: { $gte: ['$soldUnits', '$terms.quota'] } },
        ],
      };
    case 'SCHEDULED':
      return { cancelledAt: null, startsAt: { $gt: now }, endsAt: { $gt: now }, ...hasUnits };
    case 'RUNNING':
      return { cancelledAt: null, startsAt: { $lte: now }, endsAt: { $gt: now }, ...hasUnits };
  }
}

function read(record: CampaignRecord | null): Campaign | null {
  if (!record) return null;
  const { _id, createdAt: _createdAt, createdBy: _createdBy, ...rest } = record;
  return { id: _id, ...rest };
}

function readAll(records: readonly CampaignRecord[]): Campaign[] {
  return records.flatMap((record) => read(record) ?? []);
}
