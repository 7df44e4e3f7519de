import { WebSocket } from 'ws';
import { positionOfEventId } from './live-position';
import { LiveUpdate } from './live-update';

describe('an update for many', () => {
  const read = async (frame: Buffer): Promise<unknown> => {
    // The reader of the `ws` library, as a client has it.
    const { Receiver } = WebSocket as unknown as { Receiver: new (options: object) => NodeJS.WritableStream };
    const receiver = new Receiver({ isServer: false });
    const message = new Promise<Buffer>((resolve) => receiver.on('message', resolve));
    receiver.write(frame);
    return JSON.parse(String(await message));
  };

  it.each([
    [0, 'a'],
    [70, 'ä'],
    [100, '拼團'],
    [126, 'a'],
    [65_400, '拼'],
    [65_536, 'a'],
    [200_000, 'a"\\\n'],
  ])('should be one whole frame with %i more characters and the id %j', async (characters, id) => {
    const payload = { data: { text: '团'.repeat(3) + 'x'.repeat(characters) } };
    const update = new LiveUpdate(JSON.stringify(payload), null, 1);
    expect(await read(update.frame(id))).toEqual({ id, type: 'next', payload });
  });

  it('should be framed once for all who chose the same id', () => {
    const update = new LiveUpdate('{}', null, 1);
    expect(update.frame('1')).toBe(update.frame('1'));
    for (let id = 2; id <= 1_000; id++) update.frame(String(id));
    expect(update.frame('1')).toBe(update.frame('1'));
    expect(update.frame('1000').toString()).toContain('"id":"1000"');
  });

  it.each([
    [null, 'event: next\ndata: {}\n\n'],
    [{ id: null, version: 7 }, 'id: 7\nevent: next\ndata: {}\n\n'],
    [{ id: 'a:\n团', version: 7 }, 'id: 7:a%3A%0A%E5%9B%A2\nevent: next\ndata: {}\n\n'],
  ])('should be a server-sent event that carries its position %j', (position, text) => {
    expect(String(new LiveUpdate('{}', position, 1).event())).toBe(text);
    const [, id] = /^id: (.*)$/m.exec(text) ?? [];
    expect(positionOfEventId(id)).toEqual(position ?? undefined);
  });

  it.each(['', 'x', '-1', '1.5', '7:%', '99999999999999999999'])('should not take %j for a position', (id) => {
    expect(positionOfEventId(id)).toBeUndefined();
  });
});
