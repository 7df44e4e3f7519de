import type { Need, ScopeRule, ScopeTable } from './scopes';

const scope = (...names: readonly string[]): Need[] => names.map((name) => ({ scope: name, person: false }));
/** Beside a person's session, a key that holds one of these. */
const person = (...names: readonly string[]): Need[] => names.map((name) => ({ scope: name, person: true }));
const rule = (...needs: readonly (readonly Need[])[]): ScopeRule => ({ anyOf: needs.flat() });

/** The scopes of an app people shop in; only what these apps do takes a person along. */
const SHOPPING = ['cart:write', 'group:join'] as const;

const CLOSED = rule();
const ANY_KEY = rule([{ scope: null, person: false }]);
const ANY_KEY_WITH_PERSON = rule([{ scope: null, person: true }]);
/** Signing up and in: the request carries a password or a refresh token, and answers only its owner's things. */
const SIGN_IN: ScopeRule = { ...ANY_KEY, provesPerson: true };
const CATALOG = rule(scope('catalog:read'));
const GROUPS = rule(scope('catalog:read', 'group:join', 'live:overlay'));
const CART = rule(scope('cart:write'));
const SHOPPER = rule(person(...SHOPPING));
const SHOP = rule(scope('catalog:write'));
const GROUP_SEAT = rule(person('group:join'));
const ORDER_READ = rule(person(...SHOPPING), scope('orders:read', 'orders:write'));
const ORDER_WRITE = rule(person(...SHOPPING), scope('orders:write'));

/**
 * What an API key may reach, for every public root field: a new field needs a row here (a test says so). Callers
 * without a key are not limited by scopes. A person's session beside a key is limited by both: by the key's scopes
 * here and by the person's rights in the subgraphs. What is personal needs the person (or a server's scope): a
 * publishable key alone never reaches it.
 */
export const SCOPE_TABLE: ScopeTable = {
  roots: {
    'Query.viewer': SHOPPER,
    'Query.profile': GROUPS,
    'Query.apiKeys': CLOSED,
    'Query.overlayTokens': CLOSED,
    'Query.category': CATALOG,
    'Query.categories': CATALOG,
    'Query.product': CATALOG,
    'Query.products': CATALOG,
    'Query.productVariant': CATALOG,
    'Query.locations': CATALOG,
    'Query.neighborhoods': CATALOG,
    'Query.neighborhood': CATALOG,
    'Query.neighborhoodsNear': CATALOG,
    'Query.review': CATALOG,
    'Query.cart': CART,
    'Query.order': ORDER_READ,
    'Query.recommendations': CATALOG,
    'Query.groupBuyCampaign': GROUPS,
    'Query.groupBuyCampaigns': GROUPS,
    'Query.groupBuy': GROUPS,
    'Query.node': ANY_KEY,
    'Query.nodes': ANY_KEY,

    'Mutation.accountRolesSet': CLOSED,
    'Mutation.apiKeyCreate': CLOSED,
    'Mutation.apiKeyRevoke': CLOSED,
    'Mutation.overlayTokenCreate': CLOSED,
    'Mutation.overlayTokenRotate': CLOSED,
    'Mutation.overlayTokenRevoke': CLOSED,
    // The overlay's page sends the token it has for a newer one, mostly without any key.
    'Mutation.overlayTokenRefresh': ANY_KEY,
    'Mutation.userRegister': SIGN_IN,
    'Mutation.sessionCreate': SIGN_IN,
    'Mutation.sessionRefresh': SIGN_IN,
    'Mutation.sessionRevoke': ANY_KEY_WITH_PERSON,
    'Mutation.sessionRevokeAll': ANY_KEY_WITH_PERSON,
    'Mutation.productCreate': SHOP,
    'Mutation.productUpdate': SHOP,
    'Mutation.productDelete': SHOP,
    'Mutation.productVariantUpdate': SHOP,
    'Mutation.stockAdjust': SHOP,
    'Mutation.neighborhoodCreate': SHOP,
    'Mutation.neighborhoodUpdate': SHOP,
    'Mutation.neighborhoodJoin': SHOPPER,
    'Mutation.neighborhoodLeave': SHOPPER,
    'Mutation.reviewCreate': SHOPPER,
    'Mutation.reviewDelete': SHOPPER,
    'Mutation.cartCreate': CART,
    'Mutation.cartLinesAdd': CART,
    'Mutation.cartLinesUpdate': CART,
    'Mutation.cartLinesRemove': CART,
    'Mutation.cartMerge': rule(person('cart:write')),
    // An order in a group is a seat in it; an order without one is what a cart is for.
    'Mutation.orderPlace': {
      anyOf: person('cart:write'),
      whenGiven: { argument: ['input', 'groupBuy'], anyOf: person('group:join') },
    },
    'Mutation.orderCancel': ORDER_WRITE,
    'Mutation.orderRefund': rule(scope('orders:write')),
    'Mutation.orderLateOfferAccept': GROUP_SEAT,
    'Mutation.orderLateOfferDecline': GROUP_SEAT,
    'Mutation.paymentSandboxSettle': ORDER_WRITE,
    'Mutation.groupBuyCampaignCreate': SHOP,
    'Mutation.groupBuyCampaignCancel': SHOP,
    'Mutation.groupBuyLeave': GROUP_SEAT,
    'Mutation.groupBuyCancel': SHOP,

    'Subscription.groupBuyProgress': GROUPS,
    'Subscription.groupBuyCampaignProgress': GROUPS,
  },
  types: {
    Account: SHOPPER,
    AccountIdentifier: SHOPPER,
    Wallet: SHOPPER,
    WalletEntry: SHOPPER,
    Session: ANY_KEY_WITH_PERSON,
    ApiKey: CLOSED,
    OverlayToken: CLOSED,
    Order: ORDER_READ,
    OrderLine: ORDER_READ,
    Payment: ORDER_READ,
    Refund: ORDER_READ,
    DeliveryAddress: ORDER_READ,
    StockLevel: rule(scope('stock:read')),
    StockAdjustment: rule(scope('stock:read')),
  },
  nodes: {
    Category: CATALOG,
    GroupBuy: GROUPS,
    GroupBuyCampaign: GROUPS,
    Location: CATALOG,
    Neighborhood: CATALOG,
    Order: ORDER_READ,
    Product: CATALOG,
    ProductVariant: CATALOG,
    Profile: GROUPS,
    Review: CATALOG,
  },
};
