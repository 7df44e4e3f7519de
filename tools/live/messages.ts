import type { LiveStats } from '../../gateway/subscriptions/live-stats';

/** What a parent says to `live-server.ts`. */
export type ServerRequest =
  /** One event, now. */
  | { readonly kind: 'emit' }
  /** Events at an even pace. */
  | { readonly kind: 'pace'; readonly everyMs: number; readonly count: number }
  /** Figures since the last time this was asked. */
  | { readonly kind: 'measure' }
  | { readonly kind: 'stop' };

export interface ServerMeasure {
  readonly kind: 'measured';
  /** Bytes after a garbage collection: what the system counts, and what is held. */
  readonly rss: number;
  readonly held: number;
  readonly cpuMicros: number;
  /** The longest time the event loop was held up. */
  readonly blockedMs: number;
  readonly version: number;
  readonly stats: LiveStats | null;
}

export type ServerReply =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'paced' }
  | ServerMeasure
  | { readonly kind: 'failed'; readonly message: string };

export interface OpenViewers {
  readonly kind: 'open';
  /** "ws://…" */
  readonly url: string;
  readonly count: number;
  /** Null follows a server that sends to whoever connects. */
  readonly subscription: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> } | null;
  /** Whether each viewer gives its subscription an id of its own, as graphql-ws does, or all the same. */
  readonly ids: 'own' | 'same';
  /** They stop reading after the first message, and come back when they are thrown out. */
  readonly stuck: boolean;
}

export type ViewersRequest = OpenViewers | { readonly kind: 'report' } | { readonly kind: 'stop' };

export interface ViewersReport {
  readonly kind: 'report';
  /** Since the last report. Milliseconds from the event to the viewer. */
  readonly received: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  /** Of all viewers, ever: the lowest of their newest versions, versions that did not rise, sockets lost. */
  readonly slowestVersion: number;
  readonly wentBack: number;
  readonly lost: number;
}

export type ViewersReply =
  | { readonly kind: 'opened' }
  /** Every viewer has this version. */
  | { readonly kind: 'everyone'; readonly version: number }
  | ViewersReport
  | { readonly kind: 'failed'; readonly message: string };
