import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { ANONYMOUS, type Identity } from '../../platform/context/identity';
import { errorFields } from '../../platform/logging/log';
import { isAuthenticationError, type PresentedKey } from '../authenticator';
import { type Caller, languagesOf } from '../caller';
import type { OriginVerdict } from '../origins';
import { atTime } from './at-time';
import type { Seat } from './connection-limits';
import type { LiveSurroundings } from './live-surroundings';
import { isUnreachable } from './live-upstream';
import type { SocketOutbox } from './socket-outbox';

/** Close codes a client comes back from with fresh credentials or later (graphql-ws retries on both). */
const FORBIDDEN = 4403;
const TRY_AGAIN_LATER = 1013;

/** What the upgrade request said. */
export interface SocketOrigin {
  readonly address: string;
  readonly origin: string | undefined;
  readonly verdict: OriginVerdict;
}

/** One socket and who is behind it. */
export class SocketSession {
  /** The storefront key that was presented, also beside a person's token. */
  key: PresentedKey | undefined;
  private identity: Identity = ANONYMOUS;
  private cancelExpiry: (() => void) | undefined;
  private unwatch: (() => void) | undefined;
  private gone = false;
  private languages: readonly string[];

  constructor(
    readonly socket: WebSocket,
    readonly outbox: SocketOutbox,
    readonly from: SocketOrigin,
    request: IncomingMessage,
    private readonly seat: Seat,
    private readonly around: LiveSurroundings,
  ) {
    this.languages = languagesOf(request.headers['accept-language']);
  }

  caller(): Caller {
    return {
      identity: this.identity,
      requestId: `sub_${randomUUID().replaceAll('-', '')}`,
      languages: this.languages,
    };
  }

  /** Reads the connection parameters. False refuses the connection; nothing given is an anonymous caller. */
  async authenticate(parameters: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { authenticator, clock, counters, log } = this.around;
    const given = new Map(Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value]));
    const authorization = given.get('authorization');
    // The explorer sends its headers as parameters, so the header's name is understood as well.
    const storefrontKey = given.get('storefrontkey') ?? given.get('x-storefront-key');
    const language = given.get('accept-language');
    if (typeof language === 'string') this.languages = languagesOf(language);
    if (!isTextOrAbsent(authorization) || !isTextOrAbsent(storefrontKey)) return false;
    const { origin, verdict } = this.from;
    const credentials = {
      ...(authorization === undefined ? {} : { authorization }),
      ...(storefrontKey === undefined ? {} : { storefrontKey }),
      ...(origin === undefined ? {} : { origin }),
    };
    try {
      if (authorization !== undefined || storefrontKey !== undefined) {
        const identified = await authenticator.identify(credentials);
        if (verdict === 'LISTED' && storefrontKey !== undefined && !identified.originAllowed) return false;
        if (storefrontKey !== undefined && !this.seat.claimKey(storefrontKey)) {
          counters.refused += 1;
          this.socket.close(TRY_AGAIN_LATER, 'This key has as many connections as it may');
          return false;
        }
        this.identity = identified.identity;
        this.key = identified.key;
        if (identified.expiresAt && !this.gone) {
          this.cancelExpiry = atTime(identified.expiresAt, clock, () => this.credentialsEnded('The token has expired'));
        }
      }
      if (this.gone) return false;
      const admission = { identity: this.identity, credentials, listedOrigin: verdict === 'LISTED' };
      this.unwatch = this.around.watch.watch(admission, this);
      return true;
    } catch (error) {
      if (isAuthenticationError(error)) return false;
      // Whoever knows who people are is away, which says nothing about the credentials.
      if (isUnreachable(error)) log.warn(errorFields(error), 'A socket could not be authenticated now.');
      else log.error(errorFields(error), 'A socket could not be authenticated.');
      // Before the protocol closes it as forbidden: the first word counts.
      this.socket.close(TRY_AGAIN_LATER, 'Try again later');
      return false;
    }
  }

  credentialsEnded(reason: string): void {
    this.around.counters.expired += 1;
    this.unwatch?.();
    this.socket.close(FORBIDDEN, reason);
  }

  closed(): void {
    this.gone = true;
    this.cancelExpiry?.();
    this.unwatch?.();
  }
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
