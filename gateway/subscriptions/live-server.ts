import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../platform/clock/clock';
import type { Log } from '../../platform/logging/log';
import type { Authenticator } from '../authenticator';
import { NO_TRUSTED_DOCUMENTS, type TrustedDocuments } from '../documents/trusted-documents';
import type { FederatedGraph } from '../federation/federated-graph';
import type { DocumentCheck } from '../limits/document-check';
import { LIMITS } from '../limits/limits';
import type { OperationGate } from '../limits/operation-gate';
import { type RateLimit, rateLimitPerAddress, unlimited } from '../limits/rate-limit';
import type { Origins } from '../origins';
import { ConnectionCounts, type ConnectionLimits } from './connection-limits';
import { CredentialWatch } from './credential-watch';
import { EventStreams } from './event-streams';
import { LiveHub } from './live-hub';
import { LiveOperations } from './live-operation';
import { type LiveStats, newLiveCounters } from './live-stats';
import type { LiveSurroundings } from './live-surroundings';
import type { Rate } from './pace';
import { subscriptionProtocol } from './protocol';
import { SocketServer } from './socket-server';

/** What an operator may set; what is not set is as in `limits.ts`. */
export interface LiveSettings extends Partial<ConnectionLimits> {
  /** How often a topic tells its news; `topicRates` for single subscription fields. */
  readonly topicRate?: Rate;
  readonly topicRates?: Readonly<Record<string, Rate>>;
}

export interface LiveServerOptions {
  readonly graph: FederatedGraph;
  readonly check: DocumentCheck;
  readonly gate: OperationGate;
  readonly trustedDocuments?: TrustedDocuments | undefined;
  readonly authenticator: Authenticator;
  readonly origins: Origins;
  readonly rateLimit: RateLimit;
  readonly clock: Clock;
  readonly log: Log;
  /** Believe X-Forwarded-For. */
  readonly proxies: number;
  readonly settings: LiveSettings;
}

/** Everything live: WebSockets on `/graphql`, event streams on `/graphql/stream`, and the topics behind both. */
export class LiveServer {
  private readonly counters = newLiveCounters();
  private readonly watch: CredentialWatch;
  private readonly sockets: SocketServer;
  private readonly streams: EventStreams;

  constructor(options: LiveServerOptions) {
    const { authenticator, check, clock, gate, graph, log, origins, rateLimit, settings, proxies } = options;
    const { counters } = this;
    const {
      connections = LIMITS.connections,
      connectionsPerAddress = LIMITS.connectionsPerAddress,
      connectionsPerKey = LIMITS.connectionsPerKey,
      topicRate = { perSecond: LIMITS.topicPerSecond, burst: LIMITS.topicBurst },
      topicRates = {},
    } = settings;
    this.watch = new CredentialWatch(authenticator, log);
    const hub = new LiveHub(counters, log, (topic) => topicRates[topic] ?? topicRate);
    const trusted = options.trustedDocuments ?? NO_TRUSTED_DOCUMENTS;
    const around: LiveSurroundings = {
      authenticator,
      origins,
      rateLimit,
      subscriptionRateLimit:
        rateLimit === unlimited ? unlimited : rateLimitPerAddress(LIMITS.subscriptionsPerWindow, LIMITS.windowSeconds),
      connections: new ConnectionCounts({ connections, connectionsPerAddress, connectionsPerKey }),
      watch: this.watch,
      operations: new LiveOperations(graph, check, gate, trusted, hub),
      hub,
      counters,
      clock,
      log,
      proxies,
    };
    this.sockets = new SocketServer('/graphql', subscriptionProtocol(graph.publicSchema, around), around);
    this.streams = new EventStreams('/graphql/stream', around);
  }

  /** Before the server listens. */
  register(app: FastifyInstance): void {
    this.streams.register(app);
    this.sockets.attach(app.server);
  }

  stats(): LiveStats {
    return { ...this.counters };
  }

  /** Tells every client to come back, and waits until the sockets are closed. */
  async stop(): Promise<void> {
    this.watch.stop();
    this.streams.stop();
    await this.sockets.stop();
  }
}
