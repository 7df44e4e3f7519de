import mongoose from 'mongoose';
import { ANONYMOUS, ROLES, serviceIdentity } from '../../../platform/context/identity';
import { newId } from '../../../platform/ids/id';
import { account as stranger } from '../../../test/support/subgraph-harness';
import { type AccountsHarness, PASSWORD, signedIn, startAccounts } from '../testing/accounts-harness';
import { checkDisplayName, checkRoles, displayNameFrom, IDENTIFIER_KINDS } from './account';
import { IdentifierKindName, RoleName } from './account.type';

let it_: AccountsHarness;
beforeAll(async () => {
  it_ = await startAccounts();
});
afterAll(() => it_.stop());

const REGISTER = `mutation ($input: UserRegisterInput!) {
  userRegister(input: $input) {
    account { id displayName roles identifiers { kind value } createdAt }
    session { accessToken refreshToken expiresAt account { id } }
    userErrors { field code message }
  }
}`;
const register = async (input: { identifier: string; password?: string; displayName?: string }) =>
  (await it_.graph(REGISTER, { input: { password: PASSWORD, displayName: 'Someone', ...input } })).data.userRegister;
const VIEWER = '{ viewer { id displayName roles wallet { balance { amount currencyCode } } } }';
const SET_ROLES =
  'mutation ($input: AccountRolesSetInput!) { accountRolesSet(input: $input) { account { id roles } userErrors { code field } } }';
const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Account { id identifiers { value } } ... on Profile { id displayName } }
}`;
const service = serviceIdentity('orders');

describe('the rules of accounts', () => {
  it('should have one list of roles and of identifier kinds, inside and outside', () => {
    expect(Object.values(RoleName)).toEqual([...ROLES]);
    expect(Object.values(IdentifierKindName)).toEqual([...IDENTIFIER_KINDS]);
  });

  it('should keep a display name as one visible line', () => {
    expect(checkDisplayName('  Ann   Lee ', [])).toBe('Ann Lee');
    expect(checkDisplayName('陳大文', [])).toBe('陳大文');
    for (const bad of ['', '   ', 'x'.repeat(61), 'a\nb', 'a\u0000b', '\u202Enna']) {
      expect(() => checkDisplayName(bad, ['n'])).toThrow(expect.objectContaining({ code: 'INVALID', field: ['n'] }));
    }
  });

  it('should make some display name of any foreign name', () => {
    expect(displayNameFrom('  a\nb ')).toBe('a b');
    expect(displayNameFrom('x'.repeat(200))).toBe('x'.repeat(60));
    expect(displayNameFrom('\u0000')).toBe('Anonymous');
  });

  it('should order roles and refuse none', () => {
    expect(checkRoles(['ADMIN', 'CUSTOMER', 'ADMIN'], [])).toEqual(['CUSTOMER', 'ADMIN']);
    expect(() => checkRoles([], ['r'])).toThrow(expect.objectContaining({ code: 'INVALID', field: ['r'] }));
  });
});

describe('userRegister', () => {
  it('should register, sign in and announce the person', async () => {
    const answer = await register({ identifier: ' Ann@Example.com', displayName: 'Ann' });
    expect(answer.userErrors).toEqual([]);
    expect(answer.account).toEqual({
      id: expect.stringMatching(/^acct_/),
      displayName: 'Ann',
      roles: ['CUSTOMER'],
      identifiers: [{ kind: 'EMAIL', value: 'ann@example.com' }],
      createdAt: it_.clock.now().toISOString(),
    });
    expect(answer.session).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refreshToken: expect.stringMatching(/^[\w-]{43}$/),
      expiresAt: new Date(it_.clock.now().getTime() + 600_000).toISOString(),
      account: { id: answer.account.id },
    });
    const outbox = mongoose.connections.map(({ models }) => models['Outbox']).find(Boolean);
    const events = await outbox?.find({ aggregateId: answer.account.id }).lean();
    expect(events).toEqual([
      expect.objectContaining({ type: 'account.registered', sequence: 1, data: { accountId: answer.account.id } }),
    ]);
  });

  it('should register by phone', async () => {
    const answer = await register({ identifier: '+85291234567' });
    expect(answer.account.identifiers).toEqual([{ kind: 'PHONE', value: '+85291234567' }]);
  });

  it('should refuse what cannot be registered, and then nobody is', async () => {
    const before = await it_.services.registration.count();
    const codeOf = async (input: Parameters<typeof register>[0]) => {
      const { account, session, userErrors } = await register(input);
      expect([account, session]).toEqual([null, null]);
      return userErrors.map(({ code, field }: { code: string; field: string[] }) => `${code} ${field.join('.')}`);
    };
    expect(await codeOf({ identifier: 'not an address' })).toEqual(['INVALID input.identifier']);
    expect(await codeOf({ identifier: 'bob@example.com', password: 'short' })).toEqual([
      'PASSWORD_TOO_WEAK input.password',
    ]);
    expect(await codeOf({ identifier: 'bob@example.com', displayName: ' ' })).toEqual(['INVALID input.displayName']);
    expect(await codeOf({ identifier: 'ANN@example.com' })).toEqual(['IDENTIFIER_TAKEN input.identifier']);
    expect(await it_.services.registration.count()).toBe(before);
  });

  it('should let one of many win the same identifier', async () => {
    const before = await it_.services.registration.count();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => register({ identifier: 'race@example.com', displayName: 'Racer' })),
    );
    expect(answers.filter(({ account }) => account !== null)).toHaveLength(1);
    expect(answers.flatMap(({ userErrors }) => userErrors.map(({ code }: { code: string }) => code))).toEqual(
      Array.from({ length: 7 }, () => 'IDENTIFIER_TAKEN'),
    );
    expect(await it_.services.registration.count()).toBe(before + 1);
  });

  it('should not let a client choose roles', async () => {
    const { data, errors } = await it_.graph(`mutation {
      userRegister(input: { identifier: "eve@example.com", password: "${PASSWORD}", displayName: "Eve", roles: [ADMIN] }) {
        account { id }
      }
    }`);
    expect(data).toBeNull();
    expect(errors.map(({ code }) => code)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });
});

describe('registration by tools', () => {
  it('should give roles and do nothing the second time', async () => {
    const merchant = {
      identifier: 'm@example.com',
      password: PASSWORD,
      displayName: 'M',
      roles: ['MERCHANT'] as const,
    };
    await expect(it_.services.registration.ensure(merchant)).resolves.toBe(true);
    await expect(it_.services.registration.ensure(merchant)).resolves.toBe(false);
    await expect(it_.services.sessions.signIn(merchant)).resolves.toMatchObject({ account: { roles: ['MERCHANT'] } });
  });

  it('should register many without passwords, whom only an opened session signs in', async () => {
    const people = await it_.services.registration.registerMany(
      Array.from({ length: 1200 }, (_, n) => ({ displayName: `Walker ${n}`, identifier: `walker${n}@example.com` })),
    );
    expect(people).toHaveLength(1200);
    const last = people[1199];
    await expect(it_.services.sessions.signIn({ identifier: 'walker1199@example.com', password: '' })).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_CREDENTIALS' }),
    );
    await expect(it_.services.sessions.open(last?.id ?? '')).resolves.toMatchObject({
      account: { displayName: 'Walker 1199', roles: ['CUSTOMER'] },
    });
    await expect(it_.services.sessions.open(newId('acct'))).resolves.toBeNull();
  });
});

describe('viewer and references', () => {
  it('should show each person themselves and nobody to the signed-out', async () => {
    const zoe = await signedIn(it_, 'Zoe');
    expect((await it_.graph(VIEWER, {}, zoe)).data).toEqual({
      viewer: {
        id: zoe.accountId,
        displayName: 'Zoe',
        roles: ['CUSTOMER'],
        wallet: { balance: { amount: '0.00', currencyCode: 'HKD' } },
      },
    });
    expect((await it_.graph(VIEWER)).data).toEqual({ viewer: null });
    expect((await it_.graph(VIEWER, {}, { kind: 'app', keyId: 'key_1', scopes: ['cart:write'] })).data).toEqual({
      viewer: null,
    });
    expect((await it_.graph(VIEWER, {}, stranger())).data).toEqual({ viewer: null });
  });

  it('should resolve an Account only for its owner and for staff', async () => {
    const [owner, other, staff, admin] = await Promise.all([
      signedIn(it_, 'Olga'),
      signedIn(it_, 'Otto', ['CUSTOMER', 'LEADER', 'HOST', 'MERCHANT']),
      signedIn(it_, 'Stan', ['STAFF']),
      signedIn(it_, 'Adam', ['ADMIN']),
    ]);
    const representations = [{ __typename: 'Account', id: owner.accountId }];
    const seenBy = async (identity: Parameters<AccountsHarness['graph']>[2]) =>
      (await it_.graph(ENTITIES, { representations }, identity)).data._entities;
    const full = [{ id: owner.accountId, identifiers: [{ value: 'olga@example.com' }] }];
    expect(await seenBy(owner)).toEqual(full);
    expect(await seenBy(staff)).toEqual(full);
    expect(await seenBy(admin)).toEqual(full);
    expect(await seenBy(service)).toEqual(full);
    expect(await seenBy(other)).toEqual([null]);
    expect(await seenBy(ANONYMOUS)).toEqual([null]);
    expect(await seenBy({ kind: 'app', keyId: 'key_1', scopes: ['catalog:read'] })).toEqual([null]);
  });

  it('should show anyone a profile, and no more than a profile', async () => {
    const { accountId } = await signedIn(it_, 'Pia');
    expect(
      (await it_.graph('query ($id: ID!) { profile(id: $id) { id displayName } }', { id: accountId })).data,
    ).toEqual({
      profile: { id: accountId, displayName: 'Pia' },
    });
    expect((await it_.graph('{ profile(id: "acct_nobody") { id } }')).data).toEqual({ profile: null });
    expect((await it_.graph(`{ profile(id: "${accountId}") { roles } }`)).errors).toHaveLength(1);
  });

  it('should read a page of profiles with one call to the database', async () => {
    const people = await it_.services.registration.registerMany(
      Array.from({ length: 50 }, (_, n) => ({ displayName: `Member ${n}` })),
    );
    const representations = [...people, { id: newId('acct') }].map(({ id }) => ({ __typename: 'Profile', id }));
    const calls: string[] = [];
    mongoose.set('debug', (collection: string, method: string) => calls.push(`${collection}.${method}`));
    const { data } = await it_.graph(ENTITIES, { representations });
    mongoose.set('debug', false);
    expect(data._entities).toEqual([...people.map(({ id, displayName }) => ({ id, displayName })), null]);
    expect(calls).toEqual(['accounts.find']);
  });
});

describe('accountRolesSet', () => {
  it('should be for administrators, and change nothing for others', async () => {
    const { accountId } = await signedIn(it_, 'Rob');
    const input = { accountId, roles: ['ADMIN'] };
    const rolesNow = async () => (await it_.services.accounts.findMany([accountId]))[0]?.roles;
    for (const roles of [['CUSTOMER'], ['LEADER'], ['HOST'], ['STAFF'], ['MERCHANT']] as const) {
      const { errors } = await it_.graph(SET_ROLES, { input }, stranger(roles));
      expect(errors.map(({ code }) => code)).toEqual(['FORBIDDEN']);
    }
    expect((await it_.graph(SET_ROLES, { input })).errors.map(({ code }) => code)).toEqual(['UNAUTHENTICATED']);
    expect(await rolesNow()).toEqual(['CUSTOMER']);
    const { data } = await it_.graph(
      SET_ROLES,
      { input: { accountId, roles: ['LEADER', 'CUSTOMER'] } },
      stranger(['ADMIN']),
    );
    expect(data.accountRolesSet).toEqual({
      account: { id: accountId, roles: ['CUSTOMER', 'LEADER'] },
      userErrors: [],
    });
    expect(await rolesNow()).toEqual(['CUSTOMER', 'LEADER']);
  });

  it('should close the sessions of someone who loses a role, and only then', async () => {
    const host = await signedIn(it_, 'Hana', ['CUSTOMER', 'HOST']);
    const admin = stranger(['ADMIN']);
    const set = (roles: string[]) => it_.graph(SET_ROLES, { input: { accountId: host.accountId, roles } }, admin);
    await set(['CUSTOMER', 'HOST', 'STAFF']);
    expect(await it_.services.sessions.isActive(host.sessionId)).toBe(true);
    await set(['CUSTOMER', 'STAFF']);
    expect(await it_.services.sessions.isActive(host.sessionId)).toBe(false);
  });

  it('should refuse no roles, an unknown account, and administrators undoing themselves', async () => {
    const admin = await signedIn(it_, 'Root', ['ADMIN']);
    const errorsOf = async (input: object) =>
      (await it_.graph(SET_ROLES, { input }, admin)).data.accountRolesSet.userErrors;
    expect(await errorsOf({ accountId: admin.accountId, roles: [] })).toEqual([
      { code: 'INVALID', field: ['input', 'roles'] },
    ]);
    expect(await errorsOf({ accountId: admin.accountId, roles: ['CUSTOMER'] })).toEqual([
      { code: 'INVALID', field: ['input', 'roles'] },
    ]);
    expect(await errorsOf({ accountId: newId('acct'), roles: ['STAFF'] })).toEqual([
      { code: 'NOT_FOUND', field: ['input', 'accountId'] },
    ]);
    expect((await it_.services.accounts.findMany([admin.accountId]))[0]).toMatchObject({
      roles: ['ADMIN'],
      version: 1,
    });
  });
});

describe('internal operations on people', () => {
  const IMPORT = 'mutation ($input: [ProfileImportInput!]!) { _profileImport(input: $input) }';
  const SNAPSHOTS = 'query ($ids: [ID!]!) { _accounts(ids: $ids) { id displayName roles createdAt } }';

  it('should import each outside person once, in the order asked', async () => {
    const person = (externalName: string, source = 'luma') => ({ source, externalName });
    const run = async (input: object[]) => (await it_.graph(IMPORT, { input }, service)).data._profileImport;
    const [kim, lee, kimAgain] = await run([person('Kim'), person('Lee'), person('Kim')]);
    expect(kim).toMatch(/^acct_/);
    expect(kimAgain).toBe(kim);
    expect(lee).not.toBe(kim);
    const [leeLater, mo, otherKim] = await run([person('Lee'), person('Mo'), person('Kim', 'elsewhere')]);
    expect(leeLater).toBe(lee);
    expect(new Set([kim, lee, mo, otherKim]).size).toBe(4);
    const { data } = await it_.graph(SNAPSHOTS, { ids: [kim] }, service);
    expect(data._accounts).toEqual([
      { id: kim, displayName: 'Kim', roles: [], createdAt: it_.clock.now().toISOString() },
    ]);
    await expect(it_.services.sessions.open(kim)).resolves.toBeNull();
  });

  it('should import each once when two imports run at the same time', async () => {
    const people = Array.from({ length: 30 }, (_, n) => ({ source: 'race', externalName: `Reviewer ${n}` }));
    const [one, two] = await Promise.all([
      it_.services.accounts.importProfiles(people),
      it_.services.accounts.importProfiles([...people].reverse()),
    ]);
    expect([...two].reverse()).toEqual(one);
    expect(new Set(one).size).toBe(30);
  });

  it('should leave unknown ids out and refuse clients', async () => {
    const { accountId } = await signedIn(it_, 'Sam', ['CUSTOMER', 'LEADER']);
    const { data } = await it_.graph(SNAPSHOTS, { ids: [newId('acct'), accountId, accountId] }, service);
    expect(data._accounts).toEqual([
      expect.objectContaining({ id: accountId, displayName: 'Sam', roles: ['CUSTOMER', 'LEADER'] }),
    ]);
    for (const identity of [ANONYMOUS, stranger(['ADMIN'])]) {
      const asked = await it_.graph(SNAPSHOTS, { ids: [accountId] }, identity);
      expect(asked.errors.map(({ code }) => code)).toEqual(['FORBIDDEN']);
      const input = [{ source: 'x', externalName: 'Nobody new' }];
      expect((await it_.graph(IMPORT, { input }, identity)).errors.map(({ code }) => code)).toEqual(['FORBIDDEN']);
    }
  });
});
