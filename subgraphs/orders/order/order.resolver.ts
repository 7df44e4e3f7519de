import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Internal, UniqueBy } from '../../../platform/graphql/directives';
import { fromMoneyInput } from '../../../platform/money/money.type';
import { PageArgs } from '../../../platform/pagination/connection.type';
import { mapPage, readPage } from '../../../platform/pagination/page';
import { payload } from '../../../platform/user-errors/user-error.type';
import { PaymentType, toPaymentType } from '../payment/payment.type';
import { OrderPlaceInput, OrderPlacePayload } from '../placing/order-place.type';
import { RefundType, toRefundType } from '../refund/refund.type';
import type { OrdersContext } from '../services';
import { AccountStub } from '../stubs';
import { OrderConnection, OrderType, toOrderType } from './order.type';
import {
  OrderCancelInput,
  OrderLateOfferInput,
  OrderPayload,
  OrderRefundInput,
  OrderRefundPayload,
} from './order-cancel.type';

const ANY_ROLE = ['CUSTOMER', 'LEADER', 'HOST', 'STAFF', 'MERCHANT', 'ADMIN'];

@Resolver(() => OrderType)
export class OrderResolver {
  @Query(() => OrderType, {
    nullable: true,
    description: "One order: one's own, or any for MERCHANT and STAFF; null otherwise.",
  })
  async order(
    @Arg('id', () => ID, { description: 'The order.' }) id: string,
    @Ctx() context: OrdersContext,
  ): Promise<OrderType | null> {
    const order = await context.loaders.order.load(id);
    return order && toOrderType(order);
  }

  @FieldResolver(() => PaymentType, { nullable: true, description: 'Its payment; null while PENDING.' })
  async payment(@Root() order: OrderType, @Ctx() context: OrdersContext): Promise<PaymentType | null> {
    const payment = await context.loaders.payment.load(order.paymentId);
    return payment && toPaymentType(payment);
  }

  @FieldResolver(() => [RefundType], { description: 'Money that went or is going back, oldest first.' })
  async refunds(@Root() order: OrderType, @Ctx() context: OrdersContext): Promise<RefundType[]> {
    return (await context.loaders.refunds.load(order.id)).map(toRefundType);
  }

  @Authorized(...ANY_ROLE)
  @UniqueBy('idempotencyKey')
  @Mutation(() => OrderPlacePayload, {
    description:
      'Orders goods, plain or in a group. Seat and stock are held before money moves, until `order.payBy`. Any signed-in account. Codes: GROUP_FULL (GroupFullError), GROUP_CLOSED, ALREADY_JOINED, LIMIT_REACHED, SOLD_OUT (SoldOutError), CAMPAIGN_NOT_RUNNING, NOT_RESIDENT, NEW_CUSTOMERS_ONLY, SOLO_PURCHASE_NOT_ALLOWED (a plain order of what is sold in groups only now), CURRENCY_MISMATCH, NOT_ALLOWED, NOT_FOUND, INVALID, ORDER_TIMED_OUT, IDEMPOTENCY_KEY_REUSED.',
  })
  orderPlace(
    @Arg('input', () => OrderPlaceInput, { description: 'What to order.' }) input: OrderPlaceInput,
    @Ctx() context: OrdersContext,
  ): Promise<object> {
    return payload(async () => ({
      order: toOrderType(await context.services.placing.place(context.identity, input)),
    }));
  }

  @Authorized(...ANY_ROLE)
  @UniqueBy('idempotencyKey')
  @Mutation(() => OrderPayload, {
    description:
      'Cancels an unpaid order, or a confirmed one with a full refund and its stock given back. The buyer, MERCHANT or STAFF. Codes: NOT_FOUND, NOT_CANCELLABLE, AFTER_SALES_CLOSED, INVALID, IDEMPOTENCY_KEY_REUSED.',
  })
  orderCancel(
    @Arg('input', () => OrderCancelInput, { description: 'Which order, and why.' }) input: OrderCancelInput,
    @Ctx() context: OrdersContext,
  ): Promise<object> {
    return payload(async () => ({
      order: toOrderType(await context.services.cancelling.cancel(context.identity, input)),
    }));
  }

  @Authorized('MERCHANT', 'STAFF')
  @UniqueBy('idempotencyKey')
  @Mutation(() => OrderRefundPayload, {
    description:
      'Gives back part or all of the money of a confirmed order; stock stays sold. MERCHANT or STAFF. Codes: NOT_FOUND, NOT_REFUNDABLE, REFUND_EXCEEDS_PAYMENT, CURRENCY_MISMATCH, INVALID, IDEMPOTENCY_KEY_REUSED.',
  })
  orderRefund(
    @Arg('input', () => OrderRefundInput, { description: 'How much, and why.' }) input: OrderRefundInput,
    @Ctx() context: OrdersContext,
  ): Promise<object> {
    return payload(async () => {
      const amount = fromMoneyInput(input.amount, ['input', 'amount', 'amount']);
      const { order, refundId } = await context.services.cancelling.refund(context.identity, { ...input, amount });
      const refunds = await context.loaders.refunds.clear(order._id).load(order._id);
      const refund = refunds.find(({ _id }) => _id === refundId);
      return { order: toOrderType(order), refund: refund && toRefundType(refund) };
    });
  }

  @Authorized(...ANY_ROLE)
  @UniqueBy('id')
  @Mutation(() => OrderPayload, {
    description:
      'Takes the seat that `order.lateOffer` offers. The buyer. Unique by orderId: a repeat answers the order. Codes: NOT_FOUND, LATE_OFFER_CLOSED.',
  })
  orderLateOfferAccept(
    @Arg('input', () => OrderLateOfferInput, { description: 'Which order.' }) input: OrderLateOfferInput,
    @Ctx() context: OrdersContext,
  ): Promise<object> {
    return payload(async () => ({
      order: toOrderType(await context.services.lateOffers.accept(context.identity, input.orderId)),
    }));
  }

  @Authorized(...ANY_ROLE)
  @UniqueBy('id')
  @Mutation(() => OrderPayload, {
    description:
      'Declines the seat that `order.lateOffer` offers: all the money goes back. The buyer. Unique by orderId: a repeat answers the order. Codes: NOT_FOUND, LATE_OFFER_CLOSED.',
  })
  orderLateOfferDecline(
    @Arg('input', () => OrderLateOfferInput, { description: 'Which order.' }) input: OrderLateOfferInput,
    @Ctx() context: OrdersContext,
  ): Promise<object> {
    return payload(async () => ({
      order: toOrderType(await context.services.lateOffers.decline(context.identity, input.orderId)),
    }));
  }

  @Internal()
  @Query(() => Boolean, {
    description: 'Whether this account has ever paid an order (cancelled and refunded ones count).',
  })
  _hasPaidOrder(
    @Arg('accountId', () => ID, { description: 'The account.' }) accountId: string,
    @Ctx() context: OrdersContext,
  ): Promise<boolean> {
    return context.services.reading.hasPaid(accountId);
  }
}

@Resolver(() => AccountStub)
export class AccountOrdersResolver {
  @FieldResolver(() => OrderConnection, {
    nullable: true,
    description: "The account's orders, newest first; null for anyone but the account itself, MERCHANT and STAFF.",
  })
  async orders(
    @Root() account: AccountStub,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: OrdersContext,
  ): Promise<object | null> {
    const page = await context.services.reading.page(context.identity, account.id, readPage(args));
    return page && mapPage(page, toOrderType);
  }
}
