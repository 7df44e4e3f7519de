import type { Identity } from '../platform/context/identity';
import { ApiError } from '../platform/user-errors/api-error';

/** What a caller presented, unread. */
export interface Credentials {
  /** The whole header value, "Bearer …". */
  readonly authorization?: string;
  readonly storefrontKey?: string;
  readonly origin?: string;
}

export interface Identified {
  readonly identity: Identity;
  /** When what was presented stops being valid; absent when it does not expire by itself. */
  readonly expiresAt?: Date;
  /** Whether the presented key lists the presented origin. */
  readonly originAllowed: boolean;
  /** The key that was presented, also beside a person's token; absent when there was none. */
  readonly key?: PresentedKey;
}

export interface PresentedKey {
  readonly keyId: string;
  /** A publishable key is readable by anyone who opens the page; a secret one stays on a server. */
  readonly kind: 'PUBLISHABLE' | 'SECRET';
  readonly scopes: readonly string[];
}

/** Turns credentials into an identity. Built by whoever composes the installation, over the owner of accounts. */
export interface Authenticator {
  /** Rejects with AuthenticationError (or any error of code UNAUTHENTICATED) for what is invalid, expired or revoked. */
  identify(input: Credentials): Promise<Identified>;
  /** Whether any active key lists this origin: asked where no key is presented yet (preflight, upgrade). */
  isOriginListed(origin: string): Promise<boolean>;
  /**
   * Which of these sessions have ended: one question about many, asked every few seconds for the people behind open
   * connections. Without it a closed session is noticed only when its access token expires.
   */
  endedSessions?(sessionIds: readonly string[]): Promise<readonly string[]>;
}

export class AuthenticationError extends ApiError {
  constructor(message = 'The token or key is not valid, has expired or was revoked.') {
    super('UNAUTHENTICATED', message);
  }
}

export function isAuthenticationError(error: unknown): error is ApiError {
  return (error as { extensions?: Record<string, unknown> } | null)?.extensions?.['code'] === 'UNAUTHENTICATED';
}
