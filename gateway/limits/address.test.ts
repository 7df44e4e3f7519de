import type { IncomingMessage } from 'node:http';
import { clientAddress } from './address';

function request(forwarded: string | string[] | undefined): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { headers, socket: { remoteAddress: '10.0.0.1' } } as unknown as IncomingMessage;
}

describe('the address of a caller', () => {
  it('should be the connection’s where no proxy stands in front, whatever the header says', () => {
    expect(clientAddress(request('203.0.113.9'), 0)).toBe('10.0.0.1');
  });

  it.each([
    ['one proxy', '203.0.113.9', 1, '203.0.113.9'],
    ['a caller who wrote an entry of their own before the proxy’s', '198.51.100.1, 203.0.113.9', 1, '203.0.113.9'],
    ['two proxies', 'made-up, 203.0.113.9, 10.0.0.7', 2, '203.0.113.9'],
    ['fewer entries than proxies', '203.0.113.9', 2, '203.0.113.9'],
    ['no header', undefined, 1, '10.0.0.1'],
    ['an empty header', ' , ', 1, '10.0.0.1'],
    ['the header twice', ['made-up', '203.0.113.9'], 1, '203.0.113.9'],
  ])('should be the one our outermost proxy saw, with %s', (_what, forwarded, proxies, expected) => {
    expect(clientAddress(request(forwarded), proxies)).toBe(expected);
  });
});
