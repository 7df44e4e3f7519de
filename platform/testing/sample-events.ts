import type { EventType } from '../events/events';
import { event, type NewEvent } from '../outbox/outbox';
import type { Effect } from './bus-process';

/** An event of `orders` that `content` and `recommendations` consume. */
export function paid(orderId: string, sequence: number): NewEvent<EventType> {
  return event('order.paid', orderId, sequence, {
    orderId,
    accountId: 'acct_1',
    total: { minor: 100, currencyCode: 'HKD' },
    lines: [],
    groupBuyId: null,
  });
}

/** An event of `social` that only live views care for. */
export function changed(id: string, sequence: number): NewEvent<EventType> {
  return event('group_buy_campaign.changed', id, sequence, {
    campaign: {
      id,
      status: 'RUNNING',
      soldUnits: sequence,
      buyers: sequence,
      openGroups: 0,
      succeededGroups: 0,
      quotaRemaining: null,
      version: sequence,
    },
  });
}

/** 1 … count. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

export function sequencesOf(effects: readonly Effect[], aggregateId: string): number[] {
  return effects.filter((effect) => effect.aggregateId === aggregateId).map(({ sequence }) => sequence);
}
