import { randomBytes } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import { KeyQueue } from '../../../platform/mongo/key-queue';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { Refusal } from '../../../platform/user-errors/refusal';
import type { Account } from '../account/account';
import type { AccountModel } from '../account/account.model';
import { type CredentialModel, identifierClaim } from '../credential/credential.model';
import { parseIdentifier } from '../credential/identifier';
import type { PasswordHashing } from '../credential/password-hashing';
import { signAccessToken } from './access-token';
import { after, digestToken, REFRESH_TOKEN_SECONDS, type Session } from './session';
import type { SessionModel } from './session.model';
import type { SignInAttempts } from './sign-in-attempts.model';

/** An open session with the tokens to use it. The only time the refresh token is seen. */
export interface OpenedSession {
  readonly id: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token lapses. */
  readonly expiresAt: Date;
  readonly account: Account;
}

/** Sign-in, the rotation of refresh tokens, sign-out. */
export class SessionService {
  private readonly queue = new KeyQueue();

  constructor(
    private readonly kernel: Kernel,
    private readonly accounts: AccountModel,
    private readonly credentials: CredentialModel,
    private readonly sessions: SessionModel,
    private readonly attempts: SignInAttempts,
    private readonly passwords: PasswordHashing,
  ) {}

  /** Makes or reads the signing key, so that an unusable one is met at start and not by the first person. */
  async prepare(): Promise<void> {
    await signAccessToken(this.kernel.secrets, { accountId: '', sessionId: '', roles: [] }, this.kernel.clock.now());
  }

  /** Refuses INVALID_CREDENTIALS and TOO_MANY_ATTEMPTS, neither of which says whether the account exists. */
  signIn(credentials: { readonly identifier: string; readonly password: string }): Promise<OpenedSession> {
    const identifier = parseIdentifier(credentials.identifier);
    const claim = identifier ? identifierClaim(identifier) : `unreadable:${digestToken(credentials.identifier)}`;
    const key = digestToken(claim);
    // One at a time per identifier: a person signing in on many devices at once never meets their own limit.
    return this.queue.run(key, async () => {
      const now = this.kernel.clock.now();
      if (!(await this.attempts.take(key, now))) throw tooManyAttempts();
      const accountId = await this.checkPassword(claim, credentials.password).catch(async (error: unknown) => {
        await this.attempts.giveBack(key);
        throw error;
      });
      if (accountId === null) throw invalidCredentials();
      await this.attempts.forget(key);
      const opened = await this.open(accountId);
      if (!opened) throw invalidCredentials();
      return opened;
    });
  }

  /** Opens a session without asking for a password: after registration, and for tools. Null for an unknown account. */
  async open(accountId: string): Promise<OpenedSession | null> {
    const account = await this.accounts.find(accountId);
    if (!account || account.roles.length === 0) return null;
    return this.openFor(account);
  }

  /** Opens a session for an account just read or made. */
  async openFor(account: Account): Promise<OpenedSession> {
    const now = this.kernel.clock.now();
    const session: Session = {
      id: this.kernel.newId('sess'),
      accountId: account.id,
      createdAt: now,
      refreshedAt: now,
      expiresAt: after(now, REFRESH_TOKEN_SECONDS),
      revokedAt: null,
    };
    const refreshToken = newRefreshToken();
    await this.kernel.database.transaction(async (mongo) => {
      await this.sessions.insert(mongo, session);
      await this.sessions.addToken(mongo, digestToken(refreshToken), session.id, session.expiresAt);
    });
    return this.issue(session, account, refreshToken, now);
  }

  /**
   * Exchanges a refresh token for new tokens; each works once. One that comes a second time closes its session, since
   * either caller may be a thief. Refuses INVALID_REFRESH_TOKEN and REFRESH_TOKEN_REUSED.
   */
  async refresh(refreshToken: string): Promise<OpenedSession> {
    const now = this.kernel.clock.now();
    const next = newRefreshToken();
    const session = await this.kernel.database.transaction((mongo) => this.rotate(mongo, refreshToken, next, now));
    if (!session) {
      throw new Refusal('REFRESH_TOKEN_REUSED', 'This refresh token was used before; its session is closed now.', {
        field: ['input', 'refreshToken'],
      });
    }
    const account = await this.accounts.find(session.accountId);
    if (!account) throw invalidRefreshToken();
    return this.issue(session, account, next, now);
  }

  /** Closes the caller's own session; answers how many were open (0 or 1). */
  revoke(accountId: string, sessionId: string): Promise<number> {
    return this.sessions.revoke(null, sessionId, this.kernel.clock.now(), accountId);
  }

  /** Closes every session of the account; answers how many were open. */
  revokeAll(accountId: string): Promise<number> {
    return this.sessions.revokeAll(null, accountId, this.kernel.clock.now());
  }

  isActive(sessionId: string): Promise<boolean> {
    return this.sessions.isOpen(sessionId, this.kernel.clock.now());
  }

  /** Those of these sessions that are not open any more. */
  async ended(sessionIds: readonly string[]): Promise<string[]> {
    const open = await this.sessions.findOpen(sessionIds, this.kernel.clock.now());
    return sessionIds.filter((id) => !open.has(id));
  }

  /** The account the password opens, or null; takes the same time for an unknown identifier. */
  private async checkPassword(claim: string, password: string): Promise<string | null> {
    const { accountId, passwordHash } = await this.credentials.findPassword(claim);
    return (await this.passwords.matches(passwordHash, password)) ? accountId : null;
  }

  /** The prolonged session; null after closing it because the token had been used already. */
  private async rotate(mongo: ClientSession, token: string, next: string, now: Date): Promise<Session | null> {
    const used = await this.sessions.useToken(mongo, digestToken(token), now);
    if (!used) {
      const reusedIn = await this.sessions.findSessionOfUsedToken(mongo, digestToken(token));
      if (reusedIn === null) throw invalidRefreshToken();
      await this.sessions.revoke(mongo, reusedIn, now);
      return null;
    }
    const expiresAt = after(now, REFRESH_TOKEN_SECONDS);
    const session = await this.sessions.prolong(mongo, used.sessionId, now, expiresAt);
    if (!session) throw invalidRefreshToken();
    await this.sessions.addToken(mongo, digestToken(next), session.id, expiresAt);
    return session;
  }

  private async issue(session: Session, account: Account, refreshToken: string, now: Date): Promise<OpenedSession> {
    const claims = { accountId: account.id, sessionId: session.id, roles: account.roles };
    const { token, expiresAt } = await signAccessToken(this.kernel.secrets, claims, now);
    return { id: session.id, accessToken: token, refreshToken, expiresAt, account };
  }
}

function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

function invalidCredentials(): Refusal {
  return new Refusal('INVALID_CREDENTIALS', 'This identifier and password do not belong together.');
}

function invalidRefreshToken(): Refusal {
  return new Refusal('INVALID_REFRESH_TOKEN', 'This refresh token opens nothing: sign in again.', {
    field: ['input', 'refreshToken'],
  });
}

function tooManyAttempts(): Refusal {
  return new Refusal('TOO_MANY_ATTEMPTS', 'Too many sign-ins with this identifier failed. Try again in 15 minutes.', {
    field: ['input', 'identifier'],
  });
}
