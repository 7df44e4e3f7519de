import type { EventType } from '../../../platform/events/events';
import type { Money } from '../../../platform/money/money';
import { event, type NewEvent } from '../../../platform/outbox/outbox';
import type { Order } from './order';

/** The events of an order, each a function of the version that its change made. */
type EventOf = (sequence: number) => NewEvent<EventType>;

export function placedEvent(order: Order, total: Money, groupBuyId: string | null): EventOf {
  return (sequence) =>
    event('order.placed', order._id, sequence, { orderId: order._id, accountId: order.accountId, total, groupBuyId });
}

export function paidEvent(order: Order): EventOf {
  return (sequence) =>
    event('order.paid', order._id, sequence, {
      orderId: order._id,
      accountId: order.accountId,
      total: order.total,
      lines: order.lines.map(({ variantId, productId, quantity }) => ({ variantId, productId, quantity })),
      groupBuyId: order.group?.groupBuyId ?? null,
    });
}

export function confirmedEvent(order: Order): EventOf {
  return (sequence) =>
    event('order.confirmed', order._id, sequence, { orderId: order._id, accountId: order.accountId });
}

export function cancelledEvent(order: Order, reason: string): EventOf {
  return (sequence) =>
    event('order.cancelled', order._id, sequence, { orderId: order._id, accountId: order.accountId, reason });
}

export function refundedEvent(order: Order, refundId: string, amount: Money, full: boolean): EventOf {
  return (sequence) => event('order.refunded', order._id, sequence, { orderId: order._id, refundId, amount, full });
}
