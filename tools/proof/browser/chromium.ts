import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
/** A real browser with nothing in it that talks to anybody else. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** The Chromium of this machine: CHROMIUM_PATH, then the usual places. Null when there is none. */
export function findChromium(): string | null {
  const asked = process.env['CHROMIUM_PATH'];
  if (asked) return existsSync(asked) ? asked : null;
  return USUAL.find((candidate) => existsSync(candidate)) ?? null;
}

export interface WatchedPage {
  readonly page: Page;
  /** Everything the page asked for, sockets included. */
  readonly requested: readonly string[];
  /** Addresses of the WebSockets it opened. */
  readonly sockets: readonly string[];
  /** Text frames it sent on them. */
  readonly sent: readonly string[];
  /** Uncaught errors and error messages, among them violations of a content security policy. */
  readonly faults: string[];
  close(): Promise<void>;
}

export interface Browser {
  /** A page in a context of its own: nothing is shared with other pages. */
  page(options?: BrowserContextOptions): Promise<WatchedPage>;
  stop(): Promise<void>;
}

/** A headless browser on an empty profile. Rejects with what to do when there is none. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium on this machine: install it, or name it in CHROMIUM_PATH.');
  const browser = await chromium.launch({ executablePath, headless: true, args: ARGUMENTS });
  return {
    async page(options = {}) {
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      // Functions sent to the page were compiled by a loader that names them with this.
      await context.addInitScript('globalThis.__name ??= (named) => named;');
      const page = await context.newPage();
      const requested: string[] = [];
      const sockets: string[] = [];
      const sent: string[] = [];
      const faults: string[] = [];
      page.on('request', (request) => requested.push(request.url()));
      page.on('websocket', (socket) => {
        requested.push(socket.url());
        sockets.push(socket.url());
        socket.on('framesent', ({ payload }) => sent.push(String(payload)));
      });
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      return { page, requested, sockets, sent, faults, close: () => context.close() };
    },
    stop: () => browser.close(),
  };
}

/** What a counter shows, as text. */
export interface Shown {
  readonly joined: string;
  readonly size: string;
  readonly status: string;
  readonly countdown: string;
  readonly title: string;
  readonly price: string;
  /** Its parts, for example "counter open offline". */
  readonly parts: string;
  readonly visible: boolean;
  /** What a screen reader is told. */
  readonly spoken: string;
}

/** Everything of the `nth` counter of the page, the plate's visibility included. */
export function shown(page: Page, nth = 0): Promise<Shown> {
  return page.evaluate((index) => {
    const root = document.querySelectorAll('group-buy-counter')[index]?.shadowRoot;
    const text = (part: string): string => root?.querySelector(`[part~=${part}]`)?.textContent ?? '';
    const plate = root?.querySelector('[part~=counter]') ?? null;
    return {
      joined: text('joined'),
      size: text('size'),
      status: text('status'),
      countdown: text('countdown'),
      title: text('title'),
      price: text('price'),
      parts: plate?.getAttribute('part') ?? '',
      visible: plate !== null && plate.getClientRects().length > 0,
      spoken: root?.querySelector('[role=status]')?.textContent ?? '',
    };
  }, nth);
}

/** Waits until the `nth` counter shows that many; rejects after `patienceMs` with what it shows instead. */
export async function untilShown(page: Page, joined: number, nth = 0, patienceMs = 10_000): Promise<void> {
  await page
    .waitForFunction(
      ([index, wanted]) => {
        const root = document.querySelectorAll('group-buy-counter')[index]?.shadowRoot;
        const text = root?.querySelector('[part~=joined]')?.textContent ?? '';
        return text !== '' && Number(text.replace(/\D/g, '')) === wanted;
      },
      [nth, joined] as const,
      { timeout: patienceMs, polling: 50 },
    )
    .catch(async () => {
      throw new Error(`Counter ${nth} does not show ${joined}: ${JSON.stringify(await shown(page, nth))}`);
    });
}

/** What axe finds against WCAG 2.2 A and AA and its own best practices, one line each. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes[0]?.html.slice(0, 120)})`);
  });
}
