import { randomUUID } from 'node:crypto';
import { type Connection, type Model, Schema } from 'mongoose';
import type { Clock } from '../clock/clock';
import { isDuplicateKey } from './database';
import { modelOf } from './model';

interface LeaseRecord {
  _id: string;
  owner: string;
  until: Date;
}

const schema = new Schema<LeaseRecord>(
  {
    _id: { type: String, required: true },
    owner: { type: String, required: true },
    until: { type: Date, required: true },
  },
  { collection: 'leases', versionKey: false },
);

const LENGTH_MS = 5000;

/** The right to be the only one doing something, for a short while; renewed by doing it, free again after a crash. */
export class Lease {
  private readonly model: Model<LeaseRecord>;
  private readonly owner = randomUUID();
  private heldUntil = 0;

  constructor(
    connection: Connection,
    private readonly name: string,
    private readonly clock: Clock,
  ) {
    this.model = modelOf(connection, 'Lease', schema);
  }

  /** Whether it is held now, as far as this process knows without asking. */
  get isHeld(): boolean {
    return this.heldUntil > this.clock.now().getTime();
  }

  /** Takes or renews the lease; false while another holds it. */
  async hold(): Promise<boolean> {
    const now = this.clock.now();
    if (this.heldUntil - now.getTime() > LENGTH_MS / 2) return true;
    const until = new Date(now.getTime() + LENGTH_MS);
    try {
      await this.model.updateOne(
        { _id: this.name, $or: [{ owner: this.owner }, { until: { $lte: now } }] },
        { $set: { owner: this.owner, until } },
        { upsert: true },
      );
    } catch (error) {
      // The upsert meets the other owner's record: not ours.
      if (!isDuplicateKey(error)) throw error;
      this.heldUntil = 0;
      return false;
    }
    this.heldUntil = until.getTime();
    return true;
  }

  async release(): Promise<void> {
    if (this.heldUntil === 0) return;
    this.heldUntil = 0;
    await this.model.deleteOne({ _id: this.name, owner: this.owner });
  }
}
