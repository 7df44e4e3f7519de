import { addMoney, type Money, multiplyMoney } from '../../../platform/money/money';
import { invalid, notFound, Refusal } from '../../../platform/user-errors/refusal';
import { DEFAULT_DELIVERY_OPTION, findDeliveryOption } from '../order/delivery-option';
import type { DeliveryAddress, OrderLine } from '../order/order';

export const MAX_LINES = 100;
export const MAX_QUANTITY = 999;

/** What a client asks for, as it came. */
export interface PlaceInput {
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
  readonly groupBuy?: { readonly campaignId?: string | null; readonly groupBuyId?: string | null } | null;
  readonly deliveryOptionId?: string | null;
  readonly payment: { readonly provider: string };
  readonly deliveryAddress?:
    | (Pick<DeliveryAddress, 'name' | 'line1' | 'city' | 'countryCode' | 'phone'> & {
        readonly line2?: string | null;
        readonly province?: string | null;
        readonly postalCode?: string | null;
      })
    | null;
  readonly idempotencyKey: string;
}

/** The same, checked and with its defaults: one body for every way to write it. */
export interface PlaceRequest {
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
  readonly group: { readonly campaignId: string | null; readonly groupBuyId: string | null } | null;
  readonly deliveryOptionId: string;
  readonly provider: string;
  readonly deliveryAddress: DeliveryAddress | null;
}

/** A variant as catalog knows it at the time of ordering. */
export interface PricedVariant {
  readonly variantId: string;
  readonly productId: string;
  readonly price: Money;
  readonly published: boolean;
  readonly available: number;
}

/** Refuses what no state of the shop could make right (INVALID, and NOT_FOUND for the delivery option). */
export function readPlaceInput(input: PlaceInput): PlaceRequest {
  const lines = mergeLines(input.lines);
  const group = input.groupBuy ?? null;
  if (group) {
    if (Boolean(group.campaignId) === Boolean(group.groupBuyId)) {
      throw invalid(['input', 'groupBuy'], 'Give campaignId to open a group or groupBuyId to join one, not both.');
    }
    if (lines.length !== 1) throw invalid(['input', 'lines'], 'A group order has exactly one line.');
  }
  const option = findDeliveryOption(input.deliveryOptionId ?? DEFAULT_DELIVERY_OPTION);
  if (!option) throw notFound(['input', 'deliveryOptionId'], 'delivery option');
  return {
    lines,
    group: group && { campaignId: group.campaignId || null, groupBuyId: group.groupBuyId || null },
    deliveryOptionId: option.id,
    provider: input.payment.provider,
    deliveryAddress: input.deliveryAddress ? readAddress(input.deliveryAddress) : null,
  };
}

/** Checks the lines and adds up those of one variant, in the order of their first mention. */
function mergeLines(lines: PlaceInput['lines']): PlaceRequest['lines'] {
  if (lines.length < 1 || lines.length > MAX_LINES) {
    throw invalid(['input', 'lines'], `An order has 1 to ${MAX_LINES} lines.`);
  }
  const quantities = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const quantity = (quantities.get(line.variantId) ?? 0) + line.quantity;
    if (!Number.isInteger(line.quantity) || line.quantity < 1 || quantity > MAX_QUANTITY) {
      throw invalid(
        ['input', 'lines', String(index), 'quantity'],
        `A quantity is 1 to ${MAX_QUANTITY} of one variant.`,
      );
    }
    quantities.set(line.variantId, quantity);
  }
  return [...quantities].map(([variantId, quantity]) => ({ variantId, quantity }));
}

function readAddress(input: NonNullable<PlaceInput['deliveryAddress']>): DeliveryAddress {
  const text = (name: keyof typeof input, limit: number): string => {
    const value = String(input[name] ?? '').trim();
    if (value.length < 1 || value.length > limit) {
      throw invalid(['input', 'deliveryAddress', name], `${name} has 1 to ${limit} characters.`);
    }
    return value;
  };
  const optional = (name: keyof typeof input, limit: number): string | null =>
    input[name] === undefined || input[name] === null || input[name].trim() === '' ? null : text(name, limit);
  const countryCode = text('countryCode', 2);
  if (!/^[A-Z]{2}$/.test(countryCode)) {
    throw invalid(['input', 'deliveryAddress', 'countryCode'], 'countryCode is two capital letters (ISO 3166-1).');
  }
  const phone = text('phone', 30);
  if (!/^\+?[\d ()./-]{4,}$/.test(phone)) {
    throw invalid(['input', 'deliveryAddress', 'phone'], 'phone is a telephone number, for example "+852 2123 4567".');
  }
  return {
    name: text('name', 100),
    line1: text('line1', 200),
    line2: optional('line2', 200),
    city: text('city', 100),
    province: optional('province', 100),
    postalCode: optional('postalCode', 20),
    countryCode,
    phone,
  };
}

export function soldOut(available: number): Refusal {
  return new Refusal('SOLD_OUT', available > 0 ? `Only ${available} left.` : 'Sold out.', {
    field: ['input', 'lines'],
    errorType: 'SoldOutError',
    fields: { available },
  });
}

/** Prices the lines; refuses unknown and unpublished variants, too few units and mixed currencies. */
export function priceLines(
  orderId: string,
  lines: PlaceRequest['lines'],
  variants: readonly PricedVariant[],
): { lines: OrderLine[]; total: Money } {
  const byId = new Map(variants.map((variant) => [variant.variantId, variant]));
  const priced = lines.map((line, index) => {
    const variant = byId.get(line.variantId);
    if (!variant?.published) throw notFound(['input', 'lines', String(index), 'variantId'], 'variant');
    if (variant.available < line.quantity) throw soldOut(Math.max(0, variant.available));
    return orderLine(`${orderId}.${index + 1}`, line.variantId, variant.productId, line.quantity, variant.price);
  });
  return { lines: priced, total: totalOf(priced) };
}

/** Refuses a plain order of a variant that is sold in groups only. */
export function mustSellAlone(lines: PlaceRequest['lines'], soloRefused: readonly string[]): void {
  const index = lines.findIndex((line) => soloRefused.includes(line.variantId));
  if (index < 0) return;
  throw new Refusal(
    'SOLO_PURCHASE_NOT_ALLOWED',
    'This variant is sold in groups only at the moment. Order it alone with groupBuy: campaignId opens a group, groupBuyId joins one.',
    { field: ['input', 'lines', String(index), 'variantId'] },
  );
}

export function orderLine(
  id: string,
  variantId: string,
  productId: string,
  quantity: number,
  unitPrice: Money,
): OrderLine {
  return { id, variantId, productId, quantity, unitPrice, lineTotal: multiplyMoney(unitPrice, quantity) };
}

/** The sum of the lines. */
export function totalOf(lines: readonly OrderLine[]): Money {
  const [first, ...rest] = lines;
  if (!first) throw new Error('An order without lines has no total.');
  if (rest.some((line) => line.lineTotal.currencyCode !== first.lineTotal.currencyCode)) {
    throw new Refusal('CURRENCY_MISMATCH', 'The lines are priced in different currencies. Order them separately.', {
      field: ['input', 'lines'],
    });
  }
  return rest.reduce((sum, line) => addMoney(sum, line.lineTotal), first.lineTotal);
}
