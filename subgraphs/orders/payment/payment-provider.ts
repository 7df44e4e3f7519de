import type { Money } from '../../../platform/money/money';

/** What a payment service must be able to do for us. One implementation per provider. */
export interface PaymentProvider {
  /** As in `provider:<name>` of the ledger and `/webhooks/payments/<name in lower case>`. */
  readonly name: string;
  /** Announces a payment; idempotent by paymentId. Answers the provider's own reference. */
  create(intent: { readonly paymentId: string; readonly amount: Money }): Promise<{ readonly reference: string }>;
  /** Sends money back; idempotent by refundId. Resolves once the provider has confirmed, throws to be tried again. */
  refund(refund: {
    readonly refundId: string;
    readonly paymentId: string;
    readonly reference: string;
    readonly amount: Money;
  }): Promise<void>;
  /** Proves that the provider wrote this and reads it. Throws WebhookRejected. */
  verifyWebhook(headers: Readonly<Record<string, string>>, body: string): ProviderEvent;
}

/** A provider's word on one payment. */
export interface ProviderEvent {
  /** The provider's id of the message; the same on every delivery. */
  readonly eventId: string;
  readonly paymentId: string;
  readonly outcome: 'SUCCEEDED' | 'FAILED';
  readonly amount: Money;
}

/** A webhook that is not to be believed (401) or cannot be read (400). */
export class WebhookRejected extends Error {
  override readonly name = 'WebhookRejected';

  constructor(
    readonly status: 400 | 401,
    message: string,
  ) {
    super(message);
  }
}
