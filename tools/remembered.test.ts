import { ManualClock } from '../platform/clock/clock';
import { Remembered } from './remembered';

const BELIEVED_MS = 3000;

describe('answers that are remembered', () => {
  const setUp = () => {
    const clock = new ManualClock();
    return { clock, remembered: new Remembered<string>(clock, BELIEVED_MS) };
  };
  const never = () => new Promise<string>(() => undefined);

  it('should be asked for once while they are believed', async () => {
    const { clock, remembered } = setUp();
    const ask = jest.fn(() => Promise.resolve('yes'));
    expect(await Promise.all([remembered.get('a', ask), remembered.get('a', ask)])).toEqual(['yes', 'yes']);
    clock.advance(BELIEVED_MS - 1);
    expect(await remembered.get('a', ask)).toBe('yes');
    expect(ask).toHaveBeenCalledTimes(1);
    clock.advance(1);
    expect(await remembered.get('a', () => Promise.resolve('no'))).toBe('no');
    expect(await remembered.get('b', ask)).toBe('yes');
  });

  it('should stand in for a while when their owner fails or is silent', async () => {
    const { clock, remembered } = setUp();
    await remembered.get('a', () => Promise.resolve('yes'));
    clock.advance(BELIEVED_MS);
    expect(await remembered.get('a', () => Promise.reject(new Error('away')))).toBe('yes');
    expect(await remembered.get('a', never)).toBe('yes');
    expect(await remembered.get('a', never)).toBe('yes');
    clock.advance(BELIEVED_MS);
    expect(await remembered.get('a', () => Promise.resolve('no'))).toBe('no');
    clock.advance(BELIEVED_MS);
    expect(await remembered.get('a', () => Promise.reject(new Error('away')))).toBe('no');
    clock.advance(11 * 60_000);
    await expect(remembered.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  });

  it('should give way to newer ones, whatever was asked the longest ago first', async () => {
    const { clock } = setUp();
    const remembered = new Remembered<string>(clock, BELIEVED_MS, 3);
    const away = () => Promise.reject(new Error('away'));
    for (const key of ['a', 'b', 'c']) await remembered.get(key, () => Promise.resolve(key));
    clock.advance(BELIEVED_MS);
    expect(await remembered.get('a', () => Promise.resolve('a2'))).toBe('a2');
    await remembered.get('d', () => Promise.resolve('d'));
    await expect(remembered.get('b', away)).rejects.toThrow('away');
    clock.advance(BELIEVED_MS);
    expect(await remembered.get('a', away)).toBe('a2');
    expect(await remembered.get('d', away)).toBe('d');
  });

  it('should not be made of a failure', async () => {
    const { remembered } = setUp();
    await expect(remembered.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await remembered.get('a', () => Promise.resolve('yes'))).toBe('yes');
  });
});
