import type { EventEnvelope } from '../../../platform/events/events';
import { KeyQueue } from '../../../platform/mongo/key-queue';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { affinityScore, basketOf, mergeTop, type Pairing, pairsOf } from './affinity';
import { AffinityModel } from './affinity.model';
import { type Demand, DemandModel } from './demand.model';
import { PurchaseModel } from './purchase.model';

const CONSUMER = 'recommendations.affinity';

/** What paid orders teach: what sells, what is bought together, what each account bought. */
export class AffinityService {
  private readonly affinities: AffinityModel;
  private readonly demand: DemandModel;
  private readonly purchases: PurchaseModel;
  /** Every order counts into one total, so lessons are learned one after another. */
  private readonly lessons = new KeyQueue();

  constructor(private readonly kernel: Kernel) {
    const { connection } = kernel.database;
    this.affinities = new AffinityModel(connection);
    this.demand = new DemandModel(connection);
    this.purchases = new PurchaseModel(connection);
  }

  /** Learns from an order once, however often its event comes. */
  async orderPaid(event: EventEnvelope<'order.paid'>): Promise<void> {
    const basket = basketOf(event.data.lines);
    if (basket.size === 0) return;
    const pairs = pairsOf(basket);
    await this.lessons.run(CONSUMER, () =>
      this.kernel.inbox.once(CONSUMER, event, async (session) => {
        await this.demand.count(basket, session);
        await this.purchases.record(event.data.accountId, [...basket.keys()], new Date(event.time), session);
        if (pairs.length === 0) return;
        const risen = await this.affinities.count(pairs, session);
        const tops = await this.affinities.findTops([...risen.keys()], session);
        const merged = [...risen].map(
          ([productId, partners]) => [productId, mergeTop(tops.get(productId) ?? [], partners)] as const,
        );
        await this.affinities.putTops(new Map(merged), session);
      }),
    );
  }

  productChanged(event: EventEnvelope<'product.changed'>): Promise<void> {
    return this.demand.list(event.data.productId, event.data.published, event.sequence);
  }

  /** What each product was bought together with and may be shown, best first. Three queries for any number. */
  async findPairings(productIds: readonly string[]): Promise<ReadonlyMap<string, readonly Pairing[]>> {
    const tops = await this.affinities.findTops(productIds);
    if (tops.size === 0) return new Map();
    const named = new Set([...tops.keys(), ...[...tops.values()].flat().map(({ otherId }) => otherId)]);
    const [demands, orders] = await Promise.all([this.demand.findByProducts([...named]), this.demand.countOrders()]);
    const known = new Map(demands.map((demand) => [demand.productId, demand]));
    return new Map(
      [...tops].map(([productId, partners]) => {
        const sold = known.get(productId)?.orders ?? 0;
        const pairings = partners.flatMap(({ otherId, count }): Pairing[] => {
          const other = known.get(otherId);
          if (!other?.listed) return [];
          return [{ otherId, count, score: affinityScore({ together: count, sold, otherSold: other.orders, orders }) }];
        });
        return [productId, pairings.sort((a, b) => b.score - a.score)];
      }),
    );
  }

  /** Products that may be shown, most ordered first. */
  findPopular(limit: number): Promise<readonly Demand[]> {
    return this.demand.findPopular(limit);
  }

  /** Products the account bought last, newest first. */
  findRecentPurchases(accountId: string, limit: number): Promise<readonly string[]> {
    return this.purchases.findRecent(accountId, limit);
  }
}
