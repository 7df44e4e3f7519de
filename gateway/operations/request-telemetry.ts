import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from '../../platform/telemetry/metrics';
import type { TraceSpan, Tracing } from '../../platform/telemetry/tracing';

/** What an operator sees of this gateway; either part may be missing. */
export interface GatewayTelemetry {
  readonly tracing: Tracing;
  readonly metrics: Metrics | null;
  /**
   * Part of the requests with a trace context of their own that is recorded, 0 to 1, by lot: a caller may choose its
   * trace id, so the id decides nothing. Absent: the context's own flag decides, which is for callers one trusts.
   */
  readonly parentRatio?: number;
}

/** Paths with a name of their own in metrics and traces. Whatever else is asked for is "other": names stay few. */
const ROUTES = ['/graphql', '/graphql/stream', '/livez', '/readyz', '/'] as const;
const PREFIXES = ['/webhooks/', '/images/', '/embeds/', '/overlay/'] as const;

const spans = new WeakMap<IncomingMessage, TraceSpan>();

/** The trace context below which the work of this request belongs; undefined when it is not traced. */
export function traceparentOf(request: IncomingMessage): string | undefined {
  return spans.get(request)?.traceparent;
}

/** Times and counts a request, and traces it below the context it came with, until its answer has been sent. */
export function observeRequest(
  { tracing, metrics, parentRatio }: GatewayTelemetry,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const route = routeOf(request.url ?? '');
  const sent = request.headers['traceparent'];
  const parent = typeof sent === 'string' ? decided(sent, parentRatio) : undefined;
  const span = tracing.start(`${request.method} ${route}`, 'server', parent, {
    'http.route': route,
    'http.request.method': request.method ?? '',
  });
  if (span) spans.set(request, span);
  if (!span && !metrics) return;
  const started = performance.now();
  response.once('close', () => {
    // Gone before the answer was whole: 499, as proxies count it.
    const status = response.writableFinished ? response.statusCode : 499;
    metrics?.httpRequests.inc({ route, status: String(status) });
    metrics?.httpSeconds.observe({ route }, (performance.now() - started) / 1000);
    span?.set({ 'http.response.status_code': status });
    span?.end(status >= 500 ? String(status) : undefined);
  });
}

/** The trace context with the flag we give it. */
function decided(traceparent: string, ratio: number | undefined): string {
  if (ratio === undefined) return traceparent;
  return traceparent.replace(/-[0-9a-f]{2}$/, Math.random() < ratio ? '-01' : '-00');
}

function routeOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return ROUTES.find((route) => route === path) ?? PREFIXES.find((prefix) => path.startsWith(prefix)) ?? 'other';
}
