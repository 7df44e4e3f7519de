import fc from 'fast-check';
import { type Evidence, rank, rankedAfter } from './recommendation';

const productId = fc.integer({ min: 1, max: 15 }).map((n) => `p${n}`);
const productIds = fc.uniqueArray(productId, { maxLength: 8 });

const evidence: fc.Arbitrary<Evidence> = fc
  .record({
    occasion: fc.constantFrom('PRODUCT' as const, 'VIEWER' as const),
    excluded: productIds,
    pairings: fc.dictionary(
      productId,
      fc.uniqueArray(
        fc.record({
          otherId: productId,
          count: fc.integer({ min: 1, max: 50 }),
          score: fc.double({ min: 0.01, max: 200, noNaN: true }),
        }),
        { selector: ({ otherId }) => otherId, maxLength: 8 },
      ),
      { maxKeys: 4 },
    ),
    similar: fc.dictionary(productId, productIds, { maxKeys: 4 }),
    popular: fc.uniqueArray(fc.record({ productId, orders: fc.integer({ min: 1, max: 10_000 }) }), {
      selector: (one) => one.productId,
      maxLength: 10,
    }),
  })
  .map((one) => ({
    ...one,
    excluded: new Set(one.excluded),
    pairings: new Map(Object.entries(one.pairings)),
    similar: new Map(Object.entries(one.similar)),
  }));

describe('rank', () => {
  it('should name every candidate once, none that is excluded, best first, each with reasons of its own tier', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const ranked = rank(given);
        const offered = new Set([
          ...[...given.pairings.values()].flat().map(({ otherId }) => otherId),
          ...[...given.similar.values()].flat(),
          ...given.popular.map((one) => one.productId),
        ]);
        for (const id of given.excluded) offered.delete(id);
        expect(ranked.map((one) => one.productId).sort()).toEqual([...offered].sort());
        ranked.forEach((one, index) => {
          expect(one.reasons.length).toBeGreaterThanOrEqual(1);
          expect(one.reasons.length).toBeLessThanOrEqual(3);
          const tier = one.score > 2 ? 'BOUGHT_TOGETHER' : one.score > 1 ? 'SIMILAR' : 'POPULAR';
          expect(one.reasons.map(({ code }) => code)).toEqual(one.reasons.map(() => tier));
          expect(one.score).toBeLessThanOrEqual(ranked[index - 1]?.score ?? Number.POSITIVE_INFINITY);
        });
      }),
    );
  });

  it('should continue after any place exactly where that place was', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const ranked = rank(given);
        ranked.forEach((one, index) => {
          expect(rankedAfter(ranked, one)).toEqual(ranked.slice(index + 1));
        });
      }),
    );
  });

  it('should put what was bought together at the same places with and without the lower tiers', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const upper = rank({ ...given, similar: new Map(), popular: [] });
        expect(rank(given).slice(0, upper.length)).toEqual(upper);
      }),
    );
  });

  it('should say why in plain words', () => {
    const given: Evidence = {
      occasion: 'PRODUCT',
      excluded: new Set(['this']),
      pairings: new Map([
        [
          'this',
          [
            { otherId: 'often', count: 12, score: 3 },
            { otherId: 'once', count: 1, score: 1.1 },
          ],
        ],
      ]),
      similar: new Map([['this', ['often', 'alike', 'this']]]),
      popular: [
        { productId: 'alike', orders: 9 },
        { productId: 'hit', orders: 7 },
        { productId: 'new', orders: 1 },
      ],
    };
    const said = (one: Evidence) => rank(one).map(({ productId: id, reasons }) => [id, reasons[0]?.message]);
    expect(said(given)).toEqual([
      ['often', 'Bought together with this 12 times'],
      ['once', 'Bought together with this once'],
      ['alike', 'Similar to this'],
      ['hit', 'Popular: part of 7 orders'],
      ['new', 'Popular: part of 1 order'],
    ]);
    expect(said({ ...given, occasion: 'VIEWER' }).slice(0, 3)).toEqual([
      ['often', 'Bought 12 times together with a product you chose'],
      ['once', 'Bought once together with a product you chose'],
      ['alike', 'Similar to a product you chose'],
    ]);
  });
});
