/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** account: 'provider:SANDBOX', 'escrow:orders', 'revenue:sales', 'rewards:leaders', 'wallet:<accountId>'; amount signed, in the entry's currency; entries sum to zero per currency. Credits are positive for what the account's owner is owed. */
export type LedgerEntryInput = {
  readonly account: string;
  readonly amount: MoneyInput;
};

export type LedgerPostInput = {
  readonly description?: string | null | undefined;
  readonly entries: ReadonlyArray<LedgerEntryInput>;
  readonly key: string;
  readonly kind: string;
  readonly reference: string;
};

export type MoneyInput = {
  readonly amount: string;
  readonly currencyCode: string;
};

export type SocialLeaderRewardMutationVariables = Exact<{
  input: LedgerPostInput;
}>;


export type SocialLeaderRewardMutation = { readonly _ledgerPost: { readonly transactionId: string | null, readonly refusal: { readonly code: string, readonly message: string } | null } };


export const SocialLeaderRewardDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SocialLeaderReward"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LedgerPostInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"_ledgerPost"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactionId"}},{"kind":"Field","name":{"kind":"Name","value":"refusal"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<SocialLeaderRewardMutation, SocialLeaderRewardMutationVariables>;