import { createHash, generateKeyPairSync } from 'node:crypto';
import { ROLES, type Role } from '../../../platform/context/identity';
import type { SecretStore } from '../../../platform/subgraph/secret-store';
import { ApiError } from '../../../platform/user-errors/api-error';
import { ACCESS_TOKEN_SECONDS, after } from './session';

const SECRET_NAME = 'access-token-key';
const ALGORITHM = 'EdDSA';
const PARTY = 'kaituan';

// jose ships only ES modules; a dynamic import is how a CommonJS file reaches one under every loader.
const loadJose = () => import('jose');
type Jose = Awaited<ReturnType<typeof loadJose>>;
type Key = Awaited<ReturnType<Jose['importJWK']>>;

/** What an access token says. */
export interface AccessToken {
  readonly accountId: string;
  readonly sessionId: string;
  readonly roles: readonly Role[];
  readonly expiresAt: Date;
}

interface KeyRing {
  readonly signing: { readonly kid: string; readonly key: Key };
  readonly verifying: ReadonlyMap<string, Key>;
}

const rings = new WeakMap<SecretStore, Promise<KeyRing>>();

/** Signs an access token (JWT, EdDSA over Ed25519) that lapses ten minutes after `now`. */
export async function signAccessToken(
  secrets: SecretStore,
  claims: Omit<AccessToken, 'expiresAt'>,
  now: Date,
): Promise<{ token: string; expiresAt: Date }> {
  const { SignJWT } = await loadJose();
  const { signing } = await keyRing(secrets);
  // A JWT counts whole seconds; what the client is told must be the same instant.
  const issuedAt = new Date(Math.floor(now.getTime() / 1000) * 1000);
  const expiresAt = after(issuedAt, ACCESS_TOKEN_SECONDS);
  const token = await new SignJWT({ sid: claims.sessionId, roles: [...claims.roles] })
    .setProtectedHeader({ alg: ALGORITHM, kid: signing.kid, typ: 'JWT' })
    .setSubject(claims.accountId)
    .setIssuer(PARTY)
    .setAudience(PARTY)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(signing.key);
  return { token, expiresAt };
}

/**
 * Reads an access token of this installation. Rejects with UNAUTHENTICATED for anything else: another algorithm,
 * key, issuer or audience, a changed or lapsed token. Does not ask whether the session is still open.
 */
export async function verifyAccessToken(secrets: SecretStore, token: string, now: Date): Promise<AccessToken> {
  const jose = await loadJose();
  const { verifying } = await keyRing(secrets);
  try {
    const { payload } = await jose.jwtVerify(
      token,
      ({ kid }) => {
        const key = kid === undefined ? undefined : verifying.get(kid);
        if (!key) throw new jose.errors.JWKSNoMatchingKey();
        return key;
      },
      {
        algorithms: [ALGORITHM],
        issuer: PARTY,
        audience: PARTY,
        typ: 'JWT',
        currentDate: now,
        requiredClaims: ['sub', 'sid', 'roles', 'exp', 'iat'],
      },
    );
    const { sub, sid, roles, exp } = payload;
    if (typeof sub !== 'string' || typeof sid !== 'string' || !Array.isArray(roles) || exp === undefined) {
      throw new jose.errors.JWTInvalid('A claim has the wrong type.');
    }
    return {
      accountId: sub,
      sessionId: sid,
      roles: ROLES.filter((role) => roles.includes(role)),
      expiresAt: new Date(exp * 1000),
    };
  } catch (error) {
    if (error instanceof jose.errors.JOSEError) {
      throw new ApiError('UNAUTHENTICATED', 'The access token is invalid or has expired: refresh the session.');
    }
    throw error;
  }
}

/**
 * The secret is a JWK Set (RFC 7517): its first key signs and every key verifies, so a key is rotated by putting a
 * new one first and removing the old one ten minutes later.
 */
function keyRing(secrets: SecretStore): Promise<KeyRing> {
  const known = rings.get(secrets);
  if (known) return known;
  const ring = readKeyRing(secrets.get(SECRET_NAME, newKeySet));
  rings.set(secrets, ring);
  ring.catch(() => rings.delete(secrets));
  return ring;
}

async function readKeyRing(text: string): Promise<KeyRing> {
  const { importJWK } = await loadJose();
  const { keys } = JSON.parse(text) as { keys: { kid: string; kty: 'OKP'; crv: string; x: string; d: string }[] };
  const [first] = keys;
  if (!first) throw new Error(`The secret "${SECRET_NAME}" holds no key.`);
  const verifying = new Map<string, Key>();
  for (const { kid, kty, crv, x } of keys) verifying.set(kid, await importJWK({ kty, crv, x }, ALGORITHM));
  return { signing: { kid: first.kid, key: await importJWK(first, ALGORITHM) }, verifying };
}

function newKeySet(): string {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  // RFC 7638 thumbprint: the required members in lexicographic order.
  const thumbprint = createHash('sha256')
    .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x }))
    .digest('base64url');
  return JSON.stringify({ keys: [{ ...jwk, kid: thumbprint, alg: ALGORITHM, use: 'sig' }] });
}
