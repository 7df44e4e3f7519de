import { ManualClock } from '../platform/clock/clock';
import type { InternalClient } from '../platform/subgraph/internal-client';
import type { SecretStore } from '../platform/subgraph/secret-store';
import { signAccessToken } from '../subgraphs/accounts/session/access-token';
import { ACCESS_TOKEN_SECONDS } from '../subgraphs/accounts/session/session';
import { createAuthenticator } from './authentication';

/** Accounts as the gateway sees them: one session, two keys; it counts what it is asked. */
function accounts() {
  const asked: string[] = [];
  const state = { sessionActive: true };
  const keys: Record<string, { keyId: string; kind: string; scopes: string[]; origins: string[] }> = {
    pk_1: { keyId: 'key_1', kind: 'PUBLISHABLE', scopes: ['catalog:read'], origins: ['https://shop.example'] },
    sk_1: { keyId: 'key_2', kind: 'SECRET', scopes: ['orders:read'], origins: [] },
    xk_1: { keyId: 'key_3', kind: 'LATER_KIND', scopes: [], origins: [] },
  };
  const internal = {
    request: (_subgraph: string, _document: unknown, variables: Record<string, unknown>) => {
      asked.push(Object.keys(variables).join());
      const { key } = variables;
      return Promise.resolve({
        _sessionActive: state.sessionActive,
        _apiKey: typeof key === 'string' ? (keys[key] ?? null) : null,
      });
    },
  } as unknown as InternalClient;
  return { asked, state, internal };
}

function secretStore(): SecretStore {
  const values = new Map<string, string>();
  return {
    get(name, make = () => 'secret') {
      const value = values.get(name) ?? make();
      values.set(name, value);
      return value;
    },
  };
}

describe('the authenticator', () => {
  const clock = new ManualClock();
  const secrets = secretStore();
  const claims = { accountId: 'acc_1', sessionId: 'ses_1', roles: ['CUSTOMER'] as const };
  const bearer = async () => `Bearer ${(await signAccessToken(secrets, claims, clock.now())).token}`;
  const BAD = 'The access token is invalid or has expired: refresh the session.';

  it('should say who a token belongs to, and until when', async () => {
    const { internal } = accounts();
    const authorization = await bearer();
    expect(await createAuthenticator(internal, secrets, clock).identify({ authorization })).toEqual({
      identity: { kind: 'account', ...claims },
      expiresAt: new Date(clock.now().getTime() + ACCESS_TOKEN_SECONDS * 1_000),
      originAllowed: false,
    });
  });

  it('should refuse a key longer than any without asking', async () => {
    const { internal, asked } = accounts();
    const authenticator = createAuthenticator(internal, secrets, clock);
    const keyOf = (characters: number) => authenticator.identify({ storefrontKey: 'k'.repeat(characters) });
    await expect(keyOf(201)).rejects.toThrow('The storefront key is unknown or revoked.');
    expect(asked).toEqual([]);
    await expect(keyOf(200)).rejects.toThrow('The storefront key is unknown or revoked.');
    expect(asked).toEqual(['key']);
  });

  it('should refuse a token from the moment it expires, also one it remembers', async () => {
    const { internal } = accounts();
    const authenticator = createAuthenticator(internal, secrets, clock);
    const authorization = await bearer();
    clock.advance(ACCESS_TOKEN_SECONDS * 1_000 - 500);
    await authenticator.identify({ authorization });
    clock.advance(500);
    await expect(authenticator.identify({ authorization })).rejects.toThrow(BAD);
  });

  it('should refuse a changed token beside the one it remembers', async () => {
    const { internal } = accounts();
    const authenticator = createAuthenticator(internal, secrets, clock);
    const authorization = await bearer();
    await authenticator.identify({ authorization });
    const [head = '', body = '', signature = ''] = authorization.split('.');
    const changed = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    await expect(authenticator.identify({ authorization: changed })).rejects.toThrow(BAD);
  });

  it('should ask accounts once in a while, and refuse an ended session within five seconds', async () => {
    const { internal, asked, state } = accounts();
    const authenticator = createAuthenticator(internal, secrets, clock);
    const authorization = await bearer();
    for (let count = 0; count < 10; count++) await authenticator.identify({ authorization });
    expect(asked).toEqual(['sessionId']);
    state.sessionActive = false;
    clock.advance(5_000);
    await expect(authenticator.identify({ authorization })).rejects.toThrow(BAD);
  });

  it.each([
    ['pk_1', { keyId: 'key_1', kind: 'PUBLISHABLE', scopes: ['catalog:read'] }],
    ['sk_1', { keyId: 'key_2', kind: 'SECRET', scopes: ['orders:read'] }],
    // What is not known to stay on a server is treated as known to everybody.
    ['xk_1', { keyId: 'key_3', kind: 'PUBLISHABLE', scopes: [] }],
  ])('should say which key was presented: %s', async (storefrontKey, key) => {
    const { internal } = accounts();
    const authenticator = createAuthenticator(internal, secrets, clock);
    const { keyId, scopes } = key;
    const app = { kind: 'app', keyId, scopes };
    expect(await authenticator.identify({ storefrontKey })).toEqual({ identity: app, originAllowed: false, key });
    const both = await authenticator.identify({ storefrontKey, authorization: await bearer() });
    expect([both.identity.kind, both.key]).toEqual(['account', key]);
  });

  it('should know the origins of a key', async () => {
    const { internal } = accounts();
    const authenticator = createAuthenticator(internal, secrets, clock);
    const allowed = async (origin: string) =>
      (await authenticator.identify({ storefrontKey: 'pk_1', origin })).originAllowed;
    expect([await allowed('https://shop.example'), await allowed('https://other.example')]).toEqual([true, false]);
  });

  it.each(['Basic abc', 'Bearer', 'Bearer a.b', 'Bearer a.b.c', ''])('should refuse "%s"', async (authorization) => {
    const { internal } = accounts();
    const identified = createAuthenticator(internal, secrets, clock).identify({ authorization });
    await expect(identified).rejects.toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
  });
});
