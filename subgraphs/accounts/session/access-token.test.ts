import { generateKeyPairSync } from 'node:crypto';
import { MemorySecretStore } from '../../../platform/subgraph/secret-store';
import { signAccessToken, verifyAccessToken } from './access-token';

const NOW = new Date('2026-06-01T08:00:00.700Z');
const SECOND = 1000;
const later = (seconds: number) => new Date(NOW.getTime() + seconds * SECOND);
const CLAIMS = { accountId: 'acct_1', sessionId: 'sess_1', roles: ['CUSTOMER', 'STAFF'] } as const;
const UNAUTHENTICATED = { extensions: { code: 'UNAUTHENTICATED' } };

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = (text: string | undefined) => JSON.parse(Buffer.from(text ?? '', 'base64url').toString());

describe('access tokens', () => {
  const secrets = new MemorySecretStore();

  it('should say who, which session and which roles, for ten minutes', async () => {
    const { token, expiresAt } = await signAccessToken(secrets, CLAIMS, NOW);
    expect(expiresAt).toEqual(new Date('2026-06-01T08:10:00.000Z'));
    const [header, claims] = token.split('.').map((text, index) => (index < 2 ? read(text) : text));
    expect(header).toEqual({ alg: 'EdDSA', kid: expect.stringMatching(/^[\w-]{43}$/), typ: 'JWT' });
    expect(claims).toEqual({
      sub: 'acct_1',
      sid: 'sess_1',
      roles: ['CUSTOMER', 'STAFF'],
      iss: 'kaituan',
      aud: 'kaituan',
      iat: 1780300800,
      exp: 1780301400,
    });
    await expect(verifyAccessToken(secrets, token, NOW)).resolves.toEqual({ ...CLAIMS, expiresAt });
    await expect(verifyAccessToken(secrets, token, later(599))).resolves.toEqual({ ...CLAIMS, expiresAt });
    await expect(verifyAccessToken(secrets, token, later(600))).rejects.toMatchObject(UNAUTHENTICATED);
  });

  it('should refuse what another installation signed', async () => {
    const { token } = await signAccessToken(new MemorySecretStore(), CLAIMS, NOW);
    await expect(verifyAccessToken(secrets, token, NOW)).rejects.toMatchObject(UNAUTHENTICATED);
  });

  it('should refuse changed, unsigned, foreign-algorithm and unreadable tokens', async () => {
    const { token } = await signAccessToken(secrets, CLAIMS, NOW);
    const [header = '', claims = '', signature = ''] = token.split('.');
    const { kid } = read(header);
    const raised = part({ ...read(claims), roles: ['ADMIN'] });
    for (const bad of [
      `${header}.${raised}.${signature}`,
      `${part({ alg: 'none', kid, typ: 'JWT' })}.${claims}.`,
      `${part({ alg: 'none', typ: 'JWT' })}.${raised}.`,
      `${part({ alg: 'HS256', kid, typ: 'JWT' })}.${claims}.${signature}`,
      `${part({ alg: 'EdDSA', kid: 'other', typ: 'JWT' })}.${claims}.${signature}`,
      `${part({ alg: 'EdDSA', typ: 'JWT' })}.${claims}.${signature}`,
      `${part({ alg: 'EdDSA', kid, typ: 'other+jwt' })}.${claims}.${signature}`,
      `${header}.${claims}`,
      '..',
      'token',
      '',
    ]) {
      await expect(verifyAccessToken(secrets, bad, NOW)).rejects.toMatchObject(UNAUTHENTICATED);
    }
  });

  it.each([
    { iss: 'elsewhere' },
    { aud: 'elsewhere' },
    { sub: undefined },
    { sid: undefined },
    { roles: undefined },
    { exp: undefined },
    { sid: 7 },
    { roles: 'ADMIN' },
  ])('should refuse a token of ours that says %j', async (change) => {
    const jose = await import('jose');
    const { keys } = JSON.parse(secrets.get('access-token-key'));
    const claims = { sub: 'a', sid: 's', roles: [], iss: 'kaituan', aud: 'kaituan', iat: 1780300800, exp: 1780301400 };
    const token = await new jose.SignJWT(JSON.parse(JSON.stringify({ ...claims, ...change })))
      .setProtectedHeader({ alg: 'EdDSA', kid: keys[0].kid, typ: 'JWT' })
      .sign(await jose.importJWK(keys[0], 'EdDSA'));
    await expect(verifyAccessToken(secrets, token, NOW)).rejects.toMatchObject(UNAUTHENTICATED);
  });

  it('should leave out roles it does not know', async () => {
    const { token } = await signAccessToken(secrets, { ...CLAIMS, roles: ['OWNER' as never, 'HOST'] }, NOW);
    await expect(verifyAccessToken(secrets, token, NOW)).resolves.toMatchObject({ roles: ['HOST'] });
  });

  it('should sign with the first key of the set and accept the older ones', async () => {
    const key = (kid: string) => ({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid });
    const [older, newer] = [key('older'), key('newer')];
    const before = new MemorySecretStore();
    before.get('access-token-key', () => JSON.stringify({ keys: [older] }));
    const after = new MemorySecretStore();
    after.get('access-token-key', () => JSON.stringify({ keys: [newer, older] }));
    const { token: oldToken } = await signAccessToken(before, CLAIMS, NOW);
    const { token: newToken } = await signAccessToken(after, CLAIMS, NOW);
    expect(read(newToken.split('.')[0]).kid).toBe('newer');
    await expect(verifyAccessToken(after, oldToken, NOW)).resolves.toMatchObject({ accountId: 'acct_1' });
    await expect(verifyAccessToken(after, newToken, NOW)).resolves.toMatchObject({ accountId: 'acct_1' });
    await expect(verifyAccessToken(before, newToken, NOW)).rejects.toMatchObject(UNAUTHENTICATED);
  });

  it('should say so when the kept key cannot be used, instead of blaming the token', async () => {
    const empty = new MemorySecretStore();
    empty.get('access-token-key', () => '{"keys":[]}');
    await expect(verifyAccessToken(empty, 'a.b.c', NOW)).rejects.toThrow('holds no key');
  });
});
