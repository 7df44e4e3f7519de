import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type AbuseCase, expectSeen, type Seen } from './abuse-case';
import { get, post, rawExchange } from './doors';

const ECHO = '{"query":"{ item { id } }"}';
const PREFLIGHT = { 'apollo-require-preflight': 'yes' };

interface HttpCase {
  readonly id: string;
  readonly title: string;
  readonly slow?: boolean;
  readonly attempts: readonly (readonly [
    what: string,
    attempt: (url: string) => Promise<Seen>,
    expected: Partial<Omit<Seen, 'text'>>,
  ])[];
}

const ok = { accepted: true, status: 200 };
const bad = { accepted: false, status: 400, code: 'BAD_USER_INPUT' };
const bodyOf = (bytes: number): string => {
  const body = (padding: string): string => `{"query":"{ item { id } }","extensions":{"padding":"${padding}"}}`;
  return body('x'.repeat(bytes - body('').length));
};
const query = (text: string): string => `/graphql?query=${encodeURIComponent(text)}`;
const hashed = (text: string, hash: unknown, version: unknown = 1): string =>
  JSON.stringify({ query: text, extensions: { persistedQuery: { version, sha256Hash: hash } } });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An exchange in bytes; the status is what stands in the first line, 0 when the door just hung up. */
const raw =
  (head: string, body: string | Buffer = '') =>
  async (url: string): Promise<Seen> => {
    const text = await rawExchange(url, Buffer.concat([Buffer.from(head.replaceAll('\n', '\r\n')), Buffer.from(body)]));
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);
    const code = /"code":"(\w+)"/.exec(text)?.[1] ?? null;
    return { accepted: status === 200, status, code, limit: null, text };
  };

const CASES: readonly HttpCase[] = [
  {
    id: 'body',
    title: 'a body of 100 kB',
    attempts: [
      ['within', (url) => post(url, bodyOf(102_400)), ok],
      ['beyond', (url) => post(url, bodyOf(102_401)), { accepted: false, status: 413, code: 'BAD_USER_INPUT' }],
    ],
  },
  {
    id: 'body-chunked',
    title: 'a body that does not say how long it is',
    attempts: [
      [
        'beyond',
        raw(
          'POST /graphql HTTP/1.1\nHost: x\nContent-Type: application/json\nTransfer-Encoding: chunked\nConnection: close\n\n',
          `19001\r\n${'x'.repeat(0x19001)}\r\n0\r\n\r\n`,
        ),
        { accepted: false, status: 413, code: 'BAD_USER_INPUT' },
      ],
    ],
  },
  {
    id: 'mutations',
    title: 'one mutation a request',
    attempts: [
      ['within', (url) => post(url, '{"query":"mutation { touch }"}'), ok],
      [
        'beyond',
        (url) => post(url, '{"query":"mutation { touch move }"}'),
        { accepted: false, status: 400, code: 'GRAPHQL_VALIDATION_FAILED', limit: 'mutationFields' },
      ],
      [
        'hidden',
        (url) => post(url, '{"query":"mutation { ...F ...F } fragment F on Mutation { touch }"}'),
        { accepted: false, limit: 'mutationFields' },
      ],
    ],
  },
  {
    id: 'batch',
    title: 'several requests in one body',
    attempts: [
      ['two', (url) => post(url, `[${ECHO},${ECHO}]`), { accepted: false, status: 400 }],
      ['a thousand', (url) => post(url, `[${Array(1_000).fill(ECHO).join(',')}]`), { accepted: false, status: 400 }],
      ['one', (url) => post(url, `[${ECHO}]`), { accepted: false, status: 400 }],
      ['none', (url) => post(url, '[]'), { accepted: false, status: 400 }],
    ],
  },
  {
    id: 'get-mutation',
    title: 'a mutation by GET',
    attempts: [
      ['a query', (url) => get(url, query('{ item { id } }'), PREFLIGHT), ok],
      ['a mutation', (url) => get(url, query('mutation { touch }'), PREFLIGHT), { accepted: false, status: 405 }],
      [
        'by name',
        (url) => get(url, `${query('query A { item { id } } mutation B { touch }')}&operationName=B`, PREFLIGHT),
        { accepted: false, status: 405 },
      ],
    ],
  },
  {
    id: 'csrf',
    title: 'what a page of another site can send without asking first',
    attempts: [
      ['GET', (url) => get(url, query('{ item { id } }')), { accepted: false, status: 400 }],
      ['text/plain', (url) => post(url, ECHO, { 'content-type': 'text/plain' }), { accepted: false }],
      [
        'a form',
        (url) => post(url, 'query=%7Bitem%7Bid%7D%7D', { 'content-type': 'application/x-www-form-urlencoded' }),
        { accepted: false },
      ],
      [
        'a multipart form',
        (url) =>
          post(url, `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${ECHO}\r\n--x--`, {
            'content-type': 'multipart/form-data; boundary=x',
          }),
        { accepted: false },
      ],
      [
        'a disguised type',
        (url) => post(url, ECHO, { 'content-type': 'text/plain; application/json' }),
        { accepted: false },
      ],
      [
        'another site',
        (url) => post(url, ECHO, { origin: 'https://evil.example.net' }),
        { accepted: false, status: 403, code: 'FORBIDDEN' },
      ],
    ],
  },
  {
    id: 'content-types',
    title: 'bodies under other types',
    attempts: [
      ['JSON with its alphabet', (url) => post(url, ECHO, { 'content-type': 'application/json; charset=utf-8' }), ok],
      [
        'GraphQL',
        (url) => post(url, '{ item { id } }', { 'content-type': 'application/graphql' }),
        { accepted: false },
      ],
      [
        'XML',
        (url) =>
          post(url, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', {
            'content-type': 'application/xml',
          }),
        { accepted: false },
      ],
      [
        'none',
        raw(`POST /graphql HTTP/1.1\nHost: x\nContent-Length: ${ECHO.length}\nConnection: close\n\n`, ECHO),
        { accepted: false },
      ],
      ['nonsense', (url) => post(url, ECHO, { 'content-type': 'a/b/c;;;=' }), { accepted: false }],
    ],
  },
  {
    id: 'compressed',
    title: 'a compressed body',
    attempts: [
      ['gzip', (url) => post(url, gzipSync(ECHO), { 'content-encoding': 'gzip' }), { accepted: false }],
      [
        'a bomb',
        (url) => post(url, gzipSync('x'.repeat(50_000_000)), { 'content-encoding': 'gzip' }),
        { accepted: false },
      ],
    ],
  },
  {
    id: 'json',
    title: 'bodies that are no object',
    attempts: [
      ['null', (url) => post(url, 'null'), { accepted: false, status: 400 }],
      ['a number', (url) => post(url, '5'), { accepted: false, status: 400 }],
      ['a text', (url) => post(url, '"{ item { id } }"'), { accepted: false, status: 400 }],
      ['nothing', (url) => post(url, ''), { accepted: false, status: 400 }],
      ['half', (url) => post(url, '{"query":"{ item'), bad],
      [
        '40,000 brackets',
        (url) => post(url, `{"query":"{ item { id } }","variables":{"v":${'['.repeat(40_000)}${']'.repeat(40_000)}}}`),
        { ...bad, limit: 'variableDepth' },
      ],
      ['a body of brackets', (url) => post(url, '['.repeat(100_000)), bad],
      ['no query', (url) => post(url, '{}'), { accepted: false, status: 400 }],
    ],
  },
  {
    id: 'bytes',
    title: 'bytes that are no text',
    attempts: [
      [
        'invalid UTF-8 in a name',
        (url) =>
          post(
            url,
            Buffer.concat([
              Buffer.from('{"query":"{ item { id'),
              Buffer.from([0xc3, 0x28, 0xff]),
              Buffer.from(' } }"}'),
            ]),
          ),
        { accepted: false },
      ],
      ['only 0xff', (url) => post(url, Buffer.alloc(1_000, 0xff)), bad],
      ['null bytes', (url) => post(url, Buffer.alloc(1_000)), bad],
      ['a null byte inside', (url) => post(url, '{"query":"{ item { id\u0000 } }"}'), bad],
      ['UTF-16', (url) => post(url, Buffer.from(ECHO, 'utf16le')), { accepted: false }],
    ],
  },
  {
    id: 'prototypes',
    title: 'a body that names prototypes',
    attempts: [
      [
        'in variables',
        (url) => post(url, '{"query":"{ item { id } }","variables":{"__proto__":{"polluted":true}}}'),
        { status: 400 },
      ],
      ['at the top', (url) => post(url, '{"query":"{ item { id } }","__proto__":{"variables":{}}}'), { status: 400 }],
      [
        'as a constructor',
        (url) => post(url, '{"query":"{ item { id } }","variables":{"constructor":{"prototype":{"polluted":true}}}}'),
        { status: 400 },
      ],
      [
        'a declared one',
        (url) => post(url, '{"query":"query($__proto__:Int){ item { number(value:$__proto__) } }"}'),
        {},
      ],
    ],
  },
  {
    id: 'persisted',
    title: 'hashes of documents',
    attempts: [
      ['the right one', (url) => post(url, hashed('{ item { id } }', sha256('{ item { id } }'))), ok],
      [
        'of another text',
        (url) => post(url, hashed('{ item { id number } }', sha256('{ item { id } }'))),
        { accepted: false, status: 400 },
      ],
      [
        'not overwritten',
        (url) =>
          post(url, `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"${sha256('{ item { id } }')}"}}}`),
        ok,
      ],
      [
        'unknown',
        (url) => post(url, `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'0'.repeat(64)}"}}}`),
        { accepted: false, code: 'PERSISTED_QUERY_NOT_FOUND' },
      ],
      ['no text', (url) => post(url, hashed('{ item { id } }', { a: 1 })), { accepted: false, status: 400 }],
      [
        'another version',
        (url) => post(url, hashed('{ item { id } }', sha256('{ item { id } }'), 2)),
        { accepted: false, status: 400 },
      ],
      [
        'a prototype',
        (url) => post(url, '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"__proto__"}}}'),
        { accepted: false },
      ],
      [
        'of something too deep',
        (url) => {
          const deep = `{ item { ${'child { '.repeat(10)}id${' }'.repeat(10)} } }`;
          return post(url, hashed(deep, sha256(deep)));
        },
        { accepted: false, limit: 'depth' },
      ],
    ],
  },
  {
    id: 'parameters',
    title: 'parameters of a GET',
    attempts: [
      [
        'twice',
        (url) => get(url, `${query('{ item { id } }')}&query=%7Bx%7D`, PREFLIGHT),
        { accepted: false, status: 400 },
      ],
      [
        'variables that are no JSON',
        (url) => get(url, `${query('{ item { id } }')}&variables=%7B`, PREFLIGHT),
        { accepted: false, status: 400 },
      ],
      ['broken escapes', (url) => get(url, '/graphql?query=%', PREFLIGHT), { accepted: false, status: 400 }],
      [
        'an address of 20 kB',
        (url) => get(url, query(`{ item { id } } #${'x'.repeat(20_000)}`), PREFLIGHT),
        { accepted: false, status: 431 },
      ],
    ],
  },
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

export const HTTP_CASES: readonly AbuseCase[] = CASES.map(({ id, title, slow, attempts }) => ({
  id: `http-${id}`,
  title,
  ...(slow ? { slow } : {}),
  async run(url) {
    const faults: string[] = [];
    for (const [what, attempt, expected] of attempts) {
      const seen = await attempt(url);
      faults.push(...expectSeen(what, seen, expected));
      if (seen.status >= 500) faults.push(`${what}: status ${seen.status}`);
    }
    if (!(await post(url, ECHO)).accepted) faults.push('afterwards: the next caller is not served');
    if (({} as Record<string, unknown>)['polluted'] !== undefined) faults.push('every object has a new property');
    return faults;
  },
}));
