import { errorFields } from '../../../platform/logging/log';
import { decodeCursor, type Page, type PageRequest, pageOf } from '../../../platform/pagination/page';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { badInput } from '../../../platform/user-errors/api-error';
import type { Pairing } from '../affinity/affinity';
import type { AffinityService } from '../affinity/affinity.service';
import type { Demand } from '../affinity/demand.model';
import { RelatedProductIdsDocument } from '../generated/catalog';
import { type Evidence, type Recommendation, rank, rankedAfter } from './recommendation';

/** How the evidence reaches the batching loaders of a request. */
export interface EvidenceLoading {
  pairings(productId: string): Promise<readonly Pairing[]>;
  similar(productId: string): Promise<readonly string[]>;
  popular(): Promise<readonly Demand[]>;
}

const SIMILAR_ASKED = 20;
const POPULAR_ASKED = 50;
const RECENT_PURCHASES = 20;
const MAX_CONTEXT = 20;

/** Similar products are asked per product, so only for the products closest to the viewer. */
const SIMILAR_SEEDS = 5;

export class RecommendationService {
  constructor(
    private readonly kernel: Kernel,
    private readonly affinity: AffinityService,
  ) {}

  /** What goes with a product, best first. */
  forProduct(productId: string, page: PageRequest, loading: EvidenceLoading): Promise<Page<Recommendation>> {
    return this.page([productId], 'PRODUCT', page, loading);
  }

  /** What goes with the given products and with what the account bought last; the popular when that is nothing. */
  async forViewer(
    accountId: string | null,
    productIds: readonly string[],
    page: PageRequest,
    loading: EvidenceLoading,
  ): Promise<Page<Recommendation>> {
    if (productIds.length > MAX_CONTEXT) throw badInput(`productIds holds at most ${MAX_CONTEXT} products.`);
    const bought = accountId === null ? [] : await this.affinity.findRecentPurchases(accountId, RECENT_PURCHASES);
    return this.page([...new Set([...productIds, ...bought])], 'VIEWER', page, loading);
  }

  findPopular(): Promise<readonly Demand[]> {
    return this.affinity.findPopular(POPULAR_ASKED);
  }

  /** Published products similar to one. A catalog that does not answer costs the shopper these, and nothing else. */
  async findSimilar(productId: string): Promise<readonly string[]> {
    try {
      const answer = await this.kernel.internal.request('catalog', RelatedProductIdsDocument, {
        productId,
        limit: SIMILAR_ASKED,
      });
      return answer._relatedProductIds;
    } catch (error) {
      this.kernel.log.warn(errorFields(error), 'The catalog did not say what is similar; recommending without it.');
      return [];
    }
  }

  private async page(
    seeds: readonly string[],
    occasion: Evidence['occasion'],
    page: PageRequest,
    loading: EvidenceLoading,
  ): Promise<Page<Recommendation>> {
    const after = page.after === null ? null : readPlace(page.after);
    const rowsOf = (evidence: Evidence): readonly Recommendation[] =>
      after ? rankedAfter(rank(evidence), after) : rank(evidence);
    const evidence: Evidence = {
      occasion,
      excluded: new Set(seeds),
      pairings: await loadEach(seeds, loading.pairings),
      similar: new Map(),
      popular: [],
    };
    const rows = rowsOf(evidence);
    // The lower tiers are only looked up where the first one does not fill the page.
    if (rows.length > page.first) return pageOf(rows, page, placeOf);
    const [similar, popular] = await Promise.all([
      loadEach(seeds.slice(0, SIMILAR_SEEDS), loading.similar),
      loading.popular(),
    ]);
    return pageOf(rowsOf({ ...evidence, similar, popular }), page, placeOf);
  }
}

async function loadEach<T>(
  productIds: readonly string[],
  load: (productId: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  return new Map(await Promise.all(productIds.map(async (productId) => [productId, await load(productId)] as const)));
}

function placeOf({ score, productId }: Recommendation): readonly [number, string] {
  return [score, productId];
}

function readPlace(cursor: string): Pick<Recommendation, 'score' | 'productId'> {
  const [score, productId] = decodeCursor(cursor, 2);
  if (typeof score !== 'number' || typeof productId !== 'string')
    throw badInput('The cursor is not one that this list returned.');
  return { score, productId };
}
