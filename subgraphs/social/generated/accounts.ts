/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A signed amount on one account; positive for what the account is owed. Per currency they sum to zero. */
export type LedgerEntryInput = {
  /** Account name: "provider:SANDBOX", "escrow:orders", "revenue:sales", "rewards:leaders", "wallet:" and an account id. */
  readonly account: string;
  /** Signed, not zero. */
  readonly amount: MoneyInput;
};

/** One balanced transaction. */
export type LedgerPostInput = {
  /** A line for statements. */
  readonly description?: string | null | undefined;
  /** Two or more. */
  readonly entries: ReadonlyArray<LedgerEntryInput>;
  /** Makes it unique; 1 to 128 printable ASCII characters. */
  readonly key: string;
  /** What it is for, for example "order.payment". */
  readonly kind: string;
  /** Id of what caused it. */
  readonly reference: string;
};

/** An amount of money. More digits than the currency has are refused (INVALID). */
export type MoneyInput = {
  /** Decimal text, for example "12.50". */
  readonly amount: string;
  /** ISO 4217 code. */
  readonly currencyCode: string;
};

export type SocialLeaderRewardMutationVariables = Exact<{
  input: LedgerPostInput;
}>;


export type SocialLeaderRewardMutation = { readonly _ledgerPost: { readonly transactionId: string | null, readonly refusal: { readonly code: string, readonly message: string } | null } };


export const SocialLeaderRewardDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SocialLeaderReward"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LedgerPostInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"_ledgerPost"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactionId"}},{"kind":"Field","name":{"kind":"Name","value":"refusal"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<SocialLeaderRewardMutation, SocialLeaderRewardMutationVariables>;