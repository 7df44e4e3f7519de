import type { Config } from '../platform/config/config';
import { configReport } from '../platform/config/config-report';
import type { Log } from '../platform/logging/log';
import { Metrics, type MetricsServer, serveMetrics } from '../platform/telemetry/metrics';
import { noTracing, startTracing, type Tracing } from '../platform/telemetry/tracing';

/** What an operator sees of one process. */
export interface Telemetry {
  readonly tracing: Tracing;
  readonly metrics: Metrics | null;
  /** Where the metrics are; null when they are not shown. */
  readonly metricsUrl: string | null;
  stop(): Promise<void>;
}

/** Reports the configuration, and opens what it asks for. `part` is "gateway", a subgraph's name, or "all". */
export async function startTelemetry(config: Config, part: string, log: Log): Promise<Telemetry> {
  log.info({ part, pid: process.pid, configuration: configReport(config) }, 'Starting.');
  const tracing =
    config.traceEndpoint === null
      ? noTracing
      : startTracing({ service: `kaituan-${part}`, endpoint: config.traceEndpoint, ratio: config.traceRatio });
  let server: MetricsServer | null = null;
  const metrics = config.metricsPort === null ? null : new Metrics();
  if (metrics && config.metricsPort !== null) {
    server = await serveMetrics(metrics, config.metricsHost, config.metricsPort);
    log.info({ part, url: server.url }, 'Metrics are shown.');
  }
  return {
    tracing,
    metrics,
    metricsUrl: server?.url ?? null,
    async stop() {
      await server?.stop();
      await tracing.stop();
    },
  };
}
