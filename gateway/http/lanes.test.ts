import { createHash } from 'node:crypto';
import { Agent, type OutgoingHttpHeaders, request as send } from 'node:http';
import { getIntrospectionQuery } from 'graphql';
import { shopGraph } from '../testing/shop-graph';
import { LISTED_ORIGIN, startTestGateway, type TestGateway } from '../testing/test-gateway';

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** Sent in pieces without a length. */
  readonly chunked?: boolean;
}

interface Heard {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/**
 * Differences a client cannot act on: the time, the request's own name, and how the connection is kept. Fastify closes
 * it after a body it could not parse; the other lane has read that body to its end and keeps the connection. A validator
 * for GET answers exists on our own lane only: without one a client asks again in full.
 */
const NOT_COMPARED = ['date', 'x-request-id', 'connection', 'keep-alive', 'etag'];

const JSON_TYPE = { 'content-type': 'application/json' };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const search = (parameters: Record<string, string>): string => `/graphql?${new URLSearchParams(parameters)}`;

/** Bodies that are JSON, most of them not GraphQL requests. */
const ENVELOPES: readonly unknown[] = [
  { query: '{ echo }' },
  { query: '{ echo }', variables: {} },
  { query: '{ echo }', variables: null, operationName: null, extensions: null },
  { query: '{ echo }', unknown: 'member' },
  { query: 'query A { echo } query B { echo(value: 2) }', operationName: 'B' },
  { query: 'query A { echo } query B { echo(value: 2) }' },
  { query: 'query A { echo }', operationName: 'B' },
  { query: 'query A { echo }', operationName: '' },
  { query: '{ echo }', operationName: 'B' },
  { query: 'query A { echo }', operationName: 7 },
  { query: 'query A { echo }', operationName: {} },
  { query: 'query A { echo }', operationName: ['A'] },
  { query: 'fragment F on Query { echo }' },
  { query: 'query ($v: Int) { echo(value: $v) }', variables: { v: 3 } },
  { query: 'query ($v: Int) { echo(value: $v) }', variables: { v: null } },
  { query: 'query ($v: Int) { echo(value: $v) }', variables: { v: 'x' } },
  { query: 'query ($v: Int) { echo(value: $v) }', variables: { v: 1.5 } },
  { query: 'query ($v: Int) { echo(value: $v) }', variables: { v: 2147483648 } },
  { query: 'query ($v: Int!) { echo(value: $v) }' },
  { query: 'query ($v: Int!) { echo(value: $v) }', variables: { v: 3, other: [1, { deep: true }] } },
  {
    query: 'query ($id: ID!) { product(id: $id) { id title price } }',
    variables: { id: 12345678901234567890n.toString() },
  },
  { query: 'query ($l: Language) { product(id: "p1") { title(language: $l) } }', variables: { l: 'ZH' } },
  { query: 'query ($l: Language) { product(id: "p1") { title(language: $l) } }', variables: { l: 'ZN' } },
  { query: '{ echo }', variables: '{}' },
  { query: '{ echo }', variables: [] },
  { query: '{ echo }', variables: 1 },
  { query: '{ echo }', variables: true },
  { query: '{ echo }', extensions: 'x' },
  { query: '{ echo }', extensions: [] },
  { query: '{ echo }', extensions: 0 },
  { query: '{ echo }', extensions: { tracing: true } },
  { query: '' },
  { query: null },
  { query: 5 },
  { query: 0 },
  { query: false },
  { query: true },
  { query: ['{ echo }'] },
  { query: { kind: 'Document', definitions: [] } },
  { query: { text: '{ echo }' } },
  { variables: {} },
  {},
  [],
  [{ query: '{ echo }' }],
  [{ query: '{ echo }' }, { query: '{ echo }' }],
  null,
  'text',
  5,
  true,
  // Documents at fault.
  { query: '{ product(' },
  { query: '{' },
  { query: '   ' },
  { query: '# nothing' },
  { query: '\u0000' },
  { query: '{ echo } }' },
  { query: '"a text"' },
  { query: 'type Query { echo: Int }' },
  { query: '{ nothing }' },
  { query: '{ ech }' },
  { query: '{ product(id: "p1") }' },
  { query: '{ product { id } }' },
  { query: '{ product(id: "p1") { id { id } } }' },
  { query: '{ echo(value: "x") }' },
  { query: '{ ...F } fragment F on Query { ...F }' },
  { query: '{ echo @include(if: $v) }' },
  { query: '{ echo @unknown }' },
  { query: '{ internalStock(id: "p1") }' },
  { query: `{ ${'echo '.repeat(1_100)} }` },
  { query: `{ ${'product(id: "p1") { parent { '.repeat(6)}id${' } }'.repeat(6)} }` },
  { query: `{ ${Array.from({ length: 16 }, (_, index) => `a${index}: echo`).join(' ')} }` },
  { query: 'mutation { touch again: touch }' },
  // Answers of every kind.
  { query: '{ __typename }' },
  { query: '{ __schema { queryType { name } } }' },
  { query: '{ whoAmI }' },
  { query: '{ secret }' },
  { query: '{ teapot }' },
  { query: '{ echo secret }' },
  { query: '{ group { product { id broken } } }' },
  { query: '{ group { product { id title groups price } members { profile { name nickname } } } }' },
  {
    query: 'query ($with: Boolean!) { echo product(id: "p2") @include(if: $with) { zh: title(language: ZH) } }',
    variables: { with: true },
  },
  { query: 'mutation { touch }' },
  { query: 'mutation { rename(id: "p1", title: "x") { id } }' },
  { query: 'mutation M($id: ID!) { rename(id: $id, title: "x") { id } }', variables: { id: 'p1' } },
  { query: 'subscription { progress { version } }' },
  { query: getIntrospectionQuery() },
  // Documents by name.
  { extensions: { persistedQuery: { version: 1, sha256Hash: 'f00' } } },
  { extensions: { persistedQuery: { version: 2, sha256Hash: 'f00' } } },
  { extensions: { persistedQuery: { version: 1 } } },
  { extensions: { persistedQuery: { version: 1, sha256Hash: 7 } } },
  { extensions: { persistedQuery: true } },
  { extensions: { persistedQuery: null } },
  { query: '{ echo }', extensions: { persistedQuery: null } },
  { query: '{ echo }', extensions: { persistedQuery: { version: 1, sha256Hash: 'f00' } } },
  { query: '{ a: echo }', extensions: { persistedQuery: { version: 1, sha256Hash: sha256('{ a: echo }') } } },
  { extensions: { persistedQuery: { version: 1, sha256Hash: sha256('{ a: echo }') } } },
  { query: '', extensions: { persistedQuery: { version: 1, sha256Hash: sha256('{ a: echo }') } } },
  { query: null, extensions: { persistedQuery: { version: 1, sha256Hash: sha256('{ a: echo }') } } },
  { query: '{ b: nothing }', extensions: { persistedQuery: { version: 1, sha256Hash: sha256('{ b: nothing }') } } },
  { extensions: { persistedQuery: { version: 1, sha256Hash: sha256('{ b: nothing }') } } },
  { documentId: `sha256:${sha256('{ a: echo }')}` },
  { documentId: sha256('{ a: echo }'), variables: {} },
  { documentId: 'sha256:f00' },
  { documentId: '' },
  { documentId: 5 },
  { documentId: 'sha256:f00', query: '{ echo }' },
];

/** Bodies as bytes. */
const TEXTS: readonly (string | Buffer)[] = [
  '',
  ' ',
  '{',
  '{"query":',
  '{"query":"{ echo }"} x',
  "{'query':'{ echo }'}",
  '{"query":"{ echo }",}',
  '\uFEFF{"query":"{ echo }"}',
  ' \n\t{"query":"{ echo }"}\n',
  '{"query":"{ nothing }","query":"{ echo }"}',
  '{"query":"{ echo }","variables":{"v":1},"variables":{"v":2}}',
  '{"query":"{ echo }","__proto__":{"polluted":true}}',
  '{"query":"{ echo }","\\u005f_proto__":{"polluted":true}}',
  '{"query":"{ echo }","variables":{"__proto__":{"v":1}}}',
  '{"query":"query ($v: Int) { echo(value: $v) }","variables":{"__proto__":{"v":1}}}',
  '{"query":"{ echo }","constructor":{"prototype":{"polluted":true}}}',
  '{"query":"{ echo }","variables":{"constructor":{"prototype":{}}}}',
  '{"query":"{ echo }","variables":{"constructor":"a word"}}',
  '{"query":"{ echo(value: 12345678901234567890) }"}',
  '{"query":"query ($v: Int) { echo(value: $v) }","variables":{"v":12345678901234567890}}',
  '{"query":"query ($v: Int) { echo(value: $v) }","variables":{"v":1e400}}',
  '{"query":"query ($v: Int) { echo(value: $v) }","variables":{"v":-0}}',
  '{"query":"query ($id: ID!) { product(id: $id) { id } }","variables":{"id":"\\ud800"}}',
  '{"query":"query ($id: ID!) { product(id: $id) { id } }","variables":{"id":"團購"}}',
  Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
  Buffer.concat([Buffer.from('{"query":"{ echo }","x":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
  Buffer.from('{"query":"{ echo }"}', 'utf16le'),
  'query={ echo }',
  `{"query":"{ echo }","padding":"${'x'.repeat(102_400)}"}`,
];

const ACCEPTS: readonly (string | undefined)[] = [
  undefined,
  '',
  '*/*',
  '*/*;q=0.1',
  '*/*;q=0',
  '*',
  'application/*',
  'text/*',
  'application/json',
  'Application/JSON',
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'application/json; charset=latin1',
  'application/json;q=0',
  'application/json;q=x',
  'application/graphql-response+json',
  'application/graphql-response+json; charset=utf-8',
  'application/graphql-response+json,application/json;q=0.9',
  'application/graphql-response+json, application/json; q=0.9',
  'application/json;q=0.5, application/graphql-response+json',
  'application/json;q=0.5, application/graphql-response+json;q=0.5',
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
  'application/graphql-response+json;q=0.2, */*;q=0.8',
  'application/*;q=0.3, application/json;q=0.1',
  'application/json; callbackSpec=1.0',
  'application/json; callbackSpec=1.0; charset=utf-8',
  'multipart/mixed',
  'multipart/mixed; deferSpec=20220824',
  'multipart/mixed; deferSpec=20220824, application/json',
  'text/html',
  'text/html, application/json',
  'text/event-stream',
  'image/png',
  'nonsense',
  ',,',
  'application/json;a="b,c"',
];

const CONTENT_TYPES: readonly (string | undefined)[] = [
  undefined,
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'application/json; charset="utf-8"',
  'application/json; charset=utf8',
  'application/json; charset=latin1',
  'application/json; charset=utf-16',
  'application/json; odd',
  'APPLICATION/JSON',
  ' application/json ',
  'application/json, text/plain',
  'application/jsonx',
  'application/graphql+json',
  'application/graphql',
  'application/vnd.api+json',
  'text/plain',
  'text/plain; charset=utf-8',
  'text/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'nonsense',
  '/',
];

const HEADERS: readonly OutgoingHttpHeaders[] = [
  { authorization: 'Bearer account:a7' },
  { authorization: 'Bearer nonsense' },
  { authorization: '' },
  { 'x-storefront-key': 'key-1' },
  { 'x-storefront-key': 'key-2' },
  { 'x-storefront-key': 'key-1', authorization: 'Bearer account:a7' },
  { origin: LISTED_ORIGIN },
  { origin: LISTED_ORIGIN, 'x-storefront-key': 'key-1' },
  { origin: 'https://evil.example.net' },
  { origin: 'null' },
  { origin: '' },
  { 'accept-language': 'zh-HK, en;q=0.5' },
  { 'accept-language': '*' },
  { 'cache-control': 'no-cache' },
  { 'apollo-require-preflight': 'yes' },
  { 'x-apollo-operation-name': 'A' },
  { 'x-apollo-operation-name': '' },
  { 'content-encoding': 'gzip' },
  { 'x-neighborhood-id': 'n1', 'x-channel': 'LIVE' },
];

const GETS: readonly string[] = [
  '/graphql',
  '/graphql?',
  search({ query: '{ echo }' }),
  search({ query: '' }),
  search({ query: '{ nothing }' }),
  search({ query: '{ product(' }),
  search({ query: 'mutation { touch }' }),
  search({ query: 'subscription { progress { version } }' }),
  search({ query: 'query A { echo } mutation B { touch }', operationName: 'A' }),
  search({ query: 'query A { echo } mutation B { touch }', operationName: 'B' }),
  search({ query: 'query A { echo } mutation B { touch }' }),
  search({ query: '{ echo }', operationName: 'C' }),
  search({ query: '{ echo }', operationName: '' }),
  search({ query: 'query ($v: Int) { echo(value: $v) }', variables: '{"v":4}' }),
  search({ query: 'query ($v: Int) { echo(value: $v) }', variables: '{"v":"x"}' }),
  search({ query: '{ echo }', variables: '' }),
  search({ query: '{ echo }', variables: 'null' }),
  search({ query: '{ echo }', variables: '[]' }),
  search({ query: '{ echo }', variables: '"{}"' }),
  search({ query: '{ echo }', variables: '{' }),
  search({ query: '{ echo }', extensions: '{}' }),
  search({ query: '{ echo }', extensions: 'null' }),
  search({ query: '{ echo }', extensions: '{' }),
  search({ query: '{ echo }', more: 'x' }),
  search({ query: '{ group { product { id broken } } }' }),
  search({ query: '{ secret }' }),
  `${search({ query: '{ echo }' })}&query=x`,
  `${search({ query: '{ echo }' })}&variables={}&variables={}`,
  '/graphql?query=%7B+echo+%7D',
  '/graphql?query=%7B%20echo',
  '/graphql?query=%ZZ',
  search({ extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash: 'f00' } }) }),
  search({ extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash: sha256('{ a: echo }') } }) }),
  search({ documentId: `sha256:${sha256('{ a: echo }')}` }),
  search({ documentId: 'f00' }),
  search({ documentId: 'f00', query: '{ echo }' }),
];

const ODD: readonly Sent[] = [
  ...['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => ({ method })),
  { method: 'HEAD', path: search({ query: '{ echo }' }), headers: { 'apollo-require-preflight': 'yes' } },
  { method: 'PUT', headers: JSON_TYPE, body: '{"query":"{ echo }"}' },
  { method: 'OPTIONS', headers: { origin: LISTED_ORIGIN, 'access-control-request-method': 'POST' } },
  { method: 'POST', path: '/graphql/', headers: JSON_TYPE, body: '{"query":"{ echo }"}' },
  { method: 'POST', path: '/graphql?query=%7Bnothing%7D', headers: JSON_TYPE, body: '{"query":"{ echo }"}' },
  { method: 'POST', path: '/%67raphql', headers: JSON_TYPE, body: '{"query":"{ echo }"}' },
  { method: 'POST', path: '/GRAPHQL', headers: JSON_TYPE, body: '{"query":"{ echo }"}' },
  { method: 'POST', path: search({ query: '{ echo }' }), headers: JSON_TYPE },
  { method: 'POST', path: search({ query: '{ echo }' }) },
  { method: 'POST', headers: JSON_TYPE, body: '{"query":"{ echo }"}', chunked: true },
  { method: 'POST', headers: JSON_TYPE, body: '{"query":', chunked: true },
  { method: 'GET', path: search({ query: '{ echo }' }), headers: { ...JSON_TYPE, 'content-length': 0 } },
];

const requests: [string, Sent][] = [
  ...ENVELOPES.map((body): Sent => ({ headers: JSON_TYPE, body: JSON.stringify(body) })),
  ...TEXTS.map((body): Sent => ({ headers: JSON_TYPE, body })),
  ...ACCEPTS.flatMap((accept): Sent[] =>
    [{ query: '{ echo }' }, { query: '{ nothing }' }, { query: 5 }].map((body) => ({
      headers: { ...JSON_TYPE, ...(accept === undefined ? {} : { accept }) },
      body: JSON.stringify(body),
    })),
  ),
  ...ACCEPTS.map(
    (accept): Sent => ({
      method: 'GET',
      path: search({ query: '{ echo }' }),
      headers: { 'apollo-require-preflight': 'yes', ...(accept === undefined ? {} : { accept }) },
    }),
  ),
  ...CONTENT_TYPES.flatMap((type): Sent[] => {
    const named = type === undefined ? {} : { 'content-type': type };
    const get = search({ query: '{ echo }' });
    return [
      { headers: named, body: '{"query":"{ echo }"}' },
      { headers: { ...named, 'apollo-require-preflight': 'yes' }, body: '{"query":"{ echo }"}' },
      { method: 'GET', path: get, headers: named },
      { method: 'GET', path: get, headers: { ...named, 'apollo-require-preflight': 'yes' } },
    ];
  }),
  ...HEADERS.flatMap((headers): Sent[] => [
    { headers: { ...JSON_TYPE, ...headers }, body: '{"query":"{ whoAmI product(id: \\"p1\\") { title } }"}' },
    { headers: { ...JSON_TYPE, ...headers }, body: '{"query":' },
    { method: 'GET', path: search({ query: '{ whoAmI }' }), headers },
  ]),
  ...GETS.flatMap((path): Sent[] => [
    { method: 'GET', path, headers: { 'apollo-require-preflight': 'yes' } },
    { method: 'GET', path, headers: JSON_TYPE },
    { method: 'GET', path },
  ]),
  ...ODD,
].map((sent) => [nameOf(sent), sent]);

function nameOf({ method = 'POST', path = '', headers = {}, body = '' }: Sent): string {
  return `${method} ${path.slice(0, 80)} ${JSON.stringify(headers)} ${body.toString().slice(0, 100)}`;
}

describe.each([
  ['with the schema shown', true],
  ['with the schema hidden', false],
])('the two lanes %s', (_what, introspection) => {
  const agent = new Agent({ keepAlive: true });
  let hot: TestGateway;
  let apollo: TestGateway;
  beforeAll(async () => {
    // Without the explorer: its page is the same handler in both.
    const options = { introspection, explorer: false, cost: { enforce: false }, production: !introspection };
    hot = await startTestGateway({ ...options, endpoints: shopGraph().endpoints, lane: 'hot' });
    apollo = await startTestGateway({ ...options, endpoints: shopGraph().endpoints, lane: 'apollo' });
  });
  afterAll(async () => {
    agent.destroy();
    await Promise.all([hot.gateway.stop(), apollo.gateway.stop()]);
  });

  const ask = ({ gateway }: TestGateway, { method = 'POST', path = '/graphql', headers, body, chunked }: Sent) =>
    new Promise<Heard>((resolve, reject) => {
      const { hostname, port } = new URL(gateway.url);
      const length = body === undefined || chunked ? {} : { 'content-length': Buffer.byteLength(body) };
      const asked = send({ agent, hostname, port, method, path, headers: { ...length, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const shown = Object.entries(response.headers).filter(([name]) => !NOT_COMPARED.includes(name));
          resolve({
            status: response.statusCode,
            headers: Object.fromEntries(shown),
            // An error names its request; nothing else differs between two runs.
            body: Buffer.concat(chunks)
              .toString()
              .replaceAll(/req_[0-9a-f]{32}/g, 'req_'),
          });
        });
      });
      asked.on('error', reject);
      if (chunked) asked.flushHeaders();
      asked.end(body);
    });

  it.each(requests)('should answer alike: %s', async (_name, sent) => {
    const [ours, theirs] = [await ask(hot, sent), await ask(apollo, sent)];
    expect(ours).toEqual(theirs);
  });

  it('should have been asked hundreds of different things', () => {
    expect(new Set(requests.map(([name]) => name)).size).toBeGreaterThan(400);
  });
});
