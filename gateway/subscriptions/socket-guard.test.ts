import { LIMITS } from '../limits/limits';
import { type GuardedSocket, SocketGuard } from './socket-guard';

const OPEN = 1;
const CLOSING = 2;

/** A socket whose reader reads only when told to. */
class StuckSocket implements GuardedSocket {
  readonly OPEN = OPEN;
  readyState = OPEN;
  readonly sent: string[] = [];
  readonly closes: [number, string][] = [];
  terminated = false;
  private readonly unread: (() => void)[] = [];

  send(text: string, sent: () => void): void {
    this.sent.push(text);
    this.unread.push(sent);
  }

  pong(payload: Buffer, _masked: boolean, sent: () => void): void {
    this.send(`pong ${payload}`, sent);
  }

  close(code: number, reason: string): void {
    this.readyState = CLOSING;
    this.closes.push([code, reason]);
  }

  terminate(): void {
    this.terminated = true;
  }

  read(): void {
    for (const sent of this.unread.splice(0)) sent();
  }
}

describe('the guard of a socket', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function guarded() {
    const socket = new StuckSocket();
    const overdone: number[] = [];
    return { socket, overdone, guard: new SocketGuard(socket, () => overdone.push(1)) };
  }

  it('should take a burst of messages and then so many a second', async () => {
    const { guard, socket, overdone } = guarded();
    let done = 0;
    const work = async (): Promise<void> => {
      done += 1;
    };
    for (let count = 0; count < LIMITS.messageBurst; count++) await guard.receive(work);
    jest.advanceTimersByTime(1_000);
    for (let count = 0; count < LIMITS.messagesPerSecond; count++) await guard.receive(work);
    expect(done).toBe(LIMITS.messageBurst + LIMITS.messagesPerSecond);
    expect(socket.closes).toEqual([]);
    for (let count = 0; count < 5; count++) await guard.receive(work);
    expect(done).toBe(LIMITS.messageBurst + LIMITS.messagesPerSecond);
    expect(socket.closes).toEqual([[4008, 'Too many messages']]);
    expect(overdone).toHaveLength(1);
  });

  it('should count ping frames as messages, and answer them', () => {
    const { guard, socket } = guarded();
    for (let count = 0; count <= LIMITS.messageBurst; count++) {
      guard.pinged(Buffer.from('are you there'));
      socket.read();
    }
    expect(new Set(socket.sent)).toEqual(new Set(['pong are you there']));
    expect(socket.sent).toHaveLength(LIMITS.messageBurst);
    expect(socket.closes).toEqual([[4008, 'Too many messages']]);
  });

  it('should work on so many messages at a time', async () => {
    const { guard, socket } = guarded();
    let finish: () => void = () => undefined;
    const open = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const all = Array.from({ length: LIMITS.messagesInFlight }, () => guard.receive(() => open));
    expect(socket.closes).toEqual([]);
    await guard.receive(() => open);
    expect(socket.closes).toEqual([[4008, 'Too many messages at a time']]);
    finish();
    await Promise.all(all);
  });

  it('should queue no more than its bound for one who does not read, and cut off who does not read that either', async () => {
    const { guard, socket, overdone } = guarded();
    const payload = 'x'.repeat(1_024);
    for (let count = 0; count < 5_000; count++) void guard.send(payload);
    expect(socket.sent).toHaveLength(LIMITS.controlBytes / payload.length);
    expect(socket.closes).toEqual([[4008, 'Too much is left unread']]);
    expect(overdone).toHaveLength(1);
    expect(socket.terminated).toBe(false);
    jest.advanceTimersByTime(2_000);
    expect(socket.terminated).toBe(true);
  });

  it('should go on for ever with one who reads', async () => {
    const { guard, socket } = guarded();
    for (let count = 0; count < 1_000; count++) {
      const sent = guard.send('x'.repeat(1_024));
      socket.read();
      await sent;
    }
    expect(socket.sent).toHaveLength(1_000);
    expect(socket.closes).toEqual([]);
  });

  it('should give a short payload back with its pong, and none that is long', () => {
    const { guard, socket } = guarded();
    const payload = { at: 'x'.repeat(LIMITS.pongPayloadBytes - '{"at":""}'.length) };
    void guard.answerPing(undefined);
    void guard.answerPing(payload);
    void guard.answerPing({ at: `${payload.at}x` });
    expect(socket.sent.map((text) => JSON.parse(text))).toEqual([
      { type: 'pong' },
      { type: 'pong', payload },
      { type: 'pong' },
    ]);
  });
});
