/** Units of each product in one order. */
export type Basket = ReadonlyMap<string, number>;

/** How often a product was bought in the same order as another one. */
export interface Partner {
  readonly otherId: string;
  readonly count: number;
}

/** A partner that can be recommended, and how strongly. */
export interface Pairing extends Partner {
  readonly score: number;
}

/** Products of one order that are paired with each other. Beyond that an order is a restocking and says little. */
export const MAX_PAIRED = 25;

/** Strongest partners kept ready per product. */
export const TOP_KEPT = 40;

/** Shared orders that chance is given for free, so that a pair seen once does not outrank one seen fifty times. */
const PRIOR_ORDERS = 5;

export function basketOf(lines: readonly { readonly productId: string; readonly quantity: number }[]): Basket {
  const basket = new Map<string, number>();
  for (const { productId, quantity } of lines) basket.set(productId, (basket.get(productId) ?? 0) + quantity);
  return basket;
}

/** Every ordered pair of different products among the first MAX_PAIRED. */
export function pairsOf(basket: Basket): readonly { readonly productId: string; readonly otherId: string }[] {
  const productIds = [...basket.keys()].slice(0, MAX_PAIRED);
  return productIds.flatMap((productId) =>
    productIds.filter((otherId) => otherId !== productId).map((otherId) => ({ productId, otherId })),
  );
}

/**
 * Lift, shrunk towards 0: how many times more often two products share an order than chance would have it, as far as
 * the evidence reaches. 0 when they never met; approaches the plain lift as both sell more.
 * `sold` and `otherSold` count orders that hold the product, `orders` all orders.
 */
export function affinityScore(counts: {
  readonly together: number;
  readonly sold: number;
  readonly otherSold: number;
  readonly orders: number;
}): number {
  const expected = counts.orders === 0 ? 0 : (counts.sold / counts.orders) * counts.otherSold;
  return counts.together / (expected + PRIOR_ORDERS);
}

/**
 * The strongest partners after some counts rose. Exact without reading the rest: counts only rise, so a partner that
 * was not among the strongest and did not rise cannot be among them now.
 */
export function mergeTop(top: readonly Partner[], risen: readonly Partner[]): readonly Partner[] {
  const counts = new Map([...top, ...risen].map(({ otherId, count }) => [otherId, count]));
  return [...counts]
    .map(([otherId, count]) => ({ otherId, count }))
    .sort((a, b) => b.count - a.count || (a.otherId < b.otherId ? -1 : 1))
    .slice(0, TOP_KEPT);
}
