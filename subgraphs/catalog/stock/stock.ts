/** Stock of one variant at one location. `available` is what neither left nor is held: onHand - reserved. */
export interface StockLevel {
  readonly variantId: string;
  readonly productId: string;
  readonly locationId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
  /** The quantity the last import file gave; null when none did. */
  readonly importedQuantity: number | null;
}

export interface Location {
  readonly id: string;
  readonly name: string;
}

export type AvailabilityState = 'IN_STOCK' | 'LOW' | 'SOLD_OUT';

export interface Availability {
  readonly state: AvailabilityState;
  readonly lowCount: number | null;
}

/** From this many units down shoppers are told the number. */
export const LOW_AT = 10;

export function availabilityOf(available: number): Availability {
  if (available <= 0) return { state: 'SOLD_OUT', lowCount: null };
  return available <= LOW_AT ? { state: 'LOW', lowCount: available } : { state: 'IN_STOCK', lowCount: null };
}

export function totalAvailable(levels: readonly Pick<StockLevel, 'available'>[]): number {
  return levels.reduce((sum, level) => sum + level.available, 0);
}

export interface StockLine {
  readonly variantId: string;
  readonly quantity: number;
}

export interface Allocation extends StockLine {
  readonly locationId: string;
}

/**
 * One line per variant, sorted by variant: two orders of the same goods take them in the same order and so cannot
 * wait for each other.
 */
export function mergeLines(lines: readonly StockLine[]): StockLine[] {
  const quantities = new Map<string, number>();
  for (const { variantId, quantity } of lines) {
    quantities.set(variantId, (quantities.get(variantId) ?? 0) + quantity);
  }
  return [...quantities]
    .map(([variantId, quantity]) => ({ variantId, quantity }))
    .sort((a, b) => (a.variantId < b.variantId ? -1 : 1));
}

export type AllocationResult =
  | { readonly kind: 'ALLOCATED'; readonly allocations: readonly Allocation[] }
  | { readonly kind: 'SHORT'; readonly line: StockLine; readonly available: number };

/**
 * Where each line is taken from: one location that has it all, oldest first; else as much as each has, oldest first.
 * All lines or none.
 */
export function allocate(lines: readonly StockLine[], levels: readonly StockLevel[]): AllocationResult {
  const allocations: Allocation[] = [];
  for (const line of lines) {
    const here = levels
      .filter((level) => level.variantId === line.variantId)
      .sort((a, b) => (a.locationId < b.locationId ? -1 : 1));
    const available = totalAvailable(here);
    if (available < line.quantity) return { kind: 'SHORT', line, available };
    const whole = here.find((level) => level.available >= line.quantity);
    let left = line.quantity;
    for (const level of whole ? [whole] : here) {
      const quantity = Math.min(left, level.available);
      if (quantity <= 0) continue;
      allocations.push({ variantId: line.variantId, locationId: level.locationId, quantity });
      left -= quantity;
    }
  }
  return { kind: 'ALLOCATED', allocations };
}

/** What an import's quantity does to a level. A repeated file must not bring back what was sold since. */
export function importedOnHand(
  level: Pick<StockLevel, 'onHand' | 'importedQuantity'> | null,
  quantity: number | null,
  defaultStock: number,
): number {
  if (!level) return quantity ?? defaultStock;
  if (quantity === null || quantity === level.importedQuantity) return level.onHand;
  return quantity;
}
