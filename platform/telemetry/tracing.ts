import {
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';

/** What a span may say: short, bounded values. Never a document, a variable or anything of a person. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface TraceSpan {
  /** W3C trace context that makes what follows a child of this span. */
  readonly traceparent: string;
  readonly traceId: string;
  set(attributes: SpanAttributes): void;
  /** `failure` is a stable code, not a message. */
  end(failure?: string): void;
  /** Runs `work` so that database commands sent from it become children of this span. */
  within<T>(work: () => T): T;
}

export interface Tracing {
  /** Null when nothing is traced: whoever asks then pays nothing. A malformed parent starts a new trace. */
  start(name: string, kind: 'server' | 'client', parent?: string, attributes?: SpanAttributes): TraceSpan | null;
  /** A span under the one `within` is running, or null where there is none. */
  startHere(name: string, attributes?: SpanAttributes): TraceSpan | null;
  /** Sends what is still waiting. */
  stop(): Promise<void>;
}

export const noTracing: Tracing = {
  start: () => null,
  startHere: () => null,
  stop: () => Promise.resolve(),
};

export interface TracingOptions {
  /** service.name of the spans, for example "kaituan-gateway". */
  readonly service: string;
  /** Base URL of an OTLP/HTTP collector; "/v1/traces" is added. */
  readonly endpoint: string;
  /** Part of the traces begun here that is recorded, 0 to 1. Whoever calls with a trace context has decided already. */
  readonly ratio: number;
}

export function startTracing({ service, endpoint, ratio }: TracingOptions): Tracing {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  return tracingOn(service, ratio, new BatchSpanProcessor(new OTLPTraceExporter({ url, timeoutMillis: 5_000 })));
}

/** The same over any processor; tests keep spans in memory. */
export function tracingOn(service: string, ratio: number, processor: SpanProcessor): Tracing {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: service }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [processor],
  });
  // Only the context manager is process-wide: it carries the span to the database driver. Tracers are asked for by value.
  provider.register({ propagator: null });
  const tracer = provider.getTracer('kaituan');
  return {
    start: (name, kind, parent, attributes = {}) =>
      spanOf(tracer.startSpan(name, { kind: KINDS[kind], attributes }, contextOf(parent))),
    startHere(name, attributes = {}) {
      const here = context.active();
      if (!trace.getSpan(here)?.isRecording()) return null;
      return spanOf(tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, here));
    },
    stop: () => provider.shutdown(),
  };
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

function contextOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (!traceId || !spanId || !flags) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function spanOf(span: Span): TraceSpan {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceId,
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    set: (attributes) => void span.setAttributes(attributes),
    end(failure) {
      if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
      span.end();
    },
    within: (work) => context.with(trace.setSpan(ROOT_CONTEXT, span), work),
  };
}
