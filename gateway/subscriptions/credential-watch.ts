import { type Identity, visibleIdentity } from '../../platform/context/identity';
import { errorFields, type Log } from '../../platform/logging/log';
import { type Authenticator, type Credentials, isAuthenticationError } from '../authenticator';
import { LIMITS } from '../limits/limits';
import { isUnreachable } from './live-upstream';

/** Sessions asked about in one question. */
const SESSIONS_AT_ONCE = 500;

/** A connection that stands as long as its credentials do. */
export interface WatchedConnection {
  credentialsEnded(reason: string): void;
}

/** Whom a connection was opened as. */
export interface Admission {
  readonly identity: Identity;
  readonly credentials: Credentials;
  /** The page it came from stands on a key's list: on the presented key's, when there is one. */
  readonly listedOrigin: boolean;
}

interface Watched {
  readonly admission: Admission;
  readonly connections: Set<WatchedConnection>;
}

/**
 * Ends open connections whose session was closed, whose key was revoked, or whose page lost its place on the list.
 * Each distinct credential is asked about once, however many connections hold it; sessions hundreds at a time.
 */
export class CredentialWatch {
  private readonly watched = new Map<string, Watched>();
  private readonly timer: NodeJS.Timeout;
  private looking = false;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly log: Log,
    everyMs: number = LIMITS.credentialCheckMs,
  ) {
    this.timer = setInterval(() => {
      if (!this.looking) void this.look();
    }, everyMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Distinct credentials that are looked at. */
  get size(): number {
    return this.watched.size;
  }

  /** The returned function ends the watch. */
  watch(admission: Admission, connection: WatchedConnection): () => void {
    const { identity, listedOrigin } = admission;
    // Nothing that could be taken away: an anonymous caller from its own site, or from none.
    if (identity.kind === 'anonymous' && !listedOrigin) return () => undefined;
    const key = nameOf(admission);
    const watched = this.watched.get(key) ?? { admission, connections: new Set() };
    this.watched.set(key, watched);
    watched.connections.add(connection);
    return () => {
      watched.connections.delete(connection);
      if (watched.connections.size === 0 && this.watched.get(key) === watched) this.watched.delete(key);
    };
  }

  /** Asks about everything once. Never rejects: what cannot be asked now is asked the next time. */
  async look(): Promise<void> {
    this.looking = true;
    try {
      const all = [...this.watched.values()];
      await this.lookAtSessions(all);
      for (const watched of all) {
        await this.lookAtOne(watched).catch((error: unknown) => {
          // Away for all of them; what is wrong with one of them must not hide the others.
          if (isUnreachable(error)) throw error;
          this.log.error(errorFields(error), 'A credential of open connections could not be checked.');
        });
      }
    } catch (error) {
      this.log.warn(errorFields(error), 'The credentials of open connections could not be checked.');
    } finally {
      this.looking = false;
    }
  }

  private async lookAtSessions(all: readonly Watched[]): Promise<void> {
    if (!this.authenticator.endedSessions) return;
    const bySession = new Map<string, Watched[]>();
    for (const watched of all) {
      const { identity } = watched.admission;
      if (identity.kind !== 'account') continue;
      const same = bySession.get(identity.sessionId) ?? [];
      same.push(watched);
      bySession.set(identity.sessionId, same);
    }
    const ids = [...bySession.keys()];
    for (let at = 0; at < ids.length; at += SESSIONS_AT_ONCE) {
      const ended = await this.authenticator.endedSessions(ids.slice(at, at + SESSIONS_AT_ONCE));
      for (const id of ended) for (const watched of bySession.get(id) ?? []) end(watched, 'The session has ended');
    }
  }

  private async lookAtOne(watched: Watched): Promise<void> {
    const { credentials, identity, listedOrigin } = watched.admission;
    const { storefrontKey, origin } = credentials;
    try {
      if (identity.kind === 'app' || storefrontKey !== undefined) {
        // A person's token is as good as its session, asked about above; the key beside it stands by itself.
        const { authorization: _, ...keyAlone } = credentials;
        const found = await this.authenticator.identify(identity.kind === 'account' ? keyAlone : credentials);
        if (identity.kind === 'app' && visibleIdentity(found.identity) !== visibleIdentity(identity)) {
          end(watched, 'The key has changed');
        } else if (listedOrigin && storefrontKey !== undefined && !found.originAllowed) {
          end(watched, 'The origin is no longer listed');
        }
      } else if (listedOrigin && origin !== undefined && !(await this.authenticator.isOriginListed(origin))) {
        end(watched, 'The origin is no longer listed');
      }
    } catch (error) {
      if (!isAuthenticationError(error)) throw error;
      end(watched, 'The key was revoked');
    }
  }
}

function end({ connections }: Watched, reason: string): void {
  for (const connection of [...connections]) connection.credentialsEnded(reason);
}

/** Equal for connections that stand and fall together. */
function nameOf({ identity, credentials: { authorization, storefrontKey, origin }, listedOrigin }: Admission): string {
  const session = identity.kind === 'account' ? identity.sessionId : null;
  // One session's tokens follow each other; the session is what lasts.
  const token = session === null ? (authorization ?? null) : null;
  return JSON.stringify([session, token, storefrontKey ?? null, listedOrigin ? (origin ?? null) : null]);
}
