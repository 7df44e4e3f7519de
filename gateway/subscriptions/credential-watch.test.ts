import { ANONYMOUS, type Identity } from '../../platform/context/identity';
import { silentLog } from '../../platform/logging/log';
import { ApiError } from '../../platform/user-errors/api-error';
import { AuthenticationError, type Authenticator } from '../authenticator';
import { CredentialWatch } from './credential-watch';

describe('the watch over credentials', () => {
  const asked: unknown[] = [];
  let endedSessions: string[] = [];
  let keys: Record<string, { scopes: string[]; origins: string[] }> = {};
  let listed: string[] = [];
  let down = false;

  const authenticator: Authenticator = {
    async identify({ storefrontKey, authorization, origin }) {
      asked.push(storefrontKey ?? authorization);
      if (down) throw new ApiError('SUBGRAPH_UNAVAILABLE', 'accounts is away');
      if (storefrontKey === 'odd') throw new Error('no such thing');
      const key = keys[storefrontKey ?? ''];
      if (!key) throw new AuthenticationError();
      const identity: Identity = { kind: 'app', keyId: storefrontKey ?? '', scopes: key.scopes };
      return { identity, originAllowed: key.origins.includes(origin ?? '') };
    },
    async isOriginListed(origin) {
      asked.push(origin);
      return listed.includes(origin);
    },
    async endedSessions(ids) {
      asked.push(ids);
      if (down) throw new ApiError('SUBGRAPH_TIMEOUT', 'accounts is away');
      return ids.filter((id) => endedSessions.includes(id));
    },
  };
  const person = (sessionId: string): Identity => ({
    kind: 'account',
    accountId: `of ${sessionId}`,
    sessionId,
    roles: ['CUSTOMER'],
  });
  const app: Identity = { kind: 'app', keyId: 'key-1', scopes: ['read'] };
  const SHOP = 'https://shop.example.com';

  let watch: CredentialWatch;
  let ended: string[];
  beforeEach(() => {
    asked.length = 0;
    endedSessions = [];
    keys = { 'key-1': { scopes: ['read'], origins: [SHOP] } };
    listed = [SHOP];
    down = false;
    ended = [];
    watch = new CredentialWatch(authenticator, silentLog, 1_000_000);
  });
  afterEach(() => watch.stop());

  const open = (
    name: string,
    identity: Identity,
    { storefrontKey, origin }: { storefrontKey?: string; origin?: string } = {},
  ): (() => void) =>
    watch.watch(
      {
        identity,
        credentials: { ...(storefrontKey ? { storefrontKey } : {}), ...(origin ? { origin } : {}) },
        listedOrigin: origin !== undefined,
      },
      { credentialsEnded: (reason) => ended.push(`${name}: ${reason}`) },
    );

  it('should end the connections of a session that was closed, asking about all sessions at once', async () => {
    for (const name of ['a', 'b']) open(name, person('s1'));
    open('c', person('s2'));
    await watch.look();
    expect([ended, asked]).toEqual([[], [['s1', 's2']]]);
    endedSessions = ['s1'];
    await watch.look();
    expect(ended).toEqual(['a: The session has ended', 'b: The session has ended']);
  });

  it('should ask once for thousands who present the same key, and end all when it is revoked', async () => {
    for (let index = 0; index < 5_000; index++) open('x', app, { storefrontKey: 'key-1' });
    await watch.look();
    expect([ended, asked, watch.size]).toEqual([[], ['key-1'], 1]);
    keys = {};
    await watch.look();
    expect(ended).toHaveLength(5_000);
    expect(ended[0]).toBe('x: The key was revoked');
  });

  it('should end connections of a key whose scopes changed, or that lost their origin', async () => {
    open('page', app, { storefrontKey: 'key-1', origin: SHOP });
    open('server', app, { storefrontKey: 'key-1' });
    open('person', person('s1'), { storefrontKey: 'key-1', origin: SHOP });
    keys = { 'key-1': { scopes: ['read'], origins: [] } };
    await watch.look();
    expect(ended.sort()).toEqual(['page: The origin is no longer listed', 'person: The origin is no longer listed']);
    ended = [];
    keys = { 'key-1': { scopes: ['read', 'cart'], origins: [SHOP] } };
    await watch.look();
    expect(ended.sort()).toEqual(['page: The key has changed', 'server: The key has changed']);
  });

  it('should end connections without a key when no key lists their page any more', async () => {
    open('guest', ANONYMOUS, { origin: SHOP });
    open('from nowhere', ANONYMOUS);
    await watch.look();
    listed = [];
    await watch.look();
    expect([ended, asked, watch.size]).toEqual([['guest: The origin is no longer listed'], [SHOP, SHOP], 1]);
  });

  it('should leave everything as it is while accounts cannot be asked', async () => {
    open('a', person('s1'));
    open('b', app, { storefrontKey: 'key-1' });
    down = true;
    await watch.look();
    expect(ended).toEqual([]);
    // Of many keys one is enough to know it.
    expect(asked).toEqual([['s1']]);
  });

  it('should look at all others when one cannot be looked at', async () => {
    open('odd', app, { storefrontKey: 'odd' });
    open('page', app, { storefrontKey: 'key-1' });
    keys = {};
    await watch.look();
    expect(ended).toEqual(['page: The key was revoked']);
  });

  it('should forget a connection that has gone', async () => {
    const [one, two] = [open('a', person('s1')), open('b', person('s1'))];
    one();
    expect(watch.size).toBe(1);
    two();
    expect(watch.size).toBe(0);
    endedSessions = ['s1'];
    await watch.look();
    expect([ended, asked]).toEqual([[], []]);
  });
});
