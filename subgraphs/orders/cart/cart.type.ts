import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { MoneyType, toMoneyType } from '../../../platform/money/money.type';
import { UserError } from '../../../platform/user-errors/user-error.type';
import { ProductStub, ProductVariantStub } from '../stubs';
import { CART_WARNING, type Cart, type CartWarning, type CartWarningCode, type PricedCartLine } from './cart';

registerEnumType(CART_WARNING, {
  name: 'CartWarningCode',
  description: 'What the owner of a cart should know before ordering.',
  valuesConfig: {
    PRICE_CHANGED: { description: 'The price is not what it was when the line was last changed.' },
    LOW: { description: 'Fewer units are left than the line asks for.' },
    SOLD_OUT: { description: 'None is left.' },
    UNAVAILABLE: { description: 'No longer sold; not part of the subtotal.' },
  },
});

@ObjectType('CartLine', { description: 'One variant of a cart, at the price of this moment.' })
export class CartLineType {
  @Field(() => ID, { description: 'The line.' })
  id!: string;

  @Field(() => ProductVariantStub, { description: 'What is wanted.' })
  variant!: ProductVariantStub;

  @Field(() => ProductStub, { nullable: true, description: 'Its product; null when it is no longer there.' })
  product!: ProductStub | null;

  @Field(() => Int, { description: 'Units, 1 to 999.' })
  quantity!: number;

  @Field(() => MoneyType, { description: 'Price of one unit now.' })
  unitPrice!: MoneyType;

  @Field(() => MoneyType, { description: 'quantity × unitPrice.' })
  lineTotal!: MoneyType;
}

@ObjectType('CartWarning', { description: 'Something that changed around a line of the cart.' })
export class CartWarningType {
  @Field(() => CART_WARNING, { description: 'Stable code to decide by.' })
  code!: CartWarningCode;

  @Field(() => String, { description: 'One sentence for a person, in English.' })
  message!: string;

  @Field(() => CartLineType, { description: 'The line.' })
  line!: CartLineType;
}

@ObjectType('Cart', {
  description:
    "What someone means to buy. A guest's cart opens for whoever knows its id; an account's only for itself.",
})
export class CartType {
  @Field(() => ID, { description: "The cart. A guest's is a secret: keep it with the guest." })
  id!: string;

  @Field(() => DateTimeScalar, { description: 'When it was last changed; carts are kept 90 days.' })
  updatedAt!: Date;

  cart!: Cart;
}

export function toCartType(cart: Cart): CartType {
  return { id: cart._id, updatedAt: cart.updatedAt, cart };
}

export function toCartLineType(line: PricedCartLine): CartLineType {
  return {
    id: line.id,
    variant: { id: line.variantId },
    product: line.productId === null ? null : { id: line.productId },
    quantity: line.quantity,
    unitPrice: toMoneyType(line.unitPrice),
    lineTotal: toMoneyType(line.lineTotal),
  };
}

export function toCartWarningType(warning: CartWarning): CartWarningType {
  return { code: warning.code, message: warning.message, line: toCartLineType(warning.line) };
}

@InputType({ description: 'Units of a variant to put into a cart.' })
export class CartLineInput {
  @Field(() => ID, { description: 'A published variant.' })
  variantId!: string;

  @Field(() => Int, { description: 'How many more, 1 to 999.' })
  quantity!: number;
}

@InputType({ description: 'A cart to make.' })
export class CartCreateInput {
  @Field(() => [CartLineInput], { nullable: true, description: 'What to put into it.' })
  lines?: CartLineInput[] | null;
}

@InputType({ description: 'Lines to put into a cart.' })
export class CartLinesAddInput {
  @Field(() => ID, { description: 'The cart.' })
  cartId!: string;

  @Field(() => [CartLineInput], { description: 'Added to what the cart holds already.' })
  lines!: CartLineInput[];
}

@InputType({ description: 'The units a line is to have.' })
export class CartLineUpdateInput {
  @Field(() => ID, { description: 'The line.' })
  id!: string;

  @Field(() => Int, { description: 'Units, 1 to 999; 0 removes the line.' })
  quantity!: number;
}

@InputType({ description: 'Lines to change.' })
export class CartLinesUpdateInput {
  @Field(() => ID, { description: 'The cart.' })
  cartId!: string;

  @Field(() => [CartLineUpdateInput], { description: 'Which lines, and their units.' })
  lines!: CartLineUpdateInput[];
}

@InputType({ description: 'Lines to take out.' })
export class CartLinesRemoveInput {
  @Field(() => ID, { description: 'The cart.' })
  cartId!: string;

  @Field(() => [ID], { description: 'Lines; those already gone are no fault.' })
  lineIds!: string[];
}

@InputType({ description: "A guest's cart to take over." })
export class CartMergeInput {
  @Field(() => ID, { description: "The guest's cart." })
  cartId!: string;
}

@ObjectType({ description: 'The cart after the change.' })
export class CartPayload {
  @Field(() => CartType, { nullable: true, description: 'The cart; null when refused.' })
  cart?: CartType | null;

  @Field(() => [UserError], { description: 'Why nothing changed; empty on success.' })
  userErrors!: UserError[];
}
