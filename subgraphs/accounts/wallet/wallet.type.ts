import { Field, ID, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { MoneyType } from '../../../platform/money/money.type';
import { connectionType } from '../../../platform/pagination/connection.type';

@ObjectType('Wallet', { description: "A person's money in the system. Never below zero in any currency." })
export class WalletType {
  readonly accountId!: string;
}

@ObjectType('WalletEntry', { description: 'One movement of a wallet. Never changed: a correction is another entry.' })
export class WalletEntryType {
  @Field(() => ID, { description: 'Id of the entry.' })
  id!: string;

  @Field(() => MoneyType, { description: 'Signed: positive into the wallet, negative out of it.' })
  amount!: MoneyType;

  @Field(() => String, { description: 'What it was for, for example "order.refund".' })
  kind!: string;

  @Field(() => ID, { description: 'Id of what caused it, for example an order.' })
  reference!: string;

  @Field(() => String, { nullable: true, description: 'A line for a person; null when there is none.' })
  description!: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was posted.' })
  postedAt!: Date;
}

export const WalletEntryConnection = connectionType(() => WalletEntryType, 'WalletEntry');
