import { type Progress, type ShopGraph, shopGraph } from '../testing/shop-graph';
import { SocketClient, until } from '../testing/socket-client';
import { startTestGateway, type TestGateway } from '../testing/test-gateway';

describe('federated subscriptions', () => {
  let shop: ShopGraph;
  let server: TestGateway;
  let client: SocketClient;
  beforeEach(async () => {
    shop = shopGraph();
    server = await startTestGateway({ endpoints: shop.endpoints });
    client = await SocketClient.connect(server.gateway.url);
  });
  afterEach(() => server.gateway.stop());

  const change = (version: number, more: Partial<Progress> = {}): void =>
    shop.feed.change({ version, joined: version, productId: 'p1', memberIds: ['a1'], ...more });

  it('should give the present state, then each event in order, with fields of three subgraphs', async () => {
    client.subscribe(
      's',
      `subscription { progress {
        version
        group { product { id title groups price } members { profile { name } } }
      } }`,
    );
    const state = (
      version: number,
      ids: string[],
      product = { id: 'p1', title: 'Oat milk', groups: 3, price: 1250 },
    ) => ({
      progress: { version, group: { product, members: ids.map((id) => ({ profile: { name: `Person ${id}` } })) } },
    });
    expect(await client.data()).toEqual(state(1, ['a1']));
    for (let version = 2; version <= 20; version++) change(version, { memberIds: ['a1', `b${version}`] });
    change(21, { productId: 'p2', memberIds: [] });
    for (let version = 2; version <= 20; version++) {
      expect(await client.data()).toEqual(state(version, ['a1', `b${version}`]));
    }
    expect(await client.data()).toEqual(state(21, [], { id: 'p2', title: 'Rice', groups: 3, price: 1250 }));
  });

  it('should honour aliases, fragments, __typename and conditions with variables and defaults', async () => {
    client.subscribe(
      's',
      `subscription Other { progress { version } }
      subscription Watch($zh: Language = ZH, $seen: Boolean!, $more: Boolean = true) {
        ...Root
      }
      fragment Root on Subscription { live: progress(tag: "x") {
        __typename
        v: version
        joined @skip(if: $seen)
        group { item: product { ...Names cost: price @include(if: $seen) parent @include(if: $more) { id } } }
      } }
      fragment Names on Product { en: title(language: EN) zh: title(language: $zh) }`,
      { variables: { seen: true }, operationName: 'Watch' },
    );
    expect(await client.data()).toEqual({
      live: {
        __typename: 'Progress',
        v: 1,
        group: { item: { en: 'Oat milk', zh: '燕麥奶', cost: 1250, parent: { id: 'p1' } } },
      },
    });
  });

  it('should carry a null upwards to the next field that may be null', async () => {
    client.subscribe('s', 'subscription { progress { version strict } }');
    expect(await client.data()).toEqual({ progress: { version: 1, strict: 1 } });
    change(2, { joined: 13 });
    const { payload } = await client.next();
    expect(payload).toMatchObject({ data: { progress: null }, errors: [{ path: ['progress', 'strict'] }] });
    change(3);
    expect(await client.data()).toEqual({ progress: { version: 3, strict: 3 } });
  });

  it('should carry a null upwards across subgraphs, with the path and without the cause', async () => {
    client.subscribe('s', 'subscription { progress { version group { members { profile { name } } } } }');
    await client.data();
    change(2, { memberIds: ['a1', 'ghost'] });
    const { payload } = (await client.next()) as { payload: { data: unknown; errors: { extensions: object }[] } };
    expect(payload).toEqual({
      data: { progress: { version: 2, group: null } },
      errors: [
        {
          message: expect.stringMatching(/^Something went wrong on our side\. Quote request sub_/),
          path: ['progress', 'group', 'members', 1, 'profile', 'name'],
          extensions: { code: 'INTERNAL', requestId: expect.stringMatching(/^sub_[0-9a-f]{32}$/) },
        },
      ],
    });
    expect(server.lines.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({
        fields: expect.objectContaining({
          error: expect.objectContaining({ message: 'no such row in accounts.people' }),
        }),
      }),
    ]);
  });

  it('should give partial data with the path when a joined field fails, and go on', async () => {
    client.subscribe('s', 'subscription { progress { version group { members { profile { nickname } } } } }');
    await client.data();
    change(2, { memberIds: ['a1', 'shy'] });
    expect((await client.next()).payload).toEqual({
      data: {
        progress: {
          version: 2,
          group: { members: [{ profile: { nickname: 'Nick a1' } }, { profile: { nickname: null } }] },
        },
      },
      errors: [
        {
          message: 'Nicknames of shy people are private.',
          path: ['progress', 'group', 'members', 1, 'profile', 'nickname'],
          extensions: { code: 'FORBIDDEN' },
        },
      ],
    });
    change(3);
    expect(await client.data()).toMatchObject({ progress: { version: 3 } });
  });

  it('should never send a version that is not above the last one', async () => {
    client.subscribe('s', 'subscription { progress { version joined } }');
    await client.data();
    change(5);
    change(4);
    change(5, { joined: 99 });
    change(6);
    expect(await client.data()).toEqual({ progress: { version: 5, joined: 5 } });
    expect(await client.data()).toEqual({ progress: { version: 6, joined: 6 } });
  });

  it('should give the upstream back when the last subscriber leaves', async () => {
    client.subscribe('one', 'subscription { progress { version } }');
    client.subscribe('two', '# the same\nsubscription Named { progress { version, } }');
    await client.data();
    await client.data();
    expect(shop.feed.openCount).toBe(1);
    client.complete('one');
    expect(await client.settled()).toEqual([]);
    change(2);
    expect(await client.next()).toEqual({ id: 'two', type: 'next', payload: { data: { progress: { version: 2 } } } });
    expect(shop.feed.openCount).toBe(1);
    client.complete('two');
    await until(() => shop.feed.openCount === 0);
    expect(server.gateway.stats()).toMatchObject({ upstreams: 0, subscribers: 0, upstreamsOpened: 1 });
    change(3);
    expect(await client.settled()).toEqual([]);
  });

  it('should give the upstream back when a socket goes away', async () => {
    client.subscribe('s', 'subscription { progress { version } }');
    await client.data();
    client.socket.terminate();
    await until(() => shop.feed.openCount === 0);
    await until(() => server.gateway.stats().sockets === 0);
    expect(server.gateway.stats()).toMatchObject({ upstreams: 0, subscribers: 0 });
  });

  it('should give a late subscriber the present state at once, then what changes', async () => {
    client.subscribe('early', 'subscription { progress { version } }');
    await client.data();
    change(2);
    await client.data();
    const late = await SocketClient.connect(server.gateway.url);
    late.subscribe('late', 'subscription { progress { version } }');
    expect(await late.data()).toEqual({ progress: { version: 2 } });
    change(3);
    expect(await late.data()).toEqual({ progress: { version: 3 } });
    expect(await client.data()).toEqual({ progress: { version: 3 } });
    expect(server.gateway.stats()).toMatchObject({ upstreamsOpened: 1, executions: 3, deliveries: 5 });
  });

  it('should serve 1,000 identical subscriptions with one upstream and one execution per event', async () => {
    const query = 'subscription { progress { version group { product { title } members { profile { name } } } } }';
    const clients = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        // Signed in or not: a public topic is the same for everybody.
        SocketClient.connect(server.gateway.url, index % 2 ? { authorization: `Bearer account:a${index}` } : undefined),
      ),
    );
    const everyone = async (version: number): Promise<void> => {
      for (const viewer of clients) {
        for (let id = 0; id < 10; id++) {
          expect(await viewer.data()).toMatchObject({ progress: { version } });
        }
      }
    };
    for (const viewer of clients) for (let id = 0; id < 10; id++) viewer.subscribe(`s${id}`, query);
    await everyone(1);
    expect(server.gateway.stats()).toMatchObject({
      upstreams: 1,
      subscribers: 1_000,
      executions: 1,
      deliveries: 1_000,
    });
    shop.catalog.requests.length = 0;
    change(2);
    change(3);
    await everyone(2);
    await everyone(3);
    expect(server.gateway.stats()).toMatchObject({
      upstreamsOpened: 1,
      executions: 3,
      deliveries: 3_000,
      coalesced: 0,
    });
    expect(shop.catalog.requests).toHaveLength(2);
    expect(shop.feed.opened).toHaveLength(1);
  });

  it('should execute a public topic as nobody and a viewer topic as its viewer, sharing only what is the same', async () => {
    const one = await SocketClient.connect(server.gateway.url, { authorization: 'Bearer account:one' });
    const again = await SocketClient.connect(server.gateway.url, { authorization: 'Bearer account:one' });
    const two = await SocketClient.connect(server.gateway.url, { authorization: 'Bearer account:two' });
    one.subscribe('p', 'subscription { progress { viewer } }');
    expect(await one.data()).toEqual({ progress: { viewer: 'anonymous' } });
    for (const viewer of [one, again, two]) viewer.subscribe('m', 'subscription { mine { viewer } }');
    expect(await one.data()).toEqual({ mine: { viewer: 'one' } });
    expect(await again.data()).toEqual({ mine: { viewer: 'one' } });
    expect(await two.data()).toEqual({ mine: { viewer: 'two' } });
    expect(server.gateway.stats()).toMatchObject({ upstreams: 3, subscribers: 4 });
  });

  it('should not share an answer between languages or variables', async () => {
    const chinese = await SocketClient.connect(server.gateway.url, undefined, { 'accept-language': 'zh-HK,en;q=0.5' });
    const query = 'subscription ($tag: String) { progress(tag: $tag) { group { product { title } } } }';
    client.subscribe('s', query);
    chinese.subscribe('s', query);
    expect(await client.data()).toEqual({ progress: { group: { product: { title: 'Oat milk' } } } });
    expect(await chinese.data()).toEqual({ progress: { group: { product: { title: '燕麥奶' } } } });
    client.subscribe('t', query, { variables: { tag: 'x' } });
    await client.data();
    expect(server.gateway.stats()).toMatchObject({ upstreams: 3 });
  });

  it('should answer a refused subscription with the error of the subgraph', async () => {
    client.subscribe('s', 'subscription { mine { version } }');
    expect(await client.next()).toEqual({
      id: 's',
      type: 'error',
      payload: [{ message: 'Sign in first.', path: ['mine'], extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(server.gateway.stats()).toMatchObject({ upstreams: 0, subscribers: 0 });
  });

  it('should tell subscribers when the upstream fails, without the cause, and serve the next one', async () => {
    client.subscribe('s', 'subscription { progress { version } }');
    await client.data();
    await until(() => shop.feed.openCount === 1);
    shop.feed.fail(new Error('mongodb://10.0.0.3 went away'));
    const failed = await client.next();
    expect(failed).toMatchObject({ id: 's', type: 'error', payload: [{ extensions: { code: 'INTERNAL' } }] });
    expect(JSON.stringify(failed)).not.toContain('mongodb');
    await until(() => shop.feed.openCount === 0);
    client.subscribe('s', 'subscription { progress { version } }');
    expect(await client.data()).toEqual({ progress: { version: 1 } });
  });
});
