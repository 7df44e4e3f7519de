import { demoVariant } from '../../tools/demo-data/demo-data';
import { textOf } from '../../tools/graph-client';
import { buy, createCampaign } from '../../tools/shop/shopping';
import { GroupProgressDocument, type GroupProgressSubscription } from '../generated/operations';
import { openShop, SHAPES, type TestShop } from '../support/stack-harness';

const SOCKETS = 100;
const SUBSCRIPTIONS_EACH = 10;
const JOINS = 4;

type Progress = GroupProgressSubscription['groupBuyProgress'];

describe.each(SHAPES)('a thousand viewers of one group, %s', (shape) => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await openShop({ shape });
  });
  afterAll(() => shop.stop());

  it('should cost one upstream and one execution per change, and see every join in order', async () => {
    const variant = await demoVariant(shop.client);
    const campaign = await createCampaign(shop.client, await shop.as('merchant'), {
      variantId: variant.id,
      groupPrice: { amount: variant.groupPrice, currencyCode: variant.currencyCode },
      size: JOINS + 1,
      windowMinutes: 60,
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '2099-01-01T00:00:00Z',
    });
    const order = { variantId: variant.id, idempotencyKey: 'live' };
    const opened = await buy(shop.client, await shop.as('host'), { ...order, groupBuy: { campaignId: campaign.id } });
    const id = opened.groupBuy?.id ?? '';

    const sockets = Array.from({ length: SOCKETS }, () => shop.client.socket());
    const seen: Progress[][] = [];
    let waiting = SOCKETS * SUBSCRIPTIONS_EACH;
    let started: () => void = () => undefined;
    const everyoneStarted = new Promise<void>((resolve) => {
      started = resolve;
    });
    const follow = async (
      messages: AsyncIterable<{ data?: GroupProgressSubscription | null | undefined }>,
    ): Promise<void> => {
      const own: Progress[] = [];
      seen.push(own);
      for await (const { data } of messages) {
        if (!data) throw new Error('A message carried no data.');
        own.push(data.groupBuyProgress);
        if (own.length === 1) {
          waiting -= 1;
          if (waiting === 0) started();
        }
        if (data.groupBuyProgress.groupBuy.status === 'SUCCEEDED') return;
      }
    };
    const before = shop.stack.gateway.stats();
    const followed = Promise.all(
      sockets.flatMap((socket) =>
        Array.from({ length: SUBSCRIPTIONS_EACH }, () =>
          follow(
            socket.iterate<GroupProgressSubscription>({
              query: textOf(GroupProgressDocument),
              variables: { groupBuyId: id },
            }),
          ),
        ),
      ),
    );
    await everyoneStarted;
    const during = shop.stack.gateway.stats();
    expect(during.upstreams - before.upstreams).toBe(1);
    expect(during.subscribers - before.subscribers).toBe(SOCKETS * SUBSCRIPTIONS_EACH);
    expect(during.executions - before.executions).toBe(1);

    for (let shopper = 1; shopper <= JOINS; shopper += 1) {
      await buy(shop.client, await shop.as(`shopper${shopper}`), { ...order, groupBuy: { groupBuyId: id } });
    }
    await followed;
    // Four joins and the success: one execution each, whoever watches.
    expect(shop.stack.gateway.stats().executions - during.executions).toBe(JOINS + 1);
    await Promise.all(sockets.map((socket) => socket.dispose()));

    expect(seen).toHaveLength(SOCKETS * SUBSCRIPTIONS_EACH);
    const [first] = seen;
    expect(first?.map(({ groupBuy }) => [groupBuy.joined, groupBuy.status])).toEqual([
      [1, 'OPEN'],
      [2, 'OPEN'],
      [3, 'OPEN'],
      [4, 'OPEN'],
      [5, 'OPEN'],
      [5, 'SUCCEEDED'],
    ]);
    for (const { groupBuy } of first ?? []) {
      expect(groupBuy.campaign.variant?.product.title).toBe(variant.title);
      expect(groupBuy.members).toHaveLength(groupBuy.joined);
    }
    for (const own of seen) expect(own).toEqual(first);
  });
});
