import { type ExecutionResult, GraphQLError } from 'graphql';
import { LiveIterator } from '../../platform/bus/live-iterator';
import { follow, settle } from '../testing/followed-topic';

describe('a live topic whose owner cannot be reached', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }));
  afterEach(() => jest.useRealTimers());
  const unreachable = (): GraphQLError =>
    new GraphQLError('The service is away.', { extensions: { code: 'SUBGRAPH_UNAVAILABLE' } });
  /** Every opening takes the next of these. */
  const openings = (...results: (LiveIterator<ExecutionResult> | 'away')[]) => ({
    open: () => {
      const result = results.shift() ?? 'away';
      return result === 'away' ? Promise.resolve({ errors: [unreachable()] }) : Promise.resolve(result);
    },
  });
  const upstream = (): LiveIterator<ExecutionResult> => new LiveIterator(() => undefined);
  const lose = (events: LiveIterator<ExecutionResult>): void => {
    events.next = () => Promise.reject(unreachable());
  };

  it('should open again and tell only what is newer', async () => {
    const [first, second] = [upstream(), upstream()];
    const { got, counters } = follow(openings(first, 'away', 'away', second));
    first.push({ data: { state: { version: 1 } } });
    await settle();
    lose(first);
    // What is being read ends the way a broken connection ends.
    first.push({ data: { state: { version: 2 } } });
    await settle();
    second.push({ data: { state: { version: 2 } } });
    second.push({ data: { state: { version: 3 } } });
    await jest.advanceTimersByTimeAsync(1_000);
    await settle();
    expect(got).toEqual([{ version: 1 }, { version: 2 }, { version: 3 }]);
    expect(counters).toMatchObject({ upstreams: 1, upstreamsOpened: 2, upstreamsReopened: 3 });
  });

  it('should tell after 30 s, and after 10 s where nothing was ever given', async () => {
    const first = upstream();
    const { got, counters } = follow(openings(first));
    const never = follow(openings());
    await settle();
    lose(first);
    first.push({ data: { state: { version: 1 } } });
    await settle();
    expect(got).toEqual([{ version: 1 }]);
    await jest.advanceTimersByTimeAsync(7_000);
    await settle();
    expect(never.got).toEqual([]);
    await jest.advanceTimersByTimeAsync(5_100);
    await settle();
    expect(never.got).toEqual([[expect.any(String)]]);
    await jest.advanceTimersByTimeAsync(17_000);
    await settle();
    expect(got).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(3_000);
    await settle();
    expect(got).toEqual([{ version: 1 }, [expect.any(String)]]);
    expect(counters).toMatchObject({ topics: 0, upstreams: 0, subscribers: 0 });
  });

  it('should be patient anew with an owner that had stood for long, however quiet it was', async () => {
    const first = { done: false, value: { data: { state: { version: 1 } } } };
    let lost: (error: Error) => void = () => undefined;
    const waiting = [Promise.resolve(first)];
    const { got, counters } = follow({
      open: () => {
        const next = () => waiting.shift() ?? new Promise<never>((_, reject) => (lost = reject));
        return Promise.resolve({ next });
      },
    });
    await settle();
    for (let restart = 0; restart < 3; restart++) {
      lost(unreachable());
      await jest.advanceTimersByTimeAsync(60_000);
      await settle();
    }
    expect(got).toEqual([{ version: 1 }]);
    expect(counters).toMatchObject({ topics: 1, upstreams: 1, upstreamsReopened: 3 });
  });

  it('should stop asking when nobody watches any more', async () => {
    const { counters, leave } = follow(openings());
    await settle();
    leave();
    await jest.advanceTimersByTimeAsync(60_000);
    await settle();
    expect(counters).toMatchObject({ topics: 0, upstreamsOpened: 0, upstreamsReopened: 1 });
  });
});
