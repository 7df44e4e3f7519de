import type { Clock } from '../../platform/clock/clock';
import type { Log } from '../../platform/logging/log';
import type { Authenticator } from '../authenticator';
import type { RateLimit } from '../limits/rate-limit';
import type { Origins } from '../origins';
import type { ConnectionCounts } from './connection-limits';
import type { CredentialWatch } from './credential-watch';
import type { LiveHub } from './live-hub';
import type { LiveOperations } from './live-operation';
import type { LiveCounters } from './live-stats';

/** What sockets and event streams share: the same people, limits, operations and topics behind two ways in. */
export interface LiveSurroundings {
  readonly authenticator: Authenticator;
  readonly origins: Origins;
  /** Of the requests of an address: connections, and subscriptions by documents nobody has planned yet. */
  readonly rateLimit: RateLimit;
  /** Of its subscriptions by documents that are planned, which cost next to nothing. */
  readonly subscriptionRateLimit: RateLimit;
  readonly connections: ConnectionCounts;
  readonly watch: CredentialWatch;
  readonly operations: LiveOperations;
  readonly hub: LiveHub;
  readonly counters: LiveCounters;
  readonly clock: Clock;
  readonly log: Log;
  /** Believe X-Forwarded-For. */
  readonly proxies: number;
}
