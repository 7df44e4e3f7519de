import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Inaccessible, Key, registerInternalEnum } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { connectionType } from '../../../platform/pagination/connection.type';
import { InternalRefusalType } from '../../../platform/user-errors/internal-refusal.type';
import { UserError } from '../../../platform/user-errors/user-error.type';

@ObjectType('Location', { description: 'A place that holds stock.' })
@Key('id')
export class LocationType {
  @Field(() => ID, { description: 'Id of the location.' })
  id!: string;

  @Field(() => String, { description: 'Its name; unique.' })
  name!: string;
}

export const LocationConnection = connectionType(() => LocationType, 'Location');

@ObjectType('StockLevel', { description: 'Stock of one variant at one location. For the shop only.' })
export class StockLevelType {
  @Field(() => Int, { description: 'Units there.' })
  onHand!: number;

  @Field(() => Int, { description: 'Units of these that orders hold.' })
  reserved!: number;

  @Field(() => Int, { description: 'Units that can be sold: on hand less reserved.' })
  available!: number;
}

export const StockLevelConnection = connectionType(() => StockLevelType, 'StockLevel');

@ObjectType('StockAdjustment', { description: 'One change of what is on hand. The log is never altered.' })
export class StockAdjustmentType {
  @Field(() => ID, { description: 'Id of the entry.' })
  id!: string;

  @Field(() => Int, { description: 'Units added, or taken away when negative.' })
  delta!: number;

  @Field(() => String, { description: 'Why: the words of the one who did it, or "sold", "sale undone", "import".' })
  reason!: string;

  @Field(() => String, { description: 'Who: an account id, or what the system acted for (`order:…`, `import:…`).' })
  actor!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  at!: Date;
}

export const StockAdjustmentConnection = connectionType(() => StockAdjustmentType, 'StockAdjustment');

@InputType('StockAdjustInput', { description: 'A change of what is on hand.' })
export class StockAdjustInput {
  @Field(() => ID, { description: 'Id of the variant.' })
  variantId!: string;

  @Field(() => ID, { nullable: true, description: 'Id of the location; "Main" when left out.' })
  locationId?: string | null;

  @Field(() => Int, { description: 'Units to add, or to take away when negative; not zero.' })
  delta!: number;

  @Field(() => String, { description: 'Why, 1 to 200 characters, for the log.' })
  reason!: string;

  @Field(() => String, { description: 'Makes a repeat of this request harmless; 1 to 128 printable characters.' })
  idempotencyKey!: string;
}

@ObjectType('StockAdjustPayload', { description: 'What came of a change of stock.' })
export class StockAdjustPayload {
  @Field(() => StockAdjustmentType, { nullable: true, description: 'The entry in the log; null when refused.' })
  stockAdjustment?: StockAdjustmentType | null;

  @Field(() => [UserError], { description: 'Why nothing changed; empty when it did.' })
  userErrors!: UserError[];
}

export enum StockReservationStatusType {
  HELD = 'HELD',
  COMMITTED = 'COMMITTED',
  RELEASED = 'RELEASED',
}

registerInternalEnum(StockReservationStatusType, {
  name: 'StockReservationStatus',
  description: 'What became of the stock of an order.',
  valuesConfig: {
    HELD: { description: 'Kept for the order.' },
    COMMITTED: { description: 'Sold.' },
    RELEASED: { description: 'Given back, or never to be held.' },
  },
});

@InputType('StockReserveLineInput', { description: 'Units of one variant.' })
@Inaccessible()
export class StockReserveLineInput {
  @Field(() => ID, { description: 'Id of the variant.' })
  variantId!: string;

  @Field(() => Int, { description: 'Units, 1 or more.' })
  quantity!: number;
}

@InputType('StockReserveInput', { description: 'Stock to hold for an order.' })
@Inaccessible()
export class StockReserveInput {
  @Field(() => ID, { description: 'Id of the order; unique.' })
  orderId!: string;

  @Field(() => DateTimeScalar, { description: 'When it is given back unless sold or released before.' })
  expiresAt!: Date;

  @Field(() => [StockReserveLineInput], { description: 'What to hold: all of it or nothing.' })
  lines!: StockReserveLineInput[];
}

@ObjectType('StockReservationRef', { description: 'The stock of an order.' })
@Inaccessible()
export class StockReservationRefType {
  @Field(() => ID, { description: 'Id of the order.' })
  orderId!: string;

  @Field(() => StockReservationStatusType, { description: 'What became of it.' })
  status!: string;
}

@ObjectType('StockReserveResult', { description: 'What came of holding stock.' })
@Inaccessible()
export class StockReserveResult {
  @Field(() => StockReservationRefType, { nullable: true, description: 'The reservation; null when refused.' })
  reservation?: StockReservationRefType | null;

  @Field(() => InternalRefusalType, { nullable: true, description: 'Why nothing is held; null when it is.' })
  refusal?: InternalRefusalType | null;
}
