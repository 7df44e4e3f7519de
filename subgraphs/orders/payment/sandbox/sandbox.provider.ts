import { z } from 'zod';
import { formatAmount, type Money, parseMoney } from '../../../../platform/money/money';
import type { Kernel } from '../../../../platform/subgraph/kernel';
import { type PaymentProvider, type ProviderEvent, WebhookRejected } from '../payment-provider';
import { signedHeaders, verifySignature } from '../webhook-signature';
import type { SandboxModel, SandboxOutcome, SandboxPayment } from './sandbox.model';

const SECRET = 'sandbox-webhook-secret';

const message = z.object({
  type: z.enum(['payment.succeeded', 'payment.failed']),
  data: z.object({ paymentId: z.string(), amount: z.string(), currencyCode: z.string() }),
});

/** Called before the sandbox refunds; throws to play a provider that is down. */
export type RefundFault = (refundId: string) => void;

/** A payment provider inside this installation that moves no real money and behaves like one that does. */
export class SandboxProvider implements PaymentProvider {
  readonly name = 'SANDBOX';

  constructor(
    private readonly kernel: Kernel,
    private readonly books: SandboxModel,
    private readonly fault: RefundFault | undefined,
  ) {}

  async create(intent: { readonly paymentId: string; readonly amount: Money }): Promise<{ reference: string }> {
    await this.books.create(intent.paymentId, intent.amount);
    return { reference: `sandbox_${intent.paymentId}` };
  }

  async refund(refund: {
    readonly refundId: string;
    readonly paymentId: string;
    readonly amount: Money;
  }): Promise<void> {
    this.fault?.(refund.refundId);
    const booked = await this.kernel.database.transaction((session) =>
      this.books.refund(session, refund.refundId, refund.paymentId, refund.amount.minor),
    );
    if (!booked) throw new Error(`The sandbox has not that much left of payment ${refund.paymentId}.`);
  }

  /** The webhook for a settled payment: what is posted, and the headers that prove it. */
  webhookFor(payment: SandboxPayment & { readonly outcome: SandboxOutcome; readonly eventId: string }): {
    headers: Record<string, string>;
    body: string;
  } {
    const body = JSON.stringify({
      type: payment.outcome === 'SUCCEED' ? 'payment.succeeded' : 'payment.failed',
      data: {
        paymentId: payment._id,
        amount: formatAmount(payment.amount),
        currencyCode: payment.amount.currencyCode,
      },
    });
    const signed = signedHeaders(this.secret(), payment.eventId, this.kernel.clock.now(), body);
    return { headers: { 'content-type': 'application/json', ...signed }, body };
  }

  verifyWebhook(headers: Readonly<Record<string, string>>, body: string): ProviderEvent {
    const eventId = verifySignature(this.secret(), headers, body, this.kernel.clock.now());
    try {
      const { type, data } = message.parse(JSON.parse(body));
      return {
        eventId,
        paymentId: data.paymentId,
        outcome: type === 'payment.succeeded' ? 'SUCCEEDED' : 'FAILED',
        amount: parseMoney(data.amount, data.currencyCode),
      };
    } catch {
      throw new WebhookRejected(400, 'The message is not one that this provider sends.');
    }
  }

  private secret(): string {
    return this.kernel.secrets.get(SECRET);
  }
}
