import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { registerUserError, UserError } from '../../../platform/user-errors/user-error.type';
import { OrderType } from '../order/order.type';
import { PAYMENT_PROVIDER, type PaymentProviderName } from '../payment/payment';
import { GroupBuyStub } from '../stubs';

@InputType({ description: 'What to order and how many.' })
export class OrderLineInput {
  @Field(() => ID, { description: 'A published variant.' })
  variantId!: string;

  @Field(() => Int, { description: 'Units, 1 to 999 of one variant.' })
  quantity!: number;
}

@InputType({ description: 'The group to buy in: exactly one of the two ids.' })
export class OrderGroupBuyInput {
  @Field(() => ID, { nullable: true, description: 'Opens a new group of this campaign.' })
  campaignId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Joins this group.' })
  groupBuyId?: string | null;
}

@InputType({ description: 'How the order is paid.' })
export class OrderPaymentInput {
  @Field(() => PAYMENT_PROVIDER, { description: 'Who takes the money.' })
  provider!: PaymentProviderName;
}

@InputType({ description: 'Where an order goes. Text is trimmed; see each field for its limit.' })
export class DeliveryAddressInput {
  @Field(() => String, { description: 'Who receives it, 1 to 100 characters.' })
  name!: string;

  @Field(() => String, { description: 'Street and number, 1 to 200 characters.' })
  line1!: string;

  @Field(() => String, { nullable: true, description: 'Flat, floor, building; up to 200 characters.' })
  line2?: string | null;

  @Field(() => String, { description: 'City or district, 1 to 100 characters.' })
  city!: string;

  @Field(() => String, { nullable: true, description: 'Province, state or region; up to 100 characters.' })
  province?: string | null;

  @Field(() => String, { nullable: true, description: 'Postal code; up to 20 characters.' })
  postalCode?: string | null;

  @Field(() => String, { description: 'ISO 3166-1, two capital letters.' })
  countryCode!: string;

  @Field(() => String, { description: 'Telephone number, for example "+852 2123 4567".' })
  phone!: string;
}

@InputType({ description: 'An order to place.' })
export class OrderPlaceInput {
  @Field(() => [OrderLineInput], { description: '1 to 100 lines; a group order has exactly one.' })
  lines!: OrderLineInput[];

  @Field(() => OrderGroupBuyInput, { nullable: true, description: 'Buys in a group, at the group price.' })
  groupBuy?: OrderGroupBuyInput | null;

  @Field(() => ID, { nullable: true, description: 'How the goods go; "standard" (free) when not given.' })
  deliveryOptionId?: string | null;

  @Field(() => OrderPaymentInput, { description: 'How it is paid.' })
  payment!: OrderPaymentInput;

  @Field(() => DeliveryAddressInput, { nullable: true, description: 'Where the goods go.' })
  deliveryAddress?: DeliveryAddressInput | null;

  @Field(() => String, {
    description: '1 to 128 printable ASCII characters, unique per account and mutation, kept 72 hours.',
  })
  idempotencyKey!: string;
}

@ObjectType({ description: 'The placed order.' })
export class OrderPlacePayload {
  @Field(() => OrderType, {
    nullable: true,
    description: 'AWAITING_PAYMENT, or as it is now when the key is repeated.',
  })
  order?: OrderType | null;

  @Field(() => [UserError], { description: 'Why nothing was ordered; empty on success.' })
  userErrors!: UserError[];
}

@ObjectType({ implements: UserError, description: 'Every seat of the group is taken or held.' })
export class GroupFullError extends UserError {
  @Field(() => [GroupBuyStub], { description: 'Other open groups of the campaign with room, best first.' })
  alternatives!: GroupBuyStub[];
}

@ObjectType({ implements: UserError, description: 'Fewer units are left than the order asks for.' })
export class SoldOutError extends UserError {
  @Field(() => Int, { description: 'Units that could still be ordered; 0 when none.' })
  available!: number;
}

registerUserError('GroupFullError', GroupFullError);
registerUserError('SoldOutError', SoldOutError);
