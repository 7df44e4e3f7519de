import { type Goal, type GoalOptions, outcome } from '../goal';
import { type Browser, openBrowser } from './chromium';
import { EmbedShop } from './embed-shop';
import { type ForeignSite, openForeignSite } from './foreign-site';

/** A shop, somebody else's site and a browser: what a check of the browser side plays on. */
export interface Stage {
  readonly shop: EmbedShop;
  readonly site: ForeignSite;
  readonly browser: Browser;
  readonly size: GoalOptions['size'];
  readonly progress: (message: string) => void;
}

/** Notes what does not hold in `faults`; answers one line of figures. */
export type Check = (stage: Stage, faults: string[]) => Promise<string>;

/** Opens a stage, which may serve several checks one after the other. */
export async function openStage(
  options: Pick<GoalOptions, 'size' | 'progress'>,
  people = 40,
): Promise<Stage & { close(): Promise<void> }> {
  const browser = await openBrowser();
  const site = await openForeignSite();
  try {
    options.progress('opening a shop');
    const shop = await EmbedShop.open(people);
    return {
      shop,
      site,
      browser,
      size: options.size,
      progress: options.progress,
      async close() {
        await Promise.all([browser.stop(), site.stop(), shop.close()]);
      },
    };
  } catch (error) {
    await Promise.all([browser.stop(), site.stop()]);
    throw error;
  }
}

export function goalOnStage(id: string, title: string, check: Check): Goal {
  return {
    id,
    title,
    async run({ size, progress }) {
      const faults: string[] = [];
      const stage = await openStage({ size, progress });
      try {
        return outcome(await check(stage, faults), faults);
      } finally {
        await stage.close();
      }
    },
  };
}
