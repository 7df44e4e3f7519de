import { type ExecutionResult, GraphQLError } from 'graphql';
import { LiveIterator } from '../../platform/bus/live-iterator';
import { answerOf } from '../answer';
import { follow, settle } from '../testing/followed-topic';

describe('a live topic', () => {
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
    const { events, got } = follow({ versioned: false });
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
    hub.follow(operation, { ...subscriber, deliver: ({ text }) => late.push(text) });
    expect(late).toEqual(['{"data":{"state":2}}']);
    expect(got).toEqual([1, 2]);
  });

  describe('that cannot be executed as fast as it changes', () => {
    /** Executions take as long as the test says. */
    function slowly() {
      const running: (() => void)[] = [];
      const topic = follow(
        { execute: (event) => new Promise((resolve) => running.push(() => resolve(answerOf(event)))) },
        { perSecond: 100_000, burst: 100_000 },
      );
      const finish = async (): Promise<void> => {
        running.shift()?.();
        await settle();
      };
      return { ...topic, finish };
    }
    beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }));
    afterEach(() => jest.useRealTimers());

    it('should tell every one of a few changes while they are not too late', async () => {
      const { events, got, counters, finish } = slowly();
      const states = Array.from({ length: 26 }, (_, index) => ({ version: index + 1 }));
      for (const state of states) events.push({ data: { state } });
      await settle();
      await jest.advanceTimersByTimeAsync(399);
      for (const _ of states) await finish();
      expect(got).toEqual(states);
      expect(counters.thinned).toBe(0);
    });

    it('should be content with the newest of many once they are late', async () => {
      const { events, got, finish } = slowly();
      for (let version = 1; version <= 27; version++) events.push({ data: { state: { version } } });
      await settle();
      await jest.advanceTimersByTimeAsync(101);
      for (let count = 0; count < 2; count++) await finish();
      expect(got).toEqual([{ version: 1 }, { version: 27 }]);
    });

    it('should be content with the newest of a few once they are too late', async () => {
      const { events, got, counters, finish } = slowly();
      for (let version = 1; version <= 26; version++) events.push({ data: { state: { version } } });
      await settle();
      await jest.advanceTimersByTimeAsync(401);
      for (let count = 0; count < 2; count++) await finish();
      expect(got).toEqual([{ version: 1 }, { version: 26 }]);
      expect(counters).toMatchObject({ executions: 2, thinned: 24 });
    });

    it('should pass over what a newer state of the same id has made superfluous, and tell the last one', async () => {
      const { events, got, counters, finish } = slowly();
      for (let version = 1; version <= 2_000; version++) {
        for (const id of ['a', 'b']) events.push({ data: { state: { id, version } } });
        if (version % 100 === 0) await settle();
      }
      events.push({ data: { state: { id: 'a', version: 2_001, status: 'SUCCEEDED' } } });
      await settle();
      await jest.advanceTimersByTimeAsync(401);
      for (let count = 0; count < 3; count++) await finish();
      expect(got).toEqual([
        { id: 'a', version: 1 },
        { id: 'b', version: 2_000 },
        { id: 'a', version: 2_001, status: 'SUCCEEDED' },
      ]);
      expect(counters).toMatchObject({ executions: 3, thinned: 3_998 });
    });

    it('should never let a failure take the place of a state', async () => {
      const { events, got, finish } = slowly();
      const failure = { data: { state: null }, errors: [new GraphQLError('a read failed')] };
      for (const event of [1, 2, 3].map((version) => ({ data: { state: { version } } }))) events.push(event);
      events.push(failure);
      await settle();
      await jest.advanceTimersByTimeAsync(401);
      for (let count = 0; count < 3; count++) await finish();
      expect(got).toEqual([{ version: 1 }, { version: 3 }, null]);
    });

    it('should lose none of many ids', async () => {
      const { events, got, finish } = slowly();
      const states = Array.from({ length: 1_500 }, (_, index) => ({ id: String(index), version: 1 }));
      for (const state of states) {
        events.push({ data: { state } });
        if (Number(state.id) % 100 === 0) await settle();
      }
      for (const _ of states) await finish();
      expect(got).toEqual(states);
    });
  });

  describe('at its rate', () => {
    beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }));
    afterEach(() => jest.useRealTimers());
    const rate = { perSecond: 5, burst: 2 };
    const versions = (got: readonly unknown[]): unknown[] =>
      got.map((state) => (state as { version?: number }).version ?? state);

    it('should tell the first changes one by one, then the newest at each turn, and the last one always', async () => {
      const { events, got, counters } = follow({}, rate);
      for (let version = 1; version <= 50; version++) events.push({ data: { state: { version } } });
      await settle();
      expect(versions(got)).toEqual([1, 2]);
      await jest.advanceTimersByTimeAsync(199);
      for (let version = 51; version <= 60; version++) events.push({ data: { state: { version } } });
      await settle();
      expect(versions(got)).toEqual([1, 2]);
      await jest.advanceTimersByTimeAsync(1);
      await settle();
      expect(versions(got)).toEqual([1, 2, 60]);
      expect(counters).toMatchObject({ executions: 3, deliveries: 3, thinned: 57 });
      events.push({ data: { state: { version: 61, status: 'SUCCEEDED' } } });
      await jest.advanceTimersByTimeAsync(10_000);
      await settle();
      expect(got.at(-1)).toEqual({ version: 61, status: 'SUCCEEDED' });
    });

    it('should keep the newest of every id', async () => {
      const { events, got } = follow({}, { perSecond: 5, burst: 1 });
      for (let version = 1; version <= 9; version++) {
        for (const id of ['a', 'b']) events.push({ data: { state: { id, version } } });
      }
      await settle();
      await jest.advanceTimersByTimeAsync(400);
      await settle();
      expect(got).toEqual([
        { id: 'a', version: 1 },
        { id: 'b', version: 9 },
        { id: 'a', version: 9 },
      ]);
    });

    it('should never let an older state take the place of a newer one that waits', async () => {
      const { events, got } = follow({}, rate);
      for (const version of [1, 2, 9, 8]) events.push({ data: { state: { version } } });
      await settle();
      await jest.advanceTimersByTimeAsync(1_000);
      await settle();
      expect(versions(got)).toEqual([1, 2, 9]);
    });

    it('should tell what waits before it tells the end', async () => {
      let last: (end: IteratorResult<ExecutionResult>) => void = () => undefined;
      const waiting = [1, 2, 3, 4].map((version) => ({ done: false, value: { data: { state: { version } } } }));
      const { got } = follow(
        {
          open: () =>
            Promise.resolve({
              next: () => {
                const value = waiting.shift();
                return value ? Promise.resolve(value) : new Promise((resolve) => (last = resolve));
              },
            }),
        },
        rate,
      );
      await settle();
      last({ done: true, value: undefined });
      await settle();
      expect(versions(got)).toEqual([1, 2, 4, 'complete']);
    });
  });

  describe('for one who comes back', () => {
    const resume = { id: null, version: 5 };

    it('should leave out what was seen already and go on with what is newer', async () => {
      const { events, got, counters, hub, operation, subscriber } = follow({}, undefined, resume);
      for (const version of [4, 5, 6]) events.push({ data: { state: { version } } });
      await settle();
      expect(got).toEqual([{ version: 6 }]);
      hub.follow(operation, { ...subscriber }, { id: null, version: 6 });
      hub.follow(operation, { ...subscriber }, resume);
      await settle();
      expect(got).toEqual([{ version: 6 }, { version: 6 }]);
      expect(counters).toMatchObject({ resumed: 3, upstreamsOpened: 1, executions: 3, deliveries: 2 });
    });

    it('should compare versions of the same id only', async () => {
      const { events, got } = follow({}, undefined, { id: 'a', version: 5 });
      for (const id of ['a', 'b']) events.push({ data: { state: { id, version: 5 } } });
      await settle();
      expect(got).toEqual([{ id: 'b', version: 5 }]);
    });
  });
});
