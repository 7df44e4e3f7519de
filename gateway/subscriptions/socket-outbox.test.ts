import { newLiveCounters } from './live-stats';
import { LiveUpdate } from './live-update';
import { SocketOutbox } from './socket-outbox';

class TestSink {
  isOpen = true;
  bufferedBytes = 0;
  readonly frames: string[] = [];
  private readonly callbacks: (() => void)[] = [];

  write(frame: Buffer, sent: () => void): void {
    // The results of these tests are short: two bytes of header.
    expect([...frame.subarray(0, 2)]).toEqual([0x81, frame.length - 2]);
    this.frames.push(frame.subarray(2).toString());
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

  const update = (text: string): LiveUpdate => new LiveUpdate(text, null, 1);

  it('should write protocol frames in order', () => {
    const sink = new TestSink();
    const outbox = new SocketOutbox(sink, newLiveCounters());
    outbox.offer('a"b', update('{"data":1}'));
    expect(sink.frames.map((frame) => JSON.parse(frame))).toEqual([{ id: 'a"b', type: 'next', payload: { data: 1 } }]);
  });

  it('should keep 64 frames on their way and then only the newest', () => {
    const sink = new TestSink();
    const counters = newLiveCounters();
    const outbox = new SocketOutbox(sink, counters);
    for (const state of range(1, 100)) outbox.offer('s', update(String(state)));
    expect(sink.payloads()).toEqual(range(1, 64));
    expect(counters.coalesced).toBe(35);
    sink.drain();
    expect(sink.payloads()).toEqual([...range(1, 64), 100]);
    sink.drain();
    outbox.offer('s', update('101'));
    expect(sink.payloads().at(-1)).toBe(101);
  });

  it('should hold back while the socket has more than 256 kB waiting, for every subscription by itself', () => {
    const sink = new TestSink();
    const outbox = new SocketOutbox(sink, newLiveCounters());
    outbox.offer('a', update('1'));
    sink.bufferedBytes = 256 * 1024 + 1;
    for (const state of [2, 3]) outbox.offer('a', update(String(state)));
    for (const state of [20, 30]) outbox.offer('b', update(String(state)));
    expect(sink.payloads()).toEqual([1]);
    sink.bufferedBytes = 256 * 1024;
    sink.drain();
    expect(sink.payloads()).toEqual([1, 3, 30]);
  });

  it('should send the last state before a subscription ends by itself, and nothing after the client has left', () => {
    const sink = new TestSink();
    const outbox = new SocketOutbox(sink, newLiveCounters());
    sink.bufferedBytes = 1e6;
    outbox.offer('ends', update('1'));
    outbox.offer('left', update('2'));
    outbox.finish('ends');
    outbox.drop('left');
    sink.bufferedBytes = 0;
    sink.drain();
    outbox.flush();
    expect(sink.payloads()).toEqual([1]);
  });

  it('should write nothing once the socket is closing', () => {
    const sink = new TestSink();
    const counters = newLiveCounters();
    const outbox = new SocketOutbox(sink, counters);
    sink.isOpen = false;
    outbox.offer('s', update('1'));
    outbox.finish('s');
    expect([sink.frames, counters.bytes]).toEqual([[], 0]);
  });
});
