import { serviceIdentity } from '../../../platform/context/identity';
import { walletOf } from '../ledger/ledger';
import { type AccountsHarness, signedIn, startAccounts } from '../testing/accounts-harness';
import { posting } from '../testing/postings';

let it_: AccountsHarness;
beforeAll(async () => {
  it_ = await startAccounts();
});
afterAll(() => it_.stop());

const WALLET = `query ($first: Int!, $after: String) {
  viewer {
    wallet {
      balance { amount currencyCode }
      balances { amount currencyCode }
      entries(first: $first, after: $after) {
        nodes { id amount { amount currencyCode } kind reference description postedAt }
        edges { cursor }
        pageInfo { hasNextPage endCursor }
        totalCount
      }
    }
  }
}`;

describe('Account.wallet', () => {
  it('should be empty at first, in the currency of the shop', async () => {
    const ann = await signedIn(it_, 'Ann');
    expect((await it_.graph(WALLET, { first: 5 }, ann)).data.viewer.wallet).toEqual({
      balance: { amount: '0.00', currencyCode: 'HKD' },
      balances: [],
      entries: { nodes: [], edges: [], pageInfo: { hasNextPage: false, endCursor: null }, totalCount: 0 },
    });
  });

  it("should show the owner's money and movements, and nobody else's", async () => {
    const [bob, eve] = [await signedIn(it_, 'Bob'), await signedIn(it_, 'Eve')];
    const wallet = walletOf(bob.accountId);
    await it_.services.ledger.post({
      ...posting('w-1', [
        ['escrow:orders', -1250],
        [wallet, 1250],
      ]),
      kind: 'order.refund',
      reference: 'ord_1',
      description: 'Refund of order 1001',
    });
    await it_.services.ledger.post(
      posting('w-2', [
        ['provider:SANDBOX', -300, 'JPY'],
        [wallet, 300, 'JPY'],
      ]),
    );
    const { wallet: mine } = (await it_.graph(WALLET, { first: 5 }, bob)).data.viewer;
    expect(mine.balance).toEqual({ amount: '12.50', currencyCode: 'HKD' });
    expect(mine.balances).toEqual([
      { amount: '12.50', currencyCode: 'HKD' },
      { amount: '300', currencyCode: 'JPY' },
    ]);
    expect(mine.entries.totalCount).toBe(2);
    expect(mine.entries.nodes).toContainEqual({
      id: expect.stringMatching(/^lent_/),
      amount: { amount: '12.50', currencyCode: 'HKD' },
      kind: 'order.refund',
      reference: 'ord_1',
      description: 'Refund of order 1001',
      postedAt: it_.clock.now().toISOString(),
    });
    expect((await it_.graph(WALLET, { first: 5 }, eve)).data.viewer.wallet.balances).toEqual([]);
  });

  it('should page through movements, newest first, each once', async () => {
    const kim = await signedIn(it_, 'Kim');
    for (let n = 1; n <= 7; n += 1) {
      await it_.services.ledger.post(
        posting(`kim-${n}`, [
          ['rewards:leaders', -n],
          [walletOf(kim.accountId), n],
        ]),
      );
    }
    const seen: string[] = [];
    let after: string | null = null;
    for (const [size, more] of [
      [3, true],
      [3, true],
      [1, false],
    ] as const) {
      const { data } = await it_.graph(WALLET, { first: 3, after }, kim);
      const { nodes, pageInfo } = data.viewer.wallet.entries;
      expect(nodes).toHaveLength(size);
      expect(pageInfo.hasNextPage).toBe(more);
      after = pageInfo.endCursor;
      seen.push(...nodes.map(({ id }: { id: string }) => id));
    }
    expect(new Set(seen).size).toBe(7);
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it('should refuse a page that is too large or a cursor of another list', async () => {
    const lea = await signedIn(it_, 'Lea');
    for (const variables of [{ first: 101 }, { first: -1 }, { first: 1, after: 'nonsense' }]) {
      expect((await it_.graph(WALLET, variables, lea)).errors.map(({ code }) => code)).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('should read the balances of many accounts with one call', async () => {
    const people = await it_.services.registration.registerMany(
      Array.from({ length: 20 }, (_, n) => ({ displayName: `Person ${n}` })),
    );
    const find = jest.spyOn(it_.services.ledger, 'balancesOf');
    const { data } = await it_.graph(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Account { wallet { balance { amount } balances { amount } } } } }',
      { r: people.map(({ id }) => ({ __typename: 'Account', id })) },
      serviceIdentity('test'),
    );
    expect(data._entities).toEqual(people.map(() => ({ wallet: { balance: { amount: '0.00' }, balances: [] } })));
    expect(find).toHaveBeenCalledTimes(1);
  });
});
