import { ApiError } from '../../platform/user-errors/api-error';
import { shopGraph } from '../testing/shop-graph';
import { startTestGateway, testAuthenticator } from '../testing/test-gateway';

describe('the entrance', () => {
  const setUp = async (isOriginListed: (origin: string) => Promise<boolean>, requests = 3) => {
    const asked: string[] = [];
    const door = await startTestGateway({
      endpoints: shopGraph().endpoints,
      rateLimit: { requests, seconds: 600 },
      authenticate: {
        ...testAuthenticator,
        isOriginListed(origin) {
          asked.push(origin);
          return isOriginListed(origin);
        },
      },
    });
    return { asked, door };
  };
  const listed = (origin: string) => Promise.resolve(origin === 'https://shop.example');

  it.each([
    ['/graphql', 'POST', { 'content-type': 'application/json' }],
    ['/graphql', 'OPTIONS', { 'access-control-request-method': 'POST' }],
    ['/graphql/stream', 'POST', { 'content-type': 'application/json' }],
    ['/graphql/stream', 'OPTIONS', { 'access-control-request-method': 'POST' }],
  ])('should ask about no origin for whoever is past the limit: %s %s', async (path, method, headers) => {
    const { asked, door } = await setUp(listed);
    const ask = (origin: string) =>
      fetch(`${door.gateway.url}${path}`, {
        method,
        headers: { origin, ...headers },
        ...(method === 'POST' ? { body: JSON.stringify({ query: '{ echo }' }) } : {}),
      });
    const made = Array.from({ length: 6 }, (_, index) => `https://made-up-${index}.example`);
    const answers: Response[] = [];
    for (const origin of made) answers.push(await ask(origin));
    expect(answers.map(({ status }) => status === 429)).toEqual([false, false, false, true, true, true]);
    expect(asked).toEqual(made.slice(0, 3));
    expect(Number(answers[5]?.headers.get('retry-after'))).toBeGreaterThan(0);
    await door.gateway.stop();
  });

  it('should let a known page read when to come back', async () => {
    const { door } = await setUp(listed, 1);
    const origin = 'https://shop.example';
    expect((await door.post({ query: '{ echo }' }, { origin })).status).toBe(200);
    const refused = await door.post({ query: '{ echo }' }, { origin });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([429, origin]);
    await door.gateway.stop();
  });

  it.each(['hot', 'apollo'] as const)(
    'should say 503 while nobody can tell which pages may call: lane %s',
    async (lane) => {
      const door = await startTestGateway({
        endpoints: shopGraph().endpoints,
        lane,
        authenticate: {
          ...testAuthenticator,
          isOriginListed: () => Promise.reject(new ApiError('SUBGRAPH_UNAVAILABLE', 'Ask again.')),
        },
      });
      const answer = await door.post({ query: '{ echo }' }, { origin: 'https://shop.example' });
      expect([answer.status, answer.body]).toEqual([
        503,
        { errors: [{ message: 'Ask again.', extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] },
      ]);
      expect(door.lines.filter(({ level }) => level === 'error')).toEqual([]);
      expect((await door.post({ query: '{ echo }' })).status).toBe(200);
      await door.gateway.stop();
    },
  );
});
