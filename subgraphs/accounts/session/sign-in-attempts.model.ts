import { type Connection, type Model, Schema } from 'mongoose';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { modelOf } from '../../../platform/mongo/model';
import { after } from './session';

export const MAX_FAILURES = 5;
export const WINDOW_SECONDS = 15 * 60;

interface AttemptsRecord {
  /** Digest of the identifier: who fails to sign in is nobody's reading. */
  _id: string;
  count: number;
  until: Date;
}

const schema = new Schema<AttemptsRecord>(
  {
    _id: { type: String, required: true },
    count: { type: Number, required: true },
    until: { type: Date, required: true },
  },
  { collection: 'sign_in_attempts', versionKey: false },
);
schema.index({ until: 1 }, { expireAfterSeconds: WINDOW_SECONDS });

/** Sign-ins per identifier that have not succeeded, in a window that starts with the first. */
export class SignInAttempts {
  private readonly model: Model<AttemptsRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'SignInAttempts', schema);
  }

  /** Takes one attempt before the password is looked at, so that parallel guesses count too; false when none is left. */
  async take(key: string, now: Date): Promise<boolean> {
    const fresh = { count: 1, until: after(now, WINDOW_SECONDS) };
    const restarted = await this.model.updateOne({ _id: key, until: { $lte: now } }, { $set: fresh });
    if (restarted.modifiedCount === 1) return true;
    const counted = await this.model.updateOne({ _id: key, count: { $lt: MAX_FAILURES } }, { $inc: { count: 1 } });
    if (counted.modifiedCount === 1) return true;
    try {
      await this.model.create({ _id: key, ...fresh });
      return true;
    } catch (error) {
      // There is a record, so it was full; or another process made the first one this instant, and one attempt is lost.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Gives an attempt back that was not made. */
  async giveBack(key: string): Promise<void> {
    await this.model.updateOne({ _id: key, count: { $gt: 0 } }, { $inc: { count: -1 } });
  }

  /** Starts from nothing again, after a success. */
  async forget(key: string): Promise<void> {
    await this.model.deleteOne({ _id: key });
  }
}
