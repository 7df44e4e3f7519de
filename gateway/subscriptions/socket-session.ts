import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Clock } from '../../platform/clock/clock';
import { ANONYMOUS, type Identity } from '../../platform/context/identity';
import { errorFields, type Log } from '../../platform/logging/log';
import { type Authenticator, isAuthenticationError } from '../authenticator';
import { type Caller, languagesOf } from '../caller';
import type { OriginVerdict } from '../origins';
import type { SocketOutbox } from './socket-outbox';

/** Close codes a client comes back from with fresh credentials or later (graphql-ws retries on both). */
const FORBIDDEN = 4403;
const TRY_AGAIN_LATER = 1013;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What the upgrade request said. */
export interface SocketOrigin {
  readonly address: string;
  readonly origin: string | undefined;
  readonly verdict: OriginVerdict;
}

/** One socket and who is behind it. */
export class SocketSession {
  private identity: Identity = ANONYMOUS;
  private expiry: NodeJS.Timeout | undefined;
  private gone = false;
  private languages: readonly string[];

  constructor(
    readonly socket: WebSocket,
    readonly outbox: SocketOutbox,
    readonly from: SocketOrigin,
    request: IncomingMessage,
    private readonly clock: Clock,
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
  async authenticate(
    parameters: Readonly<Record<string, unknown>>,
    authenticator: Authenticator,
    log: Log,
  ): Promise<boolean> {
    const given = new Map(Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value]));
    const authorization = given.get('authorization');
    // The explorer sends its headers as parameters, so the header's name is understood as well.
    const storefrontKey = given.get('storefrontkey') ?? given.get('x-storefront-key');
    const language = given.get('accept-language');
    if (typeof language === 'string') this.languages = languagesOf(language);
    if (authorization === undefined && storefrontKey === undefined) return true;
    if (!isTextOrAbsent(authorization) || !isTextOrAbsent(storefrontKey)) return false;
    const { origin, verdict } = this.from;
    try {
      const identified = await authenticator.identify({
        ...(authorization === undefined ? {} : { authorization }),
        ...(storefrontKey === undefined ? {} : { storefrontKey }),
        ...(origin === undefined ? {} : { origin }),
      });
      if (verdict === 'LISTED' && storefrontKey !== undefined && !identified.originAllowed) return false;
      this.identity = identified.identity;
      if (identified.expiresAt) this.closeAt(identified.expiresAt);
      return true;
    } catch (error) {
      if (!isAuthenticationError(error)) {
        log.error(errorFields(error), 'A socket could not be authenticated.');
        this.socket.close(TRY_AGAIN_LATER, 'Try again later');
      }
      return false;
    }
  }

  closed(): void {
    this.gone = true;
    clearTimeout(this.expiry);
  }

  private closeAt(time: Date): void {
    if (this.gone) return;
    const left = time.getTime() - this.clock.now().getTime();
    this.expiry = setTimeout(
      () => {
        if (left > LONGEST_TIMER_MS) this.closeAt(time);
        else this.socket.close(FORBIDDEN, 'The token has expired');
      },
      Math.min(Math.max(left, 0), LONGEST_TIMER_MS),
    );
  }
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
