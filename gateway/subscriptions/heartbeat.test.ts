import { EventEmitter } from 'node:events';
import { Heartbeat } from './heartbeat';

class Listener extends EventEmitter {
  readonly pings: Buffer[] = [];
  terminated = false;

  ping(payload: Buffer): void {
    this.pings.push(payload);
  }

  terminate(): void {
    this.terminated = true;
  }

  answer(): void {
    this.emit('pong', this.pings.at(-1));
  }
}

describe('the heartbeat', () => {
  function watched(): { heartbeat: Heartbeat; socket: Listener } {
    const heartbeat = new Heartbeat();
    const socket = new Listener();
    heartbeat.watch(socket);
    return { heartbeat, socket };
  }

  it('should keep who answers each ping, and end who does not', () => {
    const { heartbeat, socket } = watched();
    for (let beat = 0; beat < 3; beat++) {
      heartbeat.beat([socket]);
      socket.answer();
    }
    heartbeat.beat([socket]);
    expect(socket.terminated).toBe(false);
    heartbeat.beat([socket]);
    expect([socket.pings.length, socket.terminated]).toEqual([4, true]);
  });

  it('should not take a pong for an answer whose ping was not read', () => {
    const { heartbeat, socket } = watched();
    heartbeat.beat([socket]);
    const [first = Buffer.alloc(0)] = socket.pings;
    socket.answer();
    heartbeat.beat([socket]);
    socket.emit('pong', Buffer.alloc(0));
    socket.emit('pong', first);
    heartbeat.beat([socket]);
    expect(socket.terminated).toBe(true);
  });
});
