import type { ClientSession } from 'mongoose';
import type { Variant } from '../product/product';
import type { Decision } from '../product/product-change';
import type { ListingStore } from '../search/listing.model';
import { importedOnHand, type StockLevel } from '../stock/stock';
import type { StockStore } from '../stock/stock.model';
import type { StockService } from '../stock/stock.service';
import { COLUMN } from './columns';
import type { ProductDraft } from './product-rows';
import type { RowRefusal } from './row';

interface StockContext {
  readonly locationId: string;
  readonly defaultStock: number;
  readonly runId: string;
}

/** Stock of an import's batch: read with the products, decided product by product, written at once. */
export class ImportStock {
  constructor(
    private readonly store: StockStore,
    private readonly stock: StockService,
    private readonly listings: ListingStore,
  ) {}

  async plan(session: ClientSession, variants: readonly Variant[], context: StockContext): Promise<StockPlan> {
    const ids = variants.map(({ id }) => id);
    const levels = ids.length > 0 ? await this.store.findLevels(ids, session) : [];
    return new StockPlan(levels, context);
  }

  /** After the products of the batch: their listings must be there. */
  async write(session: ClientSession, plan: StockPlan): Promise<void> {
    const { locationId, runId } = plan.context;
    await this.store.put(session, plan.changed);
    await this.stock.log(
      session,
      plan.deltas.map(({ variantId, delta }) => ({
        variantId,
        locationId,
        delta,
        reason: 'import',
        actor: `import:${runId}`,
      })),
    );
    await this.listings.setAvailable(session, plan.productsBecome(true), true);
    await this.listings.setAvailable(session, plan.productsBecome(false), false);
  }
}

/** The levels of a batch's products as they are and as they will be. */
export class StockPlan {
  readonly changed: StockLevel[] = [];
  readonly deltas: { readonly variantId: string; readonly delta: number }[] = [];
  private readonly levels: Map<string, StockLevel>;
  private readonly before = new Map<string, boolean>();

  constructor(
    levels: readonly StockLevel[],
    readonly context: StockContext,
  ) {
    this.levels = new Map(levels.map((level) => [levelKey(level), level]));
    for (const { productId, available } of levels) {
      this.before.set(productId, (this.before.get(productId) ?? false) || available > 0);
    }
  }

  /** Decides the levels of one product: whether anything on hand changes, or the row that asks for the impossible. */
  set(draft: ProductDraft, decision: Decision): boolean | RowRefusal {
    const { locationId, defaultStock } = this.context;
    const wanted: { level: StockLevel; delta: number }[] = [];
    for (const [index, { quantity, row }] of draft.variants.entries()) {
      const variantId = decision.variantIds[index] ?? '';
      const level = this.levels.get(levelKey({ variantId, locationId })) ?? null;
      const onHand = importedOnHand(level, quantity, defaultStock);
      const reserved = level?.reserved ?? 0;
      if (onHand < reserved) return held(draft, row, onHand, reserved);
      const importedQuantity = quantity ?? level?.importedQuantity ?? null;
      if (level?.onHand === onHand && level.importedQuantity === importedQuantity) continue;
      const productId = decision.product.id;
      const available = onHand - reserved;
      wanted.push({
        level: { variantId, productId, locationId, onHand, reserved, available, importedQuantity },
        delta: onHand - (level?.onHand ?? 0),
      });
    }
    for (const { level, delta } of wanted) {
      this.levels.set(levelKey(level), level);
      this.changed.push(level);
      if (delta !== 0) this.deltas.push({ variantId: level.variantId, delta });
    }
    return wanted.some(({ delta }) => delta !== 0);
  }

  /** Products whose "available" turns to this value. */
  productsBecome(value: boolean): string[] {
    const after = new Map<string, boolean>();
    for (const { productId, available } of this.levels.values()) {
      after.set(productId, (after.get(productId) ?? false) || available > 0);
    }
    const touched = new Set(this.changed.map(({ productId }) => productId));
    return [...touched].filter((id) => after.get(id) === value && (this.before.get(id) ?? false) !== value);
  }
}

function levelKey({ variantId, locationId }: Pick<StockLevel, 'variantId' | 'locationId'>): string {
  return `${variantId}@${locationId}`;
}

function held(draft: ProductDraft, row: number, onHand: number, reserved: number): RowRefusal {
  return {
    row,
    handle: draft.content.handle,
    column: COLUMN.quantity,
    value: String(onHand),
    problem: `Orders hold ${reserved} of this variant.`,
    remedy: `Write ${reserved} or more, or wait until those orders are done.`,
  };
}
