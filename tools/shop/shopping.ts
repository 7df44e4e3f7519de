import type { Caller, GraphClient } from '../graph-client';

/** The few operations every shopper sends, as our own commands send them. */
export interface UserErrorView {
  readonly code: string;
  readonly message: string;
}

export interface PlacedOrder {
  readonly id: string;
  readonly status: string;
  readonly groupBuy: {
    readonly id: string;
    readonly status: string;
    readonly joined: number;
    readonly size: number;
  } | null;
  readonly payment: { readonly id: string; readonly status: string };
}

export interface OrderPlaced {
  readonly order: PlacedOrder | null;
  readonly userErrors: readonly UserErrorView[];
}

export const ORDER_PLACE = `mutation OrderPlace($input: OrderPlaceInput!) {
  orderPlace(input: $input) {
    order { id status groupBuy { id status joined size } payment { id status } }
    userErrors { code message }
  }
}`;

export const SETTLE = `mutation PaymentSandboxSettle($input: PaymentSandboxSettleInput!) {
  paymentSandboxSettle(input: $input) { payment { id status } userErrors { code message } }
}`;

export const GROUP_BUY = `query GroupBuy($id: ID!) {
  groupBuy(id: $id) { id status size joined version expiresAt leader { displayName } }
}`;

export const CAMPAIGN_CREATE = `mutation GroupBuyCampaignCreate($input: GroupBuyCampaignCreateInput!) {
  groupBuyCampaignCreate(input: $input) { campaign { id status size } userErrors { field code message } }
}`;

export interface OrderInput {
  readonly variantId: string;
  readonly quantity?: number;
  readonly groupBuy?: { readonly campaignId: string } | { readonly groupBuyId: string };
  readonly idempotencyKey: string;
}

export function orderInput(order: OrderInput): Record<string, unknown> {
  return {
    lines: [{ variantId: order.variantId, quantity: order.quantity ?? 1 }],
    ...(order.groupBuy ? { groupBuy: order.groupBuy } : {}),
    payment: { provider: 'SANDBOX' },
    idempotencyKey: order.idempotencyKey,
  };
}

export async function placeOrder(client: GraphClient, caller: Caller, order: OrderInput): Promise<OrderPlaced> {
  return (await client.data<{ orderPlace: OrderPlaced }>(ORDER_PLACE, { input: orderInput(order) }, caller)).orderPlace;
}

export async function settle(
  client: GraphClient,
  caller: Caller,
  paymentId: string,
  outcome: 'SUCCEED' | 'FAIL' = 'SUCCEED',
): Promise<{ readonly payment: { readonly status: string } | null; readonly userErrors: readonly UserErrorView[] }> {
  const input = { paymentId, outcome };
  return (
    await client.data<{ paymentSandboxSettle: { payment: { status: string } | null; userErrors: UserErrorView[] } }>(
      SETTLE,
      { input },
      caller,
    )
  ).paymentSandboxSettle;
}

/** Orders, pays, and answers the order; a refusal throws. */
export async function buy(client: GraphClient, caller: Caller, order: OrderInput): Promise<PlacedOrder> {
  const placed = await placeOrder(client, caller, order);
  if (!placed.order)
    throw new Error(`The order was refused: ${placed.userErrors[0]?.code} ${placed.userErrors[0]?.message}`);
  const paid = await settle(client, caller, placed.order.payment.id);
  if (paid.userErrors[0]) throw new Error(`The payment was refused: ${paid.userErrors[0].code}`);
  return placed.order;
}

export async function createCampaign(
  client: GraphClient,
  caller: Caller,
  input: Record<string, unknown>,
): Promise<{ readonly id: string }> {
  const { groupBuyCampaignCreate } = await client.data<{
    groupBuyCampaignCreate: { campaign: { id: string } | null; userErrors: UserErrorView[] };
  }>(CAMPAIGN_CREATE, { input }, caller);
  if (!groupBuyCampaignCreate.campaign) {
    throw new Error(`The campaign was refused: ${groupBuyCampaignCreate.userErrors[0]?.message}`);
  }
  return groupBuyCampaignCreate.campaign;
}
