import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import type { RowRefusal } from './row';

export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly variants: number;
}

export const NO_COUNTS: ImportCounts = { created: 0, updated: 0, unchanged: 0, variants: 0 };

/** How far the import of one file with one set of options has come. */
export interface ImportRun {
  readonly id: string;
  /** Groups of rows dealt with, in the order of the file. */
  readonly groups: number;
  readonly counts: ImportCounts;
  /** Refusals that only the database could tell; those of the rows alone are found again by reading. */
  readonly refusals: readonly RowRefusal[];
  readonly complete: boolean;
}

type RunRecord = Omit<ImportRun, 'id'> & { readonly _id: string; readonly at: Date };

const counts = new Schema<ImportCounts>(
  {
    created: { type: Number, required: true },
    updated: { type: Number, required: true },
    unchanged: { type: Number, required: true },
    variants: { type: Number, required: true },
  },
  { _id: false },
);

const refusal = new Schema<RowRefusal>(
  {
    row: { type: Number, required: true },
    handle: { type: String, default: '' },
    column: { type: String, default: '' },
    value: { type: String, default: '' },
    problem: { type: String, required: true },
    remedy: { type: String, required: true },
  },
  { _id: false },
);

const schema = new Schema<RunRecord>(
  {
    _id: { type: String, required: true },
    groups: { type: Number, required: true },
    counts: { type: counts, required: true },
    refusals: { type: [refusal], default: [] },
    complete: { type: Boolean, required: true },
    at: { type: Date, required: true },
  },
  { collection: 'import_runs', versionKey: false },
);
schema.index({ at: 1 }, { expireAfterSeconds: 90 * 24 * 3600 });

export class ImportRunStore {
  private readonly model: Model<RunRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'ImportRun', schema);
  }

  async find(id: string): Promise<ImportRun | null> {
    const record = await this.model.findById(id).lean<RunRecord>();
    if (!record) return null;
    const { _id, at: _at, ...run } = record;
    return { id: _id, ...run };
  }

  /** Written in the transaction of the batch it counts, so that it is never ahead of the data nor behind it. */
  async save(session: ClientSession | null, { id, ...run }: ImportRun, at: Date): Promise<void> {
    await this.model.replaceOne(
      { _id: id },
      { _id: id, ...run, at },
      { upsert: true, ...(session ? { session } : {}) },
    );
  }
}
