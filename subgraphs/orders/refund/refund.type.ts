import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { MoneyType, toMoneyType } from '../../../platform/money/money.type';
import { REFUND_STATUS, type Refund, type RefundStatus } from './refund';

registerEnumType(REFUND_STATUS, {
  name: 'RefundStatus',
  description: 'Where a refund stands.',
  valuesConfig: {
    REQUESTED: { description: 'Decided; the provider is asked until it confirms.' },
    PROVIDER_CONFIRMED: { description: 'The provider confirmed; the ledger is to hear of it.' },
    POSTED: { description: 'Done: with the payer, and in the ledger.' },
  },
});

@ObjectType('Refund', { description: 'Money of an order on its way back to the payer. Each is paid exactly once.' })
export class RefundType {
  @Field(() => ID, { description: 'The refund.' })
  id!: string;

  @Field(() => REFUND_STATUS, { description: 'Where it stands.' })
  status!: RefundStatus;

  @Field(() => MoneyType, { description: 'How much goes back.' })
  amount!: MoneyType;

  @Field(() => String, {
    description: 'TIER for the difference to a better price, a code as in Order.cancelReason, or words of the shop.',
  })
  reason!: string;

  @Field(() => DateTimeScalar, { description: 'When it was decided.' })
  createdAt!: Date;
}

export function toRefundType(refund: Refund): RefundType {
  return {
    id: refund._id,
    status: refund.status,
    amount: toMoneyType(refund.amount),
    reason: refund.reason,
    createdAt: refund.createdAt,
  };
}
