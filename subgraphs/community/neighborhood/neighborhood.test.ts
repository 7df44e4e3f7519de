import fc from 'fast-check';
import mongoose from 'mongoose';
import { ANONYMOUS, type Identity, serviceIdentity } from '../../../platform/context/identity';
import { Refusal } from '../../../platform/user-errors/refusal';
import { account, type SubgraphHarness, startSubgraph } from '../../../test/support/subgraph-harness';
import { community } from '..';
import type { CommunityServices } from '../context';
import { distanceMeters } from './distance';
import { cityKey, type NeighborhoodFields, readChange, readNeighborhood } from './neighborhood';

const FIELDS: NeighborhoodFields = {
  name: 'Taikoo Shing',
  city: 'Hong Kong',
  countryCode: 'HK',
  centre: { latitude: 22.2861, longitude: 114.2178 },
  radiusMeters: 600,
  households: 12_700,
};

const refusalOf = (work: () => unknown): { code: string; field: readonly string[] | null } | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, field: error.field };
    throw error;
  }
};

describe('the rules of a neighborhood', () => {
  it('should tidy good values', () => {
    expect(readNeighborhood({ ...FIELDS, name: ' 太古城 ', countryCode: 'hk' })).toEqual({
      ...FIELDS,
      name: '太古城',
      countryCode: 'HK',
    });
  });

  it.each([
    ['name', { name: '  ' }],
    ['name', { name: 'x'.repeat(101) }],
    ['city', { city: '' }],
    ['countryCode', { countryCode: 'HKG' }],
    ['centre', { centre: { latitude: 90.01, longitude: 0 } }],
    ['centre', { centre: { latitude: 0, longitude: -180.5 } }],
    ['radiusMeters', { radiusMeters: 49 }],
    ['radiusMeters', { radiusMeters: 20_001 }],
    ['households', { households: -1 }],
    ['households', { households: 1_000_001 }],
  ])('should refuse a bad %s, on creation and on change', (field, bad) => {
    const refused = { code: 'INVALID', field: ['input', field] };
    expect(refusalOf(() => readNeighborhood({ ...FIELDS, ...bad }))).toEqual(refused);
    expect(refusalOf(() => readChange(bad))).toEqual(refused);
  });

  it('should change only what is named', () => {
    fc.assert(
      fc.property(
        fc.subarray(['name', 'city', 'countryCode', 'centre', 'radiusMeters', 'households'] as const),
        (keys) => {
          const change = Object.fromEntries(keys.map((key) => [key, FIELDS[key]]));
          expect(readChange(change)).toEqual(change);
        },
      ),
    );
  });

  it('should compare cities without case and width', () => {
    expect(cityKey(' HONG kong ')).toBe(cityKey('ｈｏｎｇ　ｋｏｎｇ'));
  });
});

describe('neighborhoods', () => {
  let harness: SubgraphHarness<CommunityServices>;
  const merchant = account(['MERCHANT']);

  const FIELDS_OF =
    'id name city countryCode centre { latitude longitude } radiusMeters households status residentCount createdAt';
  const CREATE = `mutation ($input: NeighborhoodCreateInput!) {
    neighborhoodCreate(input: $input) { neighborhood { ${FIELDS_OF} } userErrors { code field message } }
  }`;
  const JOIN = `mutation ($input: NeighborhoodJoinInput!) {
    neighborhoodJoin(input: $input) { neighborhood { id residentCount } userErrors { code field message } }
  }`;
  const LEAVE = `mutation ($input: NeighborhoodLeaveInput!) {
    neighborhoodLeave(input: $input) { neighborhood { id residentCount } userErrors { code field } }
  }`;
  const UPDATE = `mutation ($input: NeighborhoodUpdateInput!) {
    neighborhoodUpdate(input: $input) { neighborhood { ${FIELDS_OF} } userErrors { code field } }
  }`;

  beforeEach(async () => {
    harness = await startSubgraph(community);
  });
  afterEach(() => harness.stop());

  const create = async (input: Partial<NeighborhoodFields> = {}): Promise<string> =>
    (await harness.services.neighborhoods.create({ ...FIELDS, ...input }, null)).id;
  const count = async (id: string): Promise<number | undefined> =>
    (await harness.services.neighborhoods.findByIds([id]))[0]?.residentCount;
  const join = async (neighborhoodId: string, who: Identity) =>
    (await harness.graph(JOIN, { input: { neighborhoodId } }, who)).data.neighborhoodJoin;
  const homeOf = async (accountId: string, who: Identity) => {
    const { data } = await harness.graph(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Account { homeNeighborhood { id } } } }',
      { of: [{ __typename: 'Account', id: accountId }] },
      who,
    );
    return data._entities[0].homeNeighborhood;
  };

  it('should be created by a merchant and read by anyone', async () => {
    const { data } = await harness.graph(CREATE, { input: FIELDS }, merchant);
    const { neighborhood, userErrors } = data.neighborhoodCreate;
    expect(userErrors).toEqual([]);
    expect(neighborhood).toEqual({
      id: expect.stringMatching(/^nbhd_/),
      ...FIELDS,
      status: 'ACTIVE',
      residentCount: 0,
      createdAt: '2050-06-01T08:00:00.000Z',
    });
    const read = await harness.graph(`query ($id: ID!) { neighborhood(id: $id) { ${FIELDS_OF} } }`, {
      id: neighborhood.id,
    });
    expect(read.data.neighborhood).toEqual(neighborhood);
    const none = await harness.graph('{ neighborhood(id: "nbhd_none") { id } }');
    expect(none).toEqual({ data: { neighborhood: null }, errors: [] });
  });

  it('should be created once per key and refuse another body under it', async () => {
    const input = { ...FIELDS, idempotencyKey: 'k1' };
    const first = await harness.graph(CREATE, { input }, merchant);
    const again = await harness.graph(CREATE, { input }, merchant);
    expect(again).toEqual(first);
    const other = await harness.graph(CREATE, { input: { ...input, name: 'Other' } }, merchant);
    expect(other.data.neighborhoodCreate).toMatchObject({
      neighborhood: null,
      userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
    const all = await harness.graph('{ neighborhoods(first: 10) { totalCount } }');
    expect(all.data.neighborhoods.totalCount).toBe(1);
  });

  it.each([
    ['nobody', ANONYMOUS, 'UNAUTHENTICATED'],
    ['a customer', account(), 'FORBIDDEN'],
    ['a leader', account(['LEADER']), 'FORBIDDEN'],
  ])('should not be created or changed by %s', async (_who, identity, code) => {
    const id = await create();
    const created = await harness.graph(CREATE, { input: FIELDS }, identity);
    const updated = await harness.graph(UPDATE, { input: { id, name: 'Mine', status: 'PAUSED' } }, identity);
    expect([created.errors[0]?.code, updated.errors[0]?.code]).toEqual([code, code]);
    const all = await harness.graph('{ neighborhoods(first: 10) { nodes { id name status } totalCount } }');
    expect(all.data.neighborhoods).toEqual({
      nodes: [{ id, name: 'Taikoo Shing', status: 'ACTIVE' }],
      totalCount: 1,
    });
  });

  it('should change what is named, clear households by null, and refuse bad values without a change', async () => {
    const id = await create();
    const before = (await harness.graph(`query ($id: ID!) { neighborhood(id: $id) { ${FIELDS_OF} } }`, { id })).data
      .neighborhood;
    const changed = await harness.graph(
      UPDATE,
      { input: { id, city: '香港', households: null, name: null } },
      merchant,
    );
    expect(changed.data.neighborhoodUpdate).toEqual({
      neighborhood: { ...before, city: '香港', households: null },
      userErrors: [],
    });
    const refused = await harness.graph(UPDATE, { input: { id, name: 'Good', radiusMeters: 3 } }, merchant);
    expect(refused.data.neighborhoodUpdate).toEqual({
      neighborhood: null,
      userErrors: [{ code: 'INVALID', field: ['input', 'radiusMeters'] }],
    });
    const after = await harness.graph(`query ($id: ID!) { neighborhood(id: $id) { ${FIELDS_OF} } }`, { id });
    expect(after.data.neighborhood).toEqual({ ...before, city: '香港', households: null });
    const unknown = await harness.graph(UPDATE, { input: { id: 'nbhd_none', name: 'x' } }, merchant);
    expect(unknown.data.neighborhoodUpdate.userErrors).toEqual([{ code: 'NOT_FOUND', field: ['input', 'id'] }]);
  });

  it('should be listed by name in pages, all or by city', async () => {
    for (const name of ['C', 'A', 'B', 'A']) await create({ name });
    await create({ name: 'Z', city: 'Macau' });
    const query = `query ($first: Int!, $after: String, $city: String) {
      neighborhoods(first: $first, after: $after, city: $city) { nodes { name } totalCount pageInfo { hasNextPage endCursor } }
    }`;
    const first = (await harness.graph(query, { first: 3, city: 'hong KONG' })).data.neighborhoods;
    const second = (await harness.graph(query, { first: 3, city: 'hong KONG', after: first.pageInfo.endCursor })).data
      .neighborhoods;
    expect([...first.nodes, ...second.nodes].map(({ name }: { name: string }) => name)).toEqual(['A', 'A', 'B', 'C']);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    expect(first.totalCount).toBe(4);
    const all = (await harness.graph(query, { first: 100 })).data.neighborhoods;
    expect(all.nodes.map(({ name }: { name: string }) => name)).toEqual(['A', 'A', 'B', 'C', 'Z']);
  });

  it('should be found near a place, nearest first, active ones only, in pages', async () => {
    const here = { latitude: 22.28, longitude: 114.2 };
    const offsets = [0.001, 0.02, 0.004, 0.009, 0.05];
    const ids: string[] = [];
    for (const offset of offsets)
      ids.push(await create({ centre: { latitude: here.latitude + offset, longitude: here.longitude } }));
    await harness.services.neighborhoods.update(ids[2] ?? '', { status: 'PAUSED' });
    const query = `query ($after: String) {
      neighborhoodsNear(latitude: 22.28, longitude: 114.2, radiusMeters: 3000, first: 2, after: $after) {
        nodes { neighborhood { id } distanceMeters } totalCount pageInfo { hasNextPage endCursor }
      }
    }`;
    const first = (await harness.graph(query)).data.neighborhoodsNear;
    const second = (await harness.graph(query, { after: first.pageInfo.endCursor })).data.neighborhoodsNear;
    const expected = [0, 3, 1].map((index) => ({
      neighborhood: { id: ids[index] },
      distanceMeters: Math.round(
        distanceMeters(here, { latitude: here.latitude + (offsets[index] ?? 0), longitude: here.longitude }),
      ),
    }));
    expect(first).toMatchObject({ nodes: expected.slice(0, 2), totalCount: 3, pageInfo: { hasNextPage: true } });
    expect(second).toMatchObject({ nodes: expected.slice(2), pageInfo: { hasNextPage: false } });
    const bad = await harness.graph(
      '{ neighborhoodsNear(latitude: 91, longitude: 0, radiusMeters: 10, first: 1) { nodes { distanceMeters } } }',
    );
    expect(bad.errors[0]?.code).toBe('BAD_USER_INPUT');
  });

  it('should find neighbors across the antimeridian', async () => {
    const id = await create({ centre: { latitude: -16.8, longitude: -179.995 } });
    const { data } = await harness.graph(
      '{ neighborhoodsNear(latitude: -16.8, longitude: 179.995, radiusMeters: 2000, first: 5) { nodes { neighborhood { id } } } }',
    );
    expect(data.neighborhoodsNear.nodes).toEqual([{ neighborhood: { id } }]);
  });

  it('should be home to one who joins; joining again changes nothing; only the owner sees it', async () => {
    const id = await create();
    const who = account();
    expect(await join(id, who)).toEqual({ neighborhood: { id, residentCount: 1 }, userErrors: [] });
    expect(await join(id, who)).toEqual({ neighborhood: { id, residentCount: 1 }, userErrors: [] });
    expect(await homeOf(who.accountId, who)).toEqual({ id });
    expect(await homeOf(who.accountId, account())).toBeNull();
    expect(await homeOf(who.accountId, account(['STAFF']))).toBeNull();
    expect(await homeOf(who.accountId, ANONYMOUS)).toBeNull();
  });

  it('should count one out and one in when somebody moves', async () => {
    const [from, to] = [await create({ name: 'From' }), await create({ name: 'To' })];
    const who = account();
    await join(from, who);
    await join(to, who);
    expect([await count(from), await count(to)]).toEqual([0, 1]);
    expect(await homeOf(who.accountId, who)).toEqual({ id: to });
    const stale = await harness.graph(LEAVE, { input: { neighborhoodId: from } }, who);
    expect(stale.data.neighborhoodLeave).toEqual({ neighborhood: { id: from, residentCount: 0 }, userErrors: [] });
    expect([await count(from), await count(to)]).toEqual([0, 1]);
    await harness.graph(LEAVE, { input: { neighborhoodId: to } }, who);
    const again = await harness.graph(LEAVE, { input: { neighborhoodId: to } }, who);
    expect(again.data.neighborhoodLeave.neighborhood.residentCount).toBe(0);
    expect(await homeOf(who.accountId, who)).toBeNull();
  });

  it('should refuse to be joined while paused, when unknown and by nobody, changing nothing', async () => {
    const [home, closed] = [await create(), await create()];
    const who = account();
    await join(home, who);
    await harness.services.neighborhoods.update(closed, { status: 'PAUSED' });
    expect(await join(closed, who)).toMatchObject({
      neighborhood: null,
      userErrors: [{ code: 'NEIGHBORHOOD_PAUSED', field: ['input', 'neighborhoodId'] }],
    });
    expect((await join('nbhd_none', who)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    const nobody = await harness.graph(JOIN, { input: { neighborhoodId: home } });
    expect(nobody.errors[0]?.code).toBe('UNAUTHENTICATED');
    expect([await count(home), await count(closed)]).toEqual([1, 0]);
    expect(await homeOf(who.accountId, who)).toEqual({ id: home });
  });

  it('should count right when many people join and one person tries several places at once', async () => {
    const ids = [await create(), await create(), await create()];
    const [first] = ids;
    const crowd = Array.from({ length: 30 }, () => account());
    await Promise.all(crowd.map((who) => join(first ?? '', who)));
    const restless = account();
    await Promise.all([...ids, ...ids, ...ids].map((id) => join(id, restless)));
    const home = await homeOf(restless.accountId, restless);
    expect(ids).toContain(home.id);
    expect(await Promise.all(ids.map(count))).toEqual(
      ids.map((id) => (id === first ? 30 : 0) + (id === home.id ? 1 : 0)),
    );
  });

  it('should answer other services whether someone lives there and whether it is active, and clients not at all', async () => {
    const id = await create();
    const who = account();
    await join(id, who);
    const query = `query ($a: ID!, $b: ID!, $id: ID!) {
      a: _isResident(accountId: $a, neighborhoodId: $id) b: _isResident(accountId: $b, neighborhoodId: $id)
      active: _neighborhoodActive(id: $id) unknown: _neighborhoodActive(id: "nbhd_none")
    }`;
    const variables = { a: who.accountId, b: account().accountId, id };
    const before = await harness.graph(query, variables, serviceIdentity('social'));
    expect(before.data).toEqual({ a: true, b: false, active: true, unknown: false });
    await harness.services.neighborhoods.update(id, { status: 'PAUSED' });
    const after = await harness.graph(query, variables, serviceIdentity('social'));
    expect(after.data).toMatchObject({ a: true, active: false });
    for (const operation of ['_isResident(accountId: "a", neighborhoodId: "b")', '_neighborhoodActive(id: "b")']) {
      const client = await harness.graph(`{ ${operation} }`, {}, merchant);
      expect(client).toMatchObject({ data: null, errors: [{ code: 'FORBIDDEN' }] });
    }
  });

  it('should resolve many references with one query', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 20; index += 1) ids.push(await create());
    const calls: string[] = [];
    mongoose.set('debug', (collection: string, method: string) => calls.push(`${collection}.${method}`));
    const { data } = await harness.graph(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Neighborhood { id } } }',
      { of: [...ids, 'nbhd_none'].map((id) => ({ __typename: 'Neighborhood', id })) },
    );
    mongoose.set('debug', false);
    expect(data._entities).toEqual([...ids.map((id) => ({ id })), null]);
    expect(calls).toEqual(['neighborhoods.find']);
  });
});
