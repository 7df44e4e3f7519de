import type { Connection, Model } from 'mongoose';
import type { EventType } from '../events/events';
import { consumersOf, EVENT_ROUTES } from '../events/routes';
import { type Failure, LIVE, type OutboxRecord, outboxModel } from './outbox';

const BATCH = 200;
/** Of a backlog more is read at once, since it comes aggregate by aggregate and only these go side by side. */
const BACKLOG_BATCH = 500;
/** Most that `findOf` answers. */
export const LARGE_BATCH = 1000;

/** One group's work on one event is done. `pending` as it was when the event was read. */
export interface Done {
  readonly id: string;
  readonly group: string;
  readonly pending: readonly string[];
}

/** The relay's reads and writes on one outbox; each is one command. */
export class OutboxStore {
  private readonly model: Model<OutboxRecord>;

  constructor(connection: Connection) {
    this.model = outboxModel(connection);
  }

  /** What any of the groups has to do, each aggregate in its order; null when that is more than a batch. */
  async findAll(groups: readonly string[]): Promise<OutboxRecord[] | null> {
    const records = await this.model
      .find({ publishedAt: null, pending: { $in: groups } })
      .limit(BATCH)
      .lean<OutboxRecord[]>();
    return records.length < BATCH ? records.sort(bySequence) : null;
  }

  /** A batch of what one group has to do, aggregates from `from` on, without those that have to wait. */
  findBatch(group: string, from: string, without: readonly string[]): Promise<OutboxRecord[]> {
    return this.model
      .find({ publishedAt: null, pending: group, aggregateId: { $gte: from, $nin: without } })
      .sort({ aggregateId: 1, sequence: 1 })
      .limit(BACKLOG_BATCH)
      .lean<OutboxRecord[]>()
      .exec();
  }

  /** What a group has to do on certain aggregates, in their order; at most LARGE_BATCH. */
  findOf(group: string, aggregateIds: readonly string[]): Promise<OutboxRecord[]> {
    return this.model
      .find({ publishedAt: null, pending: group, aggregateId: { $in: aggregateIds } })
      .sort({ aggregateId: 1, sequence: 1 })
      .limit(LARGE_BATCH)
      .lean<OutboxRecord[]>()
      .exec();
  }

  /** Aggregates with an event older than `before` that is still pending for the group. */
  async findLate(group: string, before: Date, without: readonly string[]): Promise<string[]> {
    const records = await this.model
      .find(
        { publishedAt: null, pending: group, time: { $lte: before }, aggregateId: { $nin: without } },
        { aggregateId: 1 },
      )
      .limit(BATCH)
      .lean<Pick<OutboxRecord, 'aggregateId'>[]>();
    return [...new Set(records.map(({ aggregateId }) => aggregateId))];
  }

  /** The latest event of an aggregate, null while it has none. */
  findNewest(aggregateId: string): Promise<OutboxRecord | null> {
    return this.model.findOne({ aggregateId }).sort({ sequence: -1 }).lean<OutboxRecord>().exec();
  }

  /** Events of aggregates past the sequence given for each, in sequence; at most LARGE_BATCH. */
  async findAfter(positions: readonly (readonly [aggregateId: string, sequence: number])[]): Promise<OutboxRecord[]> {
    const records = await this.model
      .find({ $or: positions.map(([aggregateId, sequence]) => ({ aggregateId, sequence: { $gt: sequence } })) })
      .limit(LARGE_BATCH)
      .lean<OutboxRecord[]>();
    return records.sort(bySequence);
  }

  /** Takes groups out of what they have done; an event that nobody has to do any more is published. */
  async mark(done: readonly Done[], now: Date): Promise<void> {
    const groupsOf = new Map<string, { readonly pending: readonly string[]; readonly groups: Set<string> }>();
    for (const { id, group, pending } of done) {
      const entry = groupsOf.get(id);
      if (entry) entry.groups.add(group);
      else groupsOf.set(id, { pending, groups: new Set([group]) });
    }
    const whole: string[] = [];
    const parts = new Map<string, string[]>();
    for (const [id, { pending, groups }] of groupsOf) {
      // Others only ever take themselves out, so nobody can be pending who was not when it was read.
      if (pending.every((group) => groups.has(group))) whole.push(id);
      else {
        const key = [...groups].sort().join(' ');
        parts.set(key, [...(parts.get(key) ?? []), id]);
      }
    }
    const writes: Promise<unknown>[] = [...parts].map(([key, ids]) => this.takeOut(key.split(' '), ids, now));
    if (whole.length > 0) {
      writes.push(this.model.updateMany({ _id: { $in: whole } }, { $set: { pending: [], publishedAt: now } }).exec());
    }
    await Promise.all(writes);
  }

  async fail(id: string, group: string, failure: Failure): Promise<void> {
    await this.model.updateOne({ _id: id }, { $set: { [`failures.${group}`]: failure } });
  }

  /** Names the groups of waiting events that a version before this one wrote, which knew none. */
  async adopt(groupsOf: (type: EventType) => readonly string[]): Promise<void> {
    // That version's index, which nobody asks any more; mostly there is none.
    await this.model.collection.dropIndex('publishedAt_1_nextAttemptAt_1').catch(() => undefined);
    const older = { publishedAt: null, pending: { $exists: false } };
    if (!(await this.model.exists(older))) return;
    for (const type of Object.keys(EVENT_ROUTES) as EventType[]) {
      await this.model.updateMany({ ...older, type }, { $set: { pending: [LIVE, ...groupsOf(type)] } });
    }
  }

  private takeOut(groups: readonly string[], ids: readonly string[], now: Date): Promise<unknown> {
    // One statement decides who was the last, however many processes take themselves out at once.
    return this.model
      .updateMany(
        { _id: { $in: ids } },
        [
          { $set: { pending: { $setDifference: ['$pending', groups] } } },
          { $set: { publishedAt: { $cond: [{ $eq: ['$pending', []] }, now, '$publishedAt'] } } },
        ],
        { updatePipeline: true },
      )
      .exec();
  }
}

/**
 * Makes every kept event pending again for its consumers, which did it already: their inbox and their own guards make
 * that harmless. For an operator who doubts a consumer's state, and for tests.
 */
export async function replay(connection: Connection): Promise<void> {
  const model = outboxModel(connection);
  for (const type of Object.keys(EVENT_ROUTES) as EventType[]) {
    await model.updateMany({ type }, { $set: { publishedAt: null, pending: [LIVE, ...consumersOf(type)] } });
  }
}

function bySequence(a: OutboxRecord, b: OutboxRecord): number {
  return a.sequence - b.sequence || (a._id < b._id ? -1 : 1);
}
