import { type ClientSession, type Model, Schema } from 'mongoose';
import type { Clock } from '../clock/clock';
import type { AnyEvent } from '../events/events';
import { type Database, isDuplicateKey } from '../mongo/database';
import { modelOf } from '../mongo/model';

interface InboxRecord {
  _id: string;
  at: Date;
}

const schema = new Schema<InboxRecord>(
  { _id: { type: String, required: true }, at: { type: Date, required: true } },
  { collection: 'inbox', versionKey: false },
);
// Longer than the outbox keeps events, so that a replay from there still meets its record.
schema.index({ at: 1 }, { expireAfterSeconds: 14 * 24 * 3600 });

/** Remembers which events a consumer has done, in the same transaction as what it did. */
export class Inbox {
  private readonly model: Model<InboxRecord>;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    const { connection } = database;
    this.model = modelOf(connection, 'Inbox', schema);
  }

  /** Runs `work` once per consumer and event; a repeat does nothing. Answers whether it ran. */
  async once(
    consumer: string,
    event: Pick<AnyEvent, 'id'>,
    work: (session: ClientSession) => Promise<void>,
  ): Promise<boolean> {
    const id = `${consumer}:${event.id}`;
    try {
      // A repeat is rare and ends at this insert: looking first would cost every other event a read.
      await this.database.transaction(async (session) => {
        await this.model.create([{ _id: id, at: this.clock.now() }], { session });
        await work(session);
      });
      return true;
    } catch (error) {
      if (isDuplicateKey(error) && (await this.model.exists({ _id: id }))) return false;
      throw error;
    }
  }
}
