import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import { afterCursor, type Cursor } from '../../../platform/pagination/page';
import type { LedgerEntry, LedgerTransaction } from './ledger';

interface TransactionRecord extends Omit<LedgerTransaction, 'id' | 'entries'> {
  _id: string;
}

interface EntryRecord {
  _id: string;
  transactionId: string;
  /** Place in its transaction, from 0. */
  position: number;
  account: string;
  minor: number;
  currencyCode: string;
  // Repeated from the transaction, which never changes either: a statement is one read.
  kind: string;
  reference: string;
  description: string | null;
  postedAt: Date;
}

/** One line of an account's statement. */
export interface StatementLine extends LedgerEntry {
  readonly id: string;
  readonly transactionId: string;
  readonly kind: string;
  readonly reference: string;
  readonly description: string | null;
  readonly postedAt: Date;
}

const transactionSchema = new Schema<TransactionRecord>(
  {
    _id: { type: String, required: true },
    key: { type: String, required: true },
    kind: { type: String, required: true },
    reference: { type: String, required: true },
    description: { type: String, default: null },
    postedAt: { type: Date, required: true },
  },
  { collection: 'ledger_transactions', versionKey: false },
);
transactionSchema.index({ key: 1 }, { unique: true });

const entrySchema = new Schema<EntryRecord>(
  {
    _id: { type: String, required: true },
    transactionId: { type: String, required: true },
    position: { type: Number, required: true },
    account: { type: String, required: true },
    minor: { type: Number, required: true },
    currencyCode: { type: String, required: true },
    kind: { type: String, required: true },
    reference: { type: String, required: true },
    description: { type: String, default: null },
    postedAt: { type: Date, required: true },
  },
  { collection: 'ledger_entries', versionKey: false },
);
entrySchema.index({ transactionId: 1, position: 1 });
entrySchema.index({ account: 1, _id: -1 });

const CHANGES = [
  'updateOne',
  'updateMany',
  'replaceOne',
  'findOneAndUpdate',
  'findOneAndReplace',
  'findOneAndDelete',
  'deleteOne',
  'deleteMany',
] as const;

/** What is written stays written: every way mongoose has to change or remove a record throws. */
function writeOnce<T>(schema: Schema<T>): void {
  const refuse = (): never => {
    throw new Error('The ledger is written once: correct it with another transaction.');
  };
  for (const operation of CHANGES) schema.pre(operation, { document: true, query: true }, refuse);
  schema.pre('bulkWrite', refuse);
  schema.pre('save', function () {
    if (!this.isNew) refuse();
  });
}
writeOnce(transactionSchema);
writeOnce(entrySchema);

const STATEMENT_ORDER = [['_id', -1]] as const;

/** Transactions and their entries; there is no way to change one. */
export class LedgerModel {
  private readonly transactions: Model<TransactionRecord>;
  private readonly entries: Model<EntryRecord>;

  constructor(connection: Connection) {
    this.transactions = modelOf(connection, 'LedgerTransaction', transactionSchema);
    this.entries = modelOf(connection, 'LedgerEntry', entrySchema);
  }

  /** Fails with a duplicate key when there is a transaction of this key. `entryIds` has one id per entry. */
  async insert(session: ClientSession, transaction: LedgerTransaction, entryIds: readonly string[]): Promise<void> {
    const { id, entries, ...rest } = transaction;
    const { key: _key, ...repeated } = rest;
    // `lean`: the posting was checked; mongoose's own documents and validators would cost as much as the write.
    await this.transactions.insertMany([{ _id: id, ...rest }], { session, lean: true });
    await this.entries.insertMany(
      entries.map(({ account, amount }, position) => ({
        _id: entryIds[position],
        transactionId: id,
        position,
        account,
        ...amount,
        ...repeated,
      })),
      { session, lean: true },
    );
  }

  async findByKey(key: string): Promise<LedgerTransaction | null> {
    const record = await this.transactions.findOne({ key }).lean<TransactionRecord>();
    if (!record) return null;
    const entries = await this.entries.find({ transactionId: record._id }).sort({ position: 1 }).lean<EntryRecord[]>();
    const { _id, ...rest } = record;
    return { id: _id, ...rest, entries: entries.map(toEntry) };
  }

  /** An account's entries, newest first. */
  async statement(account: string, after: Cursor | null, limit: number): Promise<readonly StatementLine[]> {
    const records = await this.entries
      .find({ account, ...(after ? afterCursor(STATEMENT_ORDER, after) : {}) })
      .sort({ _id: -1 })
      .limit(limit)
      .lean<EntryRecord[]>();
    return records.map(({ _id, transactionId, kind, reference, description, postedAt, ...entry }) => ({
      id: _id,
      transactionId,
      kind,
      reference,
      description,
      postedAt,
      ...toEntry(entry),
    }));
  }

  countStatement(account: string): Promise<number> {
    return this.entries.countDocuments({ account });
  }

  countTransactions(session: ClientSession): Promise<number> {
    return this.transactions.countDocuments({}).session(session).exec();
  }

  /** Every entry, those of one transaction one after another. */
  async *everyEntry(session: ClientSession): AsyncGenerator<{ transactionId: string; entry: LedgerEntry }> {
    const cursor = this.entries
      .find({}, { transactionId: 1, account: 1, minor: 1, currencyCode: 1 })
      .sort({ transactionId: 1, position: 1 })
      .session(session)
      .lean<EntryRecord[]>()
      .cursor({ batchSize: 2000 });
    for await (const record of cursor) {
      const { transactionId, ...entry } = record as unknown as EntryRecord;
      yield { transactionId, entry: toEntry(entry) };
    }
  }
}

function toEntry({ account, minor, currencyCode }: Pick<EntryRecord, 'account' | 'minor' | 'currencyCode'>) {
  return { account, amount: { minor, currencyCode } };
}
