import { randomUUID } from 'node:crypto';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { DEMO_PASSWORD, demoVariant } from '../demo-data/demo-data';
import type { Caller } from '../graph-client';
import { createCampaign, placeOrder } from '../shop/shopping';
import { Dice } from './dice';
import { type Goal, type GoalOptions, outcome } from './goal';
import { KillableServer } from './killable-server';

const FIGURES = {
  smoke: { kills: 2, clients: 10 },
  ci: { kills: 10, clients: 50 },
  full: { kills: 100, clients: 100 },
};
const LIVE_WITHIN_MS = 3_000;
const PATIENCE_MS = 30_000;
/** Access tokens live ten minutes. */
const KILLS_A_SIGN_IN = 20;
const CAMPAIGN = `subscription ($id: ID!) { groupBuyCampaignProgress(campaignId: $id) { version asOf
  campaign { id version openGroups } } }`;

/** A viewer as a page has one: graphql-ws with retries. Every second one says which version it has seen. */
class Viewer {
  version = 0;
  readonly faults: string[] = [];
  connections = 0;
  private readonly client: Client;
  private waiting: { readonly version: number; readonly done: () => void } | null = null;

  constructor(url: string, campaignId: string, name: string, resumes: boolean) {
    this.client = createClient({
      url,
      webSocketImpl: WebSocket,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      // Less than a second between tries, never two clients in step.
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400)),
      on: { connected: () => (this.connections += 1) },
    });
    // The client sends the payload anew on each connection: what stands here then is what has been seen by then.
    const resume = { version: 0 };
    const payload = { query: CAMPAIGN, variables: { id: campaignId }, ...(resumes ? { extensions: { resume } } : {}) };
    let connection = 0;
    this.client.subscribe<{ groupBuyCampaignProgress: { version: number; campaign: { version: number } } }>(payload, {
      next: ({ data, errors }) => {
        const version = data?.groupBuyCampaignProgress.version;
        if (version === undefined) {
          this.faults.push(`${name} got an error: ${errors?.[0]?.message}`);
          return;
        }
        const again = connection !== this.connections;
        connection = this.connections;
        // Only the first message after coming back may repeat what a client without `resume` has seen.
        if (version < this.version || (version === this.version && (resumes || !again))) {
          this.faults.push(`${name} went from version ${this.version} to ${version}`);
        }
        this.version = Math.max(this.version, version);
        resume.version = this.version;
        if (this.waiting && this.version >= this.waiting.version) this.waiting.done();
      },
      error: (error) => this.faults.push(`${name} was told: ${String(error)}`),
      complete: () => this.faults.push(`${name} was told that it is over`),
    });
  }

  reaches(version: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.version >= version) resolve();
      else this.waiting = { version, done: resolve };
    });
  }

  dispose(): void {
    // Whatever ends now is no fault.
    this.faults.length = 0;
    void this.client.dispose();
  }
}

async function run({ size, seed, progress }: GoalOptions) {
  const { kills, clients } = FIGURES[size];
  const dice = new Dice(seed);
  const faults: string[] = [];
  const server = await KillableServer.open();
  const viewers: Viewer[] = [];
  let slowest = 0;
  let changes = 0;
  try {
    const { client } = server;
    const variant = await demoVariant(client);
    let merchant: Caller = {};
    let shopper: Caller = {};
    const signIn = async (): Promise<void> => {
      merchant = { token: await client.signIn('merchant@example.com', DEMO_PASSWORD) };
      shopper = { token: await client.signIn('shopper1@example.com', DEMO_PASSWORD) };
    };
    await signIn();
    const { id } = await createCampaign(client, merchant, {
      variantId: variant.id,
      groupPrice: { amount: '1.00', currencyCode: variant.currencyCode },
      size: 3,
      windowMinutes: 600,
      startsAt: new Date(Date.now() - 60_000).toISOString(),
      endsAt: new Date(Date.now() + 24 * 3_600_000).toISOString(),
    });
    /** Opens a group, which changes the campaign's numbers. */
    const change = async (): Promise<void> => {
      const order = { variantId: variant.id, groupBuy: { campaignId: id }, idempotencyKey: randomUUID() };
      const placed = await placeOrder(client, shopper, order);
      if (!placed.order) throw new Error(`A group could not be opened: ${placed.userErrors[0]?.message}`);
      changes += 1;
    };
    const present = async (): Promise<number> => {
      const { groupBuyCampaign } = await client.data<{ groupBuyCampaign: { version: number } }>(
        'query ($id: ID!) { groupBuyCampaign(id: $id) { version } }',
        { id },
      );
      return groupBuyCampaign.version;
    };
    for (let index = 0; index < clients; index++) {
      viewers.push(new Viewer(`${client.url.replace('http', 'ws')}/graphql`, id, `viewer ${index}`, index % 2 === 0));
    }
    await everyone(viewers, await present());

    for (let kill = 1; kill <= kills && faults.length === 0; kill++) {
      progress(`kill ${kill} of ${kills}`);
      // In the middle of a change, where it hurts.
      const cut = change().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, dice.between(0, 150)));
      await server.kill();
      await cut;
      await server.start();
      const back = performance.now();
      if (kill % KILLS_A_SIGN_IN === 0) await signIn();
      // Live again is whoever sees what happens now.
      await change();
      const version = await present();
      if (!(await everyone(viewers, version))) {
        const behind = viewers.filter((viewer) => viewer.version < version);
        faults.push(`after kill ${kill}: ${behind.length} viewers did not come to version ${version}`);
      }
      const took = performance.now() - back;
      slowest = Math.max(slowest, took);
      // A test suite shares its machine with itself: seconds of smoke judge no time.
      if (size !== 'smoke' && took > LIVE_WITHIN_MS)
        faults.push(`after kill ${kill}: live again only after ${(took / 1000).toFixed(1)} s`);
      faults.push(...viewers.flatMap((viewer) => viewer.faults).slice(0, 10));
    }
    const final = await present();
    await everyone(viewers, final);
    const wrong = viewers.filter(({ version }) => version !== final).length;
    if (wrong > 0) faults.push(`${wrong} viewers did not end at version ${final}`);
    const connections = viewers.reduce((sum, viewer) => sum + viewer.connections, 0);
    return outcome(
      `${kills} kills, ${clients} clients (half of them resuming by version), ${changes} changes acknowledged, ${connections} connections, ` +
        `all at version ${final}, none went back; live again within ${(slowest / 1000).toFixed(2)} s of the port`,
      faults,
    );
  } finally {
    for (const viewer of viewers) viewer.dispose();
    await server.close();
  }
}

/** False when not all have reached the version in time. */
async function everyone(viewers: readonly Viewer[], version: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const all = Promise.all(viewers.map((viewer) => viewer.reaches(version))).then(() => true);
  const outcome = await Promise.race([all, late]);
  clearTimeout(timer);
  return outcome;
}

export const dropAndResume: Goal = {
  id: 'R12',
  title: 'Drop and resume: viewers of a server that dies end at the final version',
  run,
};
