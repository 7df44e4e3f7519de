import { get, post, rawExchange } from './doors';
import { ECHO, type HttpCase, ok, PREFLIGHT, query, raw } from './http-case';

/** Methods, paths and heads no client library would send, and senders that never finish. */
export const WIRE_CASES: readonly HttpCase[] = [
  {
    id: 'methods',
    title: 'other methods and paths',
    attempts: [
      ...['PUT', 'DELETE', 'PATCH'].map(
        (method) =>
          [method, (url: string) => get(url, '/graphql', {}, method), { accepted: false, status: 405 }] as const,
      ),
      ['HEAD', (url) => get(url, query('{ item { id } }'), PREFLIGHT, 'HEAD'), { accepted: false, status: 405 }],
      ['TRACE', raw('TRACE /graphql HTTP/1.1\nHost: x\nConnection: close\n\n'), { accepted: false }],
      [
        'a path upwards',
        raw('GET /images/../../../etc/passwd HTTP/1.1\nHost: x\nConnection: close\n\n'),
        { accepted: false, status: 404 },
      ],
      [
        'an escaped path upwards',
        raw('GET /images/%2e%2e%2f%2e%2e%2fetc%2fpasswd HTTP/1.1\nHost: x\nConnection: close\n\n'),
        { accepted: false, status: 404 },
      ],
    ],
  },
  {
    id: 'heads',
    title: 'heads of requests',
    attempts: [
      [
        '17 kB of headers',
        raw(`GET /graphql HTTP/1.1\nHost: x\nX-Long: ${'x'.repeat(17_000)}\nConnection: close\n\n`),
        { accepted: false, status: 431 },
      ],
      [
        'two lengths',
        raw(
          `POST /graphql HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: ${ECHO.length}\nContent-Length: 5\n\n`,
          ECHO,
        ),
        { accepted: false, status: 400 },
      ],
      [
        'length and chunks',
        raw(
          `POST /graphql HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: ${ECHO.length}\nTransfer-Encoding: chunked\n\n`,
          ECHO,
        ),
        { accepted: false, status: 400 },
      ],
      [
        'a negative length',
        raw('POST /graphql HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: -1\n\n', ECHO),
        { accepted: false, status: 400 },
      ],
      ['no host', raw('GET /graphql HTTP/1.1\nConnection: close\n\n'), { accepted: false, status: 400 }],
      ['no HTTP', raw('\u0016\u0003\u0001\u0002\u0000\u0001\u0000\n\n'), { accepted: false, status: 400 }],
      [
        'a wrong token',
        (url) => post(url, ECHO, { authorization: `Bearer ${'x'.repeat(5_000)}` }),
        { accepted: false, status: 401, code: 'UNAUTHENTICATED' },
      ],
      [
        'a wrong key',
        (url) => post(url, ECHO, { 'x-storefront-key': "' or 1=1 --" }),
        { accepted: false, status: 401, code: 'UNAUTHENTICATED' },
      ],
      ['languages without end', (url) => post(url, ECHO, { 'accept-language': 'a,'.repeat(5_000) }), ok],
    ],
  },
  {
    id: 'slow-head',
    title: 'a head that never ends',
    slow: true,
    attempts: [
      [
        'one line a second',
        async (url) => {
          const text = await rawExchange(url, 'POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: 1\r\n', 75_000);
          return {
            accepted: false,
            status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0),
            code: null,
            limit: null,
            text,
          };
        },
        { status: 408 },
      ],
    ],
  },
  {
    id: 'slow-body',
    title: 'a body that never ends',
    slow: true,
    attempts: [
      [
        'a byte and no more',
        async (url) => {
          const text = await rawExchange(
            url,
            'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{',
            75_000,
          );
          return {
            accepted: false,
            status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0),
            code: null,
            limit: null,
            text,
          };
        },
        { status: 408 },
      ],
    ],
  },
];
