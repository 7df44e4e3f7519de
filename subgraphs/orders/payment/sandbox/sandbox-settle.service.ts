import { hasRole, type Identity } from '../../../../platform/context/identity';
import { requireAccount } from '../../../../platform/graphql/authorization';
import { errorFields } from '../../../../platform/logging/log';
import { KeyQueue } from '../../../../platform/mongo/key-queue';
import type { Kernel } from '../../../../platform/subgraph/kernel';
import { notFound, Refusal } from '../../../../platform/user-errors/refusal';
import type { Payment } from '../payment';
import type { PaymentModel } from '../payment.model';
import type { SandboxModel, SandboxOutcome, SandboxPayment } from './sandbox.model';
import type { SandboxProvider } from './sandbox.provider';

/** Sends a webhook and answers the HTTP status that came back; throws when none did. */
export type Deliver = (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<number>;

// Generous: the answer comes after the order is driven on, and a late one costs a repeat.
const TIMEOUT_MS = 15_000;
const RETRY_AFTER_MS = 5000;

export const deliverOverHttp: Deliver = async (url, headers, body) => {
  const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
  await response.body?.cancel();
  return response.status;
};

/** What the payer does on a real provider's page: succeed or fail, once, and the provider's webhook goes out. */
export class SandboxSettleService {
  private readonly queue = new KeyQueue();

  constructor(
    private readonly kernel: Kernel,
    private readonly payments: PaymentModel,
    private readonly books: SandboxModel,
    private readonly provider: SandboxProvider,
    private readonly deliver: Deliver,
  ) {}

  /** Answers the payment as it is after the webhook, or still PENDING when delivery failed and will be repeated. */
  async settle(identity: Identity, paymentId: string, outcome: SandboxOutcome): Promise<Payment> {
    const accountId = requireAccount(identity);
    if (!this.kernel.config.sandboxPayments) {
      throw new Refusal('SANDBOX_DISABLED', 'Sandbox payments are switched off here.');
    }
    const payment = await this.payments.find(paymentId);
    const may = payment?.accountId === accountId || hasRole(identity, 'STAFF', 'MERCHANT');
    if (!payment || payment.provider !== this.provider.name || !may) throw notFound(['input', 'paymentId'], 'payment');
    await this.queue.run(paymentId, () => this.settleOnce(paymentId, outcome));
    return (await this.payments.find(paymentId)) ?? payment;
  }

  /** The job behind `settle`: repeats the webhook until it is taken. */
  async deliverAgain(paymentId: string): Promise<void> {
    await this.queue.run(paymentId, async () => {
      const settled = await this.books.find(paymentId);
      if (settled) await this.send(settled);
    });
  }

  private async settleOnce(paymentId: string, outcome: SandboxOutcome): Promise<void> {
    const eventId = this.kernel.newId('evt');
    const first = await this.kernel.database.transaction(async (session) => {
      const payment = await this.books.settle(session, paymentId, outcome, eventId);
      if (!payment) return null;
      await this.kernel.jobs.schedule(session, {
        kind: 'sandbox.deliver-webhook',
        key: jobKey(paymentId),
        dueAt: new Date(this.kernel.clock.now().getTime() + RETRY_AFTER_MS),
        data: { paymentId },
      });
      return payment;
    });
    const settled = first ?? (await this.books.find(paymentId));
    if (!settled) throw new Error(`The sandbox does not know payment ${paymentId}.`);
    if (settled.outcome !== outcome) {
      throw new Refusal('PAYMENT_ALREADY_SETTLED', `This payment was settled before: ${settled.outcome}.`, {
        field: ['input', 'outcome'],
      });
    }
    try {
      await this.send(settled);
      await this.kernel.jobs.cancel(null, jobKey(paymentId));
    } catch (error) {
      this.kernel.log.warn(
        { ...errorFields(error), paymentId },
        'The sandbox webhook was not taken; it will be sent again.',
      );
    }
  }

  private async send(payment: SandboxPayment): Promise<void> {
    const { outcome, eventId } = payment;
    if (outcome === null || eventId === null || payment.deliveredAt !== null) return;
    const { headers, body } = this.provider.webhookFor({ ...payment, outcome, eventId });
    const url = `${this.kernel.publicUrl()}/webhooks/payments/${this.provider.name.toLowerCase()}`;
    const status = await this.deliver(url, headers, body);
    if (status < 200 || status > 299) throw new Error(`The webhook was answered with ${status}.`);
    await this.books.delivered(payment._id, this.kernel.clock.now());
  }
}

function jobKey(paymentId: string): string {
  return `sandbox.deliver-webhook:${paymentId}`;
}
