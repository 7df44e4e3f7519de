import type { ClientSession } from 'mongoose';
import type { JobHandler } from '../../../platform/jobs/jobs';
import { type Money, parseMoney } from '../../../platform/money/money';
import { decodeCursor, type Page, type PageRequest, pageOf } from '../../../platform/pagination/page';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { notFound } from '../../../platform/user-errors/refusal';
import { SocialVariantsDocument } from '../generated/catalog';
import { SocialNeighborhoodActiveDocument } from '../generated/community';
import type { GroupBuyModel } from '../group-buy/group-buy.model';
import type { GroupBuyService } from '../group-buy/group-buy.service';
import type { OutcomeService } from '../group-buy/outcome.service';
import { type Campaign, type CampaignPlan, type CampaignStatus, checkPlan, checkReason, type Terms } from './campaign';
import type { CampaignModel, CampaignScope } from './campaign.model';

const CANCEL_JOB = 'group_buy_campaign.cancel';
const TURN_JOB = 'group_buy_campaign.turn';
/** Groups that one run of the cancelling job takes; the next run goes on where it stopped. */
const CANCEL_BATCH = 20;
/** Running campaigns read at once for several products or variants; past it each is read by itself. */
const READ_TOGETHER = 1000;

/** A plan as the merchant gives it: which product the variant belongs to is asked of catalog. */
export interface CampaignDraft extends Omit<CampaignPlan, 'terms'> {
  readonly terms: Omit<Terms, 'productId'>;
}

export interface RunningRequest {
  readonly id: string;
  readonly page: PageRequest;
}

export class CampaignService {
  constructor(
    private readonly kernel: Kernel,
    private readonly campaigns: CampaignModel,
    private readonly groups: GroupBuyModel,
    private readonly lifecycle: GroupBuyService,
    private readonly outcome: OutcomeService,
  ) {}

  find(id: string): Promise<Campaign | null> {
    return this.campaigns.find(id);
  }

  findMany(ids: readonly string[]): Promise<Campaign[]> {
    return this.campaigns.findMany(ids);
  }

  async list(status: CampaignStatus | null, request: PageRequest): Promise<Page<Campaign>> {
    const now = this.kernel.clock.now();
    const after = request.after === null ? null : decodeCursor(request.after, 1);
    const rows = await this.campaigns.page({ status, now, after, limit: request.first + 1 });
    return pageOf(rows, request, cursorOf, () => this.campaigns.count(status, now));
  }

  /** The running campaigns of many products (or variants), newest first: one read for all first pages. */
  async running(by: 'PRODUCT' | 'VARIANT', wanted: readonly RunningRequest[]): Promise<Page<Campaign>[]> {
    const now = this.kernel.clock.now();
    const firstPages = wanted.filter(({ page }) => page.after === null).map(({ id }) => id);
    const together =
      firstPages.length > 0 ? await this.campaigns.running(scopeOf(by, firstPages), now, null, READ_TOGETHER) : [];
    return Promise.all(
      wanted.map(async ({ id, page }) => {
        const count = () => this.campaigns.countRunning(scopeOf(by, [id]), now);
        if (page.after === null && together.length < READ_TOGETHER) {
          const own = together.filter(({ terms }) => (by === 'PRODUCT' ? terms.productId : terms.variantId) === id);
          return pageOf(own, page, cursorOf, () => own.length);
        }
        const after = page.after === null ? null : decodeCursor(page.after, 1);
        const rows = await this.campaigns.running(scopeOf(by, [id]), now, after, page.first + 1);
        return pageOf(rows, page, cursorOf, count);
      }),
    );
  }

  /** Those of the variants that a running campaign sells in groups only. */
  async soloRefused(variantIds: readonly string[]): Promise<string[]> {
    const refused = await Promise.all([...new Set(variantIds)].map((id) => this.campaigns.groupsOnly(id)));
    return refused.filter((id) => id !== null);
  }

  /** Creates a campaign for a variant that catalog knows. With a key, a repeat answers the first. */
  async create(accountId: string, draft: CampaignDraft, key: string | null): Promise<Campaign> {
    const work = (session: ClientSession) => this.createIn(session, accountId, draft);
    const { campaignId } = await (key === null
      ? this.kernel.database.transaction(work)
      : this.kernel.idempotency.run({ accountId, mutation: 'groupBuyCampaignCreate', key, body: draft }, work));
    this.kernel.outbox.notify();
    return this.mustFind(campaignId);
  }

  /** No new groups from now on; every open group is cancelled and refunded by a job. */
  async cancel(
    accountId: string,
    input: { campaignId: string; reason: string; idempotencyKey: string },
  ): Promise<Campaign> {
    const { idempotencyKey: key, ...body } = input;
    checkReason(body.reason);
    await this.mustFind(body.campaignId);
    await this.outcome.inLine({ campaignId: body.campaignId, groupBuyId: null }, () =>
      this.kernel.idempotency.run({ accountId, mutation: 'groupBuyCampaignCancel', key, body }, async (session) => {
        const now = this.kernel.clock.now();
        const campaign = await this.campaigns.cancel(session, body.campaignId, now, body.reason);
        if (campaign) {
          await this.kernel.jobs.schedule(session, {
            kind: CANCEL_JOB,
            key: `${CANCEL_JOB}:${campaign.id}`,
            dueAt: now,
            data: { campaignId: campaign.id },
          });
          await this.kernel.outbox.write(session, [this.outcome.campaignEvent(campaign)]);
        }
        return { campaignId: body.campaignId };
      }),
    );
    this.kernel.outbox.notify();
    return this.mustFind(body.campaignId);
  }

  jobs(): JobHandler[] {
    return [
      { kind: CANCEL_JOB, run: (data) => this.cancelGroups(String(data['campaignId'])) },
      { kind: TURN_JOB, run: (data) => this.turn(String(data['campaignId'])) },
    ];
  }

  private async createIn(
    session: ClientSession,
    accountId: string,
    draft: CampaignDraft,
  ): Promise<{ campaignId: string }> {
    const now = this.kernel.clock.now();
    const { productId, price } = await this.variantOf(draft.terms.variantId);
    const plan: CampaignPlan = { ...draft, terms: { ...draft.terms, productId } };
    checkPlan(plan, price);
    await this.mustBeActive(draft.terms.neighborhoodId);
    const campaign = newCampaign(this.kernel.newId('gbc'), plan);
    await this.campaigns.insert(session, campaign, { accountId, at: now });
    const dueAt = this.nextTurn(campaign);
    if (dueAt) {
      const key = `${TURN_JOB}:${campaign.id}`;
      await this.kernel.jobs.schedule(session, { kind: TURN_JOB, key, dueAt, data: { campaignId: campaign.id } });
    }
    await this.kernel.outbox.write(session, [this.outcome.campaignEvent(campaign)]);
    return { campaignId: campaign.id };
  }

  private async cancelGroups(campaignId: string): Promise<Date | undefined> {
    const ids = await this.groups.openIds(campaignId, CANCEL_BATCH);
    for (const id of ids) await this.lifecycle.cancelIfOpen(id);
    return ids.length === 0 ? undefined : this.kernel.clock.now();
  }

  /** Tells the viewers that a campaign has begun or ended by the clock; answers when the next turn is. */
  private async turn(campaignId: string): Promise<Date | undefined> {
    const campaign = await this.campaigns.find(campaignId);
    if (!campaign || campaign.cancelledAt) return undefined;
    await this.outcome.inLine({ campaignId, groupBuyId: null }, () =>
      this.kernel.database.transaction(async (session) => {
        const turned = await this.campaigns.move(session, campaignId, {}, null);
        if (turned) await this.kernel.outbox.write(session, [this.outcome.campaignEvent(turned)]);
      }),
    );
    this.kernel.outbox.notify();
    return this.nextTurn(campaign);
  }

  private nextTurn({ startsAt, endsAt }: Campaign): Date | undefined {
    const now = this.kernel.clock.now();
    return [startsAt, endsAt].find((turn) => turn > now);
  }

  private async variantOf(variantId: string): Promise<{ productId: string; price: Money }> {
    const { _variants } = await this.kernel.internal.request('catalog', SocialVariantsDocument, { ids: [variantId] });
    const variant = _variants[0];
    if (!variant) throw notFound(['input', 'variantId'], 'variant');
    return { productId: variant.productId, price: parseMoney(variant.price.amount, variant.price.currencyCode) };
  }

  private async mustBeActive(neighborhoodId: string | null): Promise<void> {
    if (neighborhoodId === null) return;
    const { _neighborhoodActive } = await this.kernel.internal.request('community', SocialNeighborhoodActiveDocument, {
      id: neighborhoodId,
    });
    if (!_neighborhoodActive) throw notFound(['input', 'neighborhoodId'], 'neighborhood');
  }

  private async mustFind(id: string): Promise<Campaign> {
    const campaign = await this.campaigns.find(id);
    if (!campaign) throw notFound(['input', 'campaignId'], 'campaign');
    return campaign;
  }
}

function newCampaign(id: string, plan: CampaignPlan): Campaign {
  return {
    id,
    ...plan,
    cancelledAt: null,
    cancelReason: null,
    quotaUsed: 0,
    soldUnits: 0,
    buyers: 0,
    openGroups: 0,
    succeededGroups: 0,
    version: 1,
  };
}

function scopeOf(by: 'PRODUCT' | 'VARIANT', ids: readonly string[]): CampaignScope {
  return by === 'PRODUCT' ? { productIds: ids } : { variantIds: ids };
}

function cursorOf(campaign: Campaign): [string] {
  return [campaign.id];
}
