import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Inaccessible, registerInternalEnum } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { MoneyType, toMoneyType } from '../../../platform/money/money.type';
import { InternalRefusalType } from '../../../platform/user-errors/internal-refusal.type';
import type { SeatRequest, SeatView } from './seat';
import type { SeatPayment } from './seat-payment.service';

export const SeatPayOutcome = { PAID: 'PAID', CLOSED: 'CLOSED' } as const;

registerInternalEnum(SeatPayOutcome, {
  name: 'SeatPayOutcome',
  description: 'Whether a payment found its seat.',
  valuesConfig: {
    PAID: { description: 'The seat has its place, or had it until its group failed: its status says which.' },
    CLOSED: { description: 'The seat is gone: move the order to an alternative or refund it.' },
  },
});

@InputType({ description: 'The seat an order asks for: in groupBuyId, or in a new group of campaignId.' })
@Inaccessible()
export class SeatHoldInput {
  @Field(() => ID, { description: 'The order; a seat is unique by it.' })
  orderId!: string;

  @Field(() => ID, { description: 'Who orders.' })
  accountId!: string;

  @Field(() => ID, { nullable: true, description: 'The campaign to open a group of.' })
  campaignId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The group to join.' })
  groupBuyId?: string | null;

  @Field(() => ID, { description: 'The variant ordered; must be the one the campaign sells.' })
  variantId!: string;

  @Field(() => Int, { description: 'Units ordered; they share the one seat.' })
  quantity!: number;

  @Field(() => DateTimeScalar, {
    description: 'The order’s own deadline of payment; the seat is kept a minute longer.',
  })
  holdUntil!: Date;
}

@ObjectType({ description: "An order's seat in a group." })
@Inaccessible()
export class SeatRef {
  @Field(() => ID, { description: 'The order.' })
  orderId!: string;

  @Field(() => ID, { description: 'The group; empty for an order that has none (yet).' })
  groupBuyId!: string;

  @Field(() => ID, { description: 'The campaign; empty for an order that never had a seat.' })
  campaignId!: string;

  @Field(() => String, {
    description: 'SEAT_HELD, PAID, CONFIRMED, RELEASED, REFUNDING or REFUNDED; AVAILABLE in the answer to a check.',
  })
  status!: string;

  @Field(() => MoneyType, { description: 'What a unit costs.' })
  unitPrice!: MoneyType;

  @Field(() => Int, { description: 'Units.' })
  quantity!: number;

  @Field(() => String, { description: 'Status of the group; NONE for an order that never had a seat.' })
  groupStatus!: string;
}

@ObjectType({ description: 'The seat, or why there is none.' })
@Inaccessible()
export class SeatHoldResult {
  @Field(() => SeatRef, { nullable: true, description: 'The seat; null when refused.' })
  seat?: SeatRef | null;

  @Field(() => InternalRefusalType, { nullable: true, description: 'Why it was refused.' })
  refusal?: InternalRefusalType | null;
}

@ObjectType({ description: 'What a payment came to.' })
@Inaccessible()
export class SeatPayResult {
  @Field(() => SeatPayOutcome, { description: 'Whether the seat has its place.' })
  outcome!: keyof typeof SeatPayOutcome;

  @Field(() => SeatRef, { nullable: true, description: 'The seat; null for an order that never had one.' })
  seat!: SeatRef | null;

  @Field(() => [ID], { description: 'CLOSED: open groups of the campaign with room, the fullest first.' })
  alternatives!: readonly string[];
}

export function toSeatRequest(input: SeatHoldInput): SeatRequest {
  return { ...input, campaignId: input.campaignId ?? null, groupBuyId: input.groupBuyId ?? null };
}

export function toSeatRef(view: SeatView): SeatRef {
  return { ...view, unitPrice: toMoneyType(view.unitPrice) };
}

export function toSeatPayResult({ outcome, seat, alternatives }: SeatPayment): SeatPayResult {
  return { outcome, seat: seat && toSeatRef(seat), alternatives };
}
