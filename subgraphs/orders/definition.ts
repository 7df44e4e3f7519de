import { consumer } from '../../platform/bus/bus';
import { defineSubgraph, type Subgraph } from '../../platform/subgraph/define-subgraph';
import { AccountCartResolver, CartResolver } from './cart/cart.resolver';
import { ORDER_ERROR_CODES } from './errors';
import { AccountOrdersResolver, OrderResolver } from './order/order.resolver';
import { OrderType, toOrderType } from './order/order.type';
import { PaymentResolver } from './payment/payment.resolver';
import { GroupFullError, SoldOutError } from './placing/order-place.type';
import { createLoaders, createServices, type OrdersLoaders, type OrdersOptions, type OrdersServices } from './services';
import { AccountStub, GroupBuyStub, ProductStub, ProductVariantStub } from './stubs';

/** Carts, orders, payments and refunds. `options` replaces what reaches outside the process. */
export function defineOrders(options: OrdersOptions = {}): Subgraph<OrdersServices> {
  return defineSubgraph<OrdersServices, OrdersLoaders>({
    name: 'orders',
    resolvers: [OrderResolver, AccountOrdersResolver, PaymentResolver, CartResolver, AccountCartResolver],
    orphanedTypes: [
      OrderType,
      AccountStub,
      GroupBuyStub,
      ProductStub,
      ProductVariantStub,
      GroupFullError,
      SoldOutError,
    ],
    codes: ORDER_ERROR_CODES,
    create: (kernel) => createServices(kernel, options),
    loaders: createLoaders,
    references: {
      Order: async ({ id }, { loaders }) => {
        const order = await loaders.order.load(id);
        return order && toOrderType(order);
      },
      Account: ({ id }) => ({ id }),
    },
    consumers: ({ groups, cancelling }) => [
      consumer({
        name: 'orders.group-member-confirmed',
        types: ['group_buy.member_confirmed'],
        handle: ({ data }) => groups.memberConfirmed(data.orderId, data.refund),
      }),
      consumer({
        name: 'orders.group-member-refund-due',
        types: ['group_buy.member_refund_due'],
        handle: ({ data }) => groups.memberRefundDue(data.orderId, data.reason),
      }),
      consumer({
        name: 'orders.group-seat-left',
        types: ['group_buy.seat_left'],
        handle: ({ data }) => cancelling.seatLeft(data.orderId, data.reason),
      }),
    ],
    jobs: ({ drive, cancelling, lateOffers, sandbox }) => [
      {
        kind: 'order.drive',
        run: async (data) => {
          await drive.drive(String(data['orderId']));
          return undefined;
        },
      },
      { kind: 'order.payment-deadline', run: (data) => cancelling.expire(String(data['orderId'])) },
      { kind: 'order.late-offer', run: (data) => lateOffers.expire(String(data['orderId'])) },
      {
        kind: 'sandbox.deliver-webhook',
        run: async (data) => {
          await sandbox.deliverAgain(String(data['paymentId']));
          return undefined;
        },
      },
    ],
  });
}
