import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { Metrics } from '../../platform/telemetry/metrics';
import { tracingOn } from '../../platform/telemetry/tracing';
import { shopGraph } from '../testing/shop-graph';
import { startTestGateway, type TestGateway } from '../testing/test-gateway';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('what an operator sees of a gateway', () => {
  const exporter = new InMemorySpanExporter();
  const tracing = tracingOn('kaituan-test', 1, new SimpleSpanProcessor(exporter));
  const metrics = new Metrics();
  const shop = shopGraph();
  let door: TestGateway;
  beforeAll(async () => {
    door = await startTestGateway({ endpoints: shop.endpoints, telemetry: { tracing, metrics } });
  });
  afterAll(async () => {
    await door.gateway.stop();
    await tracing.stop();
  });

  const value = async (line: string): Promise<number> => {
    const found = (await metrics.text()).split('\n').find((candidate) => candidate.startsWith(line));
    return Number(found?.split(' ').at(-1) ?? 0);
  };

  it.each(['hot', 'apollo'] as const)(
    'should follow a request of the %s lane into every subgraph it asks',
    async (lane) => {
      const own =
        lane === 'hot'
          ? door
          : await startTestGateway({ endpoints: shop.endpoints, telemetry: { tracing, metrics: new Metrics() }, lane });
      exporter.reset();
      const asked = shop.accounts.requests.length;
      await own.post({ query: '{ whoAmI }' }, { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` });
      if (own !== door) await own.gateway.stop();
      const spans = exporter.getFinishedSpans();
      const root = spans.find(({ name }) => name === 'POST /graphql');
      const call = spans.find(({ name }) => name === 'ask accounts');
      expect(root?.spanContext().traceId).toBe(TRACE);
      expect(root?.attributes['http.response.status_code']).toBe(200);
      expect(call?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
      expect(shop.accounts.requests[asked]?.traceparent).toBe(`00-${TRACE}-${call?.spanContext().spanId}-01`);
    },
  );

  it.each([
    [0, '01', []],
    [1, '00', [TRACE]],
  ])('should record a part of %s by lot whatever flag %s a caller sends', async (parentRatio, flag, traces) => {
    const own = await startTestGateway({
      endpoints: shop.endpoints,
      telemetry: { tracing, metrics: null, parentRatio },
    });
    exporter.reset();
    const asked = shop.accounts.requests.length;
    await own.post({ query: '{ whoAmI }' }, { traceparent: `00-${TRACE}-00f067aa0ba902b7-${flag}` });
    await own.gateway.stop();
    const roots = exporter.getFinishedSpans().filter(({ name }) => name === 'POST /graphql');
    expect(roots.map((span) => span.spanContext().traceId)).toEqual(traces);
    expect(shop.accounts.requests[asked]?.traceparent).toMatch(
      new RegExp(`^00-${TRACE}-[0-9a-f]{16}-0${parentRatio}$`),
    );
  });

  it('should count requests by route and status, calls by subgraph, and errors by code', async () => {
    const before = {
      fine: await value('kaituan_http_requests_total{route="/graphql",status="200"}'),
      refused: await value('kaituan_http_requests_total{route="/graphql",status="400"}'),
      calls: await value('kaituan_subgraph_requests_total{subgraph="accounts",outcome="ok"}'),
      errors: await value('kaituan_graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED"}'),
    };
    await door.post({ query: '{ whoAmI }' });
    await door.post({ query: '{ noSuchField }' });
    expect({
      fine: await value('kaituan_http_requests_total{route="/graphql",status="200"}'),
      refused: await value('kaituan_http_requests_total{route="/graphql",status="400"}'),
      calls: await value('kaituan_subgraph_requests_total{subgraph="accounts",outcome="ok"}'),
      errors: await value('kaituan_graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED"}'),
    }).toEqual({
      fine: before.fine + 1,
      refused: before.refused + 1,
      calls: before.calls + 1,
      errors: before.errors + 1,
    });
  });

  it('should have few names, whatever is asked for', async () => {
    for (const path of ['/a', '/b?c=d', '/images/../../x', '/graphql/'])
      await fetch(`${door.gateway.url}${path}`).then((answer) => answer.text());
    const routes = new Set([...(await metrics.text()).matchAll(/route="([^"]+)"/g)].map(([, route]) => route));
    expect([...routes].every((route) => ['/graphql', '/images/', 'other'].includes(route ?? ''))).toBe(true);
  });

  it('should show the live side and the engine, and never on the public port', async () => {
    const text = await metrics.text();
    expect(text).toContain('kaituan_live_sockets 0');
    expect(await value('kaituan_engine_compiled_runs_total')).toBeGreaterThan(0);
    expect((await fetch(`${door.gateway.url}/metrics`)).status).toBe(404);
  });
});
