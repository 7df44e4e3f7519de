import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Every metric of the product, declared once. Names and labels are bounded: a label takes one of a fixed set of values
 * (routes, subgraphs, operation types, error codes), never an id, an operation's name or an address.
 */
export class Metrics {
  readonly registry = new Registry();

  readonly httpRequests = new Counter({
    name: 'kaituan_http_requests_total',
    help: 'HTTP requests answered, by route pattern and status.',
    labelNames: ['route', 'status'] as const,
    registers: [this.registry],
  });
  readonly httpSeconds = new Histogram({
    name: 'kaituan_http_request_duration_seconds',
    help: 'Time from a request’s head to the end of its answer.',
    labelNames: ['route'] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly errors = new Counter({
    name: 'kaituan_graphql_errors_total',
    help: 'Errors in answers to clients, by code.',
    labelNames: ['code'] as const,
    registers: [this.registry],
  });
  readonly subgraphRequests = new Counter({
    name: 'kaituan_subgraph_requests_total',
    help: 'Operations sent to a subgraph, by outcome: ok, error (the answer carries errors) or failed (no answer).',
    labelNames: ['subgraph', 'outcome'] as const,
    registers: [this.registry],
  });
  readonly subgraphSeconds = new Histogram({
    name: 'kaituan_subgraph_request_duration_seconds',
    help: 'Time a subgraph took to answer an operation.',
    labelNames: ['subgraph'] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });

  constructor() {
    const delay = monitorEventLoopDelay({ resolution: 20 });
    delay.enable();
    this.gauge('kaituan_process_resident_memory_bytes', 'Memory of this process.', () => process.memoryUsage.rss());
    this.gauge('kaituan_process_start_time_seconds', 'When this process started, Unix time.', () =>
      Math.round(Date.now() / 1000 - process.uptime()),
    );
    this.gauge('kaituan_event_loop_delay_p99_seconds', 'How late timers ran since the last reading.', () => {
      const p99 = delay.percentile(99) / 1e9;
      delay.reset();
      return p99;
    });
    this.counter('kaituan_process_cpu_seconds_total', 'CPU this process has used.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  }

  /** A value read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** A total somebody else keeps, read when it is asked for. */
  counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}

export interface MetricsServer {
  /** "http://host:port/metrics" */
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the metrics on a port of their own, which no proxy shows to the public. 0 asks for a free port. */
export async function serveMetrics(metrics: Metrics, host: string, port: number): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Error(
          error.code === 'EADDRINUSE'
            ? `Port ${port} on ${host}, wanted for metrics, is taken. Choose another with METRICS_PORT.`
            : `Metrics cannot be served on ${host}:${port}: ${error.message}`,
          { cause: error },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/metrics`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
