import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { Internal, UniqueBy } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { internalResult } from '../../../platform/user-errors/internal-refusal.type';
import type { SocialContext } from '../context';
import {
  SeatHoldInput,
  SeatHoldResult,
  SeatPayResult,
  SeatRef,
  toSeatPayResult,
  toSeatRef,
  toSeatRequest,
} from './seat.type';

const ORDER = { description: 'The order.' };

@Resolver()
export class SeatResolver {
  @Internal()
  @Query(() => SeatHoldResult, {
    description:
      'Read only: why a hold with this input would be refused right now, if at all, and what a seat would cost. Cheap; the guarded hold decides.',
  })
  _seatCheck(
    @Arg('input', () => SeatHoldInput, { description: 'The seat asked for.' }) input: SeatHoldInput,
    @Ctx() context: SocialContext,
  ): Promise<object> {
    return internalResult(async () => ({ seat: toSeatRef(await context.services.seats.check(toSeatRequest(input))) }));
  }

  @Internal()
  @UniqueBy('id')
  @Mutation(() => SeatHoldResult, {
    description: 'Holds a seat for an order: opens a group of campaignId, or joins groupBuyId. Unique by orderId.',
  })
  _seatHold(
    @Arg('input', () => SeatHoldInput, { description: 'The seat asked for.' }) input: SeatHoldInput,
    @Ctx() context: SocialContext,
  ): Promise<object> {
    return internalResult(async () => ({ seat: toSeatRef(await context.services.seats.hold(toSeatRequest(input))) }));
  }

  @Internal()
  @UniqueBy('id')
  @Mutation(() => SeatPayResult, {
    description:
      'The payment of the order is in the ledger: its seat becomes PAID and may complete the group. A lapsed seat is taken again when the group still has room; else CLOSED with open alternatives. Unique by orderId.',
  })
  async _seatPay(@Arg('orderId', () => ID, ORDER) orderId: string, @Ctx() context: SocialContext): Promise<object> {
    return toSeatPayResult(await context.services.payments.pay(orderId));
  }

  @Internal()
  @UniqueBy('id')
  @Mutation(() => SeatRef, {
    description:
      'The order will not be paid: a held seat becomes RELEASED, a paid one stays. Unique by orderId; an unknown order is remembered, so that a late hold fails.',
  })
  async _seatRelease(@Arg('orderId', () => ID, ORDER) orderId: string, @Ctx() context: SocialContext): Promise<object> {
    return toSeatRef(await context.services.payments.release(orderId));
  }

  @Internal()
  @UniqueBy('id')
  @Mutation(() => SeatHoldResult, {
    description:
      "Moves a late payer's order, whose seat was released, to another open group of the campaign and holds a seat there. Unique by orderId and groupBuyId.",
  })
  _seatMove(
    @Arg('orderId', () => ID, ORDER) orderId: string,
    @Arg('groupBuyId', () => ID, { description: 'The group to hold a seat in.' }) groupBuyId: string,
    @Arg('holdUntil', () => DateTimeScalar, { description: 'Until when.' }) holdUntil: Date,
    @Ctx() context: SocialContext,
  ): Promise<object> {
    return internalResult(async () => ({
      seat: toSeatRef(await context.services.seats.move(orderId, groupBuyId, holdUntil)),
    }));
  }

  @Internal()
  @UniqueBy('id')
  @Mutation(() => SeatRef, {
    description:
      "The member's money is back with the payer: REFUNDING becomes REFUNDED, and the last one closes a group that failed. Unique by orderId.",
  })
  async _seatRefunded(
    @Arg('orderId', () => ID, ORDER) orderId: string,
    @Ctx() context: SocialContext,
  ): Promise<object> {
    return toSeatRef(await context.services.payments.refunded(orderId));
  }
}
