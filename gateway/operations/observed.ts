import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { meteredCalls } from '../../platform/telemetry/metered';
import type { Metrics } from '../../platform/telemetry/metrics';
import { tracedCalls } from '../../platform/telemetry/traced';
import { noTracing } from '../../platform/telemetry/tracing';
import type { FederatedGraph, FederatedGraphStats } from '../federation/federated-graph';
import type { LiveStats } from '../subscriptions/live-stats';
import type { GatewayTelemetry } from './request-telemetry';

/** A subgraph whose every call is traced and counted, as far as there is anybody to tell. */
export function observedCalls(endpoint: SubgraphEndpoint, { tracing, metrics }: GatewayTelemetry): SubgraphEndpoint {
  const metered = metrics ? meteredCalls(endpoint, metrics) : endpoint;
  return tracing === noTracing ? metered : tracedCalls(metered, tracing);
}

const LIVE: Readonly<Record<keyof LiveStats, readonly ['gauge' | 'counter', string, string]>> = {
  sockets: ['gauge', 'kaituan_live_sockets', 'Open WebSockets.'],
  streams: ['gauge', 'kaituan_live_streams', 'Open server-sent event streams.'],
  topics: ['gauge', 'kaituan_live_topics', 'Different subscriptions being followed.'],
  upstreams: ['gauge', 'kaituan_live_upstreams', 'Subscriptions held at subgraphs.'],
  subscribers: ['gauge', 'kaituan_live_subscribers', 'Subscriptions held by clients.'],
  upstreamsOpened: ['counter', 'kaituan_live_upstreams_opened_total', 'Subscriptions opened at subgraphs.'],
  upstreamsReopened: ['counter', 'kaituan_live_upstreams_reopened_total', 'Subscriptions opened again after a loss.'],
  executions: ['counter', 'kaituan_live_executions_total', 'Events turned into answers, once for all who watch.'],
  deliveries: ['counter', 'kaituan_live_deliveries_total', 'Answers handed to connections.'],
  bytes: ['counter', 'kaituan_live_bytes_total', 'Bytes of answers handed to connections.'],
  thinned: ['counter', 'kaituan_live_thinned_total', 'States left out because a newer one came within the rate.'],
  coalesced: ['counter', 'kaituan_live_coalesced_total', 'States a slow reader never got because a newer one came.'],
  refused: ['counter', 'kaituan_live_refused_total', 'Connections and subscriptions turned away by a limit.'],
  expired: ['counter', 'kaituan_live_expired_total', 'Connections closed with their credentials.'],
  resumed: ['counter', 'kaituan_live_resumed_total', 'Subscriptions that went on from a version.'],
};

/** The live side's own counts as metrics. */
export function observeLive(metrics: Metrics, stats: () => LiveStats): void {
  for (const name of Object.keys(LIVE) as (keyof LiveStats)[]) {
    const [kind, metric, help] = LIVE[name];
    metrics[kind](metric, help, () => stats()[name]);
  }
}

const ENGINE: Readonly<Record<keyof FederatedGraphStats, readonly ['gauge' | 'counter', string, string]>> = {
  compiled: ['counter', 'kaituan_engine_compiled_runs_total', 'Plans run by compiled code.'],
  fallbacks: ['counter', 'kaituan_engine_fallbacks_total', 'Plans run by the stock executor.'],
  compiles: ['counter', 'kaituan_engine_compiles_total', 'Plans compiled.'],
  cachedPlans: ['gauge', 'kaituan_engine_cached_plans', 'Plans kept for documents met before.'],
  cachedBytes: ['gauge', 'kaituan_engine_cached_bytes', 'Estimated bytes of what is kept of documents and plans.'],
};

export function observeEngine(metrics: Metrics, graph: Pick<FederatedGraph, 'stats'>): void {
  for (const name of Object.keys(ENGINE) as (keyof FederatedGraphStats)[]) {
    const [kind, metric, help] = ENGINE[name];
    metrics[kind](metric, help, () => graph.stats()[name]);
  }
}
