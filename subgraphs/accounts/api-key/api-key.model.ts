import { type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import { afterCursor, type Cursor } from '../../../platform/pagination/page';
import { API_KEY_KINDS, type ApiKey } from './api-key';

interface ApiKeyRecord extends Omit<ApiKey, 'id'> {
  _id: string;
  digest: string;
}

const schema = new Schema<ApiKeyRecord>(
  {
    _id: { type: String, required: true },
    digest: { type: String, required: true },
    name: { type: String, required: true },
    kind: { type: String, enum: API_KEY_KINDS, required: true },
    hint: { type: String, required: true },
    key: { type: String, default: null },
    scopes: { type: [String], required: true },
    origins: { type: [String], required: true },
    createdBy: { type: String, default: null },
    createdAt: { type: Date, required: true },
    revokedAt: { type: Date, default: null },
    lastUsedAt: { type: Date, default: null },
  },
  { collection: 'api_keys', versionKey: false },
);
schema.index({ digest: 1 }, { unique: true });
schema.index({ origins: 1, revokedAt: 1 });
schema.index({ createdBy: 1, _id: -1 });

const ORDER = [['_id', -1]] as const;

function toApiKey({ _id, digest: _digest, ...rest }: ApiKeyRecord): ApiKey {
  return { id: _id, ...rest };
}

/** `owner` narrows every reading to one maker's keys; null reads all. */
export class ApiKeyModel {
  private readonly model: Model<ApiKeyRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'ApiKey', schema);
  }

  async insert({ id, ...rest }: ApiKey, digest: string): Promise<void> {
    await this.model.create({ _id: id, digest, ...rest });
  }

  async findActive(digest: string): Promise<ApiKey | null> {
    const record = await this.model.findOne({ digest, revokedAt: null }).lean<ApiKeyRecord>();
    return record ? toApiKey(record) : null;
  }

  async touch(id: string, now: Date, ifBefore: Date): Promise<void> {
    await this.model.updateOne(
      { _id: id, $or: [{ lastUsedAt: null }, { lastUsedAt: { $lt: ifBefore } }] },
      { $set: { lastUsedAt: now } },
    );
  }

  async isOriginListed(origin: string): Promise<boolean> {
    return (await this.model.exists({ origins: origin, revokedAt: null })) !== null;
  }

  /** Revokes; a key revoked before keeps its first time. Null when the owner has no such key. */
  async revoke(id: string, owner: string | null, now: Date): Promise<ApiKey | null> {
    await this.model.updateOne({ _id: id, revokedAt: null, ...ownedBy(owner) }, { $set: { revokedAt: now } });
    const record = await this.model.findOne({ _id: id, ...ownedBy(owner) }).lean<ApiKeyRecord>();
    return record ? toApiKey(record) : null;
  }

  /** Newest first. */
  async list(owner: string | null, after: Cursor | null, limit: number): Promise<readonly ApiKey[]> {
    const records = await this.model
      .find({ ...ownedBy(owner), ...(after ? afterCursor(ORDER, after) : {}) })
      .sort({ _id: -1 })
      .limit(limit)
      .lean<ApiKeyRecord[]>();
    return records.map(toApiKey);
  }

  count(owner: string | null): Promise<number> {
    return this.model.countDocuments(ownedBy(owner));
  }
}

function ownedBy(owner: string | null): { createdBy?: string } {
  return owner === null ? {} : { createdBy: owner };
}
