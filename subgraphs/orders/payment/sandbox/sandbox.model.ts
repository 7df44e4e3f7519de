import { type ClientSession, type Connection, type Model, Schema } from 'mongoose';
import type { Money } from '../../../../platform/money/money';
import { isDuplicateKey } from '../../../../platform/mongo/database';
import { modelOf } from '../../../../platform/mongo/model';

export const SANDBOX_OUTCOME = { SUCCEED: 'SUCCEED', FAIL: 'FAIL' } as const;
export type SandboxOutcome = keyof typeof SANDBOX_OUTCOME;

/** The sandbox's own books: it knows its payments and refunds by our ids, and nothing of orders. */
export interface SandboxPayment {
  readonly _id: string;
  readonly amount: Money;
  readonly outcome: SandboxOutcome | null;
  /** Id of the webhook that tells of the outcome. */
  readonly eventId: string | null;
  readonly deliveredAt: Date | null;
  readonly refundedMinor: number;
}

interface SandboxRefund {
  readonly _id: string;
  readonly paymentId: string;
  readonly minor: number;
}

const paymentSchema = new Schema(
  {
    _id: { type: String, required: true },
    amount: { minor: { type: Number, required: true }, currencyCode: { type: String, required: true } },
    outcome: { type: String, default: null },
    eventId: { type: String, default: null },
    deliveredAt: { type: Date, default: null },
    refundedMinor: { type: Number, default: 0 },
  },
  { collection: 'sandbox_payments', versionKey: false },
);

const refundSchema = new Schema(
  {
    _id: { type: String, required: true },
    paymentId: { type: String, required: true },
    minor: { type: Number, required: true },
  },
  { collection: 'sandbox_refunds', versionKey: false },
);

export class SandboxModel {
  private readonly payments: Model<SandboxPayment>;
  private readonly refunds: Model<SandboxRefund>;

  constructor(connection: Connection) {
    this.payments = modelOf(connection, 'SandboxPayment', paymentSchema as unknown as Schema<SandboxPayment>);
    this.refunds = modelOf(connection, 'SandboxRefund', refundSchema as unknown as Schema<SandboxRefund>);
  }

  /** A payment announced twice is one payment. */
  async create(paymentId: string, amount: Money): Promise<void> {
    try {
      await this.payments.create([{ _id: paymentId, amount }]);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }

  find(paymentId: string): Promise<SandboxPayment | null> {
    return this.payments.findById(paymentId).lean<SandboxPayment>().exec();
  }

  /** Writes the outcome unless there is one; answers the payment if this call did. */
  settle(
    session: ClientSession,
    paymentId: string,
    outcome: SandboxOutcome,
    eventId: string,
  ): Promise<SandboxPayment | null> {
    return this.payments
      .findOneAndUpdate(
        { _id: paymentId, outcome: null },
        { $set: { outcome, eventId } },
        { session, returnDocument: 'after' },
      )
      .lean<SandboxPayment>()
      .exec();
  }

  async delivered(paymentId: string, at: Date): Promise<void> {
    await this.payments.updateOne({ _id: paymentId, deliveredAt: null }, { $set: { deliveredAt: at } });
  }

  /** Books a refund once; false when the payment does not have that much left. */
  async refund(session: ClientSession, refundId: string, paymentId: string, minor: number): Promise<boolean> {
    if (await this.refunds.exists({ _id: refundId }).session(session)) return true;
    const payment = await this.payments.findById(paymentId).session(session).lean<SandboxPayment>();
    if (payment?.outcome !== 'SUCCEED' || payment.refundedMinor + minor > payment.amount.minor) return false;
    const result = await this.payments.updateOne(
      { _id: paymentId, refundedMinor: payment.refundedMinor },
      { $inc: { refundedMinor: minor } },
      { session },
    );
    if (result.matchedCount !== 1) return false;
    await this.refunds.create([{ _id: refundId, paymentId, minor }], { session });
    return true;
  }
}
