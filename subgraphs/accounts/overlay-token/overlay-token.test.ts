import mongoose from 'mongoose';
import { type Identity, serviceIdentity } from '../../../platform/context/identity';
import { newId } from '../../../platform/ids/id';
import { account } from '../../../test/support/subgraph-harness';
import { type AccountsHarness, startAccounts } from '../testing/accounts-harness';

let it_: AccountsHarness;
beforeAll(async () => {
  it_ = await startAccounts();
});
afterAll(() => it_.stop());

const TOKEN = 'id name groupBuyId campaignId createdAt expiresAt rotatedAt revokedAt lastUsedAt';
const CREATE = `mutation ($input: OverlayTokenCreateInput!) {
  overlayTokenCreate(input: $input) { token path overlayToken { ${TOKEN} } userErrors { code field } }
}`;
const ROTATE = `mutation ($input: OverlayTokenRotateInput!) {
  overlayTokenRotate(input: $input) { token path overlayToken { ${TOKEN} } userErrors { code field } }
}`;
const REVOKE = `mutation ($input: OverlayTokenRevokeInput!) {
  overlayTokenRevoke(input: $input) { overlayToken { id revokedAt } userErrors { code field } }
}`;
const REFRESH = `mutation ($input: OverlayTokenRefreshInput!) {
  overlayTokenRefresh(input: $input) { token groupBuyId campaignId expiresAt userErrors { code } }
}`;
const LIST = `query ($first: Int!, $after: String) {
  overlayTokens(first: $first, after: $after) { nodes { id lastUsedAt } totalCount pageInfo { hasNextPage endCursor } }
}`;
const GROUP = newId('gbuy');
const CAMPAIGN = newId('gbc');
const DAY = 24 * 3_600_000;

const host = () => account(['HOST']);
const later = (ms: number) => new Date(it_.clock.now().getTime() + ms).toISOString();
const create = async (input: object = {}, identity: Identity = host()) =>
  (await it_.graph(CREATE, { input: { name: 'Friday', groupBuyId: GROUP, ...input } }, identity)).data
    .overlayTokenCreate;
const rotate = async (id: string, identity: Identity, graceMinutes?: number) =>
  (await it_.graph(ROTATE, { input: { id, ...(graceMinutes === undefined ? {} : { graceMinutes }) } }, identity)).data
    .overlayTokenRotate;
const revoke = async (id: string, identity: Identity) =>
  (await it_.graph(REVOKE, { input: { id } }, identity)).data.overlayTokenRevoke;
const refresh = async (token: string) => (await it_.graph(REFRESH, { input: { token } })).data.overlayTokenRefresh;
const find = async (token: string) =>
  (
    await it_.graph(
      'query ($token: String!) { _overlayToken(token: $token) { id resource expiresAt } }',
      { token },
      serviceIdentity('gateway'),
    )
  ).data._overlayToken;
const codes = ({ errors }: { errors: { code: string }[] }) => errors.map(({ code }) => code);

describe('an overlay token', () => {
  it('should be bound to one group, end by itself, and stand behind the # of its path', async () => {
    const { token, path, overlayToken, userErrors } = await create();
    expect(userErrors).toEqual([]);
    expect(token).toMatch(/^ot_[\w-]{43}$/);
    expect(path).toBe(`/overlay/v1?group=${GROUP}#token=${token}`);
    expect(overlayToken).toEqual({
      id: expect.stringMatching(/^ovt_/),
      name: 'Friday',
      groupBuyId: GROUP,
      campaignId: null,
      createdAt: later(0),
      expiresAt: later(30 * DAY),
      rotatedAt: null,
      revokedAt: null,
      lastUsedAt: null,
    });
    expect(await find(token)).toEqual({ id: overlayToken.id, resource: GROUP, expiresAt: later(30 * DAY) });
    expect(await find(`${token}x`)).toBeNull();
    const short = await create({ groupBuyId: null, campaignId: CAMPAIGN, expiresAt: later(3_600_000) });
    expect(short.path).toBe(`/overlay/v1?campaign=${CAMPAIGN}#token=${short.token}`);
    expect((await find(short.token)).resource).toBe(CAMPAIGN);
    it_.clock.advance(3_600_000);
    expect(await find(short.token)).toBeNull();
    expect((await refresh(short.token)).userErrors).toEqual([{ code: 'INVALID_OVERLAY_TOKEN' }]);
  });

  it('should be stored as digests only', async () => {
    const owner = host();
    const { token, overlayToken } = await create({}, owner);
    const rotated = await rotate(overlayToken.id, owner);
    const stored = JSON.stringify(
      await Promise.all(
        mongoose.connections.map(async ({ models }) => (await models['OverlayToken']?.find().lean()) ?? []),
      ),
    );
    expect(stored).toContain(overlayToken.id);
    expect(stored).not.toContain(token);
    expect(stored).not.toContain(rotated.token);
  });

  it('should hand the new text to whoever holds the old one, for as long as the grace', async () => {
    const owner = host();
    const { token, overlayToken } = await create({}, owner);
    expect(await refresh(token)).toMatchObject({ token, groupBuyId: GROUP, campaignId: null, userErrors: [] });
    const rotated = await rotate(overlayToken.id, owner, 15);
    expect(rotated).toMatchObject({ userErrors: [], overlayToken: { id: overlayToken.id, rotatedAt: later(0) } });
    expect(rotated.token).toMatch(/^ot_[\w-]{43}$/);
    expect(rotated.token).not.toBe(token);
    expect(await refresh(token)).toMatchObject({ token: rotated.token, expiresAt: overlayToken.expiresAt });
    expect(await find(token)).toEqual({ id: overlayToken.id, resource: GROUP, expiresAt: later(15 * 60_000) });
    expect(await find(rotated.token)).toMatchObject({ id: overlayToken.id, expiresAt: overlayToken.expiresAt });
    it_.clock.advance(15 * 60_000);
    expect(await find(token)).toBeNull();
    expect((await refresh(token)).userErrors).toEqual([{ code: 'INVALID_OVERLAY_TOKEN' }]);
    expect(await refresh(rotated.token)).toMatchObject({ token: rotated.token });
  });

  it('should survive two rotations within the grace, and rotations at the same moment', async () => {
    const owner = host();
    const { token, overlayToken } = await create({}, owner);
    const [a, b] = await Promise.all([rotate(overlayToken.id, owner), rotate(overlayToken.id, owner)]);
    expect([...a.userErrors, ...b.userErrors]).toEqual([]);
    expect(new Set([token, a.token, b.token]).size).toBe(3);
    const newest = (await refresh(token)).token;
    expect([a.token, b.token]).toContain(newest);
    expect((await refresh(a.token)).token).toBe(newest);
    expect((await refresh(b.token)).token).toBe(newest);
  });

  it('should stop at once when revoked, with every text it ever had', async () => {
    const owner = host();
    const { token, overlayToken } = await create({}, owner);
    const rotated = await rotate(overlayToken.id, owner);
    const revokedAt = later(0);
    expect(await revoke(overlayToken.id, owner)).toEqual({
      overlayToken: { id: overlayToken.id, revokedAt },
      userErrors: [],
    });
    it_.clock.advance(1000);
    expect((await revoke(overlayToken.id, owner)).overlayToken.revokedAt).toBe(revokedAt);
    expect([await find(token), await find(rotated.token)]).toEqual([null, null]);
    expect((await refresh(rotated.token)).userErrors).toEqual([{ code: 'INVALID_OVERLAY_TOKEN' }]);
    expect(await rotate(overlayToken.id, owner)).toMatchObject({
      token: null,
      userErrors: [{ code: 'OVERLAY_TOKEN_ENDED', field: ['input', 'id'] }],
    });
  });

  it.each([
    [{ name: ' ' }, ['input', 'name']],
    [{ groupBuyId: null }, ['input']],
    [{ campaignId: CAMPAIGN }, ['input']],
    [{ groupBuyId: 'gbuy_none' }, ['input', 'groupBuyId']],
    [{ groupBuyId: null, campaignId: GROUP }, ['input', 'campaignId']],
    [{ expiresAt: '2049-12-31T00:00:00Z' }, ['input', 'expiresAt']],
    [{ expiresAt: '2059-12-31T00:00:00Z' }, ['input', 'expiresAt']],
  ])('should not be made of %j', async (input, field) => {
    expect(await create(input)).toEqual({
      token: null,
      path: null,
      overlayToken: null,
      userErrors: [{ code: 'INVALID', field }],
    });
  });

  it('should take a grace of a quarter of an hour to a week', async () => {
    const owner = host();
    const { overlayToken } = await create({}, owner);
    for (const minutes of [14, 10_081]) {
      expect((await rotate(overlayToken.id, owner, minutes)).userErrors).toEqual([
        { code: 'INVALID', field: ['input', 'graceMinutes'] },
      ]);
    }
    expect((await rotate(overlayToken.id, owner, 10_080)).userErrors).toEqual([]);
  });

  it('should be seen by its maker and by administrators only', async () => {
    const [mine, theirs, admin] = [account(['LEADER']), account(['MERCHANT']), account(['ADMIN'])];
    const { overlayToken, token } = await create({}, mine);
    const listed = async (identity: Identity) =>
      (await it_.graph(LIST, { first: 100 }, identity)).data.overlayTokens.nodes.map(({ id }: { id: string }) => id);
    expect(await listed(mine)).toEqual([overlayToken.id]);
    expect(await listed(theirs)).toEqual([]);
    expect(await listed(admin)).toContain(overlayToken.id);
    const missing = [{ code: 'NOT_FOUND', field: ['input', 'id'] }];
    expect((await rotate(overlayToken.id, theirs)).userErrors).toEqual(missing);
    expect((await revoke(overlayToken.id, theirs)).userErrors).toEqual(missing);
    expect((await refresh(token)).token).toBe(token);
    expect((await revoke(overlayToken.id, admin)).userErrors).toEqual([]);
  });

  it('should be made by nobody without a part on air, and nothing is stored', async () => {
    const admin = account(['ADMIN']);
    const count = async () => (await it_.graph(LIST, { first: 1 }, admin)).data.overlayTokens.totalCount;
    const before = await count();
    const others: [Identity, string][] = [
      [account(['CUSTOMER']), 'FORBIDDEN'],
      [{ kind: 'app', keyId: 'key_1', scopes: ['live:overlay'] }, 'FORBIDDEN'],
      [{ kind: 'anonymous' }, 'UNAUTHENTICATED'],
    ];
    for (const [identity, code] of others) {
      expect(codes(await it_.graph(CREATE, { input: { name: 'x', groupBuyId: GROUP } }, identity))).toEqual([code]);
      expect(codes(await it_.graph(ROTATE, { input: { id: 'ovt_1' } }, identity))).toEqual([code]);
      expect(codes(await it_.graph(REVOKE, { input: { id: 'ovt_1' } }, identity))).toEqual([code]);
      expect(codes(await it_.graph(LIST, { first: 1 }, identity))).toEqual([code]);
      expect(codes(await it_.graph('{ _overlayToken(token: "x") { id } }', {}, identity))).toEqual(['FORBIDDEN']);
    }
    expect(await count()).toBe(before);
  });

  it('should note the last use once in a quarter of an hour', async () => {
    const owner = host();
    const { token } = await create({}, owner);
    const usedAt = async () => (await it_.graph(LIST, { first: 1 }, owner)).data.overlayTokens.nodes[0].lastUsedAt;
    const first = later(0);
    await find(token);
    it_.clock.advance(15 * 60_000);
    await find(token);
    expect(await usedAt()).toBe(first);
    it_.clock.advance(1);
    await find(token);
    expect(await usedAt()).toBe(later(0));
  });
});
