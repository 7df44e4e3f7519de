import { expectEqual, shot } from './browser/checks';
import { axeFaults, shown, untilShown } from './browser/chromium';
import { withParameters } from './browser/embed-shop';
import { openLine } from './browser/line';
import { alphaAt } from './browser/pixels';
import { type Check, goalOnStage, type Stage } from './browser/stage';

const FIRST_VALUE_MS = 1_000;
const SIZES = [
  { width: 1920, height: 1080 },
  { width: 800, height: 600 },
  { width: 1080, height: 1920 },
];
const LAYOUTS = ['card', 'bar', 'number'];
const DAY_MS = 24 * 3_600_000;

/** E2: the page that a streaming program lays over its picture. */
export const checkOverlay: Check = async (stage, faults) => {
  stage.progress('sizes and layouts');
  const firstValues = await sizesAndLayouts(stage, faults);
  stage.progress('parameters');
  await parameters(stage, faults);
  stage.progress('a clock that is wrong');
  await wrongClock(stage, faults);
  stage.progress('a line that is cut');
  const back = await cutLine(stage, faults);
  const slowest = Math.max(...firstValues);
  if (slowest > FIRST_VALUE_MS) faults.push(`the first value took ${slowest} ms, not ${FIRST_VALUE_MS}`);
  return (
    `${firstValues.length} pages transparent, without cursor or scrollbar; first value after ` +
    `${Math.min(...firstValues)} to ${slowest} ms; last value kept while cut off, present again ${back} ms after the line was mended`
  );
};

async function sizesAndLayouts({ shop, browser }: Stage, faults: string[]): Promise<number[]> {
  const group = await shop.group(5);
  await group.grow();
  const { path } = await shop.overlay(group.id);
  const took: number[] = [];
  for (const viewport of SIZES) {
    for (const layout of LAYOUTS) {
      const name = `overlay-${layout}-${viewport.width}x${viewport.height}`;
      const view = await browser.page({ viewport });
      const { page } = view;
      await page.addInitScript(() => {
        addEventListener('groupbuychange', () => Object.assign(globalThis, { first: performance.now() }), {
          once: true,
        });
      });
      const response = await page.goto(shop.url + withParameters(path, { layout, price: 'on', title: 'Friday 好米' }));
      await untilShown(page, 2);
      took.push(Math.round(await page.evaluate(() => (globalThis as unknown as { first: number }).first)));
      expectEqual(
        faults,
        `${name}: scroll size, cursor, overflow`,
        await page.evaluate(() => {
          const root = document.documentElement;
          const { cursor, overflow } = getComputedStyle(document.body);
          const outside = [
            ...(document.querySelector('group-buy-counter')?.shadowRoot?.querySelectorAll('[part]') ?? []),
          ]
            .map((part) => part.getBoundingClientRect())
            .some(
              ({ left, right, top, bottom }) => left < 0 || top < 0 || right > innerWidth + 8 || bottom > innerHeight,
            );
          return [root.scrollWidth, root.scrollHeight, cursor, overflow, outside];
        }),
        [viewport.width, viewport.height, 'none', 'hidden', false],
      );
      const picture = await page.screenshot({ path: shot(name), omitBackground: true });
      const far: [number, number] = [viewport.width / 2, 4];
      expectEqual(faults, `${name}: see-through`, await alphaAt(browser, picture, [far, [2, 2]]), [0, 0]);
      expectEqual(faults, `${name}: errors`, view.faults, []);
      const elsewhere = view.requested.filter((url) => new URL(url.replace(/^ws/, 'http')).origin !== shop.url);
      expectEqual(faults, `${name}: requests to others`, elsewhere, []);
      const headers = response?.headers() ?? {};
      expectEqual(
        faults,
        `${name}: headers`,
        [headers['cache-control'], headers['referrer-policy'], headers['x-frame-options'] ?? null],
        ['no-store', 'no-referrer', null],
      );
      if (layout === 'card') faults.push(...(await axeFaults(page)).filter(notAboutLandmarks));
      await view.close();
    }
  }
  return took;
}

/** An overlay is a picture, not a document: it has no headings or landmarks to be found by. */
function notAboutLandmarks(violation: string): boolean {
  return !/^(region|landmark-one-main|page-has-heading-one):/.test(violation);
}

async function parameters({ shop, browser }: Stage, faults: string[]): Promise<void> {
  const group = await shop.group(3);
  const { path } = await shop.overlay(group.id);
  const look = async (given: Record<string, string>) => {
    const view = await browser.page({ viewport: { width: 1280, height: 720 } });
    await view.page.goto(shop.url + withParameters(path, given));
    await untilShown(view.page, 1);
    const seen = await view.page.evaluate(() => {
      const counter = document.querySelector('group-buy-counter');
      const joined = counter?.shadowRoot?.querySelector('[part~=joined]');
      const { left, top, right } = counter?.getBoundingClientRect() ?? { left: 0, top: 0, right: 0 };
      return {
        color: joined ? getComputedStyle(joined).color : '',
        fontSize: Number.parseFloat(counter ? getComputedStyle(counter).fontSize : '0'),
        place: [left < innerWidth / 4, top < innerHeight / 4, right > (innerWidth * 3) / 4],
        theme: counter?.getAttribute('theme'),
        injected: document.querySelectorAll('img, script:not([src])').length,
      };
    });
    const texts = await shown(view.page);
    expectEqual(faults, `errors with ${JSON.stringify(given)}`, view.faults, []);
    await view.close();
    return { ...seen, ...texts };
  };
  const usual = await look({});
  expectEqual(
    faults,
    'usual',
    [usual.place, usual.theme, usual.status],
    [[true, false, false], 'dark', '还差 2 人成团'],
  );
  const set = await look({
    color: '00ff80',
    scale: '2',
    corner: 'top-right',
    lang: 'en',
    theme: 'clear',
    countdown: 'off',
    price: 'on',
    title: '<img src=x onerror=alert(1)>',
  });
  expectEqual(
    faults,
    'set',
    [set.color, set.place, set.theme, set.status, set.countdown, set.price, set.title, set.injected],
    ['rgb(0, 255, 128)', [false, true, true], 'clear', '2 to go', '', 'HK$1.00', '<img src=x onerror=alert(1)>', 0],
  );
  expectEqual(faults, 'scale', set.fontSize, usual.fontSize * 2);
  const nonsense = await look({
    color: 'red;background:url(//example.com)',
    scale: '-3',
    corner: 'nowhere',
    lang: '"><script>',
    theme: 'none',
    layout: '../x',
  });
  expectEqual(
    faults,
    'nonsense counts as not given',
    [nonsense.color, nonsense.fontSize, nonsense.place, nonsense.theme, nonsense.status, nonsense.injected],
    [usual.color, usual.fontSize, usual.place, usual.theme, usual.status, 0],
  );
}

async function wrongClock({ shop, browser }: Stage, faults: string[]): Promise<void> {
  const group = await shop.group(3);
  const { path } = await shop.overlay(group.id);
  const view = await browser.page();
  await view.page.addInitScript((ahead) => {
    const now = Date.now;
    Date.now = () => now() + ahead;
  }, 3 * DAY_MS);
  await view.page.goto(shop.url + path);
  await untilShown(view.page, 1);
  const { groupBuy } = await shop.shop.client.data<{ groupBuy: { expiresAt: string } }>(
    'query G($id: ID!) { groupBuy(id: $id) { expiresAt } }',
    { id: group.id },
  );
  const [hours = 0, minutes = 0, seconds = 0] = ((await shown(view.page)).countdown.match(/\d+/g) ?? []).map(Number);
  const left = (Date.parse(groupBuy.expiresAt) - Date.now()) / 1000;
  const off = Math.abs(hours * 3600 + minutes * 60 + seconds - left);
  if (off > 2) faults.push(`with a clock three days ahead the countdown is ${Math.round(off)} s off`);
  await view.close();
}

/** Answers the milliseconds from the mending to the present value. */
async function cutLine({ shop, browser }: Stage, faults: string[]): Promise<number> {
  const group = await shop.group(6);
  await group.grow();
  const { path } = await shop.overlay(group.id);
  const line = await openLine(shop.url);
  const view = await browser.page();
  const { page } = view;
  try {
    await page.goto(line.url + path);
    await untilShown(page, 2);
    await group.grow();
    await untilShown(page, 3);
    line.cut();
    await page.waitForFunction(() =>
      document.querySelector('group-buy-counter')?.shadowRoot?.querySelector('[part~=offline]'),
    );
    const before = await shown(page);
    await group.grow();
    await page.waitForTimeout(2_500);
    const during = await shown(page);
    expectEqual(
      faults,
      'shown while cut off',
      [during.joined, during.visible, during.parts],
      ['3', true, 'counter open offline'],
    );
    if (during.countdown === before.countdown) faults.push('the countdown stops while cut off');
    await page.screenshot({ path: shot('overlay-offline'), omitBackground: true });
    const mended = Date.now();
    line.mend();
    await untilShown(page, 4, 0, 15_000);
    const back = Date.now() - mended;
    expectEqual(faults, 'shown after', (await shown(page)).parts, 'counter open');
    while (group.joined < group.size) await group.grow();
    await untilShown(page, 6);
    await page.waitForFunction(() =>
      document.querySelector('group-buy-counter')?.shadowRoot?.querySelector('[part~=succeeded]'),
    );
    const done = await shown(page);
    expectEqual(faults, 'a complete group', [done.status, done.countdown], ['拼团成功', '']);
    await page.screenshot({ path: shot('overlay-succeeded'), omitBackground: true });
    return back;
  } finally {
    await view.close();
    await line.stop();
  }
}

export const embedsOverlay = goalOnStage('E2', 'The overlay page of streaming programs', checkOverlay);
