import { account } from '../../../test/support/subgraph-harness';
import { atOnce, MERCHANT, ORDERS, SocialShop } from '../testing/social-shop';

const shop = new SocialShop();
beforeAll(() => shop.start());
afterAll(() => shop.stop());

const CANCEL = `mutation ($input: GroupBuyCampaignCancelInput!) { groupBuyCampaignCancel(input: $input) {
  campaign { id status version } userErrors { code field } } }`;
const PRODUCTS = `query ($ids: [_Any!]!, $first: Int!, $after: String) { _entities(representations: $ids) { ... on Product {
  id groupBuyCampaigns(first: $first, after: $after) { nodes { id groupPrice { amount currencyCode } size product { id } }
  pageInfo { hasNextPage endCursor } totalCount } } } }`;

const campaignCount = () =>
  shop.it.services.kernel.database.connection.collection('group_buy_campaigns').countDocuments();
const product = (id: string) => ({ __typename: 'Product', id });

describe('creating a campaign', () => {
  it('should store the product of its variant and answer as the contract asks', async () => {
    const { data, errors } = await shop.create({ variantId: 'var_7', size: 3 });
    expect(errors).toEqual([]);
    expect(data.groupBuyCampaignCreate).toEqual({
      campaign: {
        id: expect.stringMatching(/^gbc_/),
        status: 'RUNNING',
        size: 3,
        version: 1,
        groupPrice: { amount: '15.00', currencyCode: 'HKD' },
        variant: { id: 'var_7' },
        product: { id: 'prod_7' },
      },
      userErrors: [],
    });
  });

  it('should be forbidden to everybody but merchants and staff, and then create nothing', async () => {
    const before = await campaignCount();
    const asked = shop.it.asked.length;
    expect((await shop.create({}, account(['CUSTOMER', 'LEADER', 'HOST']))).errors[0]?.code).toBe('FORBIDDEN');
    expect((await shop.create({}, { kind: 'anonymous' })).errors[0]?.code).toBe('UNAUTHENTICATED');
    expect((await shop.create({}, { kind: 'app', keyId: 'key_1', scopes: ['cart:write'] })).errors[0]?.code).toBe(
      'FORBIDDEN',
    );
    expect(await campaignCount()).toBe(before);
    expect(shop.it.asked).toHaveLength(asked);
    expect((await shop.create({}, account(['STAFF']))).data.groupBuyCampaignCreate.userErrors).toEqual([]);
  });

  it('should refuse what contradicts the variant or itself, by field, and create nothing', async () => {
    const before = await campaignCount();
    const refusal = async (input: Record<string, unknown>) =>
      (await shop.create(input)).data.groupBuyCampaignCreate.userErrors.map(
        ({ code, field }: { code: string; field: string[] }) => `${code} ${field.join('.')}`,
      );
    expect(await refusal({ variantId: 'none' })).toEqual(['NOT_FOUND input.variantId']);
    expect(await refusal({ groupPrice: { amount: '20.01', currencyCode: 'HKD' } })).toEqual([
      'INVALID input.groupPrice',
    ]);
    expect(await refusal({ groupPrice: { amount: '15.00', currencyCode: 'CNY' } })).toEqual([
      'INVALID input.groupPrice',
    ]);
    expect(await refusal({ groupPrice: { amount: '15.005', currencyCode: 'HKD' } })).toEqual([
      'INVALID input.groupPrice',
    ]);
    expect(await refusal({ size: 1 })).toEqual(['INVALID input.size']);
    expect(await refusal({ neighborhoodId: 'nbhd_none' })).toEqual(['NOT_FOUND input.neighborhoodId']);
    expect(await refusal({ idempotencyKey: 'not printable ☃' })).toEqual(['INVALID input.idempotencyKey']);
    expect(await campaignCount()).toBe(before);
  });

  it('should create one campaign for one key, and refuse the key for another', async () => {
    const before = await campaignCount();
    const idempotencyKey = 'spring';
    const input = { idempotencyKey, startsAt: '2050-05-01T00:00:00.000Z', endsAt: '2050-07-01T00:00:00.000Z' };
    const answers = await atOnce(10, () => shop.create(input));
    for (let later = 0; later < 10; later += 1) answers.push(await shop.create(input));
    expect(new Set(answers.map(({ data }) => data.groupBuyCampaignCreate.campaign.id)).size).toBe(1);
    expect(await campaignCount()).toBe(before + 1);
    const other = await shop.create({ ...input, size: 9 });
    expect(other.data.groupBuyCampaignCreate.userErrors[0].code).toBe('IDEMPOTENCY_KEY_REUSED');
  });
});

describe('the campaigns of products', () => {
  it('should be read for 20 products in one query', async () => {
    for (let index = 0; index < 20; index += 1) await shop.campaign({ variantId: `var_q${index}_a` });
    const ids = Array.from({ length: 20 }, (_, index) => product(`prod_q${index}`));
    let answer: Awaited<ReturnType<typeof shop.it.graph>> | undefined;
    const sent = await shop.commandsOf(async () => {
      answer = await shop.it.graph(PRODUCTS, { ids, first: 3 });
    });
    expect(answer?.errors).toEqual([]);
    expect(
      answer?.data._entities.map(
        ({ groupBuyCampaigns }: { groupBuyCampaigns: { nodes: unknown[] } }) => groupBuyCampaigns.nodes.length,
      ),
    ).toEqual(Array.from({ length: 20 }, () => 1));
    expect(sent).toEqual({ group_buy_campaigns: 1 });
  });

  it('should be the running ones, newest first, page by page', async () => {
    const now = shop.it.clock.now().getTime();
    const made: string[] = [];
    for (const variantId of ['var_p_a', 'var_p_b', 'var_p_a']) made.push(await shop.campaign({ variantId }));
    await shop.campaign({ variantId: 'var_p_a', startsAt: new Date(now + 60_000).toISOString() });
    await shop.campaign({ variantId: 'var_p_a', endsAt: new Date(now - 60_000).toISOString() });
    const soldOut = await shop.campaign({ variantId: 'var_p_a', quota: 1 });
    const page = async (first: number, after: string | null) => {
      const { data } = await shop.it.graph(PRODUCTS, { ids: [product('prod_p')], first, after });
      return data._entities[0].groupBuyCampaigns;
    };
    const held = await shop.hold({ campaignId: soldOut, variantId: 'var_p_a' });
    await shop.pay(held.orderId);
    const first = await page(2, null);
    expect(first.nodes.map(({ id }: { id: string }) => id)).toEqual([made[2], made[1]]);
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const second = await page(2, first.pageInfo.endCursor);
    expect(second.nodes.map(({ id }: { id: string }) => id)).toEqual([made[0]]);
    expect(second).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: false } });
    const variant = await shop.it.graph(
      `query ($ids: [_Any!]!) { _entities(representations: $ids) { ... on ProductVariant {
        groupBuyCampaigns(first: 5) { nodes { id } } } } }`,
      { ids: [{ __typename: 'ProductVariant', id: 'var_p_b' }] },
    );
    expect(variant.data._entities[0].groupBuyCampaigns.nodes).toEqual([{ id: made[1] }]);
  });

  it('should be listed by status', async () => {
    const list = async (status: string | null) =>
      (
        await shop.it.graph(
          `query ($status: GroupBuyCampaignStatus) { groupBuyCampaigns(first: 100, status: $status) {
            nodes { id status } totalCount } }`,
          { status },
        )
      ).data.groupBuyCampaigns;
    for (const status of ['SCHEDULED', 'RUNNING', 'ENDED']) {
      const { nodes, totalCount } = await list(status);
      expect(nodes.length).toBeGreaterThan(0);
      expect(totalCount).toBe(nodes.length);
      expect(new Set(nodes.map((node: { status: string }) => node.status))).toEqual(new Set([status]));
    }
    expect((await list(null)).totalCount).toBe(await campaignCount());
  });

  it('should refuse a page above 100 and a cursor of another list', async () => {
    const wrong = async (first: number, after: string | null) =>
      (await shop.it.graph(PRODUCTS, { ids: [product('prod_p')], first, after })).errors[0]?.code;
    expect(await wrong(101, null)).toBe('BAD_USER_INPUT');
    expect(await wrong(1, 'garbage')).toBe('BAD_USER_INPUT');
  });
});

describe('the groups of a campaign', () => {
  it('should be listed newest first, by status, with their members in a fixed number of queries', async () => {
    const campaignId = await shop.campaign({ size: 3 });
    const made = [await shop.open(campaignId), await shop.open(campaignId), await shop.open(campaignId)];
    await shop.join(made[0]?.id ?? '');
    await shop.join(made[0]?.id ?? '');
    const query = `query ($id: ID!, $status: GroupBuyStatus) { groupBuyCampaign(id: $id) {
      groupBuys(first: 10, status: $status) { nodes { id joined members { profile { id } role } campaign { id } } totalCount } } }`;
    let data: Awaited<ReturnType<typeof shop.it.graph>>['data'];
    const sent = await shop.commandsOf(async () => {
      ({ data } = await shop.it.graph(query, { id: campaignId }));
    });
    const { nodes, totalCount } = data.groupBuyCampaign.groupBuys;
    expect(nodes.map(({ id }: { id: string }) => id)).toEqual(made.map(({ id }) => id).reverse());
    expect(nodes.map(({ members }: { members: unknown[] }) => members.length)).toEqual([1, 1, 3]);
    expect(totalCount).toBe(3);
    expect(sent).toEqual({ group_buy_campaigns: 1, group_buys: 2, group_buy_members: 1 });
    const open = await shop.it.graph(query, { id: campaignId, status: 'OPEN' });
    expect(open.data.groupBuyCampaign.groupBuys.totalCount).toBe(2);
  });

  it('should be read with members and campaign in three queries', async () => {
    const { id } = await shop.open(await shop.campaign());
    await shop.join(id);
    const sent = await shop.commandsOf(() => shop.group(id));
    expect(sent).toEqual({ group_buys: 1, group_buy_members: 1, group_buy_campaigns: 1 });
  });

  it('should answer entity references in the order asked, null for unknown ids', async () => {
    const campaignId = await shop.campaign();
    const { id } = await shop.open(campaignId);
    const { data } = await shop.it.graph(
      `query ($ids: [_Any!]!) { _entities(representations: $ids) {
        ... on GroupBuy { id joined } ... on GroupBuyCampaign { id size } } }`,
      {
        ids: [
          { __typename: 'GroupBuy', id: 'gbuy_none' },
          { __typename: 'GroupBuy', id },
          { __typename: 'GroupBuyCampaign', id: campaignId },
        ],
      },
    );
    expect(data._entities).toEqual([null, { id, joined: 1 }, { id: campaignId, size: 5 }]);
  });

  it('should be listed for the person who is in them, and for nobody else', async () => {
    const me = account();
    const campaignId = await shop.campaign();
    const { id: first } = await shop.open(campaignId, { accountId: me.accountId });
    const { id: second } = await shop.open(campaignId);
    await shop.hold({ groupBuyId: second, accountId: me.accountId });
    const { orderId } = await shop.open(campaignId, { accountId: me.accountId, paid: false });
    await shop.release(orderId);
    const mine = (identity: typeof me) =>
      shop.it.graph(
        `query ($ids: [_Any!]!) { _entities(representations: $ids) { ... on Account {
          groupBuys(first: 10) { nodes { id } pageInfo { hasNextPage } } } } }`,
        { ids: [{ __typename: 'Account', id: me.accountId }] },
        identity,
      );
    expect((await mine(me)).data._entities[0].groupBuys).toEqual({
      nodes: [{ id: second }, { id: first }],
      pageInfo: { hasNextPage: false },
    });
    expect((await mine(account())).errors[0]?.code).toBe('FORBIDDEN');
  });
});

describe('a variant that is sold in groups only', () => {
  const refused = async (...variantIds: string[]): Promise<string[]> => {
    const document = 'query ($ids: [ID!]!) { _soloRefused(variantIds: $ids) }';
    const { data, errors } = await shop.it.graph(document, { ids: variantIds }, ORDERS);
    expect(errors).toEqual([]);
    return data._soloRefused;
  };
  const groupsOnly = (variantId: string, more: Record<string, unknown> = {}) =>
    shop.campaign({ variantId, soloPurchaseAllowed: false, ...more });

  it('should be told, beside variants that are not, with one read', async () => {
    await groupsOnly('var_solo_a');
    await groupsOnly('var_solo_a');
    await shop.campaign({ variantId: 'var_solo_b' });
    await shop.campaign({ variantId: 'var_solo_a' });
    await groupsOnly('var_solo_c');
    const wanted = ['var_solo_a', 'var_solo_b', 'var_solo_c', 'var_solo_d', 'var_solo_a'];
    const sent = await shop.commandsOf(async () => {
      const answers = await atOnce(20, () => refused(...wanted));
      for (const answer of answers) expect(answer).toEqual(['var_solo_a', 'var_solo_c']);
    });
    expect(sent).toEqual({ group_buy_campaigns: 1 });
  });

  it('should be sold alone before the campaign, after its end, when cancelled and when its quota is sold', async () => {
    const now = shop.it.clock.now().getTime();
    const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
    await groupsOnly('var_solo_e', { startsAt: at(10), endsAt: at(20) });
    const cancelled = await groupsOnly('var_solo_f');
    const sold = await groupsOnly('var_solo_g', { size: 2, quota: 2 });
    expect(await refused('var_solo_e', 'var_solo_f', 'var_solo_g')).toEqual(['var_solo_f', 'var_solo_g']);
    const input = { campaignId: cancelled, reason: 'Recall', idempotencyKey: 'solo' };
    await shop.it.graph(CANCEL, { input }, MERCHANT);
    const { id } = await shop.open(sold, { variantId: 'var_solo_g' });
    await shop.join(id, { variantId: 'var_solo_g' });
    expect(await refused('var_solo_e', 'var_solo_f', 'var_solo_g')).toEqual([]);
    shop.minutes(10);
    expect(await refused('var_solo_e')).toEqual(['var_solo_e']);
    shop.minutes(10);
    expect(await refused('var_solo_e')).toEqual([]);
  });

  it('should be found through an index', async () => {
    const { connection } = shop.it.services.kernel.database;
    const campaigns = connection.collection('group_buy_campaigns');
    const plan = await campaigns.find({ 'terms.variantId': { $in: ['var_solo_a'] } }).explain();
    expect(JSON.stringify(plan)).toContain('IXSCAN');
  });
});

describe('cancelling a campaign', () => {
  const cancel = (campaignId: string, identity = MERCHANT, idempotencyKey = `cancel-${campaignId}`) =>
    shop.it.graph(CANCEL, { input: { campaignId, reason: 'Recall', idempotencyKey } }, identity);

  it('should end every open group, however many, and refund their members once', async () => {
    const campaignId = await shop.campaign({ size: 2 });
    const orders: string[] = [];
    for (let index = 0; index < 25; index += 1) orders.push((await shop.open(campaignId)).orderId);
    const done = await shop.open(campaignId);
    await shop.join(done.id);
    shop.events.length = 0;
    const answers = await atOnce(10, () => cancel(campaignId));
    for (const { data } of answers) {
      expect(data.groupBuyCampaignCancel.userErrors).toEqual([]);
      expect(data.groupBuyCampaignCancel.campaign).toMatchObject({ id: campaignId, status: 'CANCELLED' });
    }
    await shop.it.settle();
    const due = shop.eventsOf('group_buy.member_refund_due').map(({ data }) => data.orderId);
    expect(due.sort()).toEqual([...orders].sort());
    const { data } = await shop.it.graph(
      'query ($id: ID!) { groupBuyCampaign(id: $id) { status openGroups succeededGroups soldUnits buyers } }',
      { id: campaignId },
    );
    expect(data.groupBuyCampaign).toEqual({
      status: 'CANCELLED',
      openGroups: 0,
      succeededGroups: 1,
      soldUnits: 2,
      buyers: 2,
    });
    expect((await shop.hold({ campaignId })).refusal?.code).toBe('CAMPAIGN_NOT_RUNNING');
    expect((await shop.group(done.id)).status).toBe('SUCCEEDED');
  }, 60_000);

  it('should stay as it is when it is cancelled again, and need a reason', async () => {
    const campaignId = await shop.campaign();
    const first = await cancel(campaignId);
    const second = await cancel(campaignId, MERCHANT, 'another-key');
    expect(second.data).toEqual(first.data);
    const input = { campaignId, reason: ' ', idempotencyKey: 'k' };
    const { data } = await shop.it.graph(CANCEL, { input }, MERCHANT);
    expect(data.groupBuyCampaignCancel.userErrors).toEqual([{ code: 'INVALID', field: ['input', 'reason'] }]);
  });

  it('should be forbidden to everybody but merchants and staff, and then change nothing', async () => {
    const campaignId = await shop.campaign();
    expect((await cancel(campaignId, account(['LEADER']))).errors[0]?.code).toBe('FORBIDDEN');
    const { data } = await shop.it.graph('query ($id: ID!) { groupBuyCampaign(id: $id) { status version } }', {
      id: campaignId,
    });
    expect(data.groupBuyCampaign).toEqual({ status: 'RUNNING', version: 1 });
  });
});
