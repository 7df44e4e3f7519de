import type { Clock } from '../clock/clock';
import type { Log } from '../logging/log';
import { RedisCarrier } from '../redis/redis-carrier';
import { type EventBus, OutboxBus } from './outbox-bus';

export interface BusOptions {
  /** Null: processes find each other's events in the outboxes alone. */
  readonly redisUrl: string | null;
  /** Whether other processes may work on the same databases; false only for an embedded database of this very process. */
  readonly shared: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** The one place where configuration decides how events travel. */
export function createBus({ redisUrl, shared, clock, log }: BusOptions): EventBus {
  // A process that is alone has nobody to be told anything.
  const carrier = shared && redisUrl !== null ? new RedisCarrier(redisUrl, log) : null;
  return new OutboxBus({ shared, clock, carrier });
}
