import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Inaccessible } from '../../../platform/graphql/directives';
import { MoneyInput } from '../../../platform/money/money.type';
import { InternalRefusalType } from '../../../platform/user-errors/internal-refusal.type';

@InputType({
  description: 'A signed amount on one account; positive for what the account is owed. Per currency they sum to zero.',
})
@Inaccessible()
export class LedgerEntryInput {
  @Field(() => String, {
    description:
      'Account name: "provider:SANDBOX", "escrow:orders", "revenue:sales", "rewards:leaders", "wallet:" and an account id.',
  })
  account!: string;

  @Field(() => MoneyInput, { description: 'Signed, not zero.' })
  amount!: MoneyInput;
}

@InputType({ description: 'One balanced transaction.' })
@Inaccessible()
export class LedgerPostInput {
  @Field(() => String, { description: 'Makes it unique; 1 to 128 printable ASCII characters.' })
  key!: string;

  @Field(() => String, { description: 'What it is for, for example "order.payment".' })
  kind!: string;

  @Field(() => ID, { description: 'Id of what caused it.' })
  reference!: string;

  @Field(() => String, { nullable: true, description: 'A line for statements.' })
  description?: string | null;

  @Field(() => [LedgerEntryInput], { description: 'Two or more.' })
  entries!: LedgerEntryInput[];
}

@ObjectType({ description: 'The posted transaction, or why it was refused.' })
@Inaccessible()
export class LedgerPostResult {
  @Field(() => ID, { nullable: true, description: 'Null when refused.' })
  transactionId?: string | null;

  @Field(() => InternalRefusalType, {
    nullable: true,
    description: 'INVALID, INSUFFICIENT_FUNDS, IDEMPOTENCY_KEY_REUSED; then nothing changed.',
  })
  refusal?: InternalRefusalType | null;
}
