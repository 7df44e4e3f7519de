import type { Clock } from '../../../platform/clock/clock';
import { readConfig } from '../../../platform/config/config';
import { silentLog } from '../../../platform/logging/log';
import type { InternalClient } from '../../../platform/subgraph/internal-client';
import { type Runtime, startRuntime } from '../../../platform/subgraph/runtime';
import { MemorySecretStore } from '../../../platform/subgraph/secret-store';
import type { Terms } from '../campaign/campaign';
import type { SocialServices } from '../context';
import { social } from '../index';
import type { SeatView } from '../seat/seat';

/** Social as one of several processes, or lives of a process, on a database that a test keeps. */
export class SocialProcess {
  /** Keys of the ledger transactions this process has posted. */
  readonly posted: string[] = [];
  ledgerDown = false;
  private runtime: Runtime<{ it: typeof social }> | null = null;
  private clock: Clock | null = null;

  get services(): SocialServices {
    if (!this.runtime) throw new Error('The process is not running.');
    return this.runtime.running.it.services;
  }

  async start(mongodbUri: string, clock: Clock): Promise<void> {
    this.clock = clock;
    this.runtime = await startRuntime({
      config: readConfig({ NODE_ENV: 'test' }),
      mongodbUri,
      subgraphs: { it: social },
      log: silentLog,
      secrets: new MemorySecretStore(),
      clock,
      workers: false,
      internal: this.neighbours(),
    });
  }

  async settle(): Promise<void> {
    await this.runtime?.settle();
  }

  async stop(): Promise<void> {
    await this.runtime?.stop();
    this.runtime = null;
  }

  /** A running campaign of one-hour groups at 15.00, changed by `terms`; answers its id. */
  async campaign(terms: Partial<Omit<Terms, 'productId'>>): Promise<string> {
    const now = this.now();
    const { id } = await this.services.campaigns.create(
      'acct_merchant',
      {
        terms: {
          variantId: 'var_1',
          groupPrice: { minor: 1500, currencyCode: 'HKD' },
          size: 5,
          tiers: [],
          minimumFill: null,
          perUserLimit: null,
          perOrderLimit: null,
          quota: null,
          newCustomersOnly: false,
          neighborhoodId: null,
          leaderReward: null,
          ...terms,
        },
        windowMinutes: 60,
        startsAt: now,
        endsAt: new Date(now.getTime() + 24 * 3600_000),
        soloPurchaseAllowed: true,
      },
      null,
    );
    return id;
  }

  /** Holds a seat for a quarter of an hour, for a person named after the order. */
  hold(orderId: string, target: { campaignId: string } | { groupBuyId: string }): Promise<SeatView> {
    return this.services.seats.hold({
      orderId,
      accountId: `acct_${orderId}`,
      campaignId: null,
      groupBuyId: null,
      variantId: 'var_1',
      quantity: 1,
      holdUntil: new Date(this.now().getTime() + 15 * 60_000),
      ...target,
    });
  }

  private now(): Date {
    if (!this.clock) throw new Error('The process is not running.');
    return this.clock.now();
  }

  private neighbours(): InternalClient {
    return {
      request: (subgraph, _document, variables: Record<string, unknown>) => {
        if (subgraph === 'catalog') {
          const price = { amount: '20.00', currencyCode: 'HKD' };
          return Promise.resolve({ _variants: [{ variantId: 'var_1', productId: 'prod_1', price }] } as never);
        }
        if (this.ledgerDown) return Promise.reject(new Error('out of reach'));
        this.posted.push((variables['input'] as { key: string }).key);
        return Promise.resolve({ _ledgerPost: { transactionId: 'ltx_1', refusal: null } } as never);
      },
    };
  }
}
