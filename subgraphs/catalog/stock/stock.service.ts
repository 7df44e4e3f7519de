import type { ClientSession } from 'mongoose';
import { decodeCursor, type Page, type PageRequest, pageOf } from '../../../platform/pagination/page';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { invalid, notFound, Refusal } from '../../../platform/user-errors/refusal';
import type { ProductStore } from '../product/product.model';
import type { ListingStore } from '../search/listing.model';
import type { Location, StockLevel } from './stock';
import type { LevelChange, StockAdjustment, StockStore } from './stock.model';

export const DEFAULT_LOCATION = 'Main';
const MAX_DELTA = 1_000_000_000;

export interface StockAdjust {
  readonly variantId: string;
  readonly locationId: string | null;
  readonly delta: number;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** Levels and their log. Every change of a level goes through `change`, which keeps the lists' "available" right. */
export class StockService {
  constructor(
    private readonly kernel: Kernel,
    private readonly store: StockStore,
    private readonly listings: ListingStore,
    private readonly products: ProductStore,
  ) {}

  levelsOf(variantIds: readonly string[]): Promise<StockLevel[]> {
    return this.store.findLevels(variantIds);
  }

  locationsOf(ids: readonly string[]): Promise<Location[]> {
    return this.store.findLocations(ids);
  }

  ensureLocation(name: string): Promise<Location> {
    return this.store.ensureLocation(name, this.kernel.newId('loc'));
  }

  async locations(request: PageRequest): Promise<Page<Location>> {
    const rows = await this.store.pageLocations(cursorOf(request), request.first + 1);
    return pageOf(
      rows,
      request,
      ({ id }) => [id],
      () => this.store.countLocations(),
    );
  }

  async adjustments(variantId: string, request: PageRequest): Promise<Page<StockAdjustment>> {
    const rows = await this.store.adjustmentsOf(variantId, cursorOf(request), request.first + 1);
    return pageOf(
      rows,
      request,
      ({ id }) => [id],
      () => this.store.countAdjustments(variantId),
    );
  }

  /** Adds to or takes from what is on hand. Refused: STOCK_TOO_LOW when less than nothing would be free. */
  async adjust(accountId: string, input: StockAdjust): Promise<StockAdjustment> {
    checkAdjust(input);
    const { idempotencyKey, ...body } = input;
    const request = { accountId, mutation: 'stockAdjust', key: idempotencyKey, body };
    const id = await this.kernel.idempotency.run(request, (session) => this.adjustOnce(session, accountId, input));
    const entry = await this.store.findAdjustment(id);
    if (!entry) throw new Error(`The stock adjustment ${id} is not in its log.`);
    return entry;
  }

  /**
   * One guarded change of a level inside a transaction; null when it would make something negative. A product that
   * gains its first or loses its last free unit changes its listing in the same transaction.
   */
  async change(session: ClientSession, change: LevelChange): Promise<StockLevel | null> {
    const level = await this.store.change(session, change);
    if (!level) return null;
    const before = level.available - change.onHand + change.reserved;
    if (before <= 0 && level.available > 0) await this.listings.setAvailable(session, [level.productId], true);
    if (before > 0 && level.available <= 0) {
      const available = await this.store.hasAvailable(session, level.productId);
      await this.listings.setAvailable(session, [level.productId], available);
    }
    return level;
  }

  log(session: ClientSession, entries: readonly Omit<StockAdjustment, 'id' | 'at'>[]): Promise<void> {
    const at = this.kernel.clock.now();
    return this.store.log(
      session,
      entries.map((entry) => ({ ...entry, id: this.kernel.newId('sadj'), at })),
    );
  }

  private async adjustOnce(session: ClientSession, accountId: string, input: StockAdjust): Promise<string> {
    const { variantId, delta, reason } = input;
    const [variant] = await this.products.findVariants([variantId], session);
    if (!variant) throw notFound(['input', 'variantId'], 'variant');
    const locationId = input.locationId ?? (await this.ensureLocation(DEFAULT_LOCATION)).id;
    const [location] = await this.store.findLocations([locationId]);
    if (!location) throw notFound(['input', 'locationId'], 'location');
    const levels = await this.store.findLevels([variantId], session);
    if (!levels.some((level) => level.locationId === locationId)) {
      const empty = { variantId, productId: variant.productId, locationId, onHand: 0, reserved: 0, available: 0 };
      await this.store.put(session, [{ ...empty, importedQuantity: null }]);
    }
    if (!(await this.change(session, { variantId, locationId, onHand: delta, reserved: 0 }))) {
      const available = levels.find((level) => level.locationId === locationId)?.available ?? 0;
      throw new Refusal('STOCK_TOO_LOW', `Only ${available} can be taken away; orders hold the rest.`, {
        field: ['input', 'delta'],
      });
    }
    const id = this.kernel.newId('sadj');
    const at = this.kernel.clock.now();
    await this.store.log(session, [{ id, variantId, locationId, delta, reason, actor: accountId, at }]);
    return id;
  }
}

function cursorOf(request: PageRequest) {
  return request.after === null ? null : decodeCursor(request.after, 1);
}

function checkAdjust(input: StockAdjust): void {
  if (!Number.isInteger(input.delta) || input.delta === 0 || Math.abs(input.delta) > MAX_DELTA) {
    throw invalid(['input', 'delta'], 'delta is a whole number other than zero.');
  }
  if (input.reason.trim() === '' || input.reason.length > 200) {
    throw invalid(['input', 'reason'], 'reason is 1 to 200 characters.');
  }
}
