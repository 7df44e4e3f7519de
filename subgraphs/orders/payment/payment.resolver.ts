import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql';
import { Internal, UniqueBy } from '../../../platform/graphql/directives';
import { payload } from '../../../platform/user-errors/user-error.type';
import type { OrdersContext } from '../services';
import {
  PaymentSandboxSettleInput,
  PaymentSandboxSettlePayload,
  PaymentWebhookResult,
  toPaymentType,
} from './payment.type';
import type { WebhookAnswer } from './payment-webhook.service';

@Resolver()
export class PaymentResolver {
  @Authorized('CUSTOMER', 'LEADER', 'HOST', 'STAFF', 'MERCHANT', 'ADMIN')
  @UniqueBy('id')
  @Mutation(() => PaymentSandboxSettlePayload, {
    description:
      'Plays the page of a real provider: the payment succeeds or fails and the sandbox tells so by its signed webhook. The payer, or MERCHANT and STAFF. Unique by paymentId: the same outcome repeats the result. Codes: NOT_FOUND, PAYMENT_ALREADY_SETTLED, SANDBOX_DISABLED.',
  })
  paymentSandboxSettle(
    @Arg('input', () => PaymentSandboxSettleInput, { description: 'Which payment, and how it ends.' })
    input: PaymentSandboxSettleInput,
    @Ctx() context: OrdersContext,
  ): Promise<object> {
    return payload(async () => ({
      payment: toPaymentType(await context.services.sandbox.settle(context.identity, input.paymentId, input.outcome)),
    }));
  }

  @Internal()
  @UniqueBy('id')
  @Mutation(() => PaymentWebhookResult, {
    description:
      "A provider's webhook as it arrived: name, headers as JSON text, raw body. Verifies the signature; answers the HTTP status to send. Unique by the provider's event id.",
  })
  _paymentWebhook(
    @Arg('provider', () => String, { description: 'Last part of the webhook path, for example "sandbox".' })
    provider: string,
    @Arg('headers', () => String, { description: 'A JSON object of header names to texts.' }) headers: string,
    @Arg('body', () => String, { description: 'The raw body.' }) body: string,
    @Ctx() context: OrdersContext,
  ): Promise<WebhookAnswer> {
    return context.services.webhooks.receive(provider, headers, body);
  }
}
