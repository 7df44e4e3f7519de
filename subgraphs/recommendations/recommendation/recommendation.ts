import type { Pairing } from '../affinity/affinity';

export type ReasonCode = 'BOUGHT_TOGETHER' | 'SIMILAR' | 'POPULAR';

export interface Reason {
  readonly code: ReasonCode;
  /** One plain sentence for the shopper, in English. */
  readonly message: string;
  /** The product it goes with; null for POPULAR. */
  readonly relatedId: string | null;
}

export interface Recommendation {
  readonly productId: string;
  /** Above 2: bought together; above 1: similar; below 1: popular. */
  readonly score: number;
  /** Strongest first. */
  readonly reasons: readonly Reason[];
}

/** What the recommendations go with: one product that is looked at, or what the viewer chose and bought. */
export type Occasion = 'PRODUCT' | 'VIEWER';

export interface Evidence {
  readonly occasion: Occasion;
  /** Never recommended: the product itself, what the viewer already has. */
  readonly excluded: ReadonlySet<string>;
  /** By the product they go with. */
  readonly pairings: ReadonlyMap<string, readonly Pairing[]>;
  /** By the product they go with; most similar first. */
  readonly similar: ReadonlyMap<string, readonly string[]>;
  readonly popular: readonly { readonly productId: string; readonly orders: number }[];
}

const MAX_REASONS = 3;

interface Candidate {
  score: number;
  reasons: { readonly reason: Reason; readonly strength: number }[];
}

/**
 * Everything worth recommending, best first: what was bought together before what is similar before what is popular.
 * A product stands once, at its best place, with the reasons for that place.
 */
export function rank(evidence: Evidence): readonly Recommendation[] {
  const candidates = new Map<string, Candidate>();
  const open = new Map<string, Candidate>();
  const offer = (productId: string, strength: number, score: number, reason: Reason): void => {
    if (evidence.excluded.has(productId) || candidates.has(productId)) return;
    const candidate = open.get(productId) ?? { score, reasons: [] };
    candidate.score = Math.max(candidate.score, score);
    candidate.reasons.push({ reason, strength });
    open.set(productId, candidate);
  };
  const closeTier = (): void => {
    for (const [productId, candidate] of open) candidates.set(productId, candidate);
    open.clear();
  };

  for (const [relatedId, pairings] of evidence.pairings) {
    for (const { otherId, count, score } of pairings) {
      const message = togetherMessage(evidence.occasion, count);
      offer(otherId, score, 2 + bounded(score), { code: 'BOUGHT_TOGETHER', message, relatedId });
    }
  }
  closeTier();
  for (const [relatedId, productIds] of evidence.similar) {
    const message = evidence.occasion === 'PRODUCT' ? 'Similar to this' : 'Similar to a product you chose';
    productIds.forEach((productId, place) => {
      const closeness = 1 / (place + 2);
      offer(productId, closeness, 1 + closeness, { code: 'SIMILAR', message, relatedId });
    });
  }
  closeTier();
  for (const { productId, orders } of evidence.popular) {
    const message = `Popular: part of ${orders} ${orders === 1 ? 'order' : 'orders'}`;
    offer(productId, orders, bounded(orders), { code: 'POPULAR', message, relatedId: null });
  }
  closeTier();

  return [...candidates]
    .map(([productId, { score, reasons }]) => ({
      productId,
      score,
      reasons: reasons
        .sort((a, b) => b.strength - a.strength)
        .slice(0, MAX_REASONS)
        .map(({ reason }) => reason),
    }))
    .sort(byRank);
}

/** What comes after a place in the ranking, whether or not that place is still taken. */
export function rankedAfter(
  ranked: readonly Recommendation[],
  place: Pick<Recommendation, 'score' | 'productId'>,
): readonly Recommendation[] {
  return ranked.filter((recommendation) => byRank(recommendation, place) > 0);
}

type Place = Pick<Recommendation, 'score' | 'productId'>;

function byRank(a: Place, b: Place): number {
  return b.score - a.score || (a.productId === b.productId ? 0 : a.productId < b.productId ? -1 : 1);
}

function togetherMessage(occasion: Occasion, count: number): string {
  const times = count === 1 ? 'once' : `${count} times`;
  return occasion === 'PRODUCT'
    ? `Bought together with this ${times}`
    : `Bought ${times} together with a product you chose`;
}

/** Keeps the order of values from 0 up and maps them below 1, so that tiers never meet. */
function bounded(value: number): number {
  return value / (1 + value);
}
