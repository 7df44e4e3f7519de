import { createHash } from 'node:crypto';
import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import type { Clock } from '../clock/clock';
import { type Database, isDuplicateKey } from '../mongo/database';
import { modelOf } from '../mongo/model';
import { invalid, Refusal, type RefusalValue } from '../user-errors/refusal';

interface IdempotencyRecord {
  _id: string;
  bodyHash: string;
  result: unknown;
  refusal: RefusalValue | null;
  createdAt: Date;
}

const KEPT_SECONDS = 72 * 3600;

const schema = new Schema<IdempotencyRecord>(
  {
    _id: { type: String, required: true },
    bodyHash: { type: String, required: true },
    result: { type: Schema.Types.Mixed, default: null },
    refusal: { type: Schema.Types.Mixed, default: null },
    createdAt: { type: Date, required: true },
  },
  { collection: 'idempotency_keys', minimize: false, versionKey: false },
);
schema.index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

/** A request that must have one effect: unique per caller and mutation by its key. */
export interface IdempotentRequest {
  readonly accountId: string;
  readonly mutation: string;
  readonly key: string;
  /** The input without the key; another body under the same key is refused. */
  readonly body: unknown;
}

export const KEY_PATTERN = /^[\x21-\x7e]{1,128}$/;

/** Refuses a key that is empty, longer than 128 characters or not printable ASCII. */
export function checkKey(key: string, field: readonly string[] = ['input', 'idempotencyKey']): void {
  if (!KEY_PATTERN.test(key))
    throw invalid(field, 'An idempotency key is 1 to 128 printable ASCII characters without spaces.');
}

export function keyReused(): Refusal {
  return new Refusal('IDEMPOTENCY_KEY_REUSED', 'This idempotency key was used with another input. Use a new key.', {
    field: ['input', 'idempotencyKey'],
  });
}

/** A digest of any JSON value that does not depend on the order of object keys. */
export function bodyHash(body: unknown): string {
  return createHash('sha256').update(canonical(body)).digest('base64url');
}

function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    return `{${Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Runs a use case at most once per key, in one transaction with the record of its result. */
export class Idempotency {
  private readonly model: Model<IdempotencyRecord>;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    const { connection } = database;
    this.model = idempotencyModel(connection);
  }

  /**
   * The first result of this key, running `work` if there is none. `work` must do all its writes in the session and
   * return plain JSON (ids, not documents). A Refusal it throws is remembered too, after nothing has changed.
   */
  async run<T>(request: IdempotentRequest, work: (session: ClientSession) => Promise<T>): Promise<T> {
    checkKey(request.key);
    const id = `${request.accountId}:${request.mutation}:${request.key}`;
    const hash = bodyHash(request.body);
    const known = await this.recall<T>(id, hash);
    if (known) return known.result;
    const record = { _id: id, bodyHash: hash, createdAt: this.clock.now() };
    try {
      return await this.database.transaction(async (session) => {
        await this.model.create([{ ...record, result: null, refusal: null }], { session });
        const result = await work(session);
        await this.model.updateOne({ _id: id }, { $set: { result } }, { session });
        return result;
      });
    } catch (error) {
      if (error instanceof Refusal) {
        await this.model
          .create({ ...record, result: null, refusal: error.toValue() })
          .catch((failure: unknown) => (isDuplicateKey(failure) ? undefined : Promise.reject(failure)));
      } else if (!isDuplicateKey(error, '_id')) {
        throw error;
      }
      // Another request with this key may have been first: its outcome is the outcome.
      const first = await this.recall<T>(id, hash);
      if (first) return first.result;
      throw error;
    }
  }

  private async recall<T>(id: string, hash: string): Promise<{ result: T } | null> {
    const record = await this.model.findById(id).lean<IdempotencyRecord>();
    if (!record) return null;
    if (record.bodyHash !== hash) throw keyReused();
    if (record.refusal) throw Refusal.fromValue(record.refusal);
    return { result: record.result as T };
  }
}

export function idempotencyModel(connection: Connection): Model<IdempotencyRecord> {
  return modelOf(connection, 'IdempotencyKey', schema);
}
