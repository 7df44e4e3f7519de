import * as argon2 from '@node-rs/argon2';
import mongoose from 'mongoose';
import { serviceIdentity } from '../../../platform/context/identity';
import { newId } from '../../../platform/ids/id';
import { account as stranger } from '../../../test/support/subgraph-harness';
import { type AccountsHarness, PASSWORD, signedIn, startAccounts } from '../testing/accounts-harness';

jest.mock('@node-rs/argon2', () => {
  const real = jest.requireActual<typeof argon2>('@node-rs/argon2');
  return { ...real, verify: jest.fn(real.verify) };
});
const verify = jest.mocked(argon2.verify);

let it_: AccountsHarness;
beforeAll(async () => {
  it_ = await startAccounts();
});
afterAll(() => it_.stop());
beforeEach(() => verify.mockClear());

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const CREATE = `mutation SessionCreate($input: SessionCreateInput!) {
  sessionCreate(input: $input) {
    session { accessToken refreshToken expiresAt account { id roles } }
    userErrors { field code message }
  }
}`;
const REFRESH = `mutation ($input: SessionRefreshInput!) {
  sessionRefresh(input: $input) { session { id accessToken refreshToken account { roles } } userErrors { code field } }
}`;
const signIn = async (identifier: string, password = PASSWORD) =>
  (await it_.graph(CREATE, { input: { identifier, password } })).data.sessionCreate;
const refresh = async (refreshToken: string) =>
  (await it_.graph(REFRESH, { input: { refreshToken } })).data.sessionRefresh;
const codesOf = (answer: { userErrors: { code: string }[] }) => answer.userErrors.map(({ code }) => code);
const register = (name: string) =>
  it_.services.registration.register({ identifier: `${name}@example.com`, password: PASSWORD, displayName: name });
const openSession = async (name: string) => {
  const session = await it_.services.sessions.open((await register(name)).id);
  if (!session) throw new Error('No session was opened.');
  return session;
};

describe('sessionCreate', () => {
  it('should sign in with the identifier in any writing', async () => {
    const { id } = await register('ann');
    const answer = await signIn(' ANN@Example.com ');
    expect(answer).toEqual({
      session: {
        accessToken: expect.any(String),
        refreshToken: expect.any(String),
        expiresAt: new Date(it_.clock.now().getTime() + 10 * MINUTE).toISOString(),
        account: { id, roles: ['CUSTOMER'] },
      },
      userErrors: [],
    });
  });

  it('should refuse an unknown person and a wrong password alike, at the same cost', async () => {
    await register('bea');
    const wrong = await signIn('bea@example.com', 'wrong-password');
    const unknown = await signIn('nobody@example.com');
    const unreadable = await signIn('not an address');
    expect(wrong).toEqual({
      session: null,
      userErrors: [
        { field: null, code: 'INVALID_CREDENTIALS', message: 'This identifier and password do not belong together.' },
      ],
    });
    expect(unknown).toEqual(wrong);
    expect(unreadable).toEqual(wrong);
    expect(verify).toHaveBeenCalledTimes(3);
    const costs = verify.mock.calls.map(([hash]) => argon2.parseOptions(hash));
    expect(costs[1]).toEqual(costs[0]);
    expect(costs[2]).toEqual(costs[0]);
  });

  it('should stop after five failures, for known and unknown alike, until the window is over', async () => {
    await register('cleo');
    for (const identifier of ['cleo@example.com', 'ghost@example.com']) {
      for (let failure = 1; failure <= 5; failure += 1) {
        expect(codesOf(await signIn(identifier, 'wrong-password'))).toEqual(['INVALID_CREDENTIALS']);
      }
      verify.mockClear();
      expect(codesOf(await signIn(identifier.toUpperCase()))).toEqual(['TOO_MANY_ATTEMPTS']);
      expect(verify).not.toHaveBeenCalled();
    }
    it_.clock.advance(15 * MINUTE - 1);
    expect(codesOf(await signIn('cleo@example.com'))).toEqual(['TOO_MANY_ATTEMPTS']);
    it_.clock.advance(1);
    expect(codesOf(await signIn('cleo@example.com'))).toEqual([]);
  });

  it('should count again from nothing after a success', async () => {
    await register('dora');
    for (let round = 1; round <= 3; round += 1) {
      for (let failure = 1; failure <= 4; failure += 1) await signIn('dora@example.com', 'wrong-password');
      expect(codesOf(await signIn('dora@example.com'))).toEqual([]);
    }
  });

  it('should look at no more than five of many guesses sent at once', async () => {
    await register('emma');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => signIn('emma@example.com', `guess-number-${n}`)),
    );
    expect(verify).toHaveBeenCalledTimes(5);
    expect(answers.flatMap(codesOf).filter((code) => code === 'TOO_MANY_ATTEMPTS')).toHaveLength(15);
  });

  it('should let one person sign in on many devices at once', async () => {
    await register('fred');
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn('fred@example.com')));
    expect(answers.flatMap(codesOf)).toEqual([]);
    expect(new Set(answers.map(({ session }) => session.refreshToken)).size).toBe(12);
  });

  it('should give the attempt back when the server had no room to check the password', async () => {
    await register('gus');
    for (let failure = 1; failure <= 4; failure += 1) await signIn('gus@example.com', 'wrong-password');
    verify.mockRejectedValueOnce(new Error('out of memory'));
    await expect(it_.services.sessions.signIn({ identifier: 'gus@example.com', password: PASSWORD })).rejects.toThrow(
      'out of memory',
    );
    expect(codesOf(await signIn('gus@example.com'))).toEqual([]);
  });
});

describe('sessionRefresh', () => {
  it('should exchange the token for new ones of the same session, with the roles of now', async () => {
    const first = await openSession('hugo');
    await it_.services.accounts.setRoles(serviceIdentity('test'), first.account.id, ['CUSTOMER', 'HOST']);
    it_.clock.advance(5 * MINUTE);
    const { session, userErrors } = await refresh(first.refreshToken);
    expect(userErrors).toEqual([]);
    expect(session).toMatchObject({ id: first.id, account: { roles: ['CUSTOMER', 'HOST'] } });
    expect(session.refreshToken).not.toBe(first.refreshToken);
    expect(codesOf(await refresh(session.refreshToken))).toEqual([]);
  });

  it('should close the session when a token comes a second time', async () => {
    const first = await openSession('ines');
    const second = (await refresh(first.refreshToken)).session;
    const other = await it_.services.sessions.open(first.account.id);
    expect((await refresh(first.refreshToken)).userErrors).toEqual([
      { code: 'REFRESH_TOKEN_REUSED', field: ['input', 'refreshToken'] },
    ]);
    expect(await it_.services.sessions.isActive(first.id)).toBe(false);
    expect(codesOf(await refresh(second.refreshToken))).toEqual(['INVALID_REFRESH_TOKEN']);
    // The person's other devices are not of this family.
    expect(await it_.services.sessions.isActive(other?.id ?? '')).toBe(true);
    expect(codesOf(await refresh(other?.refreshToken ?? ''))).toEqual([]);
  });

  it('should let one of two parallel refreshes win and then take the token for copied', async () => {
    const first = await openSession('jack');
    const answers = await Promise.all([refresh(first.refreshToken), refresh(first.refreshToken)]);
    expect(answers.flatMap(codesOf)).toEqual(['REFRESH_TOKEN_REUSED']);
    expect(await it_.services.sessions.isActive(first.id)).toBe(false);
  });

  it('should refuse unknown and lapsed tokens', async () => {
    const first = await openSession('kate');
    expect((await refresh('nonsense')).userErrors).toEqual([
      { code: 'INVALID_REFRESH_TOKEN', field: ['input', 'refreshToken'] },
    ]);
    expect(codesOf(await refresh(first.accessToken))).toEqual(['INVALID_REFRESH_TOKEN']);
    it_.clock.advance(30 * DAY - 1);
    expect(await it_.services.sessions.isActive(first.id)).toBe(true);
    it_.clock.advance(1);
    expect(codesOf(await refresh(first.refreshToken))).toEqual(['INVALID_REFRESH_TOKEN']);
    expect(await it_.services.sessions.isActive(first.id)).toBe(false);
  });

  it('should keep a session that is refreshed open beyond thirty days', async () => {
    let { refreshToken, id } = await openSession('liam');
    for (let month = 1; month <= 3; month += 1) {
      it_.clock.advance(29 * DAY);
      ({ refreshToken, id } = (await refresh(refreshToken)).session);
    }
    expect(await it_.services.sessions.isActive(id)).toBe(true);
  });

  it('should store no token that could be used', async () => {
    const session = await openSession('mona');
    const stored: unknown[] = [];
    for (const { models } of mongoose.connections) {
      for (const name of ['Session', 'RefreshToken', 'Account', 'Credential', 'Claim', 'SignInAttempts', 'Outbox']) {
        stored.push(...((await models[name]?.find().lean()) ?? []));
      }
    }
    expect(stored.length).toBeGreaterThan(20);
    const text = JSON.stringify(stored);
    expect(text).toContain(session.id);
    for (const secret of [session.refreshToken, session.accessToken, PASSWORD]) expect(text).not.toContain(secret);
  });
});

describe('signing out', () => {
  const REVOKE = 'mutation { sessionRevoke { revokedCount userErrors { code } } }';
  const REVOKE_ALL = 'mutation { sessionRevokeAll { revokedCount userErrors { code } } }';
  const ACTIVE = 'query ($sessionId: ID!) { _sessionActive(sessionId: $sessionId) }';
  const active = async (sessionId: string) =>
    (await it_.graph(ACTIVE, { sessionId }, serviceIdentity('gateway'))).data._sessionActive;

  const ENDED = 'query ($sessionIds: [ID!]!) { _sessionsEnded(sessionIds: $sessionIds) }';

  it('should say which of many sessions have ended, to services only', async () => {
    const [petra, quentin] = [await signedIn(it_, 'Petra'), await signedIn(it_, 'Quentin')];
    const sessionIds = [petra.sessionId, 'sess_unknown', quentin.sessionId];
    const ended = async () => (await it_.graph(ENDED, { sessionIds }, serviceIdentity('gateway'))).data._sessionsEnded;
    expect(await ended()).toEqual(['sess_unknown']);
    await it_.graph(REVOKE, {}, petra);
    expect(await ended()).toEqual([petra.sessionId, 'sess_unknown']);
    const asked = await it_.graph(ENDED, { sessionIds }, quentin);
    expect(asked.errors.map(({ code }) => code)).toEqual(['FORBIDDEN']);
  });

  it('should close this session only, or all of the caller', async () => {
    const nina = await signedIn(it_, 'Nina');
    const omar = await signedIn(it_, 'Omar');
    const [tablet, laptop] = [
      await it_.services.sessions.open(nina.accountId),
      await it_.services.sessions.open(nina.accountId),
    ];
    expect((await it_.graph(REVOKE, {}, nina)).data.sessionRevoke).toEqual({ revokedCount: 1, userErrors: [] });
    expect((await it_.graph(REVOKE, {}, nina)).data.sessionRevoke).toEqual({ revokedCount: 0, userErrors: [] });
    expect([await active(nina.sessionId), await active(tablet?.id ?? '')]).toEqual([false, true]);
    expect((await it_.graph(REVOKE_ALL, {}, nina)).data.sessionRevokeAll).toEqual({ revokedCount: 2, userErrors: [] });
    expect([await active(tablet?.id ?? ''), await active(laptop?.id ?? ''), await active(omar.sessionId)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(codesOf(await refresh(tablet?.refreshToken ?? ''))).toEqual(['INVALID_REFRESH_TOKEN']);
  });

  it('should not close the session of someone else', async () => {
    const paul = await signedIn(it_, 'Paul');
    const thief = { ...stranger(), sessionId: paul.sessionId };
    expect((await it_.graph(REVOKE, {}, thief)).data.sessionRevoke.revokedCount).toBe(0);
    expect(await active(paul.sessionId)).toBe(true);
  });

  it('should ask the signed-out to sign in, and show session states to services only', async () => {
    for (const document of [REVOKE, REVOKE_ALL]) {
      expect((await it_.graph(document)).errors.map(({ code }) => code)).toEqual(['UNAUTHENTICATED']);
    }
    expect(await active(newId('sess'))).toBe(false);
    const asked = await it_.graph(ACTIVE, { sessionId: newId('sess') }, stranger(['ADMIN']));
    expect(asked.errors.map(({ code }) => code)).toEqual(['FORBIDDEN']);
  });
});
