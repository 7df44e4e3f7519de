import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Inaccessible } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { MoneyType, toMoneyType } from '../../../platform/money/money.type';
import { UserError } from '../../../platform/user-errors/user-error.type';
import {
  PAYMENT_PROVIDER,
  PAYMENT_STATUS,
  type Payment,
  type PaymentProviderName,
  type PaymentStatus,
} from './payment';
import { SANDBOX_OUTCOME, type SandboxOutcome } from './sandbox/sandbox.model';

registerEnumType(PAYMENT_STATUS, {
  name: 'PaymentStatus',
  description: 'Where a payment stands.',
  valuesConfig: {
    PENDING: { description: 'The payer may still pay.' },
    SUCCEEDED: { description: 'The provider has the money.' },
    FAILED: { description: 'The provider refused; the order is cancelled.' },
    EXPIRED: { description: 'Nobody paid in time, or the order was cancelled. Money that lands later is dealt with.' },
    PARTIALLY_REFUNDED: { description: 'A part of the money is back with the payer.' },
    REFUNDED: { description: 'All of the money is back with the payer.' },
  },
});

registerEnumType(PAYMENT_PROVIDER, {
  name: 'PaymentProvider',
  description: 'Who takes the money.',
  valuesConfig: {
    SANDBOX: { description: 'Built in and moves no real money; settled by `paymentSandboxSettle`.' },
  },
});

registerEnumType(SANDBOX_OUTCOME, {
  name: 'PaymentSandboxOutcome',
  description: 'How a sandbox payment ends.',
  valuesConfig: {
    SUCCEED: { description: 'The payer pays.' },
    FAIL: { description: 'The provider refuses.' },
  },
});

@ObjectType('Payment', { description: 'The money of one order at a payment provider. Seen by the payer and by staff.' })
export class PaymentType {
  @Field(() => ID, { description: 'The payment.' })
  id!: string;

  @Field(() => PAYMENT_STATUS, { description: 'Where it stands.' })
  status!: PaymentStatus;

  @Field(() => PAYMENT_PROVIDER, { description: 'Who takes the money.' })
  provider!: PaymentProviderName;

  @Field(() => MoneyType, { description: 'What is to be paid: the total of the order.' })
  amount!: MoneyType;

  @Field(() => DateTimeScalar, { description: 'When payment was asked for.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the provider said how it went; null before.' })
  settledAt!: Date | null;
}

export function toPaymentType(payment: Payment): PaymentType {
  return {
    id: payment._id,
    status: payment.status,
    provider: payment.provider as PaymentProviderName,
    amount: toMoneyType(payment.amount),
    createdAt: payment.createdAt,
    settledAt: payment.settledAt,
  };
}

@InputType({ description: 'How a sandbox payment ends.' })
export class PaymentSandboxSettleInput {
  @Field(() => ID, { description: 'A payment of provider SANDBOX.' })
  paymentId!: string;

  @Field(() => SANDBOX_OUTCOME, { description: 'Whether the payer pays.' })
  outcome!: SandboxOutcome;
}

@ObjectType({ description: 'The settled payment.' })
export class PaymentSandboxSettlePayload {
  @Field(() => PaymentType, {
    nullable: true,
    description: 'As it is after the webhook; still PENDING when the webhook could not be delivered yet.',
  })
  payment?: PaymentType | null;

  @Field(() => [UserError], { description: 'Why nothing changed; empty on success.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What to answer a payment provider.' })
@Inaccessible()
export class PaymentWebhookResult {
  @Field(() => Int, { description: 'HTTP status.' })
  status!: number;

  @Field(() => String, { description: 'One sentence for a delivery log.' })
  message!: string;
}
