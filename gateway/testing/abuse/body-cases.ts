import { gzipSync } from 'node:zlib';
import { get, post } from './doors';
import { bad, bodyOf, ECHO, type HttpCase, hashed, ok, PREFLIGHT, query, raw, sha256 } from './http-case';

/** Bodies, their types, and what stands in the address of a GET. */
export const BODY_CASES: readonly HttpCase[] = [
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
];
