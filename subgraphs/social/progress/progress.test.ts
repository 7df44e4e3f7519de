import { parse } from 'graphql';
import { ANONYMOUS } from '../../../platform/context/identity';
import { newId } from '../../../platform/ids/id';
import { account } from '../../../test/support/subgraph-harness';
import { atOnce, SocialShop } from '../testing/social-shop';

const shop = new SocialShop();
beforeAll(() => shop.start());
afterAll(() => shop.stop());

const GROUP = `subscription ($id: ID!) { groupBuyProgress(groupBuyId: $id) { version asOf
  groupBuy { id version status joined size leader { id } members { profile { id } role } campaign { id groupPrice { amount } variant { id } } } } }`;
const CAMPAIGN = `subscription ($id: ID!) { groupBuyCampaignProgress(campaignId: $id) { version asOf
  campaign { id version status soldUnits buyers openGroups succeededGroups quotaRemaining size product { id } } } }`;

async function follow(document: string, id: string) {
  const stream = await shop.it.subgraph.subscribe({
    document: parse(document),
    variables: { id },
    identity: ANONYMOUS,
    requestId: newId('req'),
  });
  if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream.errors));
  return {
    // biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, field by field.
    async next(): Promise<any> {
      const { value, done } = await stream.next();
      if (done) return null;
      if (value.errors) throw new Error(JSON.stringify(value.errors));
      return JSON.parse(JSON.stringify(Object.values(value.data ?? {})[0]));
    },
    // biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, field by field.
    async take(count: number): Promise<any[]> {
      const taken = [];
      for (let index = 0; index < count; index += 1) taken.push(await this.next());
      return taken;
    },
    stop: () => stream.return?.(),
  };
}

describe('the progress of a group', () => {
  it('should be the present state first, then each join in order, with rising versions and the members of each', async () => {
    const campaignId = await shop.campaign({ size: 3 });
    const { id, accountId } = await shop.open(campaignId);
    await shop.it.settle();
    const live = await follow(GROUP, id);
    expect(await live.next()).toEqual({
      version: 2,
      asOf: shop.it.clock.now().toISOString(),
      groupBuy: {
        id,
        version: 2,
        status: 'OPEN',
        joined: 1,
        size: 3,
        leader: { id: accountId },
        members: [{ profile: { id: accountId }, role: 'LEADER' }],
        campaign: { id: campaignId, groupPrice: { amount: '15.00' }, variant: { id: 'var_1' } },
      },
    });
    // All three changes are in the store before the first is told: every message still shows its own version.
    const second = await shop.join(id);
    const third = await shop.join(id);
    await shop.it.settle();
    const messages = await live.take(3);
    expect(
      messages.map(({ version, groupBuy }) => [version, groupBuy.version, groupBuy.status, groupBuy.joined]),
    ).toEqual([
      [3, 3, 'OPEN', 2],
      [4, 4, 'OPEN', 3],
      [5, 5, 'SUCCEEDED', 3],
    ]);
    const people = [accountId, second.accountId, third.accountId];
    expect(
      messages.map(({ groupBuy }) => groupBuy.members.map((member: { profile: { id: string } }) => member.profile.id)),
    ).toEqual([people.slice(0, 2), people, people]);
    await live.stop();
    expect(await live.next()).toBeNull();
  });

  it('should leave out what the present state already shows', async () => {
    const { id } = await shop.open(await shop.campaign());
    // The events of opening and paying are published only after the stream has begun.
    const live = await follow(GROUP, id);
    expect((await live.next()).version).toBe(2);
    await shop.join(id);
    await shop.it.settle();
    expect((await live.next()).version).toBe(3);
    await live.stop();
  });

  it('should read again when an event was missed, and never go back', async () => {
    const { id } = await shop.open(await shop.campaign({ size: 9 }));
    await shop.it.settle();
    const live = await follow(GROUP, id);
    await live.next();
    await shop.join(id);
    await shop.join(id);
    const outbox = shop.it.services.kernel.database.connection.collection('outbox');
    await outbox.deleteOne({ aggregateId: id, sequence: 3 });
    await shop.it.settle();
    expect(await live.next()).toMatchObject({ version: 4, groupBuy: { joined: 3 } });
    await shop.join(id);
    await shop.it.settle();
    expect(await live.next()).toMatchObject({ version: 5, groupBuy: { joined: 4 } });
    await live.stop();
  });

  it('should not show a member after they left', async () => {
    const { id, accountId } = await shop.open(await shop.campaign());
    const second = await shop.join(id);
    await shop.it.settle();
    const live = await follow(GROUP, id);
    await live.next();
    await shop.it.graph(
      'mutation ($input: GroupBuyLeaveInput!) { groupBuyLeave(input: $input) { userErrors { code } } }',
      { input: { groupBuyId: id, idempotencyKey: 'leave' } },
      account(['CUSTOMER'], accountId),
    );
    await shop.it.settle();
    const [left, led] = await live.take(2);
    expect(left).toMatchObject({
      version: 4,
      groupBuy: { joined: 1, leader: { id: accountId }, members: [{ role: 'MEMBER' }] },
    });
    expect(led).toMatchObject({
      version: 5,
      groupBuy: { joined: 1, leader: { id: second.accountId }, members: [{ role: 'LEADER' }] },
    });
    await live.stop();
  });

  it('should reach the store’s number after a burst, never above the size, never backwards', async () => {
    const { id } = await shop.open(await shop.campaign({ size: 30 }));
    const live = await follow(GROUP, id);
    await atOnce(60, async () => {
      const held = await shop.hold({ groupBuyId: id });
      if (held.seat) await shop.pay(held.orderId);
    });
    await shop.it.settle();
    const seen: { version: number; groupBuy: { joined: number; status: string } }[] = [];
    while (seen.at(-1)?.groupBuy.status !== 'SUCCEEDED') seen.push(await live.next());
    expect(seen.map(({ groupBuy }) => groupBuy.joined)).toEqual([...Array.from({ length: 30 }, (_, n) => n + 1), 30]);
    expect(seen.map(({ version }) => version)).toEqual(Array.from({ length: 31 }, (_, n) => n + 2));
    await live.stop();
  }, 60_000);

  it('should be NOT_FOUND for an unknown group or campaign, before anything is followed', async () => {
    await expect(follow(GROUP, 'gbuy_none')).rejects.toThrow('There is no such group.');
    await expect(follow(CAMPAIGN, 'gbc_none')).rejects.toThrow('"NOT_FOUND"');
  });
});

describe('the progress of a campaign', () => {
  it('should count every group together', async () => {
    const campaignId = await shop.campaign({ size: 2, quota: 10 });
    await shop.it.settle();
    const live = await follow(CAMPAIGN, campaignId);
    expect(await live.next()).toMatchObject({
      version: 1,
      campaign: { id: campaignId, status: 'RUNNING', soldUnits: 0, openGroups: 0, quotaRemaining: 10, size: 2 },
    });
    const one = await shop.open(campaignId, { quantity: 3 });
    await shop.open(campaignId);
    await shop.join(one.id, { quantity: 2 });
    await shop.it.settle();
    const numbers = (await live.take(6)).map(({ version, campaign }) => [
      version,
      campaign.version,
      campaign.soldUnits,
      campaign.buyers,
      campaign.openGroups,
      campaign.succeededGroups,
      campaign.quotaRemaining,
    ]);
    expect(numbers).toEqual([
      [2, 2, 0, 0, 1, 0, 7],
      [3, 3, 3, 1, 1, 0, 7],
      [4, 4, 3, 1, 2, 0, 6],
      [5, 5, 4, 2, 2, 0, 6],
      [6, 6, 4, 2, 2, 0, 4],
      [7, 7, 6, 3, 1, 1, 4],
    ]);
    await live.stop();
  });

  it('should tell when the campaign begins and ends by the clock', async () => {
    const now = shop.it.clock.now().getTime();
    const campaignId = await shop.campaign({
      startsAt: new Date(now + 60_000).toISOString(),
      endsAt: new Date(now + 120_000).toISOString(),
    });
    const live = await follow(CAMPAIGN, campaignId);
    const statuses = [(await live.next()).campaign.status];
    for (let minute = 0; minute < 2; minute += 1) {
      shop.minutes(1);
      await shop.it.settle();
      statuses.push((await live.next()).campaign.status);
    }
    expect(statuses).toEqual(['SCHEDULED', 'RUNNING', 'ENDED']);
    await live.stop();
  });
});
