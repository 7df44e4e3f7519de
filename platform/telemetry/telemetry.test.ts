import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { parse } from 'graphql';
import mongoose from 'mongoose';
import { ANONYMOUS } from '../context/identity';
import type { RunningSubgraph } from '../subgraph/define-subgraph';
import type { SubgraphEndpoint, SubgraphRequest } from '../subgraph/subgraph-port';
import { openTestDatabase } from '../testing/test-database';
import { meteredCalls } from './metered';
import { Metrics, serveMetrics } from './metrics';
import { traceCommands, tracedCalls, tracedWork } from './traced';
import { noTracing, tracingOn } from './tracing';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

function request(more: Partial<SubgraphRequest> = {}): SubgraphRequest {
  return { document: parse('{ product }'), identity: ANONYMOUS, requestId: 'req_1', ...more };
}

function subgraph(execute: SubgraphEndpoint['execute']): RunningSubgraph<null> {
  return {
    name: 'catalog',
    sdl: '',
    topics: {},
    services: null,
    execute,
    subscribe: () => Promise.resolve({ errors: [] }),
  };
}

describe('tracing', () => {
  const exporter = new InMemorySpanExporter();
  const tracing = tracingOn('kaituan-test', 1, new SimpleSpanProcessor(exporter));
  const spans = () =>
    exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      trace: span.spanContext().traceId,
      id: span.spanContext().spanId,
      parent: span.parentSpanContext?.spanId,
      failure: span.status.message,
      attributes: span.attributes,
    }));
  beforeEach(() => exporter.reset());
  afterAll(() => tracing.stop());

  it('should carry one trace from the call of a subgraph through its work to its database commands', async () => {
    const database = await openTestDatabase();
    const connection = await mongoose.createConnection(database.uri, { monitorCommands: true }).asPromise();
    traceCommands(connection, tracing);
    const worker = tracedWork(
      subgraph(async () => ({ data: { product: await connection.collection('products').countDocuments({}) } })),
      tracing,
    );
    const result = await tracedCalls(worker, tracing).execute(request({ traceparent: PARENT }));
    await connection.close();
    await database.remove();

    expect(result).toEqual({ data: { product: 0 } });
    const [command, work, call] = spans();
    expect([command?.name, work?.name, call?.name]).toEqual(['db aggregate', 'catalog', 'ask catalog']);
    expect(new Set(spans().map(({ trace }) => trace))).toEqual(new Set([TRACE]));
    expect([command?.parent, work?.parent, call?.parent]).toEqual([work?.id, call?.id, '00f067aa0ba902b7']);
    expect(command?.attributes).toEqual({
      'db.system.name': 'mongodb',
      'db.namespace': 'test',
      'db.operation.name': 'aggregate',
      'db.collection.name': 'products',
    });
    expect(call?.attributes).toEqual({ 'kaituan.subgraph': 'catalog', 'kaituan.request_id': 'req_1' });
  });

  it('should mark what failed by its code, and say nothing of the message', async () => {
    const failing = tracedCalls(
      subgraph(() => Promise.reject(new TypeError('10.0.0.9 is down'))),
      tracing,
    );
    await expect(failing.execute(request())).rejects.toThrow('10.0.0.9 is down');
    expect(spans()).toMatchObject([{ name: 'ask catalog', failure: 'TypeError' }]);
  });

  it.each(['garbage', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `01-${TRACE}-00f067aa0ba902b7-01`])(
    'should begin a trace of its own for the context %s',
    (traceparent) => {
      const span = tracing.start('x', 'server', traceparent);
      expect(span?.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(span?.traceId).not.toBe(TRACE);
    },
  );

  it('should leave unrecorded what its caller does not record, and still pass the context on', () => {
    const span = tracing.start('x', 'server', PARENT.replace(/01$/, '00'));
    expect(span?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    span?.end();
    expect(spans()).toEqual([]);
  });

  it('should make no span where nothing is traced', async () => {
    const asked: SubgraphRequest[] = [];
    const quiet = tracedCalls(
      subgraph((one) => {
        asked.push(one);
        return Promise.resolve({ data: {} });
      }),
      noTracing,
    );
    const sent = request();
    await quiet.execute(sent);
    expect(asked[0]).toBe(sent);
  });
});

describe('metrics', () => {
  it('should count and time what is asked of a subgraph, by outcome', async () => {
    const metrics = new Metrics();
    const answers = [
      () => Promise.resolve({ data: {} }),
      () => Promise.resolve({ errors: [] }),
      () => Promise.reject(new Error('down')),
    ];
    const metered = meteredCalls(
      subgraph(() => (answers.shift() ?? (() => Promise.resolve({})))()),
      metrics,
    );
    await metered.execute(request());
    await metered.execute(request());
    await expect(metered.execute(request())).rejects.toThrow('down');
    const text = await metrics.text();
    for (const outcome of ['ok', 'error', 'failed']) {
      expect(text).toContain(`kaituan_subgraph_requests_total{subgraph="catalog",outcome="${outcome}"} 1`);
    }
    expect(text).toContain('kaituan_subgraph_request_duration_seconds_count{subgraph="catalog"} 3');
  });

  it('should follow Prometheus’s rules for names', async () => {
    const metrics = new Metrics();
    const described = await metrics.registry.getMetricsAsJSON();
    expect(described.length).toBeGreaterThan(5);
    for (const { name, type, help } of described) {
      expect(name).toMatch(/^kaituan_[a-z0-9_]+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, String(type) === 'counter']);
      expect(help.length).toBeGreaterThan(10);
    }
  });

  it('should be served on a port of their own, and nothing else there', async () => {
    const metrics = new Metrics();
    metrics.gauge('kaituan_test_ratio', 'A value of this test.', () => 0.5);
    const server = await serveMetrics(metrics, '127.0.0.1', 0);
    const answer = await fetch(server.url);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(await answer.text()).toContain('kaituan_test_ratio 0.5');
    expect((await fetch(new URL('/', server.url))).status).toBe(404);
    const { port } = new URL(server.url);
    await expect(serveMetrics(metrics, '127.0.0.1', Number(port))).rejects.toThrow('METRICS_PORT');
    await server.stop();
  });
});
