import { systemClock } from '../../platform/clock/clock';
import { silentLog } from '../../platform/logging/log';
import { createRemoteEndpoint } from '../../platform/remote/remote-endpoint';
import { KeyRing } from '../../platform/remote/signature';
import { type SubgraphServer, startSubgraphServer } from '../../platform/remote/subgraph-server';
import { shopGraph } from '../testing/shop-graph';
import { SocketClient, until } from '../testing/socket-client';
import { startTestGateway } from '../testing/test-gateway';

const KEYS = new KeyRing(['the-secret-of-this-test-installation']);

describe('a topic whose owner is another process', () => {
  it('should be a pause to its viewers when the owner stops in good order and starts again', async () => {
    const shop = shopGraph();
    const serve = (port: number): Promise<SubgraphServer> =>
      startSubgraphServer({
        endpoint: shop.social,
        keys: KEYS,
        host: '127.0.0.1',
        port,
        clock: systemClock,
        log: silentLog,
        ready: () => Promise.resolve(true),
      });
    const first = await serve(0);
    const { name, sdl, topics } = shop.social;
    const social = createRemoteEndpoint({
      ...{ name, sdl, topics, url: first.url, keys: KEYS },
      ...{ clock: systemClock, log: silentLog, queryTimeoutMs: 2_000 },
    });
    const { gateway } = await startTestGateway({ endpoints: [shop.catalog, shop.accounts, social] });
    const client = await SocketClient.connect(gateway.url);
    client.subscribe('s', 'subscription { progress { version } }');
    expect(await client.data()).toEqual({ progress: { version: 1 } });

    await first.stop(0);
    await until(() => gateway.stats().upstreamsReopened > 0);
    shop.feed.change({ version: 2, joined: 2 });
    const second = await serve(Number(new URL(first.url).port));
    expect(await client.data()).toEqual({ progress: { version: 2 } });
    shop.feed.change({ version: 3, joined: 3 });
    expect(await client.data()).toEqual({ progress: { version: 3 } });

    // An end that is the topic's own is one for its viewers too.
    await shop.feed.opened.at(-1)?.return();
    expect(await client.next()).toEqual({ id: 's', type: 'complete' });
    await client.close();
    await gateway.stop();
    await social.close();
    await second.stop(0);
  });
});
