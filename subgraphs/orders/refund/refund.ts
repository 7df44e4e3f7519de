import type { Money } from '../../../platform/money/money';

export const REFUND_STATUS = {
  REQUESTED: 'REQUESTED',
  PROVIDER_CONFIRMED: 'PROVIDER_CONFIRMED',
  POSTED: 'POSTED',
} as const;
export type RefundStatus = keyof typeof REFUND_STATUS;

/** Money on its way back: asked of the provider until it confirms, then posted to the ledger, each once. */
export interface Refund {
  readonly _id: string;
  /** Why there can only be one like it, for example `tier:<orderId>`. */
  readonly key: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly provider: string;
  readonly amount: Money;
  /** Where the ledger keeps the money until then. */
  readonly source: 'ESCROW' | 'REVENUE';
  readonly reason: string;
  readonly status: RefundStatus;
  readonly createdAt: Date;
}

export const fullRefundKey = (orderId: string) => `refund:${orderId}:full`;
export const tierRefundKey = (orderId: string) => `tier:${orderId}`;
