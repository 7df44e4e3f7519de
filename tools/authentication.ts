import type { Authenticator, Identified } from '../gateway/authenticator';
import { AuthenticationError } from '../gateway/authenticator';
import type { Clock } from '../platform/clock/clock';
import { ANONYMOUS } from '../platform/context/identity';
import { InternalCallError, type InternalClient } from '../platform/subgraph/internal-client';
import type { SecretStore } from '../platform/subgraph/secret-store';
import { ApiError } from '../platform/user-errors/api-error';
import { type AccessToken, verifyAccessToken } from '../subgraphs/accounts';
import {
  ApiKeyDocument,
  type ApiKeyQuery,
  OriginListedDocument,
  OverlayTokenDocument,
  type OverlayTokenQuery,
  SessionActiveDocument,
  SessionsEndedDocument,
} from './generated/accounts';
import { Remembered } from './remembered';

/** How long an answer of accounts is believed: a revoked key or session stops working within this time. */
const BELIEVED_MS = 3000;
/** The same for an overlay token: with the time between two checks of an open socket it stays below five seconds. */
const OVERLAY_BELIEVED_MS = 2000;

const OVERLAY_TOKEN = /^ot_/;
const OVERLAY_SCOPES = ['live:overlay'];

/** No key is longer; what is remembered should not be as long as a header may be. */
const MAX_KEY_CHARACTERS = 200;
const BAD_TOKEN = 'The access token is invalid or has expired: refresh the session.';
const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Turns tokens and storefront keys into identities for the gateway: tokens by signature, keys by asking accounts. */
export function createAuthenticator(calls: InternalClient, secrets: SecretStore, clock: Clock): Authenticator {
  const internal = sayingWhoIsAway(calls);
  const keys = new Remembered<ApiKeyQuery['_apiKey']>(clock, BELIEVED_MS);
  const origins = new Remembered<boolean>(clock, BELIEVED_MS);
  const sessions = new Remembered<boolean>(clock, BELIEVED_MS);
  // Checking a signature costs more than answering a small query; the token is the same for minutes.
  const tokens = new Remembered<AccessToken>(clock, BELIEVED_MS);
  const read = async (token: string): Promise<AccessToken> => {
    const known = await tokens.get(token, () => verifyAccessToken(secrets, token, clock.now()));
    if (known.expiresAt > clock.now()) return known;
    throw new AuthenticationError();
  };
  const isActive = (sessionId: string) =>
    sessions.get(
      sessionId,
      async () => (await internal.request('accounts', SessionActiveDocument, { sessionId }))._sessionActive,
    );
  const findKey = (key: string) =>
    keys.get(key, async () => (await internal.request('accounts', ApiKeyDocument, { key }))._apiKey);
  const overlayTokens = new Remembered<OverlayTokenQuery['_overlayToken']>(clock, OVERLAY_BELIEVED_MS);
  const identifyOverlay = async (token: string): Promise<Identified> => {
    const known = await overlayTokens.get(
      token,
      async () => (await internal.request('accounts', OverlayTokenDocument, { token }))._overlayToken,
    );
    if (!known) throw new AuthenticationError('The overlay token is unknown, was revoked or has expired.');
    return {
      identity: { kind: 'app', keyId: known.id, scopes: OVERLAY_SCOPES, resource: known.resource },
      expiresAt: new Date(known.expiresAt),
      // Our own overlay page and programs may present it; pages of other sites use a publishable key.
      originAllowed: false,
      key: { keyId: known.id, kind: 'PUBLISHABLE', scopes: OVERLAY_SCOPES },
    };
  };

  return {
    async identify({ authorization, storefrontKey, origin }) {
      if (storefrontKey !== undefined && storefrontKey.length > MAX_KEY_CHARACTERS) {
        throw new AuthenticationError('The storefront key is unknown or revoked.');
      }
      if (storefrontKey !== undefined && OVERLAY_TOKEN.test(storefrontKey)) {
        // It is never somebody's second credential: what it may do is all the request may do.
        if (authorization !== undefined) throw new AuthenticationError('An overlay token is presented alone.');
        return identifyOverlay(storefrontKey);
      }
      const key = storefrontKey === undefined ? null : await findKey(storefrontKey);
      if (storefrontKey !== undefined && !key) {
        throw new AuthenticationError('The storefront key is unknown or revoked.');
      }
      const originAllowed = key !== null && origin !== undefined && key.origins.includes(origin);
      const presented = key ? { key: { keyId: key.keyId, kind: keyKind(key.kind), scopes: key.scopes } } : {};
      if (authorization !== undefined) {
        const token = BEARER.exec(authorization)?.[1];
        if (!token) throw new AuthenticationError('Authorization must be "Bearer" and an access token.');
        const { accountId, sessionId, roles, expiresAt } = await read(token).catch(() => {
          throw new AuthenticationError(BAD_TOKEN);
        });
        if (!(await isActive(sessionId))) throw new AuthenticationError(BAD_TOKEN);
        return { identity: { kind: 'account', accountId, sessionId, roles }, expiresAt, originAllowed, ...presented };
      }
      if (key) return { identity: { kind: 'app', keyId: key.keyId, scopes: key.scopes }, originAllowed, ...presented };
      return { identity: ANONYMOUS, originAllowed };
    },
    isOriginListed: (origin) =>
      origins.get(
        origin,
        async () => (await internal.request('accounts', OriginListedDocument, { origin }))._originListed,
      ),
    // Not remembered: it is asked about many at once, and what it answers closes sockets.
    endedSessions: async (sessionIds) =>
      (await internal.request('accounts', SessionsEndedDocument, { sessionIds }))._sessionsEnded,
  };
}

/** An accounts subgraph that is away or late is not the caller's fault: the error says so, and asking again may help. */
function sayingWhoIsAway(calls: InternalClient): InternalClient {
  return {
    request: (subgraph, document, variables) =>
      calls.request(subgraph, document, variables).catch((error: unknown) => {
        const code = error instanceof InternalCallError ? error.code : undefined;
        if (code !== 'SUBGRAPH_TIMEOUT' && code !== 'SUBGRAPH_UNAVAILABLE') throw error;
        throw new ApiError(code, 'Who you are cannot be checked right now. Ask again.');
      }),
  };
}

/** Anything that is not known to be a server's secret is treated as public knowledge. */
function keyKind(kind: string): 'PUBLISHABLE' | 'SECRET' {
  return kind === 'SECRET' ? 'SECRET' : 'PUBLISHABLE';
}
