import { type Money, multiplyMoney, subtractMoney } from '../../../platform/money/money';
import { invalid } from '../../../platform/user-errors/refusal';

/** A campaign is never stored with a status: time, quota and a cancellation decide it whenever it is read. */
export const CampaignStatus = {
  SCHEDULED: 'SCHEDULED',
  RUNNING: 'RUNNING',
  ENDED: 'ENDED',
  CANCELLED: 'CANCELLED',
} as const;
export type CampaignStatus = keyof typeof CampaignStatus;

/** With this many people in a group, each pays `price` a unit; who paid more gets the difference back. */
export interface Tier {
  readonly people: number;
  readonly price: Money;
}

/** What a group is opened under. Fixed when the campaign is created, and copied into each group. */
export interface Terms {
  readonly variantId: string;
  readonly productId: string;
  readonly groupPrice: Money;
  /** People a group needs and at most has. */
  readonly size: number;
  readonly tiers: readonly Tier[];
  /** Paid people with which a group that runs out of time succeeds all the same. */
  readonly minimumFill: number | null;
  /** Units one person may have in the whole campaign. */
  readonly perUserLimit: number | null;
  /** Units of one order. */
  readonly perOrderLimit: number | null;
  /** Units the whole campaign may sell, whatever the stock. */
  readonly quota: number | null;
  readonly newCustomersOnly: boolean;
  readonly neighborhoodId: string | null;
  readonly leaderReward: Money | null;
}

export interface CampaignPlan {
  readonly terms: Terms;
  readonly windowMinutes: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly soloPurchaseAllowed: boolean;
}

export interface Campaign extends CampaignPlan {
  readonly id: string;
  readonly cancelledAt: Date | null;
  readonly cancelReason: string | null;
  /** Units held or paid for; counted only where there is a quota. */
  readonly quotaUsed: number;
  /** Units paid for in groups that are open or succeeded. */
  readonly soldUnits: number;
  /** Distinct people with a paid seat. */
  readonly buyers: number;
  readonly openGroups: number;
  readonly succeededGroups: number;
  /** Rises by one with every change of the numbers above or of the status. */
  readonly version: number;
}

export const CAMPAIGN_LIMITS = {
  size: { min: 2, max: 10_000 },
  windowMinutes: { min: 1, max: 43_200 },
  units: { min: 1, max: 1_000_000 },
  tiers: 20,
  reason: 500,
} as const;

export function campaignStatus(
  campaign: Pick<Campaign, 'startsAt' | 'endsAt' | 'cancelledAt' | 'soldUnits' | 'terms'>,
  now: Date,
): CampaignStatus {
  if (campaign.cancelledAt) return 'CANCELLED';
  if (now >= campaign.endsAt || soldOut(campaign)) return 'ENDED';
  return now < campaign.startsAt ? 'SCHEDULED' : 'RUNNING';
}

/** Whether new groups may be opened, as far as time and cancellation say; the quota is a limit of its own. */
export function acceptsGroups(campaign: Pick<Campaign, 'startsAt' | 'endsAt' | 'cancelledAt'>, now: Date): boolean {
  return !campaign.cancelledAt && now >= campaign.startsAt && now < campaign.endsAt;
}

export function quotaRemaining(campaign: Pick<Campaign, 'quotaUsed' | 'terms'>): number | null {
  return campaign.terms.quota === null ? null : Math.max(0, campaign.terms.quota - campaign.quotaUsed);
}

function soldOut(campaign: Pick<Campaign, 'soldUnits' | 'terms'>): boolean {
  return campaign.terms.quota !== null && campaign.soldUnits >= campaign.terms.quota;
}

/** The price of a unit in a group of that many people: of the largest tier they reach, else the group price. */
export function priceFor(terms: Pick<Terms, 'groupPrice' | 'tiers'>, people: number): Money {
  return terms.tiers.findLast((tier) => people >= tier.people)?.price ?? terms.groupPrice;
}

/** What a member who paid the group price for `quantity` units gets back in a group of that many people; null for nothing. */
export function tierRefund(terms: Pick<Terms, 'groupPrice' | 'tiers'>, people: number, quantity: number): Money | null {
  const difference = multiplyMoney(subtractMoney(terms.groupPrice, priceFor(terms, people)), quantity);
  return difference.minor > 0 ? difference : null;
}

/** Refuses (INVALID, with the field) a plan that contradicts itself or the variant's own price. */
export function checkPlan(plan: CampaignPlan, variantPrice: Money): void {
  const { terms } = plan;
  checkRange('size', terms.size, CAMPAIGN_LIMITS.size);
  checkRange('windowMinutes', plan.windowMinutes, CAMPAIGN_LIMITS.windowMinutes);
  for (const name of ['perUserLimit', 'perOrderLimit', 'quota'] as const) {
    const value = terms[name];
    if (value !== null) checkRange(name, value, CAMPAIGN_LIMITS.units);
  }
  if (plan.endsAt <= plan.startsAt) throw invalid(['input', 'endsAt'], 'A campaign ends after it starts.');
  if (terms.minimumFill !== null) {
    checkRange('minimumFill', terms.minimumFill, { min: 1, max: terms.size });
  }
  checkPrice(['input', 'groupPrice'], terms.groupPrice, variantPrice.currencyCode);
  if (terms.groupPrice.minor > variantPrice.minor) {
    throw invalid(['input', 'groupPrice'], 'The group price is not above the price of the variant.');
  }
  if (terms.leaderReward) checkPrice(['input', 'leaderReward'], terms.leaderReward, variantPrice.currencyCode);
  checkTiers(terms);
}

/** Refuses (INVALID) a reason that is empty or too long to show. */
export function checkReason(reason: string): void {
  if (reason.trim() === '' || reason.length > CAMPAIGN_LIMITS.reason) {
    throw invalid(['input', 'reason'], `A reason has 1 to ${CAMPAIGN_LIMITS.reason} characters.`);
  }
}

function checkRange(name: string, value: number, range: { readonly min: number; readonly max: number }): void {
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    throw invalid(['input', name], `${name} is a whole number from ${range.min} to ${range.max}.`);
  }
}

function checkPrice(field: readonly string[], price: Money, currencyCode: string): void {
  if (price.currencyCode !== currencyCode) {
    throw invalid(field, `The variant is sold in ${currencyCode}, so this amount is in ${currencyCode} too.`);
  }
  if (price.minor <= 0) throw invalid(field, 'The amount is above zero.');
}

function checkTiers(terms: Terms): void {
  if (terms.tiers.length > CAMPAIGN_LIMITS.tiers) {
    throw invalid(['input', 'tiers'], `A campaign has at most ${CAMPAIGN_LIMITS.tiers} tiers.`);
  }
  let people = CAMPAIGN_LIMITS.size.min - 1;
  let price = terms.groupPrice;
  terms.tiers.forEach((tier, index) => {
    const field = (name: string) => ['input', 'tiers', String(index), name];
    if (!Number.isInteger(tier.people) || tier.people <= people || tier.people > terms.size) {
      throw invalid(field('people'), `People rise from tier to tier, from 2 to the size (${terms.size}).`);
    }
    checkPrice(field('price'), tier.price, terms.groupPrice.currencyCode);
    if (tier.price.minor >= price.minor) {
      throw invalid(field('price'), 'The price falls from tier to tier and begins below the group price.');
    }
    ({ people, price } = tier);
  });
}
