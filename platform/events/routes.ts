import type { SubgraphName } from '../subgraph/subgraph-port';
import type { EventType } from './events';

export interface EventRoute {
  /** The subgraph in whose outbox events of this type are written. */
  readonly from: SubgraphName;
  /** The subgraphs with a consumer for it. */
  readonly to: readonly SubgraphName[];
}

/**
 * Who writes and who consumes each type. Every process knows the whole table, because whoever writes an event names in
 * it the subgraphs that still have to do their work, be they in this process or not. `createBus` refuses a consumer
 * that is not in it; a test finds routes without a consumer.
 */
export const EVENT_ROUTES: { readonly [T in EventType]: EventRoute } = {
  'account.registered': { from: 'accounts', to: [] },
  'product.changed': { from: 'catalog', to: ['content', 'recommendations'] },
  'order.placed': { from: 'orders', to: [] },
  'order.paid': { from: 'orders', to: ['content', 'recommendations'] },
  'order.confirmed': { from: 'orders', to: [] },
  'order.cancelled': { from: 'orders', to: [] },
  'order.refunded': { from: 'orders', to: [] },
  'group_buy.changed': { from: 'social', to: [] },
  'group_buy.member_confirmed': { from: 'social', to: ['orders'] },
  'group_buy.member_refund_due': { from: 'social', to: ['orders'] },
  'group_buy.seat_left': { from: 'social', to: ['orders'] },
  'group_buy_campaign.changed': { from: 'social', to: [] },
  'review.published': { from: 'content', to: [] },
};

export function consumersOf(type: EventType): readonly SubgraphName[] {
  return EVENT_ROUTES[type].to;
}

/** The subgraphs whose outbox may hold an event for `consumer`. */
export function sourcesOf(consumer: SubgraphName): readonly SubgraphName[] {
  const routes = Object.values(EVENT_ROUTES).filter(({ to }) => to.includes(consumer));
  return [...new Set(routes.map(({ from }) => from))];
}
