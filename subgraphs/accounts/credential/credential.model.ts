import { createHash } from 'node:crypto';
import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import type { Identifier } from './identifier';

interface ClaimRecord {
  /** What is claimed, for example `email:ann@example.com`: its being the id is what makes it unique. */
  _id: string;
  accountId: string;
}

interface CredentialRecord {
  _id: string;
  passwordHash: string;
}

const claimSchema = new Schema<ClaimRecord>(
  { _id: { type: String, required: true }, accountId: { type: String, required: true } },
  { collection: 'claims', versionKey: false },
);

const credentialSchema = new Schema<CredentialRecord>(
  { _id: { type: String, required: true }, passwordHash: { type: String, required: true } },
  { collection: 'credentials', versionKey: false },
);

/** Who a name outside the system belongs to. */
export interface Claim {
  readonly claim: string;
  readonly accountId: string;
}

export function identifierClaim(identifier: Identifier): string {
  return `${identifier.kind.toLowerCase()}:${identifier.value}`;
}

/** The claim of a person known only to another system, by that system's name for them. */
export function importClaim(source: string, externalName: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([source, externalName]))
    .digest('base64url');
  return `import:${digest}`;
}

/** Names that belong to one account each, and password hashes, which no other reading ever touches. */
export class CredentialModel {
  private readonly claims: Model<ClaimRecord>;
  private readonly credentials: Model<CredentialRecord>;

  constructor(connection: Connection) {
    this.claims = modelOf(connection, 'Claim', claimSchema);
    this.credentials = modelOf(connection, 'Credential', credentialSchema);
  }

  /** Fails with a duplicate key when any of them is taken. */
  async claim(session: ClientSession, claims: readonly Claim[]): Promise<void> {
    if (claims.length === 0) return;
    await this.claims.insertMany(
      claims.map(({ claim, accountId }) => ({ _id: claim, accountId })),
      { session },
    );
  }

  /** Claim to account id, of those that exist. */
  async findOwners(claims: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const records = await this.claims.find({ _id: { $in: [...claims] } }).lean<ClaimRecord[]>();
    return new Map(records.map((record) => [record._id, record.accountId]));
  }

  async setPassword(session: ClientSession, accountId: string, passwordHash: string): Promise<void> {
    await this.credentials.updateOne({ _id: accountId }, { $set: { passwordHash } }, { upsert: true, session });
  }

  /** Always two reads, so that an unknown name costs what a known one does. */
  async findPassword(claim: string): Promise<{ accountId: string | null; passwordHash: string | null }> {
    const owner = await this.claims.findById(claim).lean<ClaimRecord>();
    const credential = await this.credentials.findById(owner?.accountId ?? claim).lean<CredentialRecord>();
    return { accountId: owner?.accountId ?? null, passwordHash: credential?.passwordHash ?? null };
  }
}
