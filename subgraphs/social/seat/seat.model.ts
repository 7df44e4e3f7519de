import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import type { Money } from '../../../platform/money/money';
import { modelOf } from '../../../platform/mongo/model';
import { afterCursor, type Cursor } from '../../../platform/pagination/page';
import { gatheredRead } from '../gathered-read';
import type { SeatStatus } from '../group-buy/group-buy';

/** One order's place in a group, from the hold to the goods or the money back. */
export interface Seat {
  readonly id: string;
  readonly orderId: string;
  /** Null on the record of an order that was released before it ever held a seat. */
  readonly groupBuyId: string | null;
  readonly campaignId: string | null;
  readonly accountId: string | null;
  readonly variantId: string | null;
  readonly quantity: number;
  readonly unitPrice: Money | null;
  readonly status: SeatStatus;
  /** Counts as being in the group: at most one such seat per person and group. */
  readonly live: boolean;
  readonly heldAt: Date;
  readonly joinedAt: Date | null;
  /** The group's version from which on the public sees this member. Also the order of joining. */
  readonly joinedVersion: number | null;
  /** The group's version from which on the public no longer sees this member. */
  readonly leftVersion: number | null;
  /** The person left on purpose: a payment that comes late does not take the seat again. */
  readonly left: boolean;
  /** When something must happen by itself: a held seat lapses, a refund is asked for again. */
  readonly dueAt: Date | null;
  /** How many events have told of this seat; the next one's sequence is one more. */
  readonly told: number;
  readonly refundReason: string | null;
}

/** A seat in a group: everything but the record of an order that never had one. */
export interface GroupSeat extends Seat {
  readonly groupBuyId: string;
  readonly campaignId: string;
  readonly accountId: string;
  readonly variantId: string;
  readonly unitPrice: Money;
}

export function inGroup(seat: Seat): seat is GroupSeat {
  return seat.groupBuyId !== null;
}

type SeatRecord = Omit<Seat, 'id'> & { _id: string };

const schema = new Schema<SeatRecord>(
  {
    _id: { type: String, required: true },
    orderId: { type: String, required: true },
    groupBuyId: { type: String, default: null },
    campaignId: { type: String, default: null },
    accountId: { type: String, default: null },
    variantId: { type: String, default: null },
    quantity: { type: Number, required: true },
    unitPrice: {
      type: new Schema(
        { minor: { type: Number, required: true }, currencyCode: { type: String, required: true } },
        { _id: false },
      ),
      default: null,
    },
    status: { type: String, required: true },
    live: { type: Boolean, required: true },
    heldAt: { type: Date, required: true },
    joinedAt: { type: Date, default: null },
    joinedVersion: { type: Number, default: null },
    leftVersion: { type: Number, default: null },
    left: { type: Boolean, required: true },
    dueAt: { type: Date, default: null },
    told: { type: Number, required: true },
    refundReason: { type: String, default: null },
  },
  { collection: 'group_buy_members', versionKey: false },
);
schema.index({ orderId: 1 }, { unique: true });
schema.index({ groupBuyId: 1, accountId: 1 }, { unique: true, partialFilterExpression: { live: true } });
schema.index({ groupBuyId: 1, joinedVersion: 1 });
schema.index({ accountId: 1, _id: -1 });
schema.index({ status: 1, dueAt: 1 });

type SeatChange = Partial<Omit<Seat, 'id' | 'orderId'>> & { readonly status: SeatStatus };

export class SeatModel {
  /** The order's seat as it stands now. */
  readonly findByOrder = gatheredRead((orderIds) => this.findByOrders(orderIds));
  private readonly model: Model<SeatRecord>;
  private readonly liveOf = gatheredRead((keys) => this.findManyLive(keys));

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'GroupBuyMember', schema);
  }

  async findByOrders(orderIds: readonly string[]): Promise<Map<string, Seat>> {
    const seats = readAll(await this.model.find({ orderId: { $in: orderIds } }).lean<SeatRecord[]>());
    return new Map(seats.map((seat) => [seat.orderId, seat]));
  }

  /** The order's seat as it stands in a transaction. */
  async findByOrderIn(session: ClientSession, orderId: string): Promise<Seat | null> {
    return read(await this.model.findOne({ orderId }).session(session).lean<SeatRecord>());
  }

  /** The person's one live seat in a group. */
  findLive(groupBuyId: string, accountId: string): Promise<GroupSeat | null> {
    return this.liveOf(liveKey(groupBuyId, accountId));
  }

  async findLiveIn(session: ClientSession, groupBuyId: string, accountId: string): Promise<GroupSeat | null> {
    const seat = read(
      await this.model.findOne({ groupBuyId, accountId, live: true }).session(session).lean<SeatRecord>(),
    );
    return seat && inGroup(seat) ? seat : null;
  }

  private async findManyLive(keys: readonly string[]): Promise<Map<string, GroupSeat>> {
    const accountsOf = new Map<string, string[]>();
    for (const key of keys) {
      const [groupBuyId = '', accountId = ''] = key.split(' ');
      accountsOf.set(groupBuyId, [...(accountsOf.get(groupBuyId) ?? []), accountId]);
    }
    const found = await Promise.all(
      [...accountsOf].map(([groupBuyId, accountIds]) =>
        this.model.find({ groupBuyId, accountId: { $in: accountIds }, live: true }).lean<SeatRecord[]>(),
      ),
    );
    const seats = readAll(found.flat()).filter(inGroup);
    return new Map(seats.map((seat) => [liveKey(seat.groupBuyId, seat.accountId), seat]));
  }

  /** Fails with a duplicate key of `orderId` (the order is known) or `accountId` (a live seat in the group exists). */
  async insert(session: ClientSession | null, seats: readonly Seat[]): Promise<void> {
    const records = seats.map(({ id, ...rest }) => ({ _id: id, ...rest }));
    const options = session ? { session } : {};
    // The error of a single insert names the key that was taken; that of several does not.
    if (records.length === 1) await this.model.create(records, options);
    else await this.model.insertMany(records, options);
  }

  /** Moves a seat on, provided it still has the status (and, when given, the deadline passed) it was read with. */
  async change(session: ClientSession, seat: Pick<Seat, 'id' | 'status'>, to: SeatChange): Promise<boolean> {
    const result = await this.model.updateOne({ _id: seat.id, status: seat.status }, { $set: to }, { session });
    return result.matchedCount === 1;
  }

  /** Seats held or paid, the longest-standing first. */
  async unsettled(session: ClientSession, groupBuyId: string): Promise<GroupSeat[]> {
    const seats = readAll(
      await this.model
        .find({ groupBuyId, live: true, status: { $in: ['SEAT_HELD', 'PAID'] } })
        .session(session)
        .lean<SeatRecord[]>(),
    );
    return seats.filter(inGroup).sort(byStanding);
  }

  /** Moves every live seat of a group that has one status to another, each told by one event; answers how many. */
  async changeAll(
    session: ClientSession,
    groupBuyId: string,
    from: SeatStatus,
    to: Omit<SeatChange, 'told'>,
  ): Promise<number> {
    const result = await this.model.updateMany(
      { groupBuyId, live: true, status: from },
      { $set: to, $inc: { told: 1 } },
      { session },
    );
    return result.matchedCount;
  }

  /** Who leads when `accountId` goes: the longest-standing paid member, else the longest-standing held seat. */
  async heir(session: ClientSession, groupBuyId: string, accountId: string): Promise<string | null> {
    const others = { groupBuyId, live: true, accountId: { $ne: accountId } };
    const paid = await this.model
      .findOne({ ...others, status: 'PAID' })
      .sort({ joinedVersion: 1 })
      .session(session)
      .lean<SeatRecord>();
    if (paid) return paid.accountId;
    const held = await this.model
      .findOne({ ...others, status: 'SEAT_HELD' })
      .sort({ heldAt: 1, _id: 1 })
      .session(session)
      .lean<SeatRecord>();
    return held?.accountId ?? null;
  }

  /** Seats of a status whose deadline has passed, longest overdue first. */
  async due(status: 'SEAT_HELD' | 'REFUNDING', now: Date, limit: number): Promise<GroupSeat[]> {
    const seats = readAll(
      await this.model
        .find({ status, dueAt: { $lte: now } })
        .sort({ dueAt: 1 })
        .limit(limit)
        .lean<SeatRecord[]>(),
    );
    return seats.filter(inGroup);
  }

  /** Counts one more request for a refund that is overdue; null when it no longer is. */
  async askAgain(session: ClientSession, id: string, now: Date, dueAt: Date): Promise<GroupSeat | null> {
    const seat = read(
      await this.model
        .findOneAndUpdate(
          { _id: id, status: 'REFUNDING', dueAt: { $lte: now } },
          { $set: { dueAt }, $inc: { told: 1 } },
          { session, returnDocument: 'after' },
        )
        .lean<SeatRecord>(),
    );
    return seat && inGroup(seat) ? seat : null;
  }

  /** Members the public sees at a version of a group, in the order of joining. */
  async visible(groupBuyId: string, version: number, limit: number): Promise<GroupSeat[]> {
    const seats = readAll(
      await this.model
        .find({
          groupBuyId,
          joinedVersion: { $gt: 0, $lte: version },
          $or: [{ leftVersion: null }, { leftVersion: { $gt: version } }],
        })
        .sort({ joinedVersion: 1 })
        .limit(limit)
        .lean<SeatRecord[]>(),
    );
    return seats.filter(inGroup);
  }

  /** Everyone who ever joined one of these groups, in the order of joining. */
  async everJoined(groupBuyIds: readonly string[]): Promise<GroupSeat[]> {
    const seats = readAll(
      await this.model
        .find({ groupBuyId: { $in: groupBuyIds }, joinedVersion: { $gt: 0 } })
        .sort({ groupBuyId: 1, joinedVersion: 1 })
        .lean<SeatRecord[]>(),
    );
    return seats.filter(inGroup);
  }

  /** A person's seats that were not given up, newest first. */
  async ofAccount(accountId: string, after: Cursor | null, limit: number): Promise<GroupSeat[]> {
    const seats = readAll(
      await this.model
        .find({
          accountId,
          status: { $ne: 'RELEASED' },
          ...(after ? afterCursor([['_id', -1]], after) : {}),
        })
        .sort({ _id: -1 })
        .limit(limit)
        .lean<SeatRecord[]>(),
    );
    return seats.filter(inGroup);
  }
}

/** Paid members in the order they joined, then held seats in the order they were taken. */
export function byStanding(a: GroupSeat, b: GroupSeat): number {
  const joined = (a.joinedVersion ?? Number.MAX_SAFE_INTEGER) - (b.joinedVersion ?? Number.MAX_SAFE_INTEGER);
  return joined || a.heldAt.getTime() - b.heldAt.getTime() || (a.id < b.id ? -1 : 1);
}

function liveKey(groupBuyId: string, accountId: string): string {
  return `${groupBuyId} ${accountId}`;
}

function read(record: SeatRecord | null): Seat | null {
  if (!record) return null;
  const { _id, ...rest } = record;
  return { id: _id, ...rest };
}

function readAll(records: readonly SeatRecord[]): Seat[] {
  return records.flatMap((record) => read(record) ?? []);
}
