import { LIMITS } from '../limits/limits';
import { shopGraph } from '../testing/shop-graph';
import { startTestGateway } from '../testing/test-gateway';

describe('what needs no GraphQL and asks others', () => {
  it('should take so many webhooks of an address and then say when to come back, apart from other requests', async () => {
    let received = 0;
    const door = await startTestGateway({
      endpoints: shopGraph().endpoints,
      rateLimit: true,
      webhooks: () => {
        received += 1;
        return Promise.resolve({ status: 202, body: {} });
      },
    });
    const call = () => fetch(`${door.gateway.url}/webhooks/payments/sandbox`, { method: 'POST', body: '{}' });
    let refused: Response | null = null;
    // A new window may begin meanwhile on a slow machine.
    for (let sent = 0; sent < 3 * LIMITS.webhooksPerWindow && !refused; sent += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, call));
      await Promise.all(answers.map((answer) => answer.clone().text()));
      refused = answers.find(({ status }) => status === 429) ?? null;
    }
    expect(received).toBeGreaterThanOrEqual(LIMITS.webhooksPerWindow);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused?.json()).toMatchObject({ errors: [{ extensions: { code: 'THROTTLED' } }] });
    expect((await door.post({ query: '{ echo }' })).status).toBe(200);
    await door.gateway.stop();
  });

  it('should ask dependencies once at a time, however often readiness is asked for', async () => {
    let asked = 0;
    let answer: (state: Record<string, 'up'>) => void = () => undefined;
    const door = await startTestGateway({
      endpoints: shopGraph().endpoints,
      readiness: () => {
        asked += 1;
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    const ready = () => fetch(`${door.gateway.url}/readyz`).then(({ status }) => status);
    const all = Promise.all(Array.from({ length: 5 }, ready));
    // Answered on a connection of its own after the five have come.
    while (asked === 0) await fetch(`${door.gateway.url}/livez`);
    for (let count = 0; count < 20; count++) await fetch(`${door.gateway.url}/livez`);
    expect(asked).toBe(1);
    answer({ database: 'up' });
    expect(await all).toEqual([200, 200, 200, 200, 200]);
    const again = ready();
    while (asked === 1) await fetch(`${door.gateway.url}/livez`);
    answer({ database: 'up' });
    expect(await again).toBe(200);
    await door.gateway.stop();
  });
});
