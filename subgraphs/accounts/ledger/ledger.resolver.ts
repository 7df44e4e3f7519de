import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Internal, UniqueBy } from '../../../platform/graphql/directives';
import { fromMoneyInput } from '../../../platform/money/money.type';
import { internalResult } from '../../../platform/user-errors/internal-refusal.type';
import type { AccountsContext } from '../context';
import type { Posting } from './ledger';
import { LedgerPostInput, LedgerPostResult } from './ledger.type';

@Resolver()
export class LedgerResolver {
  @Internal()
  @UniqueBy('id')
  @Mutation(() => LedgerPostResult, {
    description:
      'Posts one balanced ledger transaction. Unique by key: a repeat with the same entries answers the first, with other entries is refused IDEMPOTENCY_KEY_REUSED. INSUFFICIENT_FUNDS when a customer account would go below zero.',
  })
  _ledgerPost(
    @Arg('input', () => LedgerPostInput, { description: 'The transaction.' }) input: LedgerPostInput,
    @Ctx() { services }: AccountsContext,
  ) {
    return internalResult(async () => ({ transactionId: (await services.ledger.post(toPosting(input))).id }));
  }
}

function toPosting({ key, kind, reference, description, entries }: LedgerPostInput): Posting {
  return {
    key,
    kind,
    reference,
    description: description ?? null,
    entries: entries.map(({ account, amount }, index) => ({
      account,
      amount: fromMoneyInput(amount, ['input', 'entries', String(index), 'amount']),
    })),
  };
}
