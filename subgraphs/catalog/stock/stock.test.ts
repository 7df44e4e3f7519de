import fc from 'fast-check';
import { allocate, availabilityOf, importedOnHand, mergeLines, type StockLevel } from './stock';

const level = (variantId: string, locationId: string, available: number, reserved = 0): StockLevel => ({
  variantId,
  productId: 'p',
  locationId,
  onHand: available + reserved,
  reserved,
  available,
  importedQuantity: null,
});

describe('availability', () => {
  it.each([
    [0, 'SOLD_OUT', null],
    [1, 'LOW', 1],
    [10, 'LOW', 10],
    [11, 'IN_STOCK', null],
  ])('should tell of %d units', (available, state, lowCount) => {
    expect(availabilityOf(available)).toEqual({ state, lowCount });
  });
});

describe('allocating stock', () => {
  it('should take a line whole from the oldest location that has it all', () => {
    const levels = [level('a', 'loc_2', 9), level('a', 'loc_1', 3), level('a', 'loc_3', 9)];
    expect(allocate([{ variantId: 'a', quantity: 5 }], levels)).toEqual({
      kind: 'ALLOCATED',
      allocations: [{ variantId: 'a', locationId: 'loc_2', quantity: 5 }],
    });
  });

  it('should gather a line from several locations when none has it all', () => {
    const levels = [level('a', 'loc_2', 2), level('a', 'loc_1', 3)];
    expect(allocate([{ variantId: 'a', quantity: 4 }], levels)).toEqual({
      kind: 'ALLOCATED',
      allocations: [
        { variantId: 'a', locationId: 'loc_1', quantity: 3 },
        { variantId: 'a', locationId: 'loc_2', quantity: 1 },
      ],
    });
  });

  it('should take all lines or none', () => {
    const lines = [
      { variantId: 'a', quantity: 1 },
      { variantId: 'b', quantity: 2 },
    ];
    expect(allocate(lines, [level('a', 'l', 5), level('b', 'l', 1)])).toEqual({
      kind: 'SHORT',
      line: { variantId: 'b', quantity: 2 },
      available: 1,
    });
  });

  it('should allocate exactly what is asked and never more than a level has', () => {
    const amounts = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 30 }), (stocks, quantity) => {
        const levels = stocks.map((available, index) => level('a', `loc_${index}`, available));
        const result = allocate([{ variantId: 'a', quantity }], levels);
        const total = stocks.reduce((sum, available) => sum + available, 0);
        expect(result.kind).toBe(total >= quantity ? 'ALLOCATED' : 'SHORT');
        if (result.kind !== 'ALLOCATED') return;
        expect(result.allocations.reduce((sum, part) => sum + part.quantity, 0)).toBe(quantity);
        for (const part of result.allocations) {
          expect(part.quantity).toBeLessThanOrEqual(stocks[Number(part.locationId.slice(4))] ?? 0);
        }
      }),
    );
  });

  it('should put lines of one variant together, in one order for all', () => {
    const lines = [
      { variantId: 'b', quantity: 1 },
      { variantId: 'a', quantity: 2 },
      { variantId: 'b', quantity: 3 },
    ];
    expect(mergeLines(lines)).toEqual([
      { variantId: 'a', quantity: 2 },
      { variantId: 'b', quantity: 4 },
    ]);
  });
});

describe('the quantity of an import', () => {
  it('should be the stock of a new variant, or the default', () => {
    expect(importedOnHand(null, 7, 100)).toBe(7);
    expect(importedOnHand(null, 0, 100)).toBe(0);
    expect(importedOnHand(null, null, 100)).toBe(100);
  });

  it('should not bring back what was sold since the same quantity was imported', () => {
    expect(importedOnHand({ onHand: 97, importedQuantity: 100 }, 100, 0)).toBe(97);
    expect(importedOnHand({ onHand: 97, importedQuantity: 100 }, null, 500)).toBe(97);
  });

  it('should count when it is another than before', () => {
    expect(importedOnHand({ onHand: 97, importedQuantity: 100 }, 120, 0)).toBe(120);
    expect(importedOnHand({ onHand: 97, importedQuantity: null }, 50, 0)).toBe(50);
  });
});
