import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { ROLES, type Role } from '../../../platform/context/identity';
import { modelOf } from '../../../platform/mongo/model';
import { type Account, IDENTIFIER_KINDS } from './account';

interface AccountRecord extends Omit<Account, 'id'> {
  _id: string;
}

const schema = new Schema<AccountRecord>(
  {
    _id: { type: String, required: true },
    displayName: { type: String, required: true },
    roles: { type: [{ type: String, enum: ROLES }], required: true },
    identifiers: {
      type: [
        new Schema(
          { kind: { type: String, enum: IDENTIFIER_KINDS, required: true }, value: { type: String, required: true } },
          { _id: false },
        ),
      ],
      required: true,
    },
    createdAt: { type: Date, required: true },
    version: { type: Number, required: true },
  },
  { collection: 'accounts', versionKey: false },
);

function toAccount({ _id, ...rest }: AccountRecord): Account {
  return { id: _id, ...rest };
}

export class AccountModel {
  private readonly model: Model<AccountRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'Account', schema);
  }

  async insert(session: ClientSession, accounts: readonly Account[]): Promise<void> {
    if (accounts.length === 0) return;
    await this.model.insertMany(
      accounts.map(({ id, ...rest }) => ({ _id: id, ...rest })),
      { session },
    );
  }

  async find(id: string): Promise<Account | null> {
    const record = await this.model.findById(id).lean<AccountRecord>();
    return record ? toAccount(record) : null;
  }

  /** Those that exist, in no order. */
  async findMany(ids: readonly string[]): Promise<readonly Account[]> {
    const records = await this.model.find({ _id: { $in: [...new Set(ids)] } }).lean<AccountRecord[]>();
    return records.map(toAccount);
  }

  /** Sets the roles of someone who can sign in; answers the account as it was before, or null. */
  async setRoles(session: ClientSession, id: string, roles: readonly Role[]): Promise<Account | null> {
    const before = await this.model
      .findOneAndUpdate(
        { _id: id, 'roles.0': { $exists: true } },
        { $set: { roles: [...roles] }, $inc: { version: 1 } },
        { session, returnDocument: 'before' },
      )
      .lean<AccountRecord>();
    return before ? toAccount(before) : null;
  }

  /** How many people can sign in. */
  count(): Promise<number> {
    return this.model.countDocuments({ 'roles.0': { $exists: true } });
  }
}
