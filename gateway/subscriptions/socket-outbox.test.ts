import { newLiveCounters } from './live-stats';
import { SocketOutbox } from './socket-outbox';

class TestSink {
  bufferedAmount = 0;
  readonly frames: string[] = [];
  private readonly callbacks: (() => void)[] = [];

  send(frame: string, sent: () => void): void {
    this.frames.push(frame);
    this.callbacks.push(sent);
  }

  /** The oldest frame has left. */
  drain(): void {
    this.callbacks.shift()?.();
  }

  payloads(): unknown[] {
    return this.frames.map((frame) => (JSON.parse(frame) as { payload: unknown }).payload);
  }
}

describe('the outbox of a socket', () => {
  const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it('should write protocol frames in order', () => {
    const sink = new TestSink();
    const outbox = new SocketOutbox(sink, newLiveCounters());
    outbox.offer('a"b', '{"data":1}');
    expect(sink.frames.map((frame) => JSON.parse(frame))).toEqual([{ id: 'a"b', type: 'next', payload: { data: 1 } }]);
  });

  it('should keep 64 frames on their way and then only the newest', () => {
    const sink = new TestSink();
    const counters = newLiveCounters();
    const outbox = new SocketOutbox(sink, counters);
    for (const state of range(1, 100)) outbox.offer('s', String(state));
    expect(sink.payloads()).toEqual(range(1, 64));
    expect(counters.coalesced).toBe(35);
    sink.drain();
    expect(sink.payloads()).toEqual([...range(1, 64), 100]);
    sink.drain();
    outbox.offer('s', '101');
    expect(sink.payloads().at(-1)).toBe(101);
  });

  it('should hold back while the socket has more than 256 kB waiting, for every subscription by itself', () => {
    const sink = new TestSink();
    const outbox = new SocketOutbox(sink, newLiveCounters());
    outbox.offer('a', '1');
    sink.bufferedAmount = 256 * 1024 + 1;
    for (const state of [2, 3]) outbox.offer('a', String(state));
    for (const state of [20, 30]) outbox.offer('b', String(state));
    expect(sink.payloads()).toEqual([1]);
    sink.bufferedAmount = 256 * 1024;
    sink.drain();
    expect(sink.payloads()).toEqual([1, 3, 30]);
  });

  it('should send the last state before a subscription ends by itself, and nothing after the client has left', () => {
    const sink = new TestSink();
    const outbox = new SocketOutbox(sink, newLiveCounters());
    sink.bufferedAmount = 1e6;
    outbox.offer('ends', '1');
    outbox.offer('left', '2');
    outbox.finish('ends');
    outbox.drop('left');
    sink.bufferedAmount = 0;
    sink.drain();
    outbox.flush();
    expect(sink.payloads()).toEqual([1]);
  });
});
