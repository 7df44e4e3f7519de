import type { Bus } from '../bus/bus';
import type { Clock } from '../clock/clock';
import type { Config } from '../config/config';
import type { Idempotency } from '../idempotency/idempotency';
import type { IdFactory } from '../ids/id';
import type { Jobs } from '../jobs/jobs';
import type { Log } from '../logging/log';
import type { Database } from '../mongo/database';
import type { Inbox } from '../outbox/inbox';
import type { Outbox } from '../outbox/outbox';
import type { InternalClient } from './internal-client';
import type { SecretStore } from './secret-store';

/** What a subgraph's services may use. One kernel per running subgraph; nothing here is global. */
export interface Kernel {
  readonly config: Config;
  readonly clock: Clock;
  readonly newId: IdFactory;
  readonly log: Log;
  /** This subgraph's own database. */
  readonly database: Database;
  readonly idempotency: Idempotency;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly jobs: Jobs;
  /** Live views: `bus.follow(aggregateId, …)`. Consumers are declared in the subgraph's definition. */
  readonly bus: Bus;
  readonly internal: InternalClient;
  readonly secrets: SecretStore;
  /** The address under which this installation reaches its own gateway; known once it listens. */
  readonly publicUrl: () => string;
}
