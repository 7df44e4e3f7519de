import DataLoader from 'dataloader';
import type { Identity } from '../../platform/context/identity';
import type { Kernel } from '../../platform/subgraph/kernel';
import type { SubgraphContext } from '../../platform/subgraph/subgraph-context';
import { type Cart, type PricedCart, priceCart } from './cart/cart';
import { CartModel } from './cart/cart.model';
import { CartService } from './cart/cart.service';
import { LateOfferService } from './late-offer/late-offer.service';
import { LedgerService } from './neighbours/ledger.service';
import { SeatService } from './neighbours/seat.service';
import { StockService, type VariantSnapshot } from './neighbours/stock.service';
import type { Order } from './order/order';
import { OrderModel } from './order/order.model';
import { OrderCancelService } from './order/order-cancel.service';
import { OrderDriveService } from './order/order-drive.service';
import { OrderGroupService } from './order/order-group.service';
import { OrderReadService } from './order/order-read.service';
import { OrderStepService } from './order/order-step.service';
import { OrderTransitionService } from './order/order-transition.service';
import type { Payment } from './payment/payment';
import { PaymentModel } from './payment/payment.model';
import type { PaymentProvider } from './payment/payment-provider';
import { PaymentWebhookService } from './payment/payment-webhook.service';
import { SandboxModel } from './payment/sandbox/sandbox.model';
import { type RefundFault, SandboxProvider } from './payment/sandbox/sandbox.provider';
import { type Deliver, deliverOverHttp, SandboxSettleService } from './payment/sandbox/sandbox-settle.service';
import { OrderHoldService } from './placing/order-hold.service';
import { OrderPlaceService } from './placing/order-place.service';
import { PlaceRecordModel } from './placing/place-record.model';
import type { Refund } from './refund/refund';
import { RefundModel } from './refund/refund.model';
import { RefundService } from './refund/refund.service';

/** What the outside gives the sandbox provider: the way its webhooks travel, and faults for tests. */
export interface OrdersOptions {
  readonly deliver?: Deliver;
  readonly refundFault?: RefundFault;
}

export interface OrdersServices {
  readonly carts: CartService;
  readonly stock: StockService;
  readonly placing: OrderPlaceService;
  readonly reading: OrderReadService;
  readonly cancelling: OrderCancelService;
  readonly drive: OrderDriveService;
  readonly groups: OrderGroupService;
  readonly lateOffers: LateOfferService;
  readonly webhooks: PaymentWebhookService;
  readonly sandbox: SandboxSettleService;
  /** ISO 4217 of an empty cart. */
  readonly currencyCode: string;
}

export interface OrdersLoaders {
  readonly order: DataLoader<string, Order | null>;
  readonly payment: DataLoader<string, Payment | null>;
  readonly refunds: DataLoader<string, Refund[]>;
  readonly cartOfAccount: DataLoader<string, Cart | null>;
  /** A cart at today's prices; variants of all carts of a request are asked of catalog together. */
  readonly price: (cart: Cart) => Promise<PricedCart>;
}

export type OrdersContext = SubgraphContext<OrdersServices, OrdersLoaders>;

export function createServices(kernel: Kernel, options: OrdersOptions): OrdersServices {
  const { connection } = kernel.database;
  const orders = new OrderModel(connection);
  const payments = new PaymentModel(connection);
  const refundRecords = new RefundModel(connection);
  const books = new SandboxModel(connection);
  const seats = new SeatService(kernel.internal);
  const stock = new StockService(kernel.internal);
  const ledger = new LedgerService(kernel.internal);

  const provider = new SandboxProvider(kernel, books, options.refundFault);
  const providers = new Map<string, PaymentProvider>([[provider.name, provider]]);
  const providerOf = (name: string) => providers.get(name) ?? null;

  const transitions = new OrderTransitionService(kernel, orders);
  const refunds = new RefundService(kernel, refundRecords, payments, transitions, ledger, providerOf);
  const hold = new OrderHoldService(kernel, transitions, payments, seats, stock, providerOf);
  const steps = new OrderStepService(kernel, transitions, { seats, stock, ledger }, hold, refunds);
  const drive = new OrderDriveService(kernel, orders, (order, step) => steps.perform(order, step));
  const records = new PlaceRecordModel(connection);
  return {
    carts: new CartService(kernel, new CartModel(connection), stock),
    stock,
    placing: new OrderPlaceService(kernel, records, transitions, drive, seats, stock),
    reading: new OrderReadService(orders, payments, refundRecords),
    cancelling: new OrderCancelService(kernel, transitions, drive, payments, refunds),
    drive,
    groups: new OrderGroupService(kernel, transitions, drive, refunds),
    lateOffers: new LateOfferService(kernel, transitions, drive, refunds),
    webhooks: new PaymentWebhookService(kernel, payments, transitions, drive, providerOf),
    sandbox: new SandboxSettleService(kernel, payments, books, provider, options.deliver ?? deliverOverHttp),
    currencyCode: kernel.config.currencyCode,
  };
}

export function createLoaders(services: OrdersServices, identity: Identity): OrdersLoaders {
  const variant = new DataLoader<string, VariantSnapshot | null>(async (ids) => {
    const found = new Map((await services.stock.findVariants(ids)).map((snapshot) => [snapshot.variantId, snapshot]));
    return ids.map((id) => found.get(id) ?? null);
  });
  return {
    order: new DataLoader((ids) => services.reading.findVisible(identity, ids)),
    payment: new DataLoader((ids) => services.reading.findPayments(ids)),
    refunds: new DataLoader((ids) => services.reading.findRefunds(ids)),
    cartOfAccount: new DataLoader((ids) => services.carts.findByAccounts(ids)),
    price: async (cart) => {
      const found = await variant.loadMany(cart.lines.map((line) => line.variantId));
      const variants = found.flatMap((snapshot) => {
        if (snapshot instanceof Error) throw snapshot;
        return snapshot ? [[snapshot.variantId, snapshot] as const] : [];
      });
      return priceCart(cart.lines, new Map(variants), services.currencyCode);
    },
  };
}
