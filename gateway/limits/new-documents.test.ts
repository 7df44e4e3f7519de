import { shopGraph } from '../testing/shop-graph';
import { SocketClient } from '../testing/socket-client';
import { startTestGateway, type TestGateway } from '../testing/test-gateway';
import { NewDocuments, type Sender } from './new-documents';

describe('documents nobody sent before', () => {
  const HERE: Sender = { address: '203.0.113.7' };

  it('should be 80 at once and then one a second, whole or in parts', () => {
    let now = 0;
    const documents = new NewDocuments(true, () => now);
    for (let count = 0; count < 80; count++) expect(documents.pay(HERE, 'check', 'plan')).toBe(0);
    expect(documents.pay(HERE, 'check', 'plan')).toBe(1);
    expect(documents.pay({ address: '203.0.113.8' }, 'check')).toBe(0);
    now = 500;
    expect(documents.pay(HERE, 'check', 'plan')).toBe(1);
    expect(documents.pay(HERE, 'plan')).toBe(0);
    expect(documents.pay(HERE, 'check')).toBe(1);
    now = 1_000;
    expect(documents.pay(HERE, 'check')).toBe(0);
  });

  it('should keep an address to a tenth of a core, measured by the price of the largest', () => {
    let now = 0;
    const documents = new NewDocuments(true, () => now);
    let granted = 0;
    // What the rate limit lets through: 25 a second, for an hour.
    for (; now < 3_600_000; now += 40) if (documents.pay(HERE, 'check', 'plan') === 0) granted += 1;
    expect(granted).toBe(80 + 3_599);
  });

  it('should be paid by a secret key wherever it calls from, and by the address of everybody else', () => {
    const documents = new NewDocuments(true, () => 0);
    const key = { keyId: 'key_1', kind: 'SECRET' as const, scopes: [] };
    for (let count = 0; count < 80; count++)
      expect(documents.pay({ key, address: `198.51.100.${count}` }, 'check', 'plan')).toBe(0);
    expect(documents.pay({ key, address: '198.51.100.200' }, 'check')).toBe(1);
    expect(documents.pay({ key: { ...key, kind: 'PUBLISHABLE' }, address: '198.51.100.200' }, 'check')).toBe(0);
    expect(documents.pay({ address: '198.51.100.1' }, 'check')).toBe(0);
  });

  it('should be free where nothing is limited', () => {
    const documents = new NewDocuments(false, () => 0);
    for (let count = 0; count < 500; count++) expect(documents.pay(HERE, 'check', 'plan')).toBe(0);
  });
});

describe('a gateway that is sent new documents', () => {
  const REFUSED = {
    status: 429,
    retryAfter: '1',
    body: {
      errors: [{ message: 'Too many requests. Try again in 1 s.', extensions: { code: 'THROTTLED', retryAfter: 1 } }],
    },
  };
  let count = 0;
  const fresh = () => `query Q${count++} { echo }`;
  // Points come back while this runs, so how many it takes depends on the machine; 400 are five times what an address has.
  const refusalOf = async (door: TestGateway, query: () => string) => {
    for (let sent = 0; sent < 400; sent++) {
      const { status, headers, body } = await door.post({ query: query() });
      if (status === 429) return { sent, answer: { status, retryAfter: headers.get('retry-after'), body } };
    }
    throw new Error('Nothing was refused.');
  };
  const start = (lane: 'hot' | 'apollo') =>
    startTestGateway({ endpoints: shopGraph().endpoints, lane, rateLimit: { requests: 10_000, seconds: 10 } });

  it.each(['hot', 'apollo'] as const)('should refuse more of them than it has time for: lane %s', async (lane) => {
    const door = await start(lane);
    expect((await door.post({ query: '{ echo }' })).status).toBe(200);
    const { sent, answer } = await refusalOf(door, fresh);
    expect(sent).toBeGreaterThanOrEqual(79);
    expect(answer).toEqual(REFUSED);
    // What it knows already is answered all the same.
    expect((await door.post({ query: '{ echo }' })).status).toBe(200);
    const socket = await SocketClient.connect(door.gateway.url);
    // A point or two may have come back meanwhile.
    for (let tries = 0; ; tries++) {
      socket.subscribe('new', `subscription Q${count++} { nothing }`);
      const refused = await socket.next();
      if (tries < 5 && JSON.stringify(refused).includes('GRAPHQL_VALIDATION_FAILED')) continue;
      expect(refused).toEqual({ id: 'new', type: 'error', payload: REFUSED.body.errors });
      break;
    }
    socket.socket.terminate();
    await door.gateway.stop();
  });

  it.each(['hot', 'apollo'] as const)('should count those at fault as well: lane %s', async (lane) => {
    const door = await start(lane);
    const { sent, answer } = await refusalOf(door, () => `{ nothing${count++} }`);
    expect(sent).toBeGreaterThanOrEqual(160);
    expect(answer).toEqual(REFUSED);
    await door.gateway.stop();
  });

  it.each(['hot', 'apollo'] as const)('should count decisions of a known document: lane %s', async (lane) => {
    const door = await start(lane);
    const names = Array.from({ length: 9 }, (_, index) => `v${index}`);
    const query = `query (${names.map((name) => `$${name}: Boolean!`).join(' ')}) {
      ${names.map((name) => `echo @include(if: $${name})`).join(' ')}
    }`;
    const decided = (decision: number) =>
      door.post({
        query,
        variables: Object.fromEntries(names.map((name, at) => [name, ((decision >> at) & 1) === 1])),
      });
    let refusals = 0;
    let last = 0;
    for (; last < 2 ** names.length && refusals === 0; last++) if ((await decided(last)).status === 429) refusals += 1;
    expect(refusals).toBe(1);
    expect(last).toBeGreaterThan(158);
    expect((await decided(0)).status).toBe(200);
    await door.gateway.stop();
  });
});
