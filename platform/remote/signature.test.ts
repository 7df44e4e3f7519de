import { type Call, isTimely, KeyRing, type Seal, WINDOW_MS } from './signature';

const CALL: Call = { audience: 'catalog', method: 'POST', path: '/graphql', body: '{"query":"{ __typename }"}' };
const NOW = 1_780_000_000_000;
const CURRENT = 'a-secret-of-this-installation-1234';
const PREVIOUS = 'a-secret-of-last-month-1234567890';

describe('the signature of a call', () => {
  const keys = new KeyRing([CURRENT, PREVIOUS]);
  const seal = keys.seal(CALL, 'eyJjb250ZXh0Ijp0cnVlfQ', NOW, 'nonce-0001');

  it('should be the same for the same call, and carry its version', () => {
    expect(keys.seal(CALL, 'eyJjb250ZXh0Ijp0cnVlfQ', NOW, 'nonce-0001')).toEqual(seal);
    expect(seal).toMatchObject({ time: String(NOW), nonce: 'nonce-0001' });
    expect(seal.signature).toMatch(/^v1=[\w-]{43}$/);
    expect(keys.isGenuine(CALL, seal)).toBe(true);
    expect(keys.isGenuine({ ...CALL, body: Buffer.from(CALL.body) }, seal)).toBe(true);
  });

  it.each<[string, Partial<Call>, Partial<Seal>]>([
    ['another subgraph', { audience: 'orders' }, {}],
    ['another method', { method: 'CONNECT' }, {}],
    ['another path', { path: '/readyz' }, {}],
    ['another body', { body: '{"query":"{ __schema { types { name } } }"}' }, {}],
    ['another time', {}, { time: String(NOW + 1) }],
    ['another nonce', {}, { nonce: 'nonce-0002' }],
    ['another context', {}, { context: 'eyJjb250ZXh0IjpmYWxzZX0' }],
    ['a cut signature', {}, { signature: seal.signature.slice(0, -1) }],
    ['no version', {}, { signature: seal.signature.slice(3) }],
    ['another version', {}, { signature: seal.signature.replace('v1', 'v2') }],
  ])('should not hold for %s', (_what, call, change) => {
    expect(keys.isGenuine({ ...CALL, ...call }, { ...seal, ...change })).toBe(false);
  });

  it('should be made with the current secret and accepted with the previous one, and with no other', () => {
    expect(new KeyRing([CURRENT]).isGenuine(CALL, seal)).toBe(true);
    const before = new KeyRing([PREVIOUS]).seal(CALL, seal.context, NOW, 'nonce-0003');
    expect(keys.isGenuine(CALL, before)).toBe(true);
    expect(new KeyRing([CURRENT]).isGenuine(CALL, before)).toBe(false);
    expect(() => new KeyRing([])).toThrow('at least one secret');
  });
});

describe('the time of a call', () => {
  const at = (time: string, nonce = 'nonce-0001') => isTimely({ time, nonce }, NOW);

  it('should be within the window, its ends included', () => {
    expect([NOW, NOW - WINDOW_MS, NOW + WINDOW_MS].map((time) => at(String(time)))).toEqual([true, true, true]);
    expect([NOW - WINDOW_MS - 1, NOW + WINDOW_MS + 1, 0].map((time) => at(String(time)))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('should be digits, and the nonce a short name', () => {
    for (const time of ['', 'now', '-1', '1.5', '1e12', `${NOW} `, `${NOW}\n`]) expect(at(time)).toBe(false);
    for (const nonce of ['', 'short', 'a b c d e f', 'x'.repeat(65), 'with\nbreak'])
      expect(at(String(NOW), nonce)).toBe(false);
  });
});
