import type { Money } from '../../../platform/money/money';

export const PAYMENT_STATUS = {
  PENDING: 'PENDING',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  EXPIRED: 'EXPIRED',
  PARTIALLY_REFUNDED: 'PARTIALLY_REFUNDED',
  REFUNDED: 'REFUNDED',
} as const;
export type PaymentStatus = keyof typeof PAYMENT_STATUS;

export const PAYMENT_PROVIDER = { SANDBOX: 'SANDBOX' } as const;
export type PaymentProviderName = keyof typeof PAYMENT_PROVIDER;

/** From which states each state may be reached. Money may land after we stopped waiting for it. */
export const REACHED_FROM: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  PENDING: [],
  SUCCEEDED: ['PENDING', 'EXPIRED', 'FAILED'],
  FAILED: ['PENDING'],
  EXPIRED: ['PENDING'],
  PARTIALLY_REFUNDED: ['SUCCEEDED', 'PARTIALLY_REFUNDED'],
  REFUNDED: ['SUCCEEDED', 'PARTIALLY_REFUNDED'],
};

export interface Payment {
  readonly _id: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly provider: string;
  /** The provider's own name for the intent. */
  readonly reference: string;
  readonly amount: Money;
  readonly status: PaymentStatus;
  readonly createdAt: Date;
  /** When the provider said how it went. */
  readonly settledAt: Date | null;
}
