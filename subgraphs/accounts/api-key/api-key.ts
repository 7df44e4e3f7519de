import { createHash, randomBytes } from 'node:crypto';
import { invalid, Refusal } from '../../../platform/user-errors/refusal';

export const API_KEY_KINDS = ['PUBLISHABLE', 'SECRET'] as const;
export type ApiKeyKind = (typeof API_KEY_KINDS)[number];

/** What a key that every visitor of a page can read may be allowed. */
export const BROWSER_SCOPES = ['catalog:read', 'cart:write', 'group:join', 'live:overlay'] as const;
/** What only a server's key may be allowed besides. */
export const SERVER_SCOPES = ['catalog:write', 'stock:read', 'orders:read', 'orders:write'] as const;

const PREFIX = { PUBLISHABLE: 'pk_', SECRET: 'sk_' } as const;
const MAX_ORIGINS = 50;
const MAX_NAME = 80;

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly kind: ApiKeyKind;
  /** The last four characters, to tell keys apart. */
  readonly hint: string;
  /** The key itself where it is no secret (PUBLISHABLE), else null. */
  readonly key: string | null;
  readonly scopes: readonly string[];
  /** Serialised origins ("https://shop.example"); only pages of these may use the key from a browser. */
  readonly origins: readonly string[];
  /** Who made it; null for a tool of the installation. */
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  /** Coarse: within a quarter of an hour of the last use. */
  readonly lastUsedAt: Date | null;
}

export interface ApiKeyRequest {
  readonly name: string;
  readonly kind: ApiKeyKind;
  readonly scopes: readonly string[];
  readonly origins: readonly string[];
}

/** The full text of a new key: its kind is readable from it, the rest is 32 random bytes. */
export function newKeyText(kind: ApiKeyKind): string {
  return PREFIX[kind] + randomBytes(32).toString('base64url');
}

export function digestKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** The request in its one written form, or a refusal that names the fault. */
export function checkApiKeyRequest(request: ApiKeyRequest): ApiKeyRequest {
  const name = request.name.trim();
  if (name === '' || [...name].length > MAX_NAME) {
    throw invalid(['input', 'name'], `A key has a name of 1 to ${MAX_NAME} characters.`);
  }
  const { kind } = request;
  const scopes = [...new Set(request.scopes)];
  if (scopes.length === 0) throw invalid(['input', 'scopes'], 'A key has at least one scope.');
  const allowed: readonly string[] = kind === 'PUBLISHABLE' ? BROWSER_SCOPES : [...BROWSER_SCOPES, ...SERVER_SCOPES];
  if (!scopes.every((scope) => allowed.includes(scope))) {
    throw new Refusal('SCOPE_NOT_ALLOWED', `A ${kind} key may have only: ${allowed.join(', ')}.`, {
      field: ['input', 'scopes'],
    });
  }
  if (request.origins.length > MAX_ORIGINS) {
    throw invalid(['input', 'origins'], `A key lists at most ${MAX_ORIGINS} origins.`);
  }
  const origins = [...new Set(request.origins.map(readOrigin))];
  if (kind === 'SECRET' && origins.length > 0) {
    throw invalid(['input', 'origins'], 'A secret key stays on a server and lists no origins.');
  }
  return { name, kind, scopes, origins };
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  // An origin has no path; "https://shop.example/" is accepted for the slash that browsers add when it is copied.
  if (!url || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw invalid(['input', 'origins'], `"${text.slice(0, 80)}" is not an origin like https://shop.example.`);
  }
  return url.origin;
}
