import { serverAudits } from 'graphql-http';
import { startTestGateway, type TestGateway } from '../testing/test-gateway';

/** What this server does otherwise on purpose. No MUST is among them. */
const OTHERWISE: Readonly<Record<string, string>> = {
  // Apollo Server's status for a request at fault is 400 under every media type, and clients of it rely on that.
  '572B': 'SHOULD use 200 status code on document parsing failure when accepting application/json',
  FDE2: 'SHOULD use 200 status code on document validation failure when accepting application/json',
  '7B9B': 'SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
  // A GET that a page of another site could send without a preflight is refused; with a header it is answered.
  '5A70': 'MAY accept application/x-www-form-urlencoded formatted GET requests',
  D6D5: 'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
  '6A70': 'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
};

describe.each(['hot', 'apollo'] as const)("graphql-http's audits of the %s lane", (lane) => {
  let server: TestGateway;
  beforeAll(async () => {
    server = await startTestGateway({ lane });
  });
  afterAll(() => server.gateway.stop());

  const run = async (wanted: string, headers: Record<string, string> = {}) => {
    const audits = serverAudits({
      url: `${server.gateway.url}/graphql`,
      fetchFn: (url: string, init: RequestInit = {}) =>
        fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...headers } }),
    });
    const result = await audits.find(({ id }) => id === wanted)?.fn();
    return { status: result?.status, reason: result && 'reason' in result ? result.reason : null };
  };
  const named = serverAudits({ url: '' }).map(({ id, name }) => [id, name] as const);
  const ok = { status: 'ok', reason: null };

  it.each(named.filter(([id]) => !(id in OTHERWISE)))('%s %s', async (id) => {
    expect(await run(id)).toEqual(ok);
  });

  it.each(Object.entries(OTHERWISE))('%s, on purpose not: %s', async (id, name) => {
    expect(named).toContainEqual([id, name]);
    const { status } = await run(id);
    expect(status).toBe(name.startsWith('MAY') ? 'notice' : 'warn');
  });

  it.each(['5A70', 'D6D5', '6A70'])('%s, with the header that no other site can send', async (id) => {
    expect(await run(id, { 'apollo-require-preflight': 'yes' })).toEqual(ok);
  });

  it('should be asked every audit there is', () => {
    expect(named.length).toBeGreaterThanOrEqual(61);
  });
});
