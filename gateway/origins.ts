import type { Clock } from '../platform/clock/clock';
import type { Authenticator } from './authenticator';
import { BoundedCache } from './bounded-cache';

const REMEMBERED_ORIGINS = 1_000;
/** A revoked key's origins are refused after this long at the latest. */
const REMEMBERED_MS = 5_000;

export type OriginVerdict = 'NONE' | 'SAME' | 'LISTED' | 'REFUSED';

/** A host name has 253 characters at most, and no key lists a longer origin. */
const MAX_CHARACTERS = 300;

/** Decides which pages of other sites may call. No Origin (servers, apps, tools) and our own origin always may. */
export class Origins {
  private readonly remembered = new BoundedCache<string, { listed: boolean; until: number }>(REMEMBERED_ORIGINS);

  constructor(
    private readonly authenticator: Pick<Authenticator, 'isOriginListed'>,
    private readonly clock: Clock,
  ) {}

  /** Rejects where nobody can say now. To be asked after the rate limit: a page can make up origins. */
  async judge(origin: string | undefined, host: string | undefined): Promise<OriginVerdict> {
    return this.recall(origin, host) ?? ((await this.isListed(origin ?? '')) ? 'LISTED' : 'REFUSED');
  }

  /** The verdict where nobody has to be asked for it, else null. */
  recall(origin: string | undefined, host: string | undefined): OriginVerdict | null {
    if (origin === undefined || origin === '') return 'NONE';
    const url = origin.length > MAX_CHARACTERS ? null : urlOf(origin);
    // A browser sends scheme, host and port as they are always written, and no key lists anything else.
    if (!url || url.origin !== origin) return 'REFUSED';
    if (host !== undefined && url.host === host.toLowerCase()) return 'SAME';
    const known = this.remembered.get(origin);
    if (!known || known.until <= this.clock.now().getTime()) return null;
    return known.listed ? 'LISTED' : 'REFUSED';
  }

  private async isListed(origin: string): Promise<boolean> {
    const now = this.clock.now().getTime();
    const listed = await this.authenticator.isOriginListed(origin);
    this.remembered.set(origin, { listed, until: now + REMEMBERED_MS });
    return listed;
  }
}

function urlOf(origin: string): URL | null {
  try {
    const url = new URL(origin);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
  } catch {
    return null;
  }
}
