import { expectEqual, shot } from './browser/checks';
import { axeFaults, shown, untilShown } from './browser/chromium';
import { embeddingPage, pinnedFile, scriptTag, strictPolicy } from './browser/embedding-page';
import { type Check, goalOnStage, type Stage } from './browser/stage';

const MOST_GZIP_BYTES = 5_000;
const OWN_STYLE = `body { font: 16px/1.5 sans-serif; color: #17181c; background: #fff; }
group-buy-counter { --gbc-accent: #005bbb; --gbc-size: 20px; }
group-buy-counter::part(joined) { font-style: italic; }`;
const UNKNOWN = 'gbuy_01k9zq3v5ee2q9y8m6w0h2n4rt';

/** E1 and E5: the element on a page of another site, under the strictest policy, pinned by its hash. */
export const checkCounter: Check = async (stage, faults) => {
  const { shop, site, progress } = stage;
  site.put('/own.css', { html: OWN_STYLE });
  const { gzipBytes } = await pinnedFile(shop.url, 'counter.js');
  if (gzipBytes > MOST_GZIP_BYTES) faults.push(`counter.js has ${gzipBytes} bytes by gzip, not ${MOST_GZIP_BYTES}`);
  progress('seven counters on a page under a strict policy');
  const violations = await sevenCounters(stage, faults);
  progress('without script, with an altered script');
  await withoutScript(stage, faults);
  progress('motion and speech');
  const announcements = await motionAndSpeech(stage, faults);
  return (
    `${gzipBytes} bytes by gzip; 7 counters of 4 subjects on 1 socket under a strict policy with SRI, no other request; ` +
    `${violations} axe violations; ${announcements} announcements for 12 changes`
  );
};

async function sevenCounters({ shop, site, browser }: Stage, faults: string[]): Promise<number> {
  const [one, two] = [await shop.group(3), await shop.group(200)];
  const key = await shop.key(site.origin);
  const tag = (attributes: string, inside = '') =>
    `<p><group-buy-counter ${attributes} api="${shop.url}" key="${key}">${inside}</group-buy-counter></p>`;
  const body = [
    tag(`group-id="${one.id}"`, 'See the group in our shop.'),
    tag(`group-id="${one.id}" lang="zh-Hans" price`),
    tag(`group-id="${one.id}" theme="dark" layout="bar"`),
    tag(`group-id="${two.id}" countdown="off"`),
    tag(`campaign-id="${two.campaignId}" lang="zh-HK"`),
    tag(`group-id="${UNKNOWN}"`, 'There is no such group.'),
    tag(`group-id="${one.id}" label="Rice &lt;b&gt;5 kg&lt;/b&gt;"`),
  ].join('\n');
  const pinned = await pinnedFile(shop.url, 'counter.js');
  const address = site.put('/seven', { html: embeddingPage(body, scriptTag(pinned)), headers: strictPolicy(shop.url) });
  const view = await browser.page();
  const { page } = view;
  await page.goto(address);
  for (const nth of [0, 1, 2, 3, 6]) await untilShown(page, 1, nth);
  await untilShown(page, 1, 4);
  await one.grow();
  for (const nth of [0, 1, 2, 6]) await untilShown(page, 2, nth);

  expectEqual(faults, 'sockets of the page', view.sockets, [`${shop.url.replace(/^http/, 'ws')}/graphql`]);
  const elsewhere = view.requested.filter((url) => ![site.origin, shop.url].includes(originOf(url)));
  expectEqual(faults, 'requests to others', elsewhere, []);
  expectEqual(faults, 'errors of the page', view.faults, []);
  const [first, chinese, bar, quiet, campaign, unknown, labelled] = await Promise.all(
    Array.from({ length: 7 }, (_, nth) => shown(page, nth)),
  );
  expectEqual(faults, 'status in English', first?.status, '1 to go');
  expectEqual(faults, 'size', first?.size, '/ 3');
  if (!/^Ends in (09|10):\d\d:\d\d$/.test(first?.countdown ?? '')) faults.push(`countdown: "${first?.countdown}"`);
  expectEqual(faults, 'status in Chinese', chinese?.status, '还差 1 人成团');
  expectEqual(faults, 'price', chinese?.price, 'HK$1.00');
  expectEqual(faults, 'price unasked', first?.price, '');
  expectEqual(faults, 'bar', bar?.joined, '2');
  expectEqual(faults, 'countdown off', quiet?.countdown, '');
  expectEqual(faults, 'campaign in traditional script', campaign?.status, '已售 1 件');
  expectEqual(faults, 'unknown group shows its fallback', [unknown?.visible, unknown?.joined], [false, '']);
  expectEqual(faults, 'a label is text', labelled?.title, 'Rice <b>5 kg</b>');
  expectEqual(
    faults,
    'CSS variable and part',
    await page.evaluate(() => {
      const part = document.querySelector('group-buy-counter')?.shadowRoot?.querySelector('[part~=joined]');
      const { color, fontStyle } = getComputedStyle(part as Element);
      return [color, fontStyle];
    }),
    ['rgb(0, 91, 187)', 'italic'],
  );
  const slots = await page.evaluate(() =>
    [...document.querySelectorAll('group-buy-counter')].map((each) => each.shadowRoot?.querySelector('slot')?.hidden),
  );
  expectEqual(faults, 'fallback texts hidden', slots, [true, true, true, true, true, false, true]);
  await page.screenshot({ path: shot('counters'), fullPage: true });
  const violations = await axeFaults(page);
  faults.push(...violations.map((violation) => `axe: ${violation}`));
  await view.close();
  return violations.length;
}

async function withoutScript({ shop, site, browser }: Stage, faults: string[]): Promise<void> {
  const group = await shop.group(3);
  const key = await shop.key(site.origin);
  const body = `<group-buy-counter group-id="${group.id}" api="${shop.url}" key="${key}">Join in our shop.</group-buy-counter>`;
  const pinned = await pinnedFile(shop.url, 'counter.js');
  const altered = { ...pinned, integrity: pinned.integrity.replace(/-.{4}/, '-AAAA') };
  const headers = strictPolicy(shop.url);
  const plain = site.put('/plain', { html: embeddingPage(body, scriptTag(pinned)), headers });
  const wrong = site.put('/wrong', { html: embeddingPage(body, scriptTag(altered)), headers });
  const visible = `document.querySelector('group-buy-counter').innerText`;

  const without = await browser.page({ javaScriptEnabled: false });
  await without.page.goto(plain);
  expectEqual(
    faults,
    'text without script',
    await without.page.locator('group-buy-counter').innerText(),
    'Join in our shop.',
  );
  await without.close();

  const view = await browser.page();
  await view.page.goto(wrong);
  expectEqual(faults, 'text beside an altered script', await view.page.evaluate(visible), 'Join in our shop.');
  expectEqual(
    faults,
    'an altered script is not run',
    await view.page.evaluate(() => customElements.get('group-buy-counter') === undefined),
    true,
  );
  if (!view.faults.some((fault) => fault.includes('integrity')))
    faults.push('the hash of an altered script was not checked');
  expectEqual(faults, 'sockets of an altered script', view.sockets, []);
  await view.close();
}

/** Counts what screen readers are told while twelve people join, and looks for movement where none is wanted. */
async function motionAndSpeech({ shop, site, browser }: Stage, faults: string[]): Promise<number> {
  const group = await shop.group(13);
  const key = await shop.key(site.origin);
  const pinned = await pinnedFile(shop.url, 'counter.js');
  const body = `<group-buy-counter group-id="${group.id}" api="${shop.url}" key="${key}"></group-buy-counter>`;
  const address = site.put('/calm', { html: embeddingPage(body, scriptTag(pinned)) });
  const [lively, calm] = [await browser.page(), await browser.page({ reducedMotion: 'reduce' })];
  for (const { page } of [lively, calm]) {
    await page.goto(address);
    await untilShown(page, 1);
    await page.evaluate(() => {
      const counter = document.querySelector('group-buy-counter');
      const root = counter?.shadowRoot;
      const heard: string[] = [];
      let moved = 0;
      Object.assign(globalThis, { heard, moves: () => moved });
      const said = root?.querySelector('[role=status]');
      if (said) {
        new MutationObserver(() => heard.push(said.textContent ?? '')).observe(said, {
          childList: true,
          subtree: true,
        });
      }
      counter?.addEventListener('groupbuychange', () => {
        requestAnimationFrame(() => {
          moved += root?.getAnimations().length ?? 0;
        });
      });
    });
  }
  while (group.joined < group.size) await group.grow();
  for (const { page } of [lively, calm]) {
    await untilShown(page, 13);
    await page.waitForFunction(() => (globalThis as unknown as { heard: string[] }).heard.at(-1)?.includes('complete'));
  }
  const [heard, moves] = await lively.page.evaluate(() => {
    const { heard, moves } = globalThis as unknown as { heard: string[]; moves(): number };
    return [heard, moves()] as const;
  });
  const calmMoves = await calm.page.evaluate(() => (globalThis as unknown as { moves(): number }).moves());
  if (moves === 0) faults.push('nothing moves when somebody joins');
  expectEqual(faults, 'movements with reduced motion', calmMoves, 0);
  expectEqual(faults, 'the last announcement', heard.at(-1), '13 of 13 joined. Group complete');
  if (heard.length > 4) faults.push(`a screen reader is told ${heard.length} times of 12 joins`);
  await lively.close();
  await calm.close();
  return heard.length;
}

function originOf(url: string): string {
  return new URL(url.replace(/^ws/, 'http')).origin;
}

export const embedsCounter = goalOnStage(
  'E1',
  'The counter element on a foreign page, with E5: CSP and SRI',
  checkCounter,
);
