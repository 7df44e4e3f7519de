import { type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import { afterCursor, type Cursor } from '../../../platform/pagination/page';
import type { OverlayToken, TokenText } from './overlay-token';

interface OverlayTokenRecord extends Omit<OverlayToken, 'id'> {
  _id: string;
}

const text = new Schema<TokenText>(
  { digest: { type: String, required: true }, until: { type: Date, default: null } },
  { _id: false },
);
const schema = new Schema<OverlayTokenRecord>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    groupBuyId: { type: String, default: null },
    campaignId: { type: String, default: null },
    salt: { type: String, required: true },
    generation: { type: Number, required: true },
    texts: { type: [text], required: true },
    createdBy: { type: String, required: true },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    rotatedAt: { type: Date, default: null },
    revokedAt: { type: Date, default: null },
    lastUsedAt: { type: Date, default: null },
  },
  { collection: 'overlay_tokens', versionKey: false },
);
schema.index({ 'texts.digest': 1 }, { unique: true });
schema.index({ createdBy: 1, _id: -1 });

const ORDER = [['_id', -1]] as const;

function toOverlayToken({ _id, ...rest }: OverlayTokenRecord): OverlayToken {
  return { id: _id, ...rest };
}

/** `owner` narrows every reading to one maker's tokens; null reads all. */
export class OverlayTokenModel {
  private readonly model: Model<OverlayTokenRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'OverlayToken', schema);
  }

  async insert({ id, ...rest }: OverlayToken): Promise<void> {
    await this.model.create({ _id: id, ...rest, texts: [...rest.texts] });
  }

  async findByDigest(digest: string): Promise<OverlayToken | null> {
    return this.one({ 'texts.digest': digest });
  }

  async find(id: string, owner: string | null): Promise<OverlayToken | null> {
    return this.one({ _id: id, ...ownedBy(owner) });
  }

  /** Takes the next generation; null when somebody else took it first, or the token was revoked meanwhile. */
  async rotate(id: string, from: number, texts: readonly TokenText[], now: Date): Promise<OverlayToken | null> {
    const record = await this.model
      .findOneAndUpdate(
        { _id: id, generation: from, revokedAt: null },
        { $set: { texts: [...texts], generation: from + 1, rotatedAt: now } },
        { returnDocument: 'after' },
      )
      .lean<OverlayTokenRecord>();
    return record && toOverlayToken(record);
  }

  /** Revokes; a token revoked before keeps its first time. Null when the owner has no such token. */
  async revoke(id: string, owner: string | null, now: Date): Promise<OverlayToken | null> {
    await this.model.updateOne({ _id: id, revokedAt: null, ...ownedBy(owner) }, { $set: { revokedAt: now } });
    return this.find(id, owner);
  }

  async touch(id: string, now: Date, ifBefore: Date): Promise<void> {
    await this.model.updateOne(
      { _id: id, $or: [{ lastUsedAt: null }, { lastUsedAt: { $lt: ifBefore } }] },
      { $set: { lastUsedAt: now } },
    );
  }

  /** Newest first. */
  async list(owner: string | null, after: Cursor | null, limit: number): Promise<readonly OverlayToken[]> {
    const records = await this.model
      .find({ ...ownedBy(owner), ...(after ? afterCursor(ORDER, after) : {}) })
      .sort({ _id: -1 })
      .limit(limit)
      .lean<OverlayTokenRecord[]>();
    return records.map(toOverlayToken);
  }

  count(owner: string | null): Promise<number> {
    return this.model.countDocuments(ownedBy(owner));
  }

  private async one(filter: Record<string, unknown>): Promise<OverlayToken | null> {
    const record = await this.model.findOne(filter).lean<OverlayTokenRecord>();
    return record && toOverlayToken(record);
  }
}

function ownedBy(owner: string | null): { createdBy?: string } {
  return owner === null ? {} : { createdBy: owner };
}
