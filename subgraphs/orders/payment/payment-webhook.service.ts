import type { ClientSession } from 'mongoose';
import { equalMoney } from '../../../platform/money/money';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { cancelledUnpaid, moneyArrived, type Order } from '../order/order';
import type { OrderDriveService } from '../order/order-drive.service';
import { cancelledEvent } from '../order/order-event';
import type { OrderTransitionService } from '../order/order-transition.service';
import { deadlineJobKey } from '../placing/order-hold.service';
import type { PaymentModel } from './payment.model';
import { type PaymentProvider, type ProviderEvent, WebhookRejected } from './payment-provider';

/** What the provider is told: the HTTP status and a sentence for whoever reads its delivery log. */
export interface WebhookAnswer {
  readonly status: number;
  readonly message: string;
}

/** The provider's word becomes ours: proven, written once, then carried out. 200 means it is durable here. */
export class PaymentWebhookService {
  constructor(
    private readonly kernel: Kernel,
    private readonly payments: PaymentModel,
    private readonly transitions: OrderTransitionService,
    private readonly drive: OrderDriveService,
    private readonly providerOf: (name: string) => PaymentProvider | null,
  ) {}

  /** `headers` is a JSON object of header names to texts; `body` the bytes as they came. */
  async receive(providerName: string, headers: string, body: string): Promise<WebhookAnswer> {
    const provider = this.providerOf(providerName.toUpperCase());
    if (!provider) return { status: 404, message: 'There is no such payment provider.' };
    let event: ProviderEvent;
    try {
      event = provider.verifyWebhook(readHeaders(headers), body);
    } catch (error) {
      if (error instanceof WebhookRejected) return { status: error.status, message: error.message };
      throw error;
    }
    const payment = await this.payments.find(event.paymentId);
    if (payment?.provider !== provider.name) return { status: 404, message: 'There is no such payment.' };
    if (!equalMoney(payment.amount, event.amount)) {
      this.kernel.log.error({ paymentId: payment._id }, 'A provider reported another amount than was asked for.');
      return { status: 409, message: 'The amount is not the amount asked for.' };
    }
    let written: Order | null = null;
    const taken = await this.drive.exclusively(payment.orderId, () =>
      this.kernel.inbox.once('payment-webhook', { id: `${provider.name}:${event.eventId}` }, async (session) => {
        written = await this.write(session, payment.orderId, event);
      }),
    );
    this.kernel.outbox.notify();
    await this.drive.driveSoon(payment.orderId, taken ? written : null);
    return { status: 200, message: 'Taken.' };
  }

  /** The order as it is then; null when the payment had been told of before. */
  private async write(session: ClientSession, orderId: string, event: ProviderEvent): Promise<Order | null> {
    const now = this.kernel.clock.now();
    if (!(await this.payments.become(session, event.paymentId, event.outcome, now))) return null;
    const order = await this.transitions.orders.get(orderId, session);
    if (event.outcome === 'SUCCEEDED') {
      return this.transitions.apply(session, order, moneyArrived(order));
    }
    await this.kernel.jobs.cancel(session, deadlineJobKey(orderId));
    const change = cancelledUnpaid(order, 'PAYMENT_FAILED');
    return this.transitions.apply(session, order, change, cancelledEvent(order, 'PAYMENT_FAILED'));
  }
}

function readHeaders(text: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (typeof value !== 'object' || value === null) throw new WebhookRejected(400, 'The headers cannot be read.');
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, header]) =>
      typeof header === 'string' ? [[name.toLowerCase(), header]] : [],
    ),
  );
}
