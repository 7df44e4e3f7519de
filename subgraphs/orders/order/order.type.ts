import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Key } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { MoneyType, toMoneyType } from '../../../platform/money/money.type';
import { connectionType } from '../../../platform/pagination/connection.type';
import { GroupBuyStub, ProductStub, ProductVariantStub } from '../stubs';
import { findDeliveryOption } from './delivery-option';
import { ORDER_STATUS, type Order, type OrderLine, type OrderStatus } from './order';

registerEnumType(ORDER_STATUS, {
  name: 'OrderStatus',
  description: 'Where an order stands.',
  valuesConfig: {
    PENDING: { description: 'Written; its seat and stock are being held. It becomes AWAITING_PAYMENT or is refused.' },
    AWAITING_PAYMENT: { description: 'Seat and stock are held until `payBy`; pay the `payment`.' },
    PAID: { description: 'The ledger has the money. A group order stays here until its group ends.' },
    CONFIRMED: { description: 'Released to fulfilment: at once for a plain order, on success for a group order.' },
    CANCELLED: { description: 'Ended before it was paid; nothing is held. Money that lands later revives or returns.' },
    REFUNDING: { description: 'All the money is on its way back; asked of the provider until it confirms.' },
    REFUNDED: { description: 'All the money is back with the payer.' },
  },
});

@ObjectType('DeliveryOption', { description: 'A way to get the goods.' })
export class DeliveryOptionType {
  @Field(() => ID, { description: 'For `deliveryOptionId`, for example "standard".' })
  id!: string;

  @Field(() => String, { description: 'Name for people.' })
  title!: string;
}

@ObjectType('DeliveryAddress', { description: 'Where an order goes, as it was when the order was placed.' })
export class DeliveryAddressType {
  @Field(() => String, { description: 'Who receives it.' })
  name!: string;

  @Field(() => String, { description: 'Street and number.' })
  line1!: string;

  @Field(() => String, { nullable: true, description: 'Flat, floor, building.' })
  line2!: string | null;

  @Field(() => String, { description: 'City or district.' })
  city!: string;

  @Field(() => String, { nullable: true, description: 'Province, state or region.' })
  province!: string | null;

  @Field(() => String, { nullable: true, description: 'Postal code, where there is one.' })
  postalCode!: string | null;

  @Field(() => String, { description: 'ISO 3166-1, two letters.' })
  countryCode!: string;

  @Field(() => String, { description: 'Telephone number of the receiver.' })
  phone!: string;
}

@ObjectType('OrderLine', { description: 'One variant of an order, at the price it was ordered for.' })
export class OrderLineType {
  @Field(() => ID, { description: 'The line.' })
  id!: string;

  @Field(() => ProductVariantStub, { description: 'What was ordered, as it is today.' })
  variant!: ProductVariantStub;

  @Field(() => ProductStub, { nullable: true, description: 'The product of the variant.' })
  product!: ProductStub | null;

  @Field(() => Int, { description: 'Units, 1 to 999.' })
  quantity!: number;

  @Field(() => MoneyType, { description: 'Price of one unit: the group price in a group order.' })
  unitPrice!: MoneyType;

  @Field(() => MoneyType, { description: 'quantity × unitPrice.' })
  lineTotal!: MoneyType;
}

@ObjectType('LateOffer', {
  description: 'A seat in another open group, for someone whose money landed after their own group had closed.',
})
export class LateOfferType {
  @Field(() => GroupBuyStub, { description: 'The group offered; a seat is held there.' })
  groupBuy!: GroupBuyStub;

  @Field(() => DateTimeScalar, { description: 'Until then the offer stands; afterwards the money goes back.' })
  expiresAt!: Date;
}

@ObjectType('Order', { description: 'What one person ordered. Seen by that person and by MERCHANT and STAFF.' })
@Key('id')
export class OrderType {
  @Field(() => ID, { description: 'The order.' })
  id!: string;

  @Field(() => String, { description: 'For people, for example "KT-26060112-7F3K2Q". Unique, not guessable.' })
  number!: string;

  @Field(() => ORDER_STATUS, { description: 'Where it stands.' })
  status!: OrderStatus;

  @Field(() => MoneyType, { description: 'What the payer pays: the lines, delivery included.' })
  total!: MoneyType;

  @Field(() => [OrderLineType], { description: 'The lines, 1 to 100, one per variant.' })
  lines!: OrderLineType[];

  @Field(() => GroupBuyStub, { nullable: true, description: 'The group the order opened or joined; null otherwise.' })
  groupBuy!: GroupBuyStub | null;

  @Field(() => DateTimeScalar, { description: 'Until then seat and stock are held for the payment.' })
  payBy!: Date;

  @Field(() => MoneyType, { description: 'How much of the money is back with the payer.' })
  refunded!: MoneyType;

  @Field(() => DeliveryAddressType, { nullable: true, description: 'Where it goes; null when none was given.' })
  deliveryAddress!: DeliveryAddressType | null;

  @Field(() => DeliveryOptionType, { nullable: true, description: 'How it goes.' })
  deliveryOption!: DeliveryOptionType | null;

  @Field(() => DateTimeScalar, { description: 'When it was ordered.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the money was in the ledger; null before.' })
  paidAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Why it was cancelled or refunded in full: PAYMENT_EXPIRED, PAYMENT_FAILED, CUSTOMER, MERCHANT, SOLD_OUT, GROUP_CLOSED, LATE_OFFER_DECLINED, LATE_OFFER_EXPIRED, or the reason the group gave, paid or not: MEMBER_LEFT, GROUP_EXPIRED, GROUP_CANCELLED, and GROUP_SUCCEEDED when it ended with enough members before this order was paid. More may be added.',
  })
  cancelReason!: string | null;

  @Field(() => String, { nullable: true, description: 'The words of whoever cancelled it.' })
  cancelNote!: string | null;

  @Field(() => LateOfferType, {
    nullable: true,
    description: 'An open offer of another group; answer with orderLateOfferAccept or orderLateOfferDecline.',
  })
  lateOffer!: LateOfferType | null;

  paymentId!: string;
}

export const OrderConnection = connectionType(() => OrderType, 'Order');

export function toOrderType(order: Order): OrderType {
  const { lateOffer } = order;
  return {
    id: order._id,
    number: order.number,
    status: order.status,
    total: toMoneyType(order.total),
    lines: order.lines.map(toLineType),
    groupBuy: order.group?.groupBuyId ? { id: order.group.groupBuyId } : null,
    payBy: order.payBy,
    refunded: toMoneyType(order.refunded),
    deliveryAddress: order.deliveryAddress,
    deliveryOption: findDeliveryOption(order.deliveryOptionId),
    createdAt: order.createdAt,
    paidAt: order.paidAt,
    cancelReason: order.cancelReason,
    cancelNote: order.cancelNote,
    lateOffer:
      lateOffer?.state === 'OPEN' && lateOffer.groupBuyId !== null
        ? { groupBuy: { id: lateOffer.groupBuyId }, expiresAt: lateOffer.expiresAt }
        : null,
    paymentId: order.paymentId,
  };
}

function toLineType(line: OrderLine): OrderLineType {
  return {
    id: line.id,
    variant: { id: line.variantId },
    product: { id: line.productId },
    quantity: line.quantity,
    unitPrice: toMoneyType(line.unitPrice),
    lineTotal: toMoneyType(line.lineTotal),
  };
}
