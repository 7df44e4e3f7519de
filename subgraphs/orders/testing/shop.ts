import { parse } from 'graphql';
import type { Config } from '../../../platform/config/config';
import { type Identity, serviceIdentity } from '../../../platform/context/identity';
import type { AnyEvent, EventType, EventTypes } from '../../../platform/events/events';
import type { Subgraph } from '../../../platform/subgraph/define-subgraph';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { account, type Fakes, type SubgraphHarness, startSubgraph } from '../../../test/support/subgraph-harness';
import { defineOrders } from '../definition';
import type { OrdersServices } from '../services';
import { FakeNeighbours } from './fake-neighbours';

const ORDER = `
  id number status total { amount currencyCode } refunded { amount } cancelReason cancelNote payBy paidAt
  lines { variant { id } product { id } quantity unitPrice { amount } lineTotal { amount } }
  groupBuy { id } payment { id status provider amount { amount } } refunds { status amount { amount } reason }
  lateOffer { groupBuy { id } expiresAt } deliveryOption { id } deliveryAddress { name countryCode }`;

const ERRORS = `userErrors { __typename code field message
  ... on GroupFullError { alternatives { id } } ... on SoldOutError { available } }`;

interface Delivery {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, field by field.
type Answer = any;

/** The orders subgraph with breakable neighbours and a sandbox whose webhooks come straight back. */
export class Shop {
  readonly buyer = account();
  readonly merchant = account(['MERCHANT']);
  near = new FakeNeighbours();
  readonly deliveries: Delivery[] = [];
  /** What the sandbox's webhook meets instead of the gateway; null delivers. */
  webhookStatus: number | null = null;
  /** How many refunds the provider still fails. */
  failRefunds = 0;
  private keys = 0;

  private constructor(
    readonly harness: SubgraphHarness<OrdersServices>,
    readonly kernel: Kernel,
  ) {}

  static async open(config: Partial<Config> = {}): Promise<Shop> {
    let shop: Shop | null = null;
    const definition = defineOrders({
      deliver: async (url, headers, body) => (shop ? shop.receive({ url, headers, body }) : 503),
      refundFault: () => {
        if (shop && shop.failRefunds > 0) {
          shop.failRefunds -= 1;
          throw new Error('The provider is down.');
        }
      },
    });
    let kernel: Kernel | null = null;
    const listening: Subgraph<OrdersServices> = {
      ...definition,
      start(given) {
        kernel = given;
        return definition.start(given);
      },
    };
    const harness = await startSubgraph(listening, { fakes: throughTo(() => shop?.near), config });
    if (!kernel) throw new Error('The subgraph did not start.');
    shop = new Shop(harness, kernel);
    return shop;
  }

  /** As on the first day, without the cost of another database. */
  async reset(): Promise<void> {
    this.near = new FakeNeighbours();
    this.deliveries.length = 0;
    this.webhookStatus = null;
    this.failRefunds = 0;
    this.harness.clock.set(new Date('2050-06-01T08:00:00.000Z'));
    await Promise.all(Object.values(this.kernel.database.connection.models).map((model) => model.deleteMany({})));
  }

  stop(): Promise<void> {
    return this.harness.stop();
  }

  private async receive(delivery: Delivery): Promise<number> {
    this.deliveries.push(delivery);
    if (this.webhookStatus !== null) return this.webhookStatus;
    const { status } = await this.webhook(delivery);
    return status;
  }

  /** What the gateway's webhook route does. */
  async webhook(delivery: Omit<Delivery, 'url'>, provider = 'sandbox'): Promise<{ status: number; message: string }> {
    const result = await this.harness.subgraph.execute({
      document: parse(
        'mutation($p: String!, $h: String!, $b: String!) { _paymentWebhook(provider: $p, headers: $h, body: $b) { status message } }',
      ),
      variables: { p: provider, h: JSON.stringify(delivery.headers), b: delivery.body },
      identity: serviceIdentity('gateway'),
      requestId: 'req_webhook',
    });
    if (result.errors?.[0]) throw result.errors[0];
    return (result.data as { _paymentWebhook: { status: number; message: string } })._paymentWebhook;
  }

  input(change: Record<string, unknown> = {}): Record<string, unknown> {
    this.keys += 1;
    return {
      lines: [{ variantId: 'var_tea', quantity: 2 }],
      payment: { provider: 'SANDBOX' },
      idempotencyKey: `key-${this.keys}`,
      ...change,
    };
  }

  groupInput(groupBuy: Record<string, string>, change: Record<string, unknown> = {}): Record<string, unknown> {
    return this.input({ lines: [{ variantId: 'var_tea', quantity: 1 }], groupBuy, ...change });
  }

  async mutate(field: string, type: string, input: object, selection: string, identity?: Identity): Promise<Answer> {
    const document = `mutation($input: ${type}!) { ${field}(input: $input) { ${selection} ${ERRORS} } }`;
    const { data, errors } = await this.harness.graph(document, { input }, identity ?? this.buyer);
    return errors.length > 0 ? { errors } : data[field];
  }

  place(input: object = this.input(), identity?: Identity): Promise<Answer> {
    return this.mutate('orderPlace', 'OrderPlaceInput', input, `order { ${ORDER} }`, identity);
  }

  /** Places and expects no refusal. */
  async placed(input: object = this.input(), identity?: Identity): Promise<Answer> {
    const answer = await this.place(input, identity);
    expect(answer.userErrors).toEqual([]);
    return answer.order;
  }

  pay(paymentId: string, outcome = 'SUCCEED', identity?: Identity): Promise<Answer> {
    const input = { paymentId, outcome };
    return this.mutate('paymentSandboxSettle', 'PaymentSandboxSettleInput', input, 'payment { id status }', identity);
  }

  cancel(orderId: string, identity?: Identity, idempotencyKey = `cancel-${orderId}`): Promise<Answer> {
    const input = { orderId, reason: 'changed my mind', idempotencyKey };
    return this.mutate('orderCancel', 'OrderCancelInput', input, `order { ${ORDER} }`, identity);
  }

  refund(orderId: string, amount: string, idempotencyKey: string, identity: Identity = this.merchant): Promise<Answer> {
    const input = { orderId, amount: { amount, currencyCode: 'HKD' }, reason: 'bruised', idempotencyKey };
    const selection = `order { ${ORDER} } refund { id amount { amount } status }`;
    return this.mutate('orderRefund', 'OrderRefundInput', input, selection, identity);
  }

  lateOffer(answer: 'Accept' | 'Decline', orderId: string, identity?: Identity): Promise<Answer> {
    return this.mutate(`orderLateOffer${answer}`, 'OrderLateOfferInput', { orderId }, `order { ${ORDER} }`, identity);
  }

  async order(id: string, identity: Identity = this.buyer): Promise<Answer> {
    const { data, errors } = await this.harness.graph(
      `query($id: ID!) { order(id: $id) { ${ORDER} } }`,
      { id },
      identity,
    );
    expect(errors).toEqual([]);
    return data.order;
  }

  /** Moves the clock and does all that is due. */
  async later(milliseconds: number): Promise<void> {
    this.harness.clock.advance(milliseconds);
    await this.harness.settle();
  }

  /** What social tells when a group succeeds. */
  confirmMember(orderId: string, refund: EventTypes['group_buy.member_confirmed']['refund'] = null): Promise<void> {
    return this.publish('group_buy.member_confirmed', { groupBuyId: 'gbuy_open', orderId, refund });
  }

  /** What social tells when a group fails or a paid member leaves. */
  refundMember(orderId: string, reason = 'GROUP_EXPIRED'): Promise<void> {
    return this.publish('group_buy.member_refund_due', { groupBuyId: 'gbuy_open', orderId, reason });
  }

  /** The member leaves before paying: the seat is gone for good, and social tells so (as often as it likes). */
  leaveSeat(orderId: string): Promise<void> {
    const seat = this.near.seats.get(orderId);
    if (seat) Object.assign(seat, { status: 'RELEASED', left: true });
    return this.seatLeft(orderId, 'MEMBER_LEFT');
  }

  /** The group ends while this seat is only held. */
  endGroup(orderId: string, end: 'SUCCEEDED' | 'EXPIRED' | 'CANCELLED'): Promise<void> {
    const seat = this.near.seats.get(orderId);
    const group = seat && this.near.groups.get(seat.groupBuyId);
    if (seat) seat.status = 'RELEASED';
    if (group) group.status = end;
    return this.seatLeft(orderId, `GROUP_${end}`);
  }

  seatLeft(orderId: string, reason: EventTypes['group_buy.seat_left']['reason']): Promise<void> {
    return this.publish('group_buy.seat_left', { groupBuyId: 'gbuy_open', orderId, reason });
  }

  private publish<T extends EventType>(type: T, data: EventTypes[T]): Promise<void> {
    const time = this.harness.clock.now().toISOString();
    const id = this.kernel.newId('evt');
    return this.kernel.bus.publish({
      id,
      type,
      version: 1,
      aggregateId: 'gbuy_open',
      sequence: 1,
      time,
      data,
    } as AnyEvent);
  }

  /** Every document of a collection of this subgraph's database. */
  documents(collection: string): Promise<Answer[]> {
    return this.kernel.database.connection.collection(collection).find().toArray();
  }

  async events(orderId: string): Promise<EventType[]> {
    const events = await this.documents('outbox');
    return events
      .filter((event) => event.aggregateId === orderId)
      .sort((a, b) => a.sequence - b.sequence)
      .map((event) => event.type);
  }
}

/** The fakes of whichever neighbours are in place when they are asked. */
function throughTo(near: () => FakeNeighbours | undefined): Fakes {
  const names = Object.entries(new FakeNeighbours().fakes());
  return Object.fromEntries(
    names.map(([subgraph, operations]) => [
      subgraph,
      Object.fromEntries(
        Object.keys(operations).map((operation) => [
          operation,
          (variables: never) => near()?.fakes()[subgraph as keyof Fakes]?.[operation]?.(variables),
        ]),
      ),
    ]),
  ) as Fakes;
}
