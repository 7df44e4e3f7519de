import { expectEqual } from './browser/checks';
import { shown, untilShown } from './browser/chromium';
import { embeddingPage } from './browser/embedding-page';
import { openForeignSite } from './browser/foreign-site';
import { type Check, goalOnStage } from './browser/stage';

/** E4: a key works only on pages of the origins it lists, over HTTP and on the socket. */
export const checkOrigins: Check = async ({ shop, site, browser, progress }, faults) => {
  const other = await openForeignSite();
  try {
    const group = await shop.group(4);
    const [key, others] = [await shop.key(site.origin), await shop.key(other.origin)];
    const page = (storefrontKey: string) =>
      embeddingPage(
        `<group-buy-counter group-id="${group.id}" api="${shop.url}" storefront-key="${storefrontKey}">Closed.</group-buy-counter>`,
        `<script defer src="${shop.url}/embeds/v1/counter.js"></script>`,
      );
    const unlisted = await openForeignSite();
    const visits = [
      { what: 'listed', address: site.put('/o', { html: page(key) }), works: true },
      { what: 'listed by the other key only', address: other.put('/o', { html: page(key) }), works: false },
      { what: 'with the key it is listed by', address: other.put('/p', { html: page(others) }), works: true },
      { what: 'listed by none', address: unlisted.put('/o', { html: page(key) }), works: false },
    ];
    for (const { what, address, works } of visits) {
      progress(what);
      const view = await browser.page();
      const closed = new Promise<void>((resolve) => {
        view.page.on('websocket', (socket) => {
          socket.on('close', () => resolve());
          socket.on('socketerror', () => resolve());
        });
      });
      await view.page.goto(address);
      if (works) await untilShown(view.page, group.joined);
      else await closed;
      const { visible } = await shown(view.page);
      expectEqual(faults, `a page ${what} shows the number`, visible, works);
      const read = await view.page.evaluate(
        async ([url, storefrontKey]) => {
          const answer = await fetch(`${url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'x-storefront-key': storefrontKey },
            body: JSON.stringify({ query: '{ __typename }' }),
          }).catch(() => null);
          return answer?.ok ?? false;
        },
        [shop.url, what.startsWith('with') ? others : key] as const,
      );
      expectEqual(faults, `a page ${what} reads by HTTP`, read, works);
      await view.close();
    }
    await unlisted.stop();
    return `${visits.length} pages of three origins and two keys: the listed ones see the number, the others neither socket nor answer`;
  } finally {
    await other.stop();
  }
};

export const embedsOrigins = goalOnStage('E4', 'Origin lists at upgrade and CORS', checkOrigins);
