import { parseMoney } from '../../../platform/money/money';
import type { InternalClient } from '../../../platform/subgraph/internal-client';
import { Refusal } from '../../../platform/user-errors/refusal';
import {
  StockCommitDocument,
  StockReleaseDocument,
  StockReserveDocument,
  VariantsDocument,
} from '../generated/catalog';
import type { PricedVariant } from '../placing/place-request';
import { refusalFrom } from './neighbour-refusal';

export interface VariantSnapshot extends PricedVariant {
  readonly productTitle: string;
  readonly title: string;
}

/** The code of a reservation that cannot be had under its key any more. */
export const LAPSED = 'ORDER_TIMED_OUT';

/** What this subgraph asks of catalog. Reservations are idempotent by their key. */
export class StockService {
  constructor(private readonly internal: InternalClient) {}

  /** Variants by id, unpublished ones too; unknown ids are left out. */
  async findVariants(ids: readonly string[]): Promise<VariantSnapshot[]> {
    if (ids.length === 0) return [];
    const { _variants } = await this.internal.request('catalog', VariantsDocument, { ids: [...ids] });
    return _variants.map((variant) => ({
      ...variant,
      price: parseMoney(variant.price.amount, variant.price.currencyCode),
    }));
  }

  /** Holds all lines until then, or answers why not: ORDER_TIMED_OUT when this key's reservation has lapsed already. */
  async reserve(
    key: string,
    expiresAt: Date,
    lines: readonly { readonly variantId: string; readonly quantity: number }[],
  ): Promise<Refusal | null> {
    const { _stockReserve } = await this.internal.request('catalog', StockReserveDocument, {
      input: {
        orderId: key,
        expiresAt: expiresAt.toISOString(),
        lines: lines.map(({ variantId, quantity }) => ({ variantId, quantity })),
      },
    });
    const { refusal } = _stockReserve;
    if (refusal?.code === 'RESERVATION_RELEASED')
      return new Refusal(LAPSED, 'The stock was held for too long. Order again.');
    return refusal ? refusalFrom(refusal, ['input', 'lines']) : null;
  }

  /** Makes a held reservation final; false when it had lapsed. */
  async commit(key: string): Promise<boolean> {
    const { _stockCommit } = await this.internal.request('catalog', StockCommitDocument, { orderId: key });
    return _stockCommit.status === 'COMMITTED';
  }

  async release(key: string): Promise<void> {
    await this.internal.request('catalog', StockReleaseDocument, { orderId: key });
  }
}
