import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { addressName } from './address';
import { LIMITS } from './limits';

/** Counts what an address does. */
export interface RateLimit {
  /** Counts one; answers 0 when allowed, else the whole seconds to wait. */
  count(address: string): Promise<number>;
}

export const unlimited: RateLimit = { count: () => Promise.resolve(0) };

export function rateLimitPerAddress(
  points: number = LIMITS.requestsPerWindow,
  seconds: number = LIMITS.windowSeconds,
): RateLimit {
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  return {
    async count(address) {
      try {
        await limiter.consume(addressName(address));
        return 0;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
        throw refusal;
      }
    },
  };
}
