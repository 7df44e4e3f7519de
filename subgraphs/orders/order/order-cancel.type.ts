import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { MoneyInput } from '../../../platform/money/money.type';
import { UserError } from '../../../platform/user-errors/user-error.type';
import { RefundType } from '../refund/refund.type';
import { OrderType } from './order.type';

const KEY = '1 to 128 printable ASCII characters, unique per account and mutation, kept 72 hours.';

@InputType({ description: 'An order to cancel.' })
export class OrderCancelInput {
  @Field(() => ID, { description: 'The order.' })
  orderId!: string;

  @Field(() => String, { nullable: true, description: 'Why, in own words; up to 500 characters.' })
  reason?: string | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: 'Money to give back.' })
export class OrderRefundInput {
  @Field(() => ID, { description: 'A confirmed order.' })
  orderId!: string;

  @Field(() => MoneyInput, { description: 'How much, in the currency of the order; at most what is left of it.' })
  amount!: MoneyInput;

  @Field(() => String, { description: 'Why, in words the payer may read; up to 500 characters.' })
  reason!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@ObjectType({ description: 'The order after the change.' })
export class OrderPayload {
  @Field(() => OrderType, { nullable: true, description: 'The order; null when refused.' })
  order?: OrderType | null;

  @Field(() => [UserError], { description: 'Why nothing changed; empty on success.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'The order and its new refund.' })
export class OrderRefundPayload extends OrderPayload {
  @Field(() => RefundType, { nullable: true, description: 'The refund; null when refused.' })
  refund?: RefundType | null;
}

@InputType({ description: 'An order with an open offer of another group.' })
export class OrderLateOfferInput {
  @Field(() => ID, { description: 'The order.' })
  orderId!: string;
}
