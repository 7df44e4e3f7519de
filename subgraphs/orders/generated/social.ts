/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** The seat an order asks for: in groupBuyId, or in a new group of campaignId. */
export type SeatHoldInput = {
  /** Who orders. */
  readonly accountId: string;
  /** The campaign to open a group of. */
  readonly campaignId?: string | null | undefined;
  /** The group to join. */
  readonly groupBuyId?: string | null | undefined;
  /** The order’s own deadline of payment; the seat is kept a minute longer. */
  readonly holdUntil: Date | string;
  /** The order; a seat is unique by it. */
  readonly orderId: string;
  /** Units ordered; they share the one seat. */
  readonly quantity: number;
  /** The variant ordered; must be the one the campaign sells. */
  readonly variantId: string;
};

/** Whether a payment found its seat. */
export type SeatPayOutcome =
  /** The seat is gone: move the order to an alternative or refund it. */
  | 'CLOSED'
  /** The seat has its place, or had it until its group failed: its status says which. */
  | 'PAID';

export type SoloRefusedQueryVariables = Exact<{
  variantIds: ReadonlyArray<string> | string;
}>;


export type SoloRefusedQuery = { readonly _soloRefused: ReadonlyArray<string> };

export type SeatCheckQueryVariables = Exact<{
  input: SeatHoldInput;
}>;


export type SeatCheckQuery = { readonly _seatCheck: { readonly refusal: { readonly code: string, readonly message: string, readonly field: ReadonlyArray<string> | null, readonly available: number | null, readonly alternatives: ReadonlyArray<string> | null } | null } };

export type SeatHoldMutationVariables = Exact<{
  input: SeatHoldInput;
}>;


export type SeatHoldMutation = { readonly _seatHold: { readonly seat: { readonly groupBuyId: string, readonly campaignId: string, readonly status: string, readonly quantity: number, readonly unitPrice: { readonly amount: string, readonly currencyCode: string } } | null, readonly refusal: { readonly code: string, readonly message: string, readonly field: ReadonlyArray<string> | null, readonly available: number | null, readonly alternatives: ReadonlyArray<string> | null } | null } };

export type SeatPayMutationVariables = Exact<{
  orderId: string;
}>;


export type SeatPayMutation = { readonly _seatPay: { readonly outcome: SeatPayOutcome, readonly alternatives: ReadonlyArray<string>, readonly seat: { readonly groupBuyId: string, readonly campaignId: string, readonly status: string } | null } };

export type SeatReleaseMutationVariables = Exact<{
  orderId: string;
}>;


export type SeatReleaseMutation = { readonly _seatRelease: { readonly orderId: string, readonly status: string } };

export type SeatMoveMutationVariables = Exact<{
  orderId: string;
  groupBuyId: string;
  holdUntil: Date | string;
}>;


export type SeatMoveMutation = { readonly _seatMove: { readonly seat: { readonly groupBuyId: string, readonly campaignId: string, readonly status: string } | null, readonly refusal: { readonly code: string, readonly message: string, readonly field: ReadonlyArray<string> | null, readonly available: number | null, readonly alternatives: ReadonlyArray<string> | null } | null } };

export type SeatRefundedMutationVariables = Exact<{
  orderId: string;
}>;


export type SeatRefundedMutation = { readonly _seatRefunded: { readonly orderId: string, readonly status: string } };


export const SoloRefusedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SoloRefused"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"variantIds"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"_soloRefused"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"variantIds"},"value":{"kind":"Variable","name":{"kind":"Name","value":"variantIds"}}}]}]}}]} as unknown as DocumentNode<SoloRefusedQuery, SoloRefusedQueryVariables>;
export const SeatCheckDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SeatCheck"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SeatHoldInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"_seatCheck"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"refusal"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"alternatives"}}]}}]}}]}}]} as unknown as DocumentNode<SeatCheckQuery, SeatCheckQueryVariables>;
export const SeatHoldDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SeatHold"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SeatHoldInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"_seatHold"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"seat"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"groupBuyId"}},{"kind":"Field","name":{"kind":"Name","value":"campaignId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"unitPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currencyCode"}}]}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}}]}},{"kind":"Field","name":{"kind":"Name","value":"refusal"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"alternatives"}}]}}]}}]}}]} as unknown as DocumentNode<SeatHoldMutation, SeatHoldMutationVariables>;
export const SeatPayDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SeatPay"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"_seatPay"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"orderId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"seat"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"groupBuyId"}},{"kind":"Field","name":{"kind":"Name","value":"campaignId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"alternatives"}}]}}]}}]} as unknown as DocumentNode<SeatPayMutation, SeatPayMutationVariables>;
export const SeatReleaseDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SeatRelease"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"_seatRelease"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"orderId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"orderId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]} as unknown as DocumentNode<SeatReleaseMutation, SeatReleaseMutationVariables>;
export const SeatMoveDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SeatMove"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"groupBuyId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"holdUntil"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"_seatMove"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"orderId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}}},{"kind":"Argument","name":{"kind":"Name","value":"groupBuyId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"groupBuyId"}}},{"kind":"Argument","name":{"kind":"Name","value":"holdUntil"},"value":{"kind":"Variable","name":{"kind":"Name","value":"holdUntil"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"seat"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"groupBuyId"}},{"kind":"Field","name":{"kind":"Name","value":"campaignId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"refusal"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"alternatives"}}]}}]}}]}}]} as unknown as DocumentNode<SeatMoveMutation, SeatMoveMutationVariables>;
export const SeatRefundedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SeatRefunded"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"_seatRefunded"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"orderId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"orderId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]} as unknown as DocumentNode<SeatRefundedMutation, SeatRefundedMutationVariables>;