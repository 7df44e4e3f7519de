import type { ExecutionResult } from 'graphql';
import { LiveIterator } from '../../platform/bus/live-iterator';
import { silentLog } from '../../platform/logging/log';
import { answerOf } from '../answer';
import { LiveHub } from '../subscriptions/live-hub';
import type { LiveOperation } from '../subscriptions/live-operation';
import type { Position } from '../subscriptions/live-position';
import { newLiveCounters } from '../subscriptions/live-stats';
import type { LiveUpdate } from '../subscriptions/live-update';
import type { Rate } from '../subscriptions/pace';

/** Every turn that is due now. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** In these tests every object with a version says where it stands. */
const positionOf = (event: ExecutionResult): Position | null => {
  const state = event.data?.['state'] as { id?: string; version?: number } | null;
  return typeof state?.version === 'number' ? { id: state.id ?? null, version: state.version } : null;
};

/** Somebody who follows a topic over the hub: its events are pushed, what arrives stands in `got`. */
export function follow(more: Partial<LiveOperation> = {}, rate: Rate = { perSecond: 5, burst: 25 }, resume?: Position) {
  const events: LiveIterator<ExecutionResult> = new LiveIterator(() => undefined);
  const counters = newLiveCounters();
  const hub = new LiveHub(counters, silentLog, () => rate);
  const got: unknown[] = [];
  const operation: LiveOperation = {
    key: 'k',
    requestId: 'r',
    address: '192.0.2.1',
    topic: 'state',
    field: 'state',
    versioned: true,
    positionOf,
    open: () => Promise.resolve(events),
    execute: (event) => Promise.resolve(answerOf(event)),
    ...more,
  };
  const subscriber = {
    deliver: ({ text }: LiveUpdate) => got.push((JSON.parse(text) as { data: { state: unknown } }).data.state),
    complete: () => got.push('complete'),
    fail: (errors: readonly Error[]) => got.push(errors.map(({ message }) => message)),
  };
  const leave = hub.follow(operation, subscriber, resume);
  return { events, counters, hub, got, operation, subscriber, leave };
}
