import { account } from '../../../test/support/subgraph-harness';
import { atOnce, HOLD, SocialShop } from '../testing/social-shop';

const shop = new SocialShop();
beforeAll(() => shop.start());
afterAll(() => shop.stop());

describe('holding a seat', () => {
  it('should open a group with the opener as leader, held and not yet joined', async () => {
    const campaignId = await shop.campaign();
    const { seat, accountId } = await shop.hold({ campaignId });
    expect(seat).toEqual({
      orderId: expect.any(String),
      groupBuyId: expect.stringMatching(/^gbuy_/),
      campaignId,
      status: 'SEAT_HELD',
      groupStatus: 'OPEN',
      quantity: 1,
      unitPrice: { amount: '15.00', currencyCode: 'HKD' },
    });
    const group = await shop.group(seat?.groupBuyId ?? '');
    expect(group).toMatchObject({ status: 'OPEN', joined: 0, version: 1, leader: { id: accountId }, members: [] });
    expect(group.campaign).toMatchObject({ openGroups: 1, soldUnits: 0 });
  });

  it('should give exactly the seats there are to a crowd, and name other groups to the rest', async () => {
    const campaignId = await shop.campaign({ size: 11 });
    const { id } = await shop.open(campaignId);
    const others = [await shop.open(campaignId), await shop.open(campaignId)];
    await shop.join(others[1]?.id ?? '');
    const answers = await atOnce(100, () => shop.hold({ groupBuyId: id }));
    expect(answers.filter(({ seat }) => seat?.status === 'SEAT_HELD')).toHaveLength(10);
    const refused = answers.flatMap(({ refusal }) => refusal ?? []);
    expect(refused).toHaveLength(90);
    for (const { code, alternatives } of refused) {
      expect({ code, alternatives }).toEqual({ code: 'GROUP_FULL', alternatives: [others[1]?.id, others[0]?.id] });
    }
    expect(await shop.counted(id)).toEqual({ held: 10, paid: 1, refunding: 0, seats: { SEAT_HELD: 10, PAID: 1 } });
  }, 60_000);

  it('should take a crowd together: few reads and few writes, however many come at once', async () => {
    const { id } = await shop.open(await shop.campaign({ size: 61 }));
    const sent = await shop.commandsOf(() => atOnce(200, () => shop.hold({ groupBuyId: id })));
    expect(await shop.counted(id)).toMatchObject({ held: 60, paid: 1 });
    // One at a time it would be 60 writes of the group and 800 reads.
    expect(sent['group_buys']).toBeLessThan(40);
    expect(sent['group_buy_members']).toBeLessThan(40);
  }, 60_000);

  it('should not let one who may not join hold up the crowd around them', async () => {
    const campaignId = await shop.campaign({ size: 31, perUserLimit: 1 });
    const greedy = account().accountId;
    const { id } = await shop.open(campaignId);
    const { id: other } = await shop.open(campaignId);
    const answers = await atOnce(25, (index) =>
      index < 5
        ? shop.hold({ groupBuyId: index % 2 === 0 ? id : other, accountId: greedy })
        : shop.hold({ groupBuyId: id }),
    );
    expect(answers.slice(5).every(({ seat }) => seat?.status === 'SEAT_HELD')).toBe(true);
    expect(answers.slice(0, 5).filter(({ seat }) => seat)).toHaveLength(1);
  }, 60_000);

  it('should name at most five other groups, and none without room', async () => {
    const campaignId = await shop.campaign({ size: 2 });
    const full = await shop.open(campaignId);
    await shop.hold({ groupBuyId: full.id });
    const alsoFull = await shop.open(campaignId);
    await shop.hold({ groupBuyId: alsoFull.id });
    for (let opened = 0; opened < 7; opened += 1) await shop.open(campaignId);
    const { refusal } = await shop.hold({ groupBuyId: full.id });
    expect(refusal?.alternatives).toHaveLength(5);
    expect(refusal?.alternatives).not.toContain(alsoFull.id);
  });

  it('should let one of two last payers in', async () => {
    const campaignId = await shop.campaign({ size: 2 });
    for (let duel = 0; duel < 10; duel += 1) {
      const { id } = await shop.open(campaignId);
      const answers = await atOnce(2, () => shop.hold({ groupBuyId: id }));
      expect(answers.map(({ refusal }) => refusal?.code ?? 'IN').sort()).toEqual(['GROUP_FULL', 'IN']);
      const winner = answers.find(({ seat }) => seat)?.orderId ?? '';
      expect((await shop.pay(winner)).seat).toMatchObject({ status: 'CONFIRMED', groupStatus: 'SUCCEEDED' });
    }
  });

  it('should keep one live seat for each person and group, however many orders try', async () => {
    const campaignId = await shop.campaign();
    const { id } = await shop.open(campaignId);
    const accountId = account().accountId;
    const answers = await atOnce(10, () => shop.hold({ groupBuyId: id, accountId }));
    expect(answers.map(({ refusal }) => refusal?.code ?? 'IN').sort()).toEqual([
      ...Array.from({ length: 9 }, () => 'ALREADY_JOINED'),
      'IN',
    ]);
    expect(await shop.counted(id)).toMatchObject({ held: 1, paid: 1 });
  });

  it('should tell a member of a full group that they are in it', async () => {
    const { id, accountId } = await shop.open(await shop.campaign({ size: 2 }));
    await shop.hold({ groupBuyId: id });
    expect((await shop.hold({ groupBuyId: id, accountId })).refusal?.code).toBe('ALREADY_JOINED');
  });

  it('should hold the limit per person under 50 parallel tries in as many groups', async () => {
    const campaignId = await shop.campaign({ perUserLimit: 3 });
    const groups: string[] = [];
    for (let index = 0; index < 10; index += 1) groups.push((await shop.open(campaignId)).id);
    const accountId = account().accountId;
    const answers = await atOnce(50, (index) => {
      const groupBuyId = groups[index % groups.length];
      return shop.hold({ accountId, ...(index < 40 && groupBuyId ? { groupBuyId } : { campaignId }) });
    });
    expect(answers.filter(({ seat }) => seat)).toHaveLength(3);
    const codes = new Set(answers.flatMap(({ refusal }) => refusal?.code ?? []));
    expect([...codes].every((code) => code === 'LIMIT_REACHED' || code === 'ALREADY_JOINED')).toBe(true);
    expect(codes).toContain('LIMIT_REACHED');
  }, 60_000);

  it('should count units, and give them back with the seat', async () => {
    const campaignId = await shop.campaign({ perUserLimit: 3, perOrderLimit: 2 });
    const accountId = account().accountId;
    const tooMany = await shop.hold({ campaignId, accountId, quantity: 3 });
    expect(tooMany.refusal).toMatchObject({ code: 'LIMIT_REACHED', field: ['quantity'] });
    expect(tooMany.refusal?.message).toContain('order');
    const first = await shop.hold({ campaignId, accountId, quantity: 2 });
    const second = await shop.hold({ campaignId, accountId, quantity: 2 });
    expect(second.refusal).toMatchObject({ code: 'LIMIT_REACHED', field: ['quantity'] });
    expect(second.refusal?.message).toContain('person');
    await shop.release(first.orderId);
    expect((await shop.hold({ campaignId, accountId, quantity: 2 })).seat?.status).toBe('SEAT_HELD');
  });

  it('should hold the quota of the campaign across groups in parallel', async () => {
    const campaignId = await shop.campaign({ quota: 12, size: 20 });
    const groups: string[] = [];
    for (let index = 0; index < 4; index += 1) groups.push((await shop.open(campaignId)).id);
    const answers = await atOnce(30, (index) => shop.hold({ groupBuyId: groups[index % 4] ?? '', quantity: 2 }));
    expect(answers.filter(({ seat }) => seat)).toHaveLength(4);
    const refused = answers.flatMap(({ refusal }) => refusal ?? []);
    expect(refused).toHaveLength(26);
    expect(refused.every(({ code, message }) => code === 'LIMIT_REACHED' && message.includes('campaign'))).toBe(true);
    expect((await shop.group(groups[0] ?? '')).campaign).toMatchObject({ quotaRemaining: 0, soldUnits: 4 });
  }, 60_000);

  it('should refuse what the campaign does not allow, by code', async () => {
    const accountId = account().accountId;
    const code = async (asked: Parameters<SocialShop['hold']>[0]) => {
      const [checked, held] = [await shop.check({ accountId, ...asked }), await shop.hold({ accountId, ...asked })];
      expect(checked.refusal).toEqual(held.refusal);
      return held.refusal?.code;
    };
    const campaignId = await shop.campaign();
    expect(await code({ campaignId: 'gbc_none' })).toBe('NOT_FOUND');
    expect(await code({ groupBuyId: 'gbuy_none' })).toBe('NOT_FOUND');
    expect(await code({})).toBe('INVALID');
    expect(await code({ campaignId, groupBuyId: 'gbuy_none' })).toBe('INVALID');
    expect(await code({ campaignId, quantity: 0 })).toBe('INVALID');
    expect(await code({ campaignId, variantId: 'var_2' })).toBe('VARIANT_MISMATCH');
    const later = new Date(shop.it.clock.now().getTime() + 60_000).toISOString();
    expect(await code({ campaignId: await shop.campaign({ startsAt: later }) })).toBe('CAMPAIGN_NOT_RUNNING');
    const over = await shop.campaign({ endsAt: new Date(shop.it.clock.now().getTime() - 60_000).toISOString() });
    expect(await code({ campaignId: over })).toBe('CAMPAIGN_NOT_RUNNING');
    shop.paidBefore.add(accountId);
    expect(await code({ campaignId: await shop.campaign({ newCustomersOnly: true }) })).toBe('NEW_CUSTOMERS_ONLY');
    const local = await shop.campaign({ neighborhoodId: 'nbhd_1' });
    expect(await code({ campaignId: local })).toBe('NOT_RESIDENT');
    shop.residents.add(accountId);
    expect(await code({ campaignId: local })).toBeUndefined();
    const { id } = await shop.open(await shop.campaign({ windowMinutes: 5 }));
    shop.minutes(5);
    expect(await code({ groupBuyId: id })).toBe('GROUP_CLOSED');
  });

  it('should keep an open group joinable after the campaign has ended', async () => {
    const endsAt = new Date(shop.it.clock.now().getTime() + 60_000).toISOString();
    const campaignId = await shop.campaign({ endsAt });
    const { id } = await shop.open(campaignId);
    shop.minutes(2);
    expect((await shop.hold({ campaignId })).refusal?.code).toBe('CAMPAIGN_NOT_RUNNING');
    expect((await shop.hold({ groupBuyId: id })).seat?.status).toBe('SEAT_HELD');
  });

  it('should answer a check with the price and hold nothing', async () => {
    const { id } = await shop.open(await shop.campaign());
    const { seat } = await shop.check({ groupBuyId: id, quantity: 2 });
    expect(seat).toMatchObject({ status: 'AVAILABLE', groupBuyId: id, unitPrice: { amount: '15.00' }, quantity: 2 });
    expect(await shop.counted(id)).toMatchObject({ held: 0, paid: 1 });
  });

  it('should be refused to every client', async () => {
    const campaignId = await shop.campaign();
    const input = {
      orderId: shop.newOrder(),
      accountId: 'acct_1',
      campaignId,
      variantId: 'var_1',
      quantity: 1,
      holdUntil: new Date().toISOString(),
    };
    const { connection } = shop.it.services.kernel.database;
    const before = await connection.collection('group_buys').countDocuments();
    for (const identity of [account(['ADMIN', 'STAFF', 'MERCHANT']), account()]) {
      expect((await shop.it.graph(HOLD, { input }, identity)).errors[0]?.code).toBe('FORBIDDEN');
    }
    expect((await shop.it.graph(HOLD, { input })).errors[0]?.code).toBe('FORBIDDEN');
    expect(await connection.collection('group_buys').countDocuments()).toBe(before);
  });
});

describe('every command of a seat', () => {
  it('should have one effect in ten parallel and ten later repeats', async () => {
    const campaignId = await shop.campaign({ size: 3, quota: 50, perUserLimit: 5 });
    const repeat = async <T>(work: () => Promise<T>): Promise<T> => {
      const answers = await atOnce(10, work);
      for (let later = 0; later < 10; later += 1) answers.push(await work());
      const [first] = answers;
      if (first === undefined) throw new Error('no answer');
      for (const answer of answers) expect(answer).toEqual(first);
      return first;
    };
    const asked = { orderId: shop.newOrder(), accountId: 'acct_opener', campaignId, quantity: 2 };
    const opened = await repeat(() => shop.hold(asked));
    const groupBuyId = opened.seat?.groupBuyId ?? '';
    expect(await shop.counted(groupBuyId)).toMatchObject({ held: 1, paid: 0 });
    await repeat(() => shop.pay(asked.orderId));
    expect(await shop.group(groupBuyId)).toMatchObject({
      joined: 1,
      version: 2,
      campaign: { openGroups: 1, soldUnits: 2, buyers: 1, quotaRemaining: 48 },
    });

    const unpaid = { orderId: shop.newOrder(), accountId: 'acct_unpaid', groupBuyId };
    await repeat(() => shop.hold(unpaid));
    expect((await repeat(() => shop.release(unpaid.orderId))).status).toBe('RELEASED');
    expect(await shop.counted(groupBuyId)).toMatchObject({ held: 0, paid: 1 });
    expect((await shop.group(groupBuyId)).campaign.quotaRemaining).toBe(48);

    const other = await shop.open(campaignId);
    const moved = await repeat(() => shop.move(unpaid.orderId, other.id));
    expect(moved.seat).toMatchObject({ status: 'SEAT_HELD', groupBuyId: other.id });
    expect(await shop.counted(other.id)).toMatchObject({ held: 1, paid: 1 });

    shop.minutes(1441);
    await shop.it.settle();
    expect(await shop.group(groupBuyId)).toMatchObject({ status: 'EXPIRED', joined: 0 });
    expect((await repeat(() => shop.refunded(asked.orderId))).status).toBe('REFUNDED');
    expect(await shop.group(groupBuyId)).toMatchObject({
      status: 'CLOSED',
      campaign: { openGroups: 0, soldUnits: 0, buyers: 0, quotaRemaining: 50 },
    });
    const mine = [asked.orderId, unpaid.orderId, other.orderId];
    const due = shop.eventsOf('group_buy.member_refund_due').map(({ data }) => data.orderId);
    expect(due.filter((orderId) => mine.includes(orderId)).sort()).toEqual([asked.orderId, other.orderId].sort());
  }, 60_000);

  it('should refuse an order that comes back with another wish', async () => {
    const campaignId = await shop.campaign();
    const { orderId, accountId } = await shop.hold({ campaignId });
    expect((await shop.hold({ orderId, accountId, campaignId, quantity: 2 })).refusal?.code).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
    expect((await shop.hold({ orderId, campaignId })).refusal?.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('should fail a hold that arrives after its release', async () => {
    const campaignId = await shop.campaign();
    const orderId = shop.newOrder();
    const released = await atOnce(5, () => shop.release(orderId));
    for (const seat of released)
      expect(seat).toMatchObject({ status: 'RELEASED', groupBuyId: '', groupStatus: 'NONE' });
    expect((await shop.hold({ orderId, campaignId })).refusal?.code).toBe('GROUP_CLOSED');
    expect(await shop.pay(orderId)).toEqual({ outcome: 'CLOSED', seat: null, alternatives: [] });
  });

  it('should hold or release, never both, when they meet', async () => {
    const campaignId = await shop.campaign();
    for (let round = 0; round < 10; round += 1) {
      const orderId = shop.newOrder();
      const [held] = await Promise.all([shop.hold({ orderId, campaignId }), shop.release(orderId)]);
      const groupBuyId = held.seat?.groupBuyId;
      if (groupBuyId) {
        await shop.release(orderId);
        expect(await shop.group(groupBuyId)).toMatchObject({ status: 'CLOSED', joined: 0 });
      } else expect(held.refusal?.code).toBe('GROUP_CLOSED');
    }
  });

  it('should leave a paid seat alone when its order is released', async () => {
    const { id, orderId } = await shop.open(await shop.campaign());
    expect((await shop.release(orderId)).status).toBe('PAID');
    expect(await shop.counted(id)).toMatchObject({ held: 0, paid: 1 });
  });
});
