import { shopGraph } from '../testing/shop-graph';
import { startTestGateway, type TestGateway } from '../testing/test-gateway';

describe('GraphQL over HTTP', () => {
  const shop = shopGraph();
  let server: TestGateway;
  beforeAll(async () => {
    server = await startTestGateway({ endpoints: shop.endpoints });
  });
  afterAll(() => server.gateway.stop());

  it('should join entities of three subgraphs', async () => {
    const { status, body } = await server.post({
      query: '{ group { product { id title groups price } members { profile { name nickname } } } }',
    });
    expect(body).toEqual({
      data: {
        group: {
          product: { id: 'p1', title: 'Oat milk', groups: 3, price: 1250 },
          members: [{ profile: { name: 'Person a1', nickname: 'Nick a1' } }],
        },
      },
    });
    expect(status).toBe(200);
  });

  it('should honour aliases, fragments, variables with defaults and conditions', async () => {
    const { body } = await server.post({
      query: `query ($id: ID!, $more: Boolean = false, $less: Boolean!) {
        item: product(id: $id) { ...Names price @skip(if: $less) groups @include(if: $more) __typename }
        echo
      }
      fragment Names on Product { en: title(language: EN) zh: title(language: ZH) }`,
      variables: { id: 'p2', less: true },
    });
    expect(body).toEqual({ data: { item: { en: 'Rice', zh: '米', __typename: 'Product' }, echo: 7 } });
  });

  it('should hand identity, request id and languages to the subgraph', async () => {
    shop.accounts.requests.length = 0;
    const { body, headers } = await server.post(
      { query: '{ whoAmI }' },
      { authorization: 'Bearer account:a7', 'accept-language': 'en;q=0.5, zh-HK, *;q=0.1' },
    );
    expect(body).toEqual({ data: { whoAmI: 'a7' } });
    expect(shop.accounts.requests).toHaveLength(1);
    expect(shop.accounts.requests[0]).toMatchObject({
      identity: { kind: 'account', accountId: 'a7' },
      requestId: headers.get('x-request-id'),
      languages: ['zh-HK', 'en'],
    });
  });

  it('should parse each fetch of a plan once and hand over the same document', async () => {
    shop.catalog.requests.length = 0;
    await server.post({ query: 'query A { product(id: "p1") { price } }' });
    await server.post({ query: 'query A { product(id: "p1") { price } }' });
    expect(shop.catalog.requests).toHaveLength(2);
    expect(shop.catalog.requests[0]?.document).toBe(shop.catalog.requests[1]?.document);
  });

  it('should refuse a token that is not valid', async () => {
    const { status, body } = await server.post({ query: '{ whoAmI }' }, { authorization: 'Bearer nonsense' });
    expect(status).toBe(401);
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
  });

  it('should keep code, message and path of an error a subgraph marked, and nothing else of it', async () => {
    const { body } = await server.post({ query: 'mutation { rename(id: "p1", title: "x") { id } }' });
    expect(body).toEqual({
      data: { rename: null },
      errors: [{ message: 'Only staff may rename.', path: ['rename'], extensions: { code: 'FORBIDDEN' } }],
    });
  });

  it('should give partial data and the path when a joined fetch fails', async () => {
    const { body } = await server.post({ query: '{ group { product { id broken } } }' });
    expect(body).toEqual({
      data: { group: { product: { id: 'p1', broken: null } } },
      errors: [
        {
          message: 'The price is being changed.',
          path: ['group', 'product', 'broken'],
          extensions: { code: 'CONFLICT' },
        },
      ],
    });
  });

  it('should mask an unexpected error, name the request, and log the cause', async () => {
    const { body, headers } = await server.post({ query: '{ secret }' });
    const requestId = headers.get('x-request-id');
    expect(requestId).toMatch(/^req_[0-9a-f]{32}$/);
    expect(body.data).toEqual({ secret: null });
    expect(body.errors).toEqual([
      {
        message: `Something went wrong on our side. Quote request ${requestId} when you report it.`,
        path: ['secret'],
        extensions: { code: 'INTERNAL', requestId },
      },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/hunter2|mongodb|catalog|stack/);
    expect(server.lines.filter((line) => line.fields['requestId'] === requestId && line.level === 'error')).toEqual([
      expect.objectContaining({
        fields: expect.objectContaining({
          error: expect.objectContaining({ message: expect.stringContaining('hunter2') }),
        }),
      }),
    ]);
  });

  it('should mask an error whose code is not public', async () => {
    const { body } = await server.post({ query: '{ teapot }' });
    expect(body.errors?.[0]?.extensions['code']).toBe('INTERNAL');
    expect(JSON.stringify(body)).not.toContain('inner wording');
  });

  it('should hide inaccessible fields from the public schema', async () => {
    const { status, body } = await server.post({ query: '{ internalStock(id: "p1") product(id: "p1") { cost } }' });
    expect(status).toBe(400);
    expect(body.errors?.map(({ extensions }) => extensions['code'])).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
      'GRAPHQL_VALIDATION_FAILED',
    ]);
    expect(server.gateway.publicSchemaSdl).not.toMatch(/internalStock|cost/);
  });

  it.each([
    ['a syntax error', { query: '{ product(' }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ nothing }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a wrong variable',
      { query: 'query ($v: Int) { echo(value: $v) }', variables: { v: 'x' } },
      400,
      'BAD_USER_INPUT',
    ],
    ['an unknown operation name', { query: 'query A { echo }', operationName: 'B' }, 400, 'BAD_USER_INPUT'],
    ['a subscription', { query: 'subscription { progress { version } }' }, 400, 'BAD_USER_INPUT'],
    ['no document', {}, 400, 'BAD_USER_INPUT'],
    [
      'an unknown persisted query',
      { extensions: { persistedQuery: { version: 1, sha256Hash: 'f00' } } },
      200,
      'PERSISTED_QUERY_NOT_FOUND',
    ],
    ['a body that is not JSON', '{"query":', 400, 'BAD_USER_INPUT'],
  ])('should answer %s by a stable code', async (_what, request, status, code) => {
    const answer = await server.post(request);
    expect(answer.body.errors?.[0]?.extensions['code']).toBe(code);
    expect(answer.status).toBe(status);
  });

  it('should refuse a GET that a page of another site could send without a preflight', async () => {
    const address = `${server.gateway.url}/graphql?query=${encodeURIComponent('{ echo }')}`;
    expect((await fetch(address)).status).toBe(400);
    const asked = await fetch(address, { headers: { 'apollo-require-preflight': 'yes' } });
    expect(await asked.json()).toEqual({ data: { echo: 7 } });
  });

  it('should not repeat the schema to callers when introspection is off', async () => {
    const closed = await startTestGateway({ introspection: false, explorer: false, production: true });
    try {
      const typo = await closed.post({ query: '{ produkt(id: "p1") { id } }' });
      expect(typo.body.errors?.[0]?.message).toBe('Cannot query field "produkt" on type "Query".');
      const introspection = await closed.post({ query: '{ __schema { types { name } } }' });
      expect(introspection.status).toBe(400);
      expect(introspection.body.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(
        (await fetch(`${closed.gateway.url}/`, { headers: { accept: 'text/html' } })).headers.get('content-type'),
      ).toContain('application/json');
    } finally {
      await closed.gateway.stop();
    }
  });
});
