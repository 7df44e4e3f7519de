import { ManualClock } from '../platform/clock/clock';
import { Origins } from './origins';

describe('origins', () => {
  const setUp = () => {
    const clock = new ManualClock();
    const asked: string[] = [];
    const isOriginListed = (origin: string) => {
      asked.push(origin);
      return Promise.resolve(origin === 'https://shop.example');
    };
    return { clock, asked, origins: new Origins({ isOriginListed }, clock) };
  };

  it('should be looked up once in five seconds, and known meanwhile', async () => {
    const { clock, asked, origins } = setUp();
    expect(origins.recall('https://shop.example', 'api.example')).toBeNull();
    expect(await origins.judge('https://shop.example', 'api.example')).toBe('LISTED');
    expect(await origins.judge('https://evil.example', 'api.example')).toBe('REFUSED');
    expect(origins.recall('https://shop.example', 'api.example')).toBe('LISTED');
    expect(origins.recall('https://evil.example', 'api.example')).toBe('REFUSED');
    clock.advance(5_000);
    expect(origins.recall('https://shop.example', 'api.example')).toBeNull();
    expect(asked).toEqual(['https://shop.example', 'https://evil.example']);
  });

  it('should let no origin and our own in without asking', async () => {
    const { asked, origins } = setUp();
    expect(await origins.judge(undefined, 'api.example')).toBe('NONE');
    expect(await origins.judge('', 'api.example')).toBe('NONE');
    expect(await origins.judge('https://api.example', 'API.example')).toBe('SAME');
    expect(await origins.judge('http://127.0.0.1:4000', '127.0.0.1:4000')).toBe('SAME');
    expect(asked).toEqual([]);
  });

  it.each([
    'null',
    'shop.example',
    'https://shop.example/',
    'https://shop.example/path',
    'https://me@shop.example',
    'https://SHOP.example',
    'https://shop.example:443',
    'ftp://shop.example',
    'capacitor://localhost',
    'https://a b',
    `https://${'a'.repeat(300)}.example`,
  ])('should refuse what no browser sends and no key lists without asking: %s', async (origin) => {
    const { asked, origins } = setUp();
    expect(await origins.judge(origin, 'api.example')).toBe('REFUSED');
    expect(asked).toEqual([]);
  });
});
