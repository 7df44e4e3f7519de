import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import { modelOf } from '../../../platform/mongo/model';
import type { Allocation } from './stock';

export type ReservationStatus = 'HELD' | 'COMMITTED' | 'RELEASED';

/** What an order holds. A RELEASED one without allocations is the mark of an order that may not reserve any more. */
export interface Reservation {
  readonly orderId: string;
  readonly status: ReservationStatus;
  readonly allocations: readonly Allocation[];
  readonly expiresAt: Date;
  readonly createdAt: Date;
}

type ReservationRecord = Omit<Reservation, 'orderId'> & { readonly _id: string };

const allocation = new Schema<Allocation>(
  {
    variantId: { type: String, required: true },
    locationId: { type: String, required: true },
    quantity: { type: Number, required: true },
  },
  { _id: false },
);

const schema = new Schema<ReservationRecord>(
  {
    _id: { type: String, required: true },
    status: { type: String, enum: ['HELD', 'COMMITTED', 'RELEASED'], required: true },
    allocations: { type: [allocation], default: [] },
    expiresAt: { type: Date, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'stock_reservations', versionKey: false },
);

export class ReservationStore {
  private readonly model: Model<ReservationRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'StockReservation', schema);
  }

  async find(orderId: string): Promise<Reservation | null> {
    const record = await this.model.findById(orderId).lean<ReservationRecord>();
    return record ? toReservation(record) : null;
  }

  /** Fails on the key when the order has a reservation or a mark already. */
  async insert(session: ClientSession | null, reservation: Reservation): Promise<void> {
    const { orderId, ...rest } = reservation;
    await this.model.create([{ _id: orderId, ...rest }], session ? { session } : {});
  }

  /** Moves it from one state to another; null when it is in another state than `from` or does not exist. */
  async move(
    session: ClientSession,
    orderId: string,
    from: ReservationStatus,
    to: ReservationStatus,
  ): Promise<Reservation | null> {
    const record = await this.model
      .findOneAndUpdate({ _id: orderId, status: from }, { $set: { status: to } }, { session, returnDocument: 'after' })
      .lean<ReservationRecord>();
    return record ? toReservation(record) : null;
  }
}

function toReservation(record: ReservationRecord): Reservation {
  const { _id, ...rest } = record;
  return { orderId: _id, ...rest };
}
