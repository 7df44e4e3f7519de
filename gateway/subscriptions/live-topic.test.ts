import type { ExecutionResult } from 'graphql';
import { LiveIterator } from '../../platform/bus/live-iterator';
import { silentLog } from '../../platform/logging/log';
import { answerOf } from '../answer';
import { LiveHub } from './live-hub';
import type { LiveOperation } from './live-operation';
import { newLiveCounters } from './live-stats';

describe('a live topic', () => {
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  function follow(more: Partial<LiveOperation> = {}) {
    const events: LiveIterator<ExecutionResult> = new LiveIterator(() => undefined);
    const counters = newLiveCounters();
    const hub = new LiveHub(counters, silentLog);
    const got: unknown[] = [];
    const operation: LiveOperation = {
      key: 'k',
      requestId: 'r',
      field: 'state',
      open: () => Promise.resolve(events),
      execute: (event) => Promise.resolve(answerOf(event)),
      ...more,
    };
    const subscriber = {
      deliver: (payload: string) => got.push((JSON.parse(payload) as { data: { state: unknown } }).data.state),
      complete: () => got.push('complete'),
      fail: (errors: readonly Error[]) => got.push(errors.map(({ message }) => message)),
    };
    const leave = hub.follow(operation, subscriber);
    return { events, counters, hub, got, operation, subscriber, leave };
  }

  it('should let the version of each id rise by itself', async () => {
    const { events, got } = follow();
    const states = [
      { id: 'a', version: 5 },
      { id: 'b', version: 1 },
      { id: 'a', version: 4 },
      { id: 'b', version: 2 },
    ];
    for (const state of states) events.push({ data: { state } });
    await settle();
    expect(got).toEqual([states[0], states[1], states[3]]);
  });

  it('should deliver every event when there is no version', async () => {
    const { events, got } = follow();
    for (const state of ['x', 'x', null]) events.push({ data: { state } });
    await settle();
    expect(got).toEqual(['x', 'x', null]);
  });

  it('should keep the order when an early event takes longer to execute', async () => {
    let release: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { events, got } = follow({
      execute: async (event) => {
        if (event.data?.['state'] === 1) await slow;
        return answerOf(event);
      },
    });
    events.push({ data: { state: 1 } });
    events.push({ data: { state: 2 } });
    await settle();
    expect(got).toEqual([]);
    release();
    await settle();
    expect(got).toEqual([1, 2]);
  });

  it('should close an upstream that opens after everyone has left', async () => {
    let opened: (events: LiveIterator<ExecutionResult>) => void = () => undefined;
    let returned = 0;
    const { leave, counters } = follow({
      open: () =>
        new Promise((resolve) => {
          opened = resolve;
        }),
    });
    leave();
    opened(new LiveIterator(() => (returned += 1)));
    await settle();
    expect(returned).toBe(1);
    expect(counters).toMatchObject({ upstreams: 0, subscribers: 0 });
  });

  it('should pass on the end of the upstream and start afresh for the next subscriber', async () => {
    const upstreams: LiveIterator<ExecutionResult>[] = [];
    const { got, hub, operation, subscriber, counters } = follow({
      open: () => {
        const events: LiveIterator<ExecutionResult> = new LiveIterator(() => undefined);
        upstreams.push(events);
        return Promise.resolve(events);
      },
    });
    await settle();
    await upstreams[0]?.return();
    await settle();
    expect(got).toEqual(['complete']);
    hub.follow(operation, subscriber);
    await settle();
    expect(upstreams).toHaveLength(2);
    expect(counters).toMatchObject({ upstreams: 1, upstreamsOpened: 2, subscribers: 1 });
  });

  it('should tell the subscriber when the upstream cannot be opened', async () => {
    const { got, counters } = follow({
      open: () => {
        throw new Error('inner wording');
      },
    });
    await settle();
    expect(got).toEqual([['Something went wrong on our side. Quote request r when you report it.']]);
    expect(counters).toMatchObject({ upstreams: 0, subscribers: 0 });
  });

  it('should keep the last good state for newcomers when an event could not be executed', async () => {
    const { events, hub, operation, subscriber, got } = follow({
      execute: (event) => Promise.resolve(answerOf(event.data ? event : { data: null, errors: event.errors ?? [] })),
    });
    events.push({ data: { state: 1 } });
    await settle();
    const late: string[] = [];
    events.push({ data: { state: 2 } });
    await settle();
    hub.follow(operation, { ...subscriber, deliver: (payload) => late.push(payload) });
    expect(late).toEqual(['{"data":{"state":2}}']);
    expect(got).toEqual([1, 2]);
  });
});
