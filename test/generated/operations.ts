/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** How much can be bought, in words. */
export type AvailabilityState =
  /** More than ten. */
  | 'IN_STOCK'
  /** Ten or fewer; `lowCount` says how many. */
  | 'LOW'
  /** None. */
  | 'SOLD_OUT';

/** Where an order goes. Text is trimmed; see each field for its limit. */
export type DeliveryAddressInput = {
  /** City or district, 1 to 100 characters. */
  readonly city: string;
  /** ISO 3166-1, two capital letters. */
  readonly countryCode: string;
  /** Street and number, 1 to 200 characters. */
  readonly line1: string;
  /** Flat, floor, building; up to 200 characters. */
  readonly line2?: string | null | undefined;
  /** Who receives it, 1 to 100 characters. */
  readonly name: string;
  /** Telephone number, for example "+852 2123 4567". */
  readonly phone: string;
  /** Postal code; up to 20 characters. */
  readonly postalCode?: string | null | undefined;
  /** Province, state or region; up to 100 characters. */
  readonly province?: string | null | undefined;
};

/** Why a request was refused. New codes may be added: treat an unknown code by its message. */
export type ErrorCode =
  /** The order belongs to a group that is still open: leave the group instead. */
  | 'AFTER_SALES_CLOSED'
  /** The account already has a seat in this group. */
  | 'ALREADY_JOINED'
  /** This account has already reviewed the product. */
  | 'ALREADY_REVIEWED'
  /** The campaign has not started, has ended or was cancelled. */
  | 'CAMPAIGN_NOT_RUNNING'
  /** Too many changes met on the same record. Nothing changed; send the request again. */
  | 'CONFLICT'
  /** The amounts are in different currencies. */
  | 'CURRENCY_MISMATCH'
  /** The group has ended and takes no more members. */
  | 'GROUP_CLOSED'
  /** Every seat of the group is taken or held; GroupFullError.alternatives lists other open groups. */
  | 'GROUP_FULL'
  /** Another product has that handle. */
  | 'HANDLE_TAKEN'
  /** The idempotency key was used before with another input. Use a new key for a new request. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** Another account has this e-mail address or phone number. */
  | 'IDENTIFIER_TAKEN'
  /** The account does not hold that much. */
  | 'INSUFFICIENT_FUNDS'
  /** A value is missing, malformed or out of range; `field` names it. */
  | 'INVALID'
  /** The identifier and the password do not belong together; the same for an unknown identifier. */
  | 'INVALID_CREDENTIALS'
  /** The overlay token is unknown, was revoked or has expired. */
  | 'INVALID_OVERLAY_TOKEN'
  /** The refresh token is unknown, has expired, or its session was closed. Sign in again. */
  | 'INVALID_REFRESH_TOKEN'
  /** The order has no offer of another group that is still open. */
  | 'LATE_OFFER_CLOSED'
  /** The order exceeds what one order or one person may buy in this campaign. */
  | 'LIMIT_REACHED'
  /** The neighborhood takes no new residents for now. */
  | 'NEIGHBORHOOD_PAUSED'
  /** The campaign is for people who have not bought before. */
  | 'NEW_CUSTOMERS_ONLY'
  /** The group buy refused the order for a reason of its own; see the message. */
  | 'NOT_ALLOWED'
  /** The account has no seat in this group. */
  | 'NOT_A_MEMBER'
  /** The order is cancelled or refunded already, or has not been placed yet. */
  | 'NOT_CANCELLABLE'
  /** Nothing the caller may see has that id. */
  | 'NOT_FOUND'
  /** Only confirmed orders can be refunded. */
  | 'NOT_REFUNDABLE'
  /** The campaign is for residents of its neighborhood. */
  | 'NOT_RESIDENT'
  /** The order could not be completed before its hold ended. Nothing is held; order again with a new key. */
  | 'ORDER_TIMED_OUT'
  /** The overlay token was revoked or has expired. Make a new one. */
  | 'OVERLAY_TOKEN_ENDED'
  /** The password is shorter than 8 characters, among the commonly used ones, or the identifier itself. */
  | 'PASSWORD_TOO_WEAK'
  /** The sandbox payment was settled before with the other outcome. */
  | 'PAYMENT_ALREADY_SETTLED'
  /** The refresh token was used before, so someone may have copied it: its session is closed. Sign in again. */
  | 'REFRESH_TOKEN_REUSED'
  /** The refund is more than what was paid less what was refunded or is being refunded. */
  | 'REFUND_EXCEEDS_PAYMENT'
  /** The stock of this order was given back before; place a new order. */
  | 'RESERVATION_RELEASED'
  /** Sandbox payments are switched off in this installation. */
  | 'SANDBOX_DISABLED'
  /** A key of this kind may not have that scope. */
  | 'SCOPE_NOT_ALLOWED'
  /** Less is available than was asked for; `available` says how many. */
  | 'SOLD_OUT'
  /** A running campaign sells the variant in groups only: open a group of the campaign or join one. */
  | 'SOLO_PURCHASE_NOT_ALLOWED'
  /** The change would leave less than nothing, or less than orders already hold. */
  | 'STOCK_TOO_LOW'
  /** Five sign-ins with this identifier failed within 15 minutes. Wait and try again. */
  | 'TOO_MANY_ATTEMPTS'
  /** The group or campaign sells another variant. */
  | 'VARIANT_MISMATCH';

/** The terms of a new campaign. All amounts are in the currency of the variant. */
export type GroupBuyCampaignCreateInput = {
  /** When groups can no longer be opened; after startsAt. */
  readonly endsAt: Date | string;
  /** What a member pays for a unit: above zero, not above the price of the variant. */
  readonly groupPrice: MoneyInput;
  /** With it, a repeat of the same input answers the first campaign instead of creating another. */
  readonly idempotencyKey?: string | null | undefined;
  /** Paid to the leader of each group that succeeds. */
  readonly leaderReward?: MoneyInput | null | undefined;
  /** Paid people with which a group whose time is up succeeds all the same: 1 to the size. */
  readonly minimumFill?: number | null | undefined;
  /** Only for residents of this neighborhood. */
  readonly neighborhoodId?: string | null | undefined;
  /** Only for people who have never paid an order. Default: false. */
  readonly newCustomersOnly?: boolean | null | undefined;
  /** Units of one order. */
  readonly perOrderLimit?: number | null | undefined;
  /** Units one person may have in the campaign. */
  readonly perUserLimit?: number | null | undefined;
  /** Units the campaign may sell, apart from stock. */
  readonly quota?: number | null | undefined;
  /** People a group needs: 2 to 10,000. */
  readonly size: number;
  /** Whether the variant is also sold outside groups while the campaign runs. Default: true. False refuses plain orders of it (SOLO_PURCHASE_NOT_ALLOWED); one campaign that says false is enough. */
  readonly soloPurchaseAllowed?: boolean | null | undefined;
  /** When groups can first be opened; may be past. */
  readonly startsAt: Date | string;
  /** Lower prices for more people, at most 20. */
  readonly tiers?: ReadonlyArray<GroupBuyTierInput> | null | undefined;
  /** The variant to sell. */
  readonly variantId: string;
  /** Minutes a group has to fill: 1 to 43,200 (30 days). */
  readonly windowMinutes: number;
};

/** Where a campaign stands, by its times, its quota and whether it was cancelled. */
export type GroupBuyCampaignStatus =
  /** The merchant cancelled it; its open groups are cancelled and refunded. */
  | 'CANCELLED'
  /** After endsAt, or its quota is sold. Open groups may still fill until they expire. */
  | 'ENDED'
  /** Groups can be opened. */
  | 'RUNNING'
  /** Before startsAt. */
  | 'SCHEDULED';

/** What a member is in the group. */
export type GroupBuyRole =
  /** Opened the group, or has stood in it longest since its leader left. */
  | 'LEADER'
  /** Joined it. */
  | 'MEMBER';

/** Where a group stands. */
export type GroupBuyStatus =
  /** The merchant cancelled it or the last member left; refunds are on their way. */
  | 'CANCELLED'
  /** Failed, and everyone has their money back. */
  | 'CLOSED'
  /** Not filled in time; refunds are on their way. */
  | 'EXPIRED'
  /** Seats can be taken, if there are any left. */
  | 'OPEN'
  /** Complete; the goods are sent. */
  | 'SUCCEEDED';

/** A lower price for groups with more people. */
export type GroupBuyTierInput = {
  /** From this many people on: 2 to the size, rising from tier to tier. */
  readonly people: number;
  /** Price of a unit: below the group price, falling from tier to tier. */
  readonly price: MoneyInput;
};

/** An amount of money. More digits than the currency has are refused (INVALID). */
export type MoneyInput = {
  /** Decimal text, for example "12.50". */
  readonly amount: string;
  /** ISO 4217 code. */
  readonly currencyCode: string;
};

/** The group to buy in: exactly one of the two ids. */
export type OrderGroupBuyInput = {
  /** Opens a new group of this campaign. */
  readonly campaignId?: string | null | undefined;
  /** Joins this group. */
  readonly groupBuyId?: string | null | undefined;
};

/** What to order and how many. */
export type OrderLineInput = {
  /** Units, 1 to 999 of one variant. */
  readonly quantity: number;
  /** A published variant. */
  readonly variantId: string;
};

/** How the order is paid. */
export type OrderPaymentInput = {
  /** Who takes the money. */
  readonly provider: PaymentProvider;
};

/** An order to place. */
export type OrderPlaceInput = {
  /** Where the goods go. */
  readonly deliveryAddress?: DeliveryAddressInput | null | undefined;
  /** How the goods go; "standard" (free) when not given. */
  readonly deliveryOptionId?: string | null | undefined;
  /** Buys in a group, at the group price. */
  readonly groupBuy?: OrderGroupBuyInput | null | undefined;
  /** 1 to 128 printable ASCII characters, unique per account and mutation, kept 72 hours. */
  readonly idempotencyKey: string;
  /** 1 to 100 lines; a group order has exactly one. */
  readonly lines: ReadonlyArray<OrderLineInput>;
  /** How it is paid. */
  readonly payment: OrderPaymentInput;
};

/** Where an order stands. */
export type OrderStatus =
  /** Seat and stock are held until `payBy`; pay the `payment`. */
  | 'AWAITING_PAYMENT'
  /** Ended before it was paid; nothing is held. Money that lands later revives or returns. */
  | 'CANCELLED'
  /** Released to fulfilment: at once for a plain order, on success for a group order. */
  | 'CONFIRMED'
  /** The ledger has the money. A group order stays here until its group ends. */
  | 'PAID'
  /** Written; its seat and stock are being held. It becomes AWAITING_PAYMENT or is refused. */
  | 'PENDING'
  /** All the money is back with the payer. */
  | 'REFUNDED'
  /** All the money is on its way back; asked of the provider until it confirms. */
  | 'REFUNDING';

/** Who takes the money. */
export type PaymentProvider =
  /** Built in and moves no real money; settled by `paymentSandboxSettle`. */
  | 'SANDBOX';

/** How a sandbox payment ends. */
export type PaymentSandboxOutcome =
  /** The provider refuses. */
  | 'FAIL'
  /** The payer pays. */
  | 'SUCCEED';

/** How a sandbox payment ends. */
export type PaymentSandboxSettleInput = {
  /** Whether the payer pays. */
  readonly outcome: PaymentSandboxOutcome;
  /** A payment of provider SANDBOX. */
  readonly paymentId: string;
};

/** Where a payment stands. */
export type PaymentStatus =
  /** Nobody paid in time, or the order was cancelled. Money that lands later is dealt with. */
  | 'EXPIRED'
  /** The provider refused; the order is cancelled. */
  | 'FAILED'
  /** A part of the money is back with the payer. */
  | 'PARTIALLY_REFUNDED'
  /** The payer may still pay. */
  | 'PENDING'
  /** All of the money is back with the payer. */
  | 'REFUNDED'
  /** The provider has the money. */
  | 'SUCCEEDED';

/** What kind of evidence speaks for a product. New kinds may be added: show the message. */
export type RecommendationReasonCode =
  /** Paid orders held both products. */
  | 'BOUGHT_TOGETHER'
  /** Many paid orders hold it. */
  | 'POPULAR'
  /** The catalog places them close: same category, vendor or tags. */
  | 'SIMILAR';

/** What an account may do beyond its own affairs. */
export type Role =
  /** Runs the installation: sets roles and manages every key. */
  | 'ADMIN'
  /** Buys, joins groups, writes reviews. */
  | 'CUSTOMER'
  /** Sells in live streams. */
  | 'HOST'
  /** Leads a neighborhood: opens its rounds and hands out its parcels. */
  | 'LEADER'
  /** Owns products, campaigns and API keys. */
  | 'MERCHANT'
  /** Works for the shop: may read accounts and serve orders. */
  | 'STAFF';

/** What to sign in with. */
export type SessionCreateInput = {
  /** E-mail address or E.164 phone number. */
  readonly identifier: string;
  /** The password. */
  readonly password: string;
};

/** Someone new. */
export type UserRegisterInput = {
  /** The name others will see, 1 to 60 characters. */
  readonly displayName: string;
  /** E-mail address (kept in lower case) or E.164 phone number, for example "+85291234567". */
  readonly identifier: string;
  /** At least 8 characters, none of the common ones, not the identifier itself. */
  readonly password: string;
};

export type RegisterMutationVariables = Exact<{
  input: UserRegisterInput;
}>;


export type RegisterMutation = { readonly userRegister: { readonly account: { readonly id: string, readonly displayName: string } | null, readonly session: { readonly accessToken: string, readonly refreshToken: string, readonly expiresAt: string } | null, readonly userErrors: ReadonlyArray<
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
    > } };

export type SignInMutationVariables = Exact<{
  input: SessionCreateInput;
}>;


export type SignInMutation = { readonly sessionCreate: { readonly session: { readonly accessToken: string, readonly refreshToken: string, readonly expiresAt: string, readonly account: { readonly id: string, readonly roles: ReadonlyArray<Role> } } | null, readonly userErrors: ReadonlyArray<
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
    > } };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { readonly viewer: { readonly id: string, readonly displayName: string, readonly roles: ReadonlyArray<Role>, readonly wallet: { readonly balance: { readonly amount: string, readonly currencyCode: string } } } | null };

export type ShelfQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  query?: string | null | undefined;
}>;


export type ShelfQuery = { readonly products: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly id: string, readonly handle: string, readonly title: string, readonly priceRange: { readonly min: { readonly amount: string, readonly currencyCode: string }, readonly max: { readonly amount: string, readonly currencyCode: string } }, readonly variants: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly sku: string | null, readonly title: string, readonly price: { readonly amount: string, readonly currencyCode: string }, readonly availability: { readonly state: AvailabilityState, readonly lowCount: number | null } }> }, readonly groupBuyCampaigns: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly size: number, readonly groupPrice: { readonly amount: string, readonly currencyCode: string } }> } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ProductPageQueryVariables = Exact<{
  handle?: string | null | undefined;
}>;


export type ProductPageQuery = { readonly product: { readonly id: string, readonly title: string, readonly descriptionHtml: string, readonly vendor: string | null, readonly tags: ReadonlyArray<string>, readonly images: { readonly nodes: ReadonlyArray<{ readonly url: string, readonly altText: string | null, readonly width: number | null, readonly height: number | null }> }, readonly recommendations: { readonly nodes: ReadonlyArray<{ readonly product: { readonly id: string, readonly title: string } | null, readonly reasons: ReadonlyArray<{ readonly code: RecommendationReasonCode, readonly message: string }> }> } | null, readonly reviews: { readonly totalCount: number | null, readonly nodes: ReadonlyArray<{ readonly id: string, readonly rating: number, readonly body: string, readonly author: { readonly displayName: string } | null }> } | null } | null };

export type CampaignCreateMutationVariables = Exact<{
  input: GroupBuyCampaignCreateInput;
}>;


export type CampaignCreateMutation = { readonly groupBuyCampaignCreate: { readonly campaign: { readonly id: string, readonly status: GroupBuyCampaignStatus, readonly size: number, readonly groupPrice: { readonly amount: string, readonly currencyCode: string }, readonly variant: { readonly id: string, readonly product: { readonly title: string } } | null } | null, readonly userErrors: ReadonlyArray<
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
    > } };

export type PlaceMutationVariables = Exact<{
  input: OrderPlaceInput;
}>;


export type PlaceMutation = { readonly orderPlace: { readonly order: { readonly id: string, readonly number: string, readonly status: OrderStatus, readonly payBy: string, readonly total: { readonly amount: string, readonly currencyCode: string }, readonly lines: ReadonlyArray<{ readonly quantity: number, readonly variant: { readonly id: string, readonly title: string }, readonly unitPrice: { readonly amount: string, readonly currencyCode: string } }>, readonly groupBuy: { readonly id: string, readonly status: GroupBuyStatus, readonly size: number, readonly joined: number, readonly expiresAt: string } | null, readonly payment: { readonly id: string, readonly status: PaymentStatus, readonly provider: PaymentProvider, readonly amount: { readonly amount: string, readonly currencyCode: string } } | null } | null, readonly userErrors: ReadonlyArray<
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string, readonly alternatives: ReadonlyArray<{ readonly id: string, readonly joined: number, readonly size: number }> }
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
      | { readonly available: number, readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
    > } };

export type SettleMutationVariables = Exact<{
  input: PaymentSandboxSettleInput;
}>;


export type SettleMutation = { readonly paymentSandboxSettle: { readonly payment: { readonly id: string, readonly status: PaymentStatus } | null, readonly userErrors: ReadonlyArray<
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
      | { readonly field: ReadonlyArray<string> | null, readonly code: ErrorCode, readonly message: string }
    > } };

export type OrderPageQueryVariables = Exact<{
  id: string;
}>;


export type OrderPageQuery = { readonly order: { readonly id: string, readonly status: OrderStatus, readonly total: { readonly amount: string, readonly currencyCode: string }, readonly refunded: { readonly amount: string, readonly currencyCode: string }, readonly groupBuy: { readonly id: string, readonly status: GroupBuyStatus, readonly joined: number } | null } | null };

export type GroupPageQueryVariables = Exact<{
  id: string;
}>;


export type GroupPageQuery = { readonly groupBuy: { readonly id: string, readonly status: GroupBuyStatus, readonly size: number, readonly joined: number, readonly expiresAt: string, readonly version: number, readonly leader: { readonly displayName: string } | null, readonly members: ReadonlyArray<{ readonly joinedAt: string, readonly role: GroupBuyRole, readonly profile: { readonly displayName: string } | null }>, readonly campaign: { readonly id: string, readonly variant: { readonly id: string, readonly title: string, readonly product: { readonly title: string, readonly handle: string } } | null, readonly groupPrice: { readonly amount: string, readonly currencyCode: string } } } | null };

export type GroupProgressSubscriptionVariables = Exact<{
  groupBuyId: string;
}>;


export type GroupProgressSubscription = { readonly groupBuyProgress: { readonly version: number, readonly asOf: string, readonly groupBuy: { readonly id: string, readonly status: GroupBuyStatus, readonly size: number, readonly joined: number, readonly expiresAt: string, readonly campaign: { readonly groupPrice: { readonly amount: string, readonly currencyCode: string }, readonly variant: { readonly title: string, readonly price: { readonly amount: string, readonly currencyCode: string }, readonly product: { readonly title: string } } | null }, readonly members: ReadonlyArray<{ readonly joinedAt: string, readonly profile: { readonly displayName: string } | null }> } } };

export type CampaignProgressSubscriptionVariables = Exact<{
  campaignId: string;
}>;


export type CampaignProgressSubscription = { readonly groupBuyCampaignProgress: { readonly version: number, readonly asOf: string, readonly campaign: { readonly id: string, readonly status: GroupBuyCampaignStatus, readonly soldUnits: number, readonly buyers: number, readonly openGroups: number, readonly succeededGroups: number, readonly quotaRemaining: number | null, readonly groupPrice: { readonly amount: string, readonly currencyCode: string }, readonly variant: { readonly product: { readonly title: string } } | null } } };


export const RegisterDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Register"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UserRegisterInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userRegister"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"session"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accessToken"}},{"kind":"Field","name":{"kind":"Name","value":"refreshToken"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<RegisterMutation, RegisterMutationVariables>;
export const SignInDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SignIn"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SessionCreateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessionCreate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"session"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accessToken"}},{"kind":"Field","name":{"kind":"Name","value":"refreshToken"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"account"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"roles"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<SignInMutation, SignInMutationVariables>;
export const MeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"roles"}},{"kind":"Field","name":{"kind":"Name","value":"wallet"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"balance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}}]}}]}}]}}]} as unknown as DocumentNode<MeQuery, MeQueryVariables>;
export const ShelfDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Shelf"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"query"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"products"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"query"},"value":{"kind":"Variable","name":{"kind":"Name","value":"query"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"handle"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"priceRange"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"min"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"max"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"variants"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sku"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"price"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"availability"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"lowCount"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"groupBuyCampaigns"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"3"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"groupPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]} as unknown as DocumentNode<ShelfQuery, ShelfQueryVariables>;
export const ProductPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ProductPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"handle"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"product"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"handle"},"value":{"kind":"Variable","name":{"kind":"Name","value":"handle"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"descriptionHtml"}},{"kind":"Field","name":{"kind":"Name","value":"vendor"}},{"kind":"Field","name":{"kind":"Name","value":"tags"}},{"kind":"Field","name":{"kind":"Name","value":"images"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"3"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"url"}},{"kind":"Field","name":{"kind":"Name","value":"altText"}},{"kind":"Field","name":{"kind":"Name","value":"width"}},{"kind":"Field","name":{"kind":"Name","value":"height"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"recommendations"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"Field","name":{"kind":"Name","value":"reasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"reviews"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"3"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"rating"}},{"kind":"Field","name":{"kind":"Name","value":"body"}},{"kind":"Field","name":{"kind":"Name","value":"author"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]}}]} as unknown as DocumentNode<ProductPageQuery, ProductPageQueryVariables>;
export const CampaignCreateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CampaignCreate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"GroupBuyCampaignCreateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"groupBuyCampaignCreate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"campaign"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"groupPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"variant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<CampaignCreateMutation, CampaignCreateMutationVariables>;
export const PlaceDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Place"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"OrderPlaceInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"orderPlace"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"order"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"total"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"lines"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"variant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"unitPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"groupBuy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"joined"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"payment"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"amount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"payBy"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"GroupFullError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"alternatives"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"joined"}},{"kind":"Field","name":{"kind":"Name","value":"size"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SoldOutError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}}]}}]}}]}}]}}]} as unknown as DocumentNode<PlaceMutation, PlaceMutationVariables>;
export const SettleDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Settle"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentSandboxSettleInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentSandboxSettle"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"payment"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<SettleMutation, SettleMutationVariables>;
export const OrderPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"OrderPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"order"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"total"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"refunded"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"groupBuy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"joined"}}]}}]}}]}}]} as unknown as DocumentNode<OrderPageQuery, OrderPageQueryVariables>;
export const GroupPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GroupPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"groupBuy"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"joined"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"leader"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"members"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profile"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"joinedAt"}},{"kind":"Field","name":{"kind":"Name","value":"role"}}]}},{"kind":"Field","name":{"kind":"Name","value":"campaign"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"variant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"handle"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"groupPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}}]}}]}}]}}]} as unknown as DocumentNode<GroupPageQuery, GroupPageQueryVariables>;
export const GroupProgressDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"GroupProgress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"groupBuyId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"groupBuyProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"groupBuyId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"groupBuyId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}},{"kind":"Field","name":{"kind":"Name","value":"groupBuy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"joined"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"campaign"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"groupPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"variant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"price"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"members"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profile"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"joinedAt"}}]}}]}}]}}]}}]} as unknown as DocumentNode<GroupProgressSubscription, GroupProgressSubscriptionVariables>;
export const CampaignProgressDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"CampaignProgress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"campaignId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"groupBuyCampaignProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"campaignId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"campaignId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}},{"kind":"Field","name":{"kind":"Name","value":"campaign"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"soldUnits"}},{"kind":"Field","name":{"kind":"Name","value":"buyers"}},{"kind":"Field","name":{"kind":"Name","value":"openGroups"}},{"kind":"Field","name":{"kind":"Name","value":"succeededGroups"}},{"kind":"Field","name":{"kind":"Name","value":"quotaRemaining"}},{"kind":"Field","name":{"kind":"Name","value":"groupPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"variant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<CampaignProgressSubscription, CampaignProgressSubscriptionVariables>;