import { formatAmount, type Money, negateMoney } from '../../../platform/money/money';
import type { InternalClient } from '../../../platform/subgraph/internal-client';
import { LedgerPostDocument } from '../generated/accounts';

/** One movement of money between two accounts of the ledger. */
export interface Posting {
  /** Unique: the same posting under the same key is one posting. */
  readonly key: string;
  readonly kind: 'PAYMENT' | 'SALE' | 'REFUND';
  readonly reference: string;
  readonly from: string;
  readonly to: string;
  readonly amount: Money;
}

export const ESCROW = 'escrow:orders';
export const REVENUE = 'revenue:sales';

/** The ledger's name for what a payment provider keeps for us. */
export function providerAccount(provider: string): string {
  return `provider:${provider}`;
}

/** What this subgraph asks of the ledger, which accounts owns. */
export class LedgerService {
  constructor(private readonly internal: InternalClient) {}

  /** Posts once per key. A refusal here is a fault of ours: it throws, and the drive tries again. */
  async post(posting: Posting): Promise<void> {
    // Nothing moved, nothing to write down.
    if (posting.amount.minor === 0) return;
    const { currencyCode } = posting.amount;
    const entry = (account: string, amount: Money) => ({
      account,
      amount: { amount: formatAmount(amount), currencyCode },
    });
    const { _ledgerPost } = await this.internal.request('accounts', LedgerPostDocument, {
      input: {
        key: posting.key,
        kind: posting.kind,
        reference: posting.reference,
        entries: [entry(posting.from, negateMoney(posting.amount)), entry(posting.to, posting.amount)],
      },
    });
    if (_ledgerPost.refusal) {
      throw new Error(`The ledger refused ${posting.key}: ${_ledgerPost.refusal.code} ${_ledgerPost.refusal.message}`);
    }
  }
}
