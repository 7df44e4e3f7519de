import mongoose from 'mongoose';
import { type Identity, serviceIdentity } from '../../../platform/context/identity';
import { account as stranger } from '../../../test/support/subgraph-harness';
import { type AccountsHarness, startAccounts } from '../testing/accounts-harness';
import { checkApiKeyRequest } from './api-key';

let it_: AccountsHarness;
beforeAll(async () => {
  it_ = await startAccounts();
});
afterAll(() => it_.stop());

const CREATE = `mutation ($input: ApiKeyCreateInput!) {
  apiKeyCreate(input: $input) {
    key
    apiKey { id name kind hint key scopes origins createdAt revokedAt lastUsedAt }
    userErrors { code field }
  }
}`;
const REVOKE = `mutation ($input: ApiKeyRevokeInput!) {
  apiKeyRevoke(input: $input) { apiKey { id revokedAt } userErrors { code field } }
}`;
const LIST = `query ($first: Int!, $after: String) {
  apiKeys(first: $first, after: $after) { nodes { id key } totalCount pageInfo { hasNextPage endCursor } }
}`;
const service = serviceIdentity('gateway');
const create = async (input: object, identity: Identity) =>
  (
    await it_.graph(
      CREATE,
      { input: { name: 'Shop', kind: 'PUBLISHABLE', scopes: ['catalog:read'], ...input } },
      identity,
    )
  ).data.apiKeyCreate;
const find = async (key: string) =>
  (await it_.graph('query ($key: String!) { _apiKey(key: $key) { keyId kind scopes origins } }', { key }, service)).data
    ._apiKey;
const originListed = async (origin: string) =>
  (await it_.graph('query ($origin: String!) { _originListed(origin: $origin) }', { origin }, service)).data
    ._originListed;
const codes = ({ errors }: { errors: { code: string }[] }) => errors.map(({ code }) => code);

describe('checkApiKeyRequest', () => {
  const request = { name: ' Shop ', kind: 'PUBLISHABLE', scopes: ['catalog:read'], origins: [] } as const;

  it('should write origins in their one form and drop repeats', () => {
    expect(
      checkApiKeyRequest({
        ...request,
        scopes: ['catalog:read', 'catalog:read'],
        origins: ['https://Shop.Example', 'https://shop.example/', 'https://shop.example:443', 'http://localhost:3000'],
      }),
    ).toEqual({
      name: 'Shop',
      kind: 'PUBLISHABLE',
      scopes: ['catalog:read'],
      origins: ['https://shop.example', 'http://localhost:3000'],
    });
  });

  it.each(['*', 'shop.example', 'https://shop.example/path', 'https://u:p@shop.example', 'file:///x', 'null', ''])(
    'should refuse %p as an origin',
    (origin) => {
      expect(() => checkApiKeyRequest({ ...request, origins: [origin] })).toThrow(
        expect.objectContaining({ code: 'INVALID', field: ['input', 'origins'] }),
      );
    },
  );

  it('should refuse a key without name or scope, and too many origins', () => {
    const codeOf = (change: object) => {
      try {
        checkApiKeyRequest({ ...request, ...change });
      } catch (error) {
        return (error as { code: string; field: string[] }).field.at(-1);
      }
      return null;
    };
    expect(codeOf({ name: ' ' })).toBe('name');
    expect(codeOf({ scopes: [] })).toBe('scopes');
    expect(codeOf({ origins: Array.from({ length: 51 }, (_, n) => `https://s${n}.example`) })).toBe('origins');
    expect(codeOf({ origins: Array.from({ length: 50 }, (_, n) => `https://s${n}.example`) })).toBeNull();
  });
});

describe('API keys', () => {
  it('should make a publishable key that may be read again', async () => {
    const merchant = stranger(['MERCHANT']);
    const { key, apiKey, userErrors } = await create({ origins: ['https://one.example'] }, merchant);
    expect(userErrors).toEqual([]);
    expect(key).toMatch(/^pk_[\w-]{43}$/);
    expect(apiKey).toEqual({
      id: expect.stringMatching(/^key_/),
      name: 'Shop',
      kind: 'PUBLISHABLE',
      hint: key.slice(-4),
      key,
      scopes: ['catalog:read'],
      origins: ['https://one.example'],
      createdAt: it_.clock.now().toISOString(),
      revokedAt: null,
      lastUsedAt: null,
    });
    expect((await it_.graph(LIST, { first: 10 }, merchant)).data.apiKeys.nodes).toEqual([{ id: apiKey.id, key }]);
    expect(await find(key)).toEqual({
      keyId: apiKey.id,
      kind: 'PUBLISHABLE',
      scopes: ['catalog:read'],
      origins: ['https://one.example'],
    });
  });

  it('should show a secret key once and store only its digest', async () => {
    const merchant = stranger(['MERCHANT']);
    const { key, apiKey } = await create({ kind: 'SECRET', scopes: ['catalog:write', 'cart:write'] }, merchant);
    expect(key).toMatch(/^sk_[\w-]{43}$/);
    expect(apiKey).toMatchObject({ kind: 'SECRET', key: null, origins: [] });
    expect((await it_.graph(LIST, { first: 10 }, merchant)).data.apiKeys.nodes).toEqual([{ id: apiKey.id, key: null }]);
    const stored = await Promise.all(
      mongoose.connections.map(async ({ models }) => (await models['ApiKey']?.find().lean()) ?? []),
    );
    expect(JSON.stringify(stored)).toContain(apiKey.id);
    expect(JSON.stringify(stored)).not.toContain(key);
    expect(await find(key)).toMatchObject({ keyId: apiKey.id, scopes: ['catalog:write', 'cart:write'] });
    expect(await find(`${key}x`)).toBeNull();
  });

  it('should refuse a publishable key what a page must not do, and make none', async () => {
    const merchant = stranger(['MERCHANT']);
    for (const scopes of [['catalog:write'], ['orders:read'], ['catalog:read', 'everything']]) {
      expect(await create({ scopes }, merchant)).toEqual({
        key: null,
        apiKey: null,
        userErrors: [{ code: 'SCOPE_NOT_ALLOWED', field: ['input', 'scopes'] }],
      });
    }
    expect((await create({ kind: 'SECRET', scopes: ['everything'] }, merchant)).userErrors[0].code).toBe(
      'SCOPE_NOT_ALLOWED',
    );
    expect((await create({ kind: 'SECRET', origins: ['https://a.example'] }, merchant)).userErrors).toEqual([
      { code: 'INVALID', field: ['input', 'origins'] },
    ]);
    expect((await it_.graph(LIST, { first: 10 }, merchant)).data.apiKeys).toMatchObject({ nodes: [], totalCount: 0 });
  });

  it('should stop a revoked key and its origins', async () => {
    const merchant = stranger(['MERCHANT']);
    const { key, apiKey } = await create({ origins: ['https://two.example'] }, merchant);
    expect(await originListed('https://two.example')).toBe(true);
    const revokedAt = it_.clock.now().toISOString();
    const revoke = async () => (await it_.graph(REVOKE, { input: { id: apiKey.id } }, merchant)).data.apiKeyRevoke;
    expect(await revoke()).toEqual({ apiKey: { id: apiKey.id, revokedAt }, userErrors: [] });
    it_.clock.advance(1000);
    expect(await revoke()).toEqual({ apiKey: { id: apiKey.id, revokedAt }, userErrors: [] });
    expect(await find(key)).toBeNull();
    expect(await originListed('https://two.example')).toBe(false);
    expect(await originListed('https://three.example')).toBe(false);
  });

  it('should keep a merchant to their own keys and show an administrator all', async () => {
    const [mine, theirs, admin] = [stranger(['MERCHANT']), stranger(['MERCHANT']), stranger(['ADMIN'])];
    const { key, apiKey } = await create({}, mine);
    expect((await it_.graph(LIST, { first: 10 }, theirs)).data.apiKeys.nodes).toEqual([]);
    expect((await it_.graph(REVOKE, { input: { id: apiKey.id } }, theirs)).data.apiKeyRevoke).toEqual({
      apiKey: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['input', 'id'] }],
    });
    expect(await find(key)).toMatchObject({ keyId: apiKey.id });
    expect((await it_.graph(LIST, { first: 1 }, admin)).data.apiKeys.nodes).toEqual([{ id: apiKey.id, key }]);
    expect((await it_.graph(REVOKE, { input: { id: apiKey.id } }, admin)).data.apiKeyRevoke.userErrors).toEqual([]);
    expect(await find(key)).toBeNull();
  });

  it('should refuse everybody else, and make nothing', async () => {
    const count = async () => (await it_.graph(LIST, { first: 1 }, stranger(['ADMIN']))).data.apiKeys.totalCount;
    const before = await count();
    const input = { name: 'Shop', kind: 'PUBLISHABLE', scopes: ['catalog:read'] };
    const others: [Identity, string][] = [
      [stranger(['CUSTOMER', 'LEADER', 'HOST', 'STAFF']), 'FORBIDDEN'],
      [{ kind: 'app', keyId: 'key_1', scopes: ['catalog:read'] }, 'FORBIDDEN'],
      [{ kind: 'anonymous' }, 'UNAUTHENTICATED'],
    ];
    for (const [identity, code] of others) {
      expect(codes(await it_.graph(CREATE, { input }, identity))).toEqual([code]);
      expect(codes(await it_.graph(REVOKE, { input: { id: 'key_1' } }, identity))).toEqual([code]);
      expect(codes(await it_.graph(LIST, { first: 1 }, identity))).toEqual([code]);
      expect(codes(await it_.graph('{ _apiKey(key: "pk_1") { keyId } }', {}, identity))).toEqual(['FORBIDDEN']);
      expect(codes(await it_.graph('{ _originListed(origin: "x") }', {}, identity))).toEqual(['FORBIDDEN']);
    }
    expect(await count()).toBe(before);
  });

  it('should page through keys, newest first', async () => {
    const merchant = stranger(['MERCHANT']);
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) made.unshift((await create({ name: `Key ${n}` }, merchant)).apiKey.id);
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 3; page += 1) {
      const { data } = await it_.graph(LIST, { first: 2, after }, merchant);
      seen.push(...data.apiKeys.nodes.map(({ id }: { id: string }) => id));
      after = data.apiKeys.pageInfo.endCursor;
      expect(data.apiKeys).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: page < 2 } });
    }
    expect([...seen].sort()).toEqual([...made].sort());
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it('should note the last use once in a quarter of an hour', async () => {
    const { key } = await it_.services.apiKeys.create({
      name: 'Tool',
      kind: 'PUBLISHABLE',
      scopes: ['live:overlay'],
      origins: [],
    });
    const usedAt = async () => {
      const { apiKeys } = (await it_.graph('{ apiKeys(first: 1) { nodes { lastUsedAt } } }', {}, stranger(['ADMIN'])))
        .data;
      return apiKeys.nodes[0].lastUsedAt;
    };
    const first = it_.clock.now().toISOString();
    await find(key);
    expect(await usedAt()).toBe(first);
    it_.clock.advance(15 * 60_000);
    await find(key);
    expect(await usedAt()).toBe(first);
    it_.clock.advance(1);
    await find(key);
    expect(await usedAt()).toBe(it_.clock.now().toISOString());
  });
});
