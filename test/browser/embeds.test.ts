import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { untilShown } from '../../tools/proof/browser/chromium';
import { pinnedFile, strictPolicy } from '../../tools/proof/browser/embedding-page';
import { openStage } from '../../tools/proof/browser/stage';
import { embedsBurst } from '../../tools/proof/embeds-burst';
import { checkCounter } from '../../tools/proof/embeds-counter';
import { checkOrigins } from '../../tools/proof/embeds-origins';
import { checkOverlay } from '../../tools/proof/embeds-overlay';
import { checkToken } from '../../tools/proof/embeds-token';
import { describeInChromium } from '../support/chromium';

const ROOT = path.join(__dirname, '..', '..');
const guide = (name: string): string => readFileSync(path.join(ROOT, 'docs', 'guides', `${name}.md`), 'utf8');
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block);

describeInChromium('the browser side', () => {
  let stage: Awaited<ReturnType<typeof openStage>>;
  beforeAll(async () => {
    stage = await openStage({ size: 'smoke', progress: () => undefined });
  }, 180_000);
  afterAll(() => stage.close());

  it.each([
    ['E1, E5', checkCounter],
    ['E2', checkOverlay],
    ['E3', checkToken],
    ['E4', checkOrigins],
  ])(
    'should hold %s',
    async (_id, check) => {
      const faults: string[] = [];
      const figures = await check(stage, faults);
      expect({ figures, faults }).toEqual({ figures: expect.any(String), faults: [] });
    },
    120_000,
  );

  it('should hold E6', async () => {
    const { faults, figures } = await embedsBurst.run({ size: 'smoke', seed: 1, progress: () => undefined });
    expect({ figures, faults }).toEqual({ figures: expect.any(String), faults: [] });
  }, 180_000);

  it('should work as the embedding guide says, copied line by line, under the policy it names', async () => {
    const { shop, site, browser } = stage;
    const text = guide('embedding-app');
    const [page = ''] = blocks(text, 'html');
    const [style = ''] = blocks(text, 'css');
    const [script = ''] = blocks(text, 'js');
    const policy = /^default-src 'none';.*$/m.exec(text)?.[0] ?? '';
    const group = await shop.group(3);
    const key = await shop.key(site.origin);
    const real = (copied: string): string =>
      copied
        .replaceAll('wss://api.example', shop.url.replace('http', 'ws'))
        .replaceAll('https://api.example', shop.url)
        .replaceAll('pk_EXAMPLE', key)
        .replaceAll('gbuy_EXAMPLE', group.id);
    expect(real(policy)).toBe(strictPolicy(shop.url)['content-security-policy']);
    const pinned = await pinnedFile(shop.url, 'counter.js');
    expect(real(page)).toContain(`src="${pinned.url}"`);
    expect(page).toContain(`integrity="${pinned.integrity}"`);

    site.put('/guide.css', { html: style });
    const address = site.put('/guide', {
      html: real(page).replace('</head>', '<link rel="stylesheet" href="/guide.css"></head>'),
      headers: strictPolicy(shop.url),
    });
    const view = await browser.page();
    await view.page.goto(address);
    await untilShown(view.page, 1);
    const looks = await view.page.evaluate(() => {
      const root = document.querySelector('group-buy-counter')?.shadowRoot;
      const { color, fontStyle } = getComputedStyle(root?.querySelector('[part~=joined]') as Element);
      return [color, fontStyle];
    });
    expect(looks).toEqual(['rgb(0, 91, 187)', 'italic']);
    // The event's example reloads the page when the group is complete.
    await view.page.evaluate(script);
    const reloaded = view.page.waitForEvent('load');
    while (group.joined < group.size) await group.grow();
    await reloaded;
    await untilShown(view.page, 3);
    expect(view.faults).toEqual([]);
    await view.close();
  }, 60_000);
});

describe('the guides of hosts and embedding apps', () => {
  it('should show only GraphQL that the API accepts', () => {
    const schema = buildSchema(readFileSync(path.join(ROOT, 'schema', 'public.graphql'), 'utf8'));
    const documents = ['embedding-app', 'live-stream-host'].flatMap((name) =>
      [...guide(name).matchAll(/^ *```graphql\n([\s\S]*?)```/gm)].map(([, block = '']) => block),
    );
    expect(documents.length).toBe(3);
    for (const document of documents) expect(validate(schema, parse(document))).toEqual([]);
  });
});
