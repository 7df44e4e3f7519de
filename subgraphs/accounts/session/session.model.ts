import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import type { Session } from './session';

interface SessionRecord extends Omit<Session, 'id'> {
  _id: string;
}

interface RefreshTokenRecord {
  /** Digest of the token; the token itself is stored nowhere. */
  _id: string;
  sessionId: string;
  expiresAt: Date;
  usedAt: Date | null;
}

// A lapsed record is kept a day longer, so that clocks that differ a little cannot lose a live one.
const KEPT_SECONDS = 24 * 3600;

const sessionSchema = new Schema<SessionRecord>(
  {
    _id: { type: String, required: true },
    accountId: { type: String, required: true },
    createdAt: { type: Date, required: true },
    refreshedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    revokedAt: { type: Date, default: null },
  },
  { collection: 'sessions', versionKey: false },
);
sessionSchema.index({ accountId: 1, revokedAt: 1 });
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

const tokenSchema = new Schema<RefreshTokenRecord>(
  {
    _id: { type: String, required: true },
    sessionId: { type: String, required: true },
    expiresAt: { type: Date, required: true },
    usedAt: { type: Date, default: null },
  },
  { collection: 'refresh_tokens', versionKey: false },
);
tokenSchema.index({ expiresAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export class SessionModel {
  private readonly sessions: Model<SessionRecord>;
  private readonly tokens: Model<RefreshTokenRecord>;

  constructor(connection: Connection) {
    this.sessions = modelOf(connection, 'Session', sessionSchema);
    this.tokens = modelOf(connection, 'RefreshToken', tokenSchema);
  }

  async insert(mongo: ClientSession, { id, ...rest }: Session): Promise<void> {
    await this.sessions.create([{ _id: id, ...rest }], { session: mongo });
  }

  async addToken(mongo: ClientSession, digest: string, sessionId: string, expiresAt: Date): Promise<void> {
    await this.tokens.create([{ _id: digest, sessionId, expiresAt, usedAt: null }], { session: mongo });
  }

  /** Uses up a live token; null when it is unknown, lapsed or used. */
  async useToken(mongo: ClientSession, digest: string, now: Date): Promise<{ readonly sessionId: string } | null> {
    return this.tokens
      .findOneAndUpdate({ _id: digest, usedAt: null, expiresAt: { $gt: now } }, { $set: { usedAt: now } })
      .session(mongo)
      .lean<RefreshTokenRecord>();
  }

  /** The session a token was used up in before; null when it was not. */
  async findSessionOfUsedToken(mongo: ClientSession, digest: string): Promise<string | null> {
    const record = await this.tokens
      .findOne({ _id: digest, usedAt: { $ne: null } })
      .session(mongo)
      .lean<RefreshTokenRecord>();
    return record?.sessionId ?? null;
  }

  /** Prolongs an open session; null when it is closed or gone. */
  async prolong(mongo: ClientSession, id: string, now: Date, expiresAt: Date): Promise<Session | null> {
    const record = await this.sessions
      .findOneAndUpdate(
        { _id: id, revokedAt: null },
        { $set: { refreshedAt: now, expiresAt } },
        { returnDocument: 'after', session: mongo },
      )
      .lean<SessionRecord>();
    if (!record) return null;
    const { _id, ...rest } = record;
    return { id: _id, ...rest };
  }

  /** Closes one open session, of this account when given; answers how many that were. */
  async revoke(mongo: ClientSession | null, id: string, now: Date, accountId?: string): Promise<number> {
    const result = await this.sessions.updateOne(
      { _id: id, revokedAt: null, ...(accountId === undefined ? {} : { accountId }) },
      { $set: { revokedAt: now } },
      mongo ? { session: mongo } : {},
    );
    return result.modifiedCount;
  }

  /** Closes every open session of an account; answers how many that were. */
  async revokeAll(mongo: ClientSession | null, accountId: string, now: Date): Promise<number> {
    const result = await this.sessions.updateMany(
      { accountId, revokedAt: null },
      { $set: { revokedAt: now } },
      mongo ? { session: mongo } : {},
    );
    return result.modifiedCount;
  }

  async isOpen(id: string, now: Date): Promise<boolean> {
    return (await this.sessions.exists({ _id: id, revokedAt: null, expiresAt: { $gt: now } })) !== null;
  }

  async findOpen(ids: readonly string[], now: Date): Promise<ReadonlySet<string>> {
    const open = await this.sessions
      .find({ _id: { $in: ids }, revokedAt: null, expiresAt: { $gt: now } }, { _id: 1 })
      .lean<{ _id: string }[]>();
    return new Set(open.map(({ _id }) => _id));
  }
}
