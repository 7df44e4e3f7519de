import fc from 'fast-check';
import { affinityScore, basketOf, MAX_PAIRED, mergeTop, type Partner, pairsOf, TOP_KEPT } from './affinity';

/** Counts as they can occur: no pair is in more orders than either product, no product in more than there are. */
const counts = fc
  .tuple(fc.nat(500), fc.nat(500), fc.nat(500), fc.nat(500))
  .map(([together, soldMore, otherMore, rest]) => ({
    together,
    sold: together + soldMore,
    otherSold: together + otherMore,
    orders: together + soldMore + otherMore + rest,
  }));

describe('affinityScore', () => {
  it('should be zero for strangers, the same both ways, and rise with every order that holds both', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const score = affinityScore(given);
        expect(score === 0).toBe(given.together === 0);
        expect(affinityScore({ ...given, sold: given.otherSold, otherSold: given.sold })).toBeCloseTo(score, 9);
        expect(affinityScore({ ...given, together: given.together + 1 })).toBeGreaterThan(score);
      }),
    );
  });

  it('should fall the more the other sells anyway', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 100 }), (given, more) => {
        fc.pre(given.together > 0);
        const orders = given.orders + more;
        const busier = { ...given, orders, otherSold: given.otherSold + more };
        expect(affinityScore(busier)).toBeLessThan(affinityScore({ ...given, orders }));
      }),
    );
  });

  it('should never exceed the plain lift, and approach it as everything grows', () => {
    fc.assert(
      fc.property(counts, (given) => {
        fc.pre(given.together > 0);
        const lift = (given.together * given.orders) / (given.sold * given.otherSold);
        expect(affinityScore(given)).toBeLessThan(lift);
        const grown = Object.fromEntries(Object.entries(given).map(([name, count]) => [name, count * 1e9]));
        expect(affinityScore({ ...given, ...grown }) / lift).toBeCloseTo(1, 3);
      }),
    );
  });

  it('should trust fifty shared orders more than one', () => {
    const rare = affinityScore({ together: 1, sold: 1, otherSold: 1, orders: 1000 });
    const often = affinityScore({ together: 50, sold: 60, otherSold: 60, orders: 1000 });
    expect(often).toBeGreaterThan(rare);
    expect(affinityScore({ together: 0, sold: 0, otherSold: 0, orders: 0 })).toBe(0);
  });
});

describe('baskets', () => {
  const lines = fc.array(
    fc.record({
      productId: fc.integer({ min: 1, max: 40 }).map((n) => `p${n}`),
      quantity: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 60 },
  );

  it('should keep every unit and name each product once', () => {
    fc.assert(
      fc.property(lines, (given) => {
        const basket = basketOf(given);
        const units = [...basket.values()].reduce((total, one) => total + one, 0);
        expect(units).toBe(given.reduce((total, { quantity }) => total + quantity, 0));
        expect(new Set(basket.keys())).toEqual(new Set(given.map(({ productId }) => productId)));
      }),
    );
  });

  it('should pair each product with each other one in both directions, never with itself, within the bound', () => {
    fc.assert(
      fc.property(lines, (given) => {
        const basket = basketOf(given);
        const size = Math.min(basket.size, MAX_PAIRED);
        const pairs = pairsOf(basket).map(({ productId, otherId }) => `${productId}:${otherId}`);
        expect(pairs).toHaveLength(size * (size - 1));
        const unique = new Set(pairs);
        expect(unique.size).toBe(pairs.length);
        for (const pair of pairs) {
          const [productId, otherId] = pair.split(':');
          expect(productId).not.toBe(otherId);
          expect(unique.has(`${otherId}:${productId}`)).toBe(true);
        }
      }),
    );
  });
});

describe('mergeTop', () => {
  it('should equal sorting all counts, after any history of rising counts', () => {
    const history = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 12 }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(history, (orders) => {
        const all = new Map<string, number>();
        let top: readonly Partner[] = [];
        for (const order of orders) {
          const risen = order.map((n) => {
            const otherId = `p${n}`;
            const count = (all.get(otherId) ?? 0) + 1;
            all.set(otherId, count);
            return { otherId, count };
          });
          top = mergeTop(top, risen);
        }
        const sorted = [...all]
          .map(([otherId, count]) => ({ otherId, count }))
          .sort((a, b) => b.count - a.count || (a.otherId < b.otherId ? -1 : 1));
        expect(top).toEqual(sorted.slice(0, TOP_KEPT));
      }),
    );
  });
});
