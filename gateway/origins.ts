import type { Clock } from '../platform/clock/clock';
import type { Authenticator } from './authenticator';
import { BoundedCache } from './bounded-cache';

const REMEMBERED_ORIGINS = 1_000;
/** A revoked key's origins are refused after this long at the latest. */
const REMEMBERED_MS = 5_000;

export type OriginVerdict = 'NONE' | 'SAME' | 'LISTED' | 'REFUSED';

/** Decides which pages of other sites may call. No Origin (servers, apps, tools) and our own origin always may. */
export class Origins {
  private readonly remembered = new BoundedCache<string, { listed: boolean; until: number }>(REMEMBERED_ORIGINS);

  constructor(
    private readonly authenticator: Pick<Authenticator, 'isOriginListed'>,
    private readonly clock: Clock,
  ) {}

  async judge(origin: string | undefined, host: string | undefined): Promise<OriginVerdict> {
    if (origin === undefined || origin === '') return 'NONE';
    if (host !== undefined && hostOf(origin) === host.toLowerCase()) return 'SAME';
    return (await this.isListed(origin)) ? 'LISTED' : 'REFUSED';
  }

  private async isListed(origin: string): Promise<boolean> {
    const now = this.clock.now().getTime();
    const known = this.remembered.get(origin);
    if (known && known.until > now) return known.listed;
    const listed = await this.authenticator.isOriginListed(origin);
    this.remembered.set(origin, { listed, until: now + REMEMBERED_MS });
    return listed;
  }
}

function hostOf(origin: string): string | null {
  try {
    const { protocol, host } = new URL(origin);
    return protocol === 'http:' || protocol === 'https:' ? host : null;
  } catch {
    return null;
  }
}
