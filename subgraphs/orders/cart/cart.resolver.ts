import { Arg, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { UniqueBy } from '../../../platform/graphql/directives';
import { MoneyType, toMoneyType } from '../../../platform/money/money.type';
import { payload } from '../../../platform/user-errors/user-error.type';
import { orderViewer } from '../order/order-viewer';
import type { OrdersContext } from '../services';
import { AccountStub } from '../stubs';
import {
  CartCreateInput,
  CartLinesAddInput,
  CartLinesRemoveInput,
  CartLinesUpdateInput,
  CartLineType,
  CartMergeInput,
  CartPayload,
  CartType,
  CartWarningType,
  toCartLineType,
  toCartType,
  toCartWarningType,
} from './cart.type';

const WHO = 'Anyone who knows the id of a guest cart; the account itself for its own.';

@Resolver(() => CartType)
export class CartResolver {
  @Query(() => CartType, { nullable: true, description: `A cart. ${WHO}` })
  async cart(
    @Arg('id', () => ID, { description: 'The cart.' }) id: string,
    @Ctx() context: OrdersContext,
  ): Promise<CartType | null> {
    const cart = await context.services.carts.find(context.identity, id);
    return cart && toCartType(cart);
  }

  @FieldResolver(() => [CartLineType], { description: 'Its lines at the prices of this moment, at most 100.' })
  async lines(@Root() { cart }: CartType, @Ctx() context: OrdersContext): Promise<CartLineType[]> {
    return (await context.loaders.price(cart)).lines.map(toCartLineType);
  }

  @FieldResolver(() => MoneyType, { description: 'Sum of the lines that are still sold.' })
  async subtotal(@Root() { cart }: CartType, @Ctx() context: OrdersContext): Promise<MoneyType> {
    return toMoneyType((await context.loaders.price(cart)).subtotal);
  }

  @FieldResolver(() => [CartWarningType], { description: 'Changed prices and missing stock, line by line.' })
  async warnings(@Root() { cart }: CartType, @Ctx() context: OrdersContext): Promise<CartWarningType[]> {
    return (await context.loaders.price(cart)).warnings.map(toCartWarningType);
  }

  @Mutation(() => CartPayload, {
    description:
      "Makes a guest's cart, or answers the signed-in account's one cart with the lines added. Anyone. Codes: NOT_FOUND, INVALID, CURRENCY_MISMATCH.",
  })
  cartCreate(
    @Arg('input', () => CartCreateInput, { description: 'What to put into it.' }) input: CartCreateInput,
    @Ctx() { services, identity }: OrdersContext,
  ): Promise<object> {
    return payload(async () => ({ cart: toCartType(await services.carts.create(identity, input.lines ?? [])) }));
  }

  @Mutation(() => CartPayload, {
    description: `Adds units. ${WHO} Codes: NOT_FOUND, INVALID, CURRENCY_MISMATCH.`,
  })
  cartLinesAdd(
    @Arg('input', () => CartLinesAddInput, { description: 'What to add.' }) input: CartLinesAddInput,
    @Ctx() { services, identity }: OrdersContext,
  ): Promise<object> {
    return payload(async () => ({
      cart: toCartType(await services.carts.addLines(identity, input.cartId, input.lines)),
    }));
  }

  @Mutation(() => CartPayload, { description: `Sets the units of lines. ${WHO} Codes: NOT_FOUND, INVALID.` })
  cartLinesUpdate(
    @Arg('input', () => CartLinesUpdateInput, { description: 'Which lines.' }) input: CartLinesUpdateInput,
    @Ctx() { services, identity }: OrdersContext,
  ): Promise<object> {
    return payload(async () => ({
      cart: toCartType(await services.carts.updateLines(identity, input.cartId, input.lines)),
    }));
  }

  @Mutation(() => CartPayload, { description: `Takes lines out. ${WHO} Codes: NOT_FOUND.` })
  cartLinesRemove(
    @Arg('input', () => CartLinesRemoveInput, { description: 'Which lines.' }) input: CartLinesRemoveInput,
    @Ctx() { services, identity }: OrdersContext,
  ): Promise<object> {
    return payload(async () => ({
      cart: toCartType(await services.carts.removeLines(identity, input.cartId, input.lineIds)),
    }));
  }

  @Authorized('CUSTOMER', 'LEADER', 'HOST', 'STAFF', 'MERCHANT', 'ADMIN')
  @UniqueBy('id')
  @Mutation(() => CartPayload, {
    description:
      "Puts a guest's cart into the signed-in account's own, as after login. Unique by cartId: a repeat answers the account's cart. Codes: NOT_FOUND.",
  })
  cartMerge(
    @Arg('input', () => CartMergeInput, { description: 'Which cart.' }) input: CartMergeInput,
    @Ctx() { services, identity }: OrdersContext,
  ): Promise<object> {
    return payload(async () => ({ cart: toCartType(await services.carts.merge(identity, input.cartId)) }));
  }
}

@Resolver(() => AccountStub)
export class AccountCartResolver {
  @FieldResolver(() => CartType, {
    nullable: true,
    description: "The account's cart; null when it has none yet, and for anyone but the account itself.",
  })
  async cart(@Root() account: AccountStub, @Ctx() context: OrdersContext): Promise<CartType | null> {
    if (orderViewer(context.identity).accountId !== account.id) return null;
    const cart = await context.loaders.cartOfAccount.load(account.id);
    return cart && toCartType(cart);
  }
}
