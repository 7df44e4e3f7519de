import { Field, InputType, ObjectType } from 'type-graphql';
import { CacheControl, Shareable } from '../graphql/directives';
import { CurrencyCodeScalar, DecimalScalar } from '../graphql/scalars';
import { invalid } from '../user-errors/refusal';
import { formatAmount, type Money, MoneyError, parseMoney } from './money';

@ObjectType('Money', { description: 'An amount of money. The server counts in minor units and never rounds.' })
@Shareable()
@CacheControl({ inheritMaxAge: true })
export class MoneyType {
  @Field(() => DecimalScalar, {
    description: 'Decimal text with exactly the digits of the currency, for example "12.50".',
  })
  amount!: string;

  @Field(() => CurrencyCodeScalar, { description: 'ISO 4217 code.' })
  currencyCode!: string;
}

@InputType('MoneyInput', {
  description: 'An amount of money. More digits than the currency has are refused (INVALID).',
})
export class MoneyInput {
  @Field(() => DecimalScalar, { description: 'Decimal text, for example "12.50".' })
  amount!: string;

  @Field(() => CurrencyCodeScalar, { description: 'ISO 4217 code.' })
  currencyCode!: string;
}

/** Domain to GraphQL. */
export function toMoneyType(value: Money): MoneyType {
  return { amount: formatAmount(value), currencyCode: value.currencyCode };
}

/** GraphQL to domain; a malformed amount is refused with the path of the input. */
export function fromMoneyInput(input: { amount: string; currencyCode: string }, field: readonly string[]): Money {
  try {
    return parseMoney(input.amount, input.currencyCode);
  } catch (error) {
    if (error instanceof MoneyError) throw invalid(field, error.message);
    throw error;
  }
}
