import { ArgsType, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Key } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { connectionType, PageArgs } from '../../../platform/pagination/connection.type';
import { UserError } from '../../../platform/user-errors/user-error.type';
import type { Point } from './distance';
import type { Neighborhood, NeighborhoodStatus } from './neighborhood';

export enum NeighborhoodStatusEnum {
  ACTIVE = 'ACTIVE',
  PAUSED = 'PAUSED',
}

registerEnumType(NeighborhoodStatusEnum, {
  name: 'NeighborhoodStatus',
  description: 'Whether a neighborhood takes part in selling.',
  valuesConfig: {
    ACTIVE: { description: 'Open: people may join, campaigns may name it.' },
    PAUSED: { description: 'Closed for now: residents stay, nobody joins.' },
  },
});

@ObjectType({ description: 'A place on Earth in degrees (WGS 84).' })
export class GeoPoint implements Point {
  @Field(() => Float, { description: 'Degrees north of the equator, -90 to 90.' })
  latitude!: number;

  @Field(() => Float, { description: 'Degrees east of Greenwich, -180 to 180.' })
  longitude!: number;
}

@InputType({ description: 'A place on Earth in degrees (WGS 84).' })
export class GeoPointInput implements Point {
  @Field(() => Float, { description: 'Degrees north of the equator, -90 to 90.' })
  latitude!: number;

  @Field(() => Float, { description: 'Degrees east of Greenwich, -180 to 180.' })
  longitude!: number;
}

@ObjectType('Neighborhood', {
  description: 'A place where people live and buy together: a housing estate, a village, a few streets.',
})
@Key('id')
export class NeighborhoodType {
  @Field(() => ID, { description: 'Opaque id, starts with `nbhd_`.' })
  id!: string;

  @Field(() => String, { description: 'Name as its residents say it, for example "Taikoo Shing". Not unique.' })
  name!: string;

  @Field(() => String, { description: 'City it lies in.' })
  city!: string;

  @Field(() => String, { description: 'Country, ISO 3166-1 alpha-2, for example "HK".' })
  countryCode!: string;

  @Field(() => GeoPoint, { description: 'Its middle.' })
  centre!: Point;

  @Field(() => Int, { description: 'How far it reaches from its centre, in meters.' })
  radiusMeters!: number;

  @Field(() => Int, { nullable: true, description: 'Homes in the area; null when not known.' })
  households!: number | null;

  @Field(() => NeighborhoodStatusEnum, { description: 'Whether it takes new residents.' })
  status!: NeighborhoodStatus;

  @Field(() => Int, { description: 'How many accounts have made it their home.' })
  residentCount!: number;

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt!: Date;
}

export const NeighborhoodConnection = connectionType(() => NeighborhoodType, 'Neighborhood');

@ObjectType('NearbyNeighborhood', { description: 'A neighborhood and how far away it is.' })
export class NearbyNeighborhoodType {
  @Field(() => NeighborhoodType, { description: 'The neighborhood.' })
  neighborhood!: Neighborhood;

  @Field(() => Int, { description: 'Meters from the place asked about to the centre of the neighborhood.' })
  distanceMeters!: number;
}

export const NearbyNeighborhoodConnection = connectionType(() => NearbyNeighborhoodType, 'NearbyNeighborhood');

@ArgsType()
export class NeighborhoodsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only neighborhoods of this city; case does not matter.' })
  city?: string | null;
}

@ArgsType()
export class NeighborhoodsNearArgs extends PageArgs {
  @Field(() => Float, { description: 'Degrees north of the equator, -90 to 90.' })
  latitude!: number;

  @Field(() => Float, { description: 'Degrees east of Greenwich, -180 to 180.' })
  longitude!: number;

  @Field(() => Int, { description: 'How far to search, in meters: 1 to 50000.' })
  radiusMeters!: number;
}

@InputType({ description: 'A new neighborhood.' })
export class NeighborhoodCreateInput {
  @Field(() => String, { description: 'Name, 1 to 100 characters; need not be unique.' })
  name!: string;

  @Field(() => String, { description: 'City, 1 to 100 characters.' })
  city!: string;

  @Field(() => String, { description: 'Country, ISO 3166-1 alpha-2.' })
  countryCode!: string;

  @Field(() => GeoPointInput, { description: 'Its middle.' })
  centre!: GeoPointInput;

  @Field(() => Int, { description: 'How far it reaches from its centre, in meters: 50 to 20000.' })
  radiusMeters!: number;

  @Field(() => Int, { nullable: true, description: 'Homes in the area, 0 to 1000000; null when not known.' })
  households?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Send one, and send it again with a retry, so that the neighborhood is created once.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'A change to a neighborhood; fields left out stay as they are.' })
export class NeighborhoodUpdateInput {
  @Field(() => ID, { description: 'The neighborhood to change.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Name, 1 to 100 characters.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'City, 1 to 100 characters.' })
  city?: string | null;

  @Field(() => String, { nullable: true, description: 'Country, ISO 3166-1 alpha-2.' })
  countryCode?: string | null;

  @Field(() => GeoPointInput, { nullable: true, description: 'Its middle.' })
  centre?: GeoPointInput | null;

  @Field(() => Int, { nullable: true, description: 'Meters it reaches from its centre: 50 to 20000.' })
  radiusMeters?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Homes in the area, 0 to 1000000; an explicit null means not known.',
  })
  households?: number | null;

  @Field(() => NeighborhoodStatusEnum, {
    nullable: true,
    description: 'PAUSED stops new residents, ACTIVE lets them in.',
  })
  status?: NeighborhoodStatus | null;
}

@InputType({ description: 'Which neighborhood to call home.' })
export class NeighborhoodJoinInput {
  @Field(() => ID, { description: 'The neighborhood to live in.' })
  neighborhoodId!: string;
}

@InputType({ description: 'Which neighborhood to leave.' })
export class NeighborhoodLeaveInput {
  @Field(() => ID, { description: 'The neighborhood to leave; nothing changes when the account does not live there.' })
  neighborhoodId!: string;
}

@ObjectType({ description: 'What came of creating a neighborhood.' })
export class NeighborhoodCreatePayload {
  @Field(() => NeighborhoodType, { nullable: true, description: 'The new neighborhood; null when refused.' })
  neighborhood?: Neighborhood | null;

  @Field(() => [UserError], { description: 'Why it was refused: INVALID, IDEMPOTENCY_KEY_REUSED.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of changing a neighborhood.' })
export class NeighborhoodUpdatePayload {
  @Field(() => NeighborhoodType, { nullable: true, description: 'The neighborhood as it is now; null when refused.' })
  neighborhood?: Neighborhood | null;

  @Field(() => [UserError], { description: 'Why it was refused: INVALID, NOT_FOUND.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of joining a neighborhood.' })
export class NeighborhoodJoinPayload {
  @Field(() => NeighborhoodType, { nullable: true, description: 'The new home; null when refused.' })
  neighborhood?: Neighborhood | null;

  @Field(() => [UserError], { description: 'Why it was refused: NOT_FOUND, NEIGHBORHOOD_PAUSED.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of leaving a neighborhood.' })
export class NeighborhoodLeavePayload {
  @Field(() => NeighborhoodType, { nullable: true, description: 'The neighborhood that was left; null when refused.' })
  neighborhood?: Neighborhood | null;

  @Field(() => [UserError], { description: 'Why it was refused: NOT_FOUND.' })
  userErrors!: UserError[];
}
